"""One upload on its way to disk: a part file until it is whole, then the ticket's name.

Every name is relative to the folder's own descriptor and comes from the ticket, never from the
wire.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import Final

from vault.receiver.errors import TransferRefused, storage_error

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def part_of(path: Path) -> Path:
    """Return where the file for `path` lies until it is whole."""
    return path.with_name(path.name + ".part")


class Part:
    """A file that exists under its own name only after `publish`; `discard` undoes the rest.

    Methods block and raise StorageError; one thread at a time may use an instance.
    """

    def __init__(self, folder: Path, name: str, declared: int) -> None:
        self._name: Final = name
        self._part_name: Final = part_of(Path(name)).name
        self._hash = hashlib.sha256()
        self._file = -1
        self._folder = -1
        self.declared: Final = declared
        self.size = 0
        try:
            self._folder = os.open(folder, _FOLDER)
            self._file = os.open(self._part_name, _NEW, 0o600, dir_fd=self._folder)
        except OSError as error:
            self._close()
            raise storage_error(f"cannot create {name}.part", error) from None

    @property
    def missing(self) -> int:
        """How many of the declared bytes are not written yet."""
        return self.declared - self.size

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was written so far."""
        return self._hash.hexdigest()

    def free_bytes(self) -> int:
        """Return what an ordinary user may still write on this file system."""
        state = os.fstatvfs(self._folder)
        return state.f_bavail * state.f_frsize

    def write(self, data: bytes) -> None:
        """Append to the file and to its hash."""
        self._hash.update(data)
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as error:
            raise storage_error(f"cannot write {self._name}", error) from None
        self.size += len(data)

    def sync(self) -> None:
        """Make the content durable."""
        try:
            os.fsync(self._file)
        except OSError as error:
            raise storage_error(f"cannot sync {self._name}", error) from None

    def publish(self) -> None:
        """Give the synced file its name, durably; a name that is taken is refused, not replaced."""
        self._link()
        try:
            os.unlink(self._part_name, dir_fd=self._folder)
            os.fsync(self._folder)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.unlink(self._name, dir_fd=self._folder)
            raise storage_error(f"cannot publish {self._name}", error) from None
        self._close()

    def discard(self) -> None:
        """Remove the part file, if there still is one; never raises."""
        if self._folder < 0:
            return
        with contextlib.suppress(OSError):
            os.unlink(self._part_name, dir_fd=self._folder)
        self._close()

    def _link(self) -> None:
        try:
            os.link(
                self._part_name,
                self._name,
                src_dir_fd=self._folder,
                dst_dir_fd=self._folder,
                follow_symlinks=False,
            )
        except FileExistsError:
            raise TransferRefused(f"{self._name} is already there") from None
        except OSError as error:
            raise storage_error(f"cannot name {self._name} by a hard link", error) from None

    def _close(self) -> None:
        for descriptor in (self._file, self._folder):
            if descriptor >= 0:
                with contextlib.suppress(OSError):
                    os.close(descriptor)
        self._file = self._folder = -1
