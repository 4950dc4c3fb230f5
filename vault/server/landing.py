"""A landing folder: local, or mounted from the server."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from vault.place import Location, Seen
from vault.server.errors import FileRefused, ReadBackFailed, ServerDown
from vault.server.place import BLOCK, changed

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class Landing:
    """The folder in which the server's SCP puts files; anybody may own them, links are refused."""

    verifies = True

    def __init__(self, folder: Path) -> None:
        self._path: Final = folder
        self._folder = -1

    def start(self) -> None:
        """Open the folder; raise `ServerDown` when it is not there or not readable."""
        try:
            self._folder = os.open(self._path, _FOLDER)
            os.scandir(self._folder).close()
        except OSError as error:
            raise ServerDown(
                f"landing folder {self._path}: {error.strerror}; mount it, or let this account "
                "read it"
            ) from None

    def stop(self) -> None:
        """Close the folder."""
        folder, self._folder = self._folder, -1
        if folder >= 0:
            os.close(folder)

    def locate(self, name: str) -> Location:
        """Return the folder, absolute, and the name."""
        return Location(name, str(self._path.absolute()))

    def look(self, name: str) -> Seen | None:
        """Return size, time and inode of a plain file."""
        try:
            return _seen(name, os.stat(name, dir_fd=self._folder, follow_symlinks=False))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed("look at", name, error) from None

    def read(self, name: str, seen: Seen) -> Iterator[bytes]:
        """Yield the file's bytes from one open descriptor, and look at it again at the end."""
        try:
            descriptor = os.open(name, _FILE, dir_fd=self._folder)
        except FileNotFoundError:
            raise changed(name) from None
        except OSError as error:
            raise self._failed("open", name, error) from None
        with os.fdopen(descriptor, "rb", buffering=0) as file:
            self._same(name, seen, os.fstat(descriptor))
            left = seen.size
            while left:
                try:
                    block = file.read(min(BLOCK, left))
                except OSError as error:
                    raise self._failed("read", name, error) from None
                if not block:
                    raise changed(name)
                left -= len(block)
                yield block
            self._same(name, seen, os.fstat(descriptor))

    def remove(self, name: str) -> str:
        """Unlink a file; one that is gone already is no trouble."""
        try:
            os.unlink(name, dir_fd=self._folder)
        except FileNotFoundError:
            return ""
        except OSError as error:
            return f"{self._path / name}: {error.strerror}"
        return ""

    def _same(self, name: str, seen: Seen, state: os.stat_result) -> None:
        if _seen(name, state) != seen or self.look(name) != seen:
            raise changed(name)

    def _failed(self, doing: str, name: str, error: OSError) -> FileRefused | ReadBackFailed:
        if error.errno == errno.ELOOP:
            return _no_file(name, "a symbolic link")
        return ReadBackFailed(f"cannot {doing} {self._path / name}: {error.strerror}")


def _seen(name: str, state: os.stat_result) -> Seen:
    if stat.S_ISLNK(state.st_mode):
        raise _no_file(name, "a symbolic link")
    if not stat.S_ISREG(state.st_mode):
        raise _no_file(name, "no regular file")
    return Seen(state.st_size, state.st_mtime_ns, state.st_ino)


def _no_file(name: str, what: str) -> FileRefused:
    return FileRefused(f"{name} in the landing folder is {what}; it is left alone")
