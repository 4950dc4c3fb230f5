"""Let one run at a time change the vault, and tell the second one who the first is.

The lock is the kernel's (`flock` on `VAULT/.lock`), so it ends with its holder, also on SIGKILL
or a power cut. The text in the file only describes the holder: text without a lock means nothing.
"""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from vault.store.errors import VaultError, translated
from vault.store.owner import give_to_owner

LOCK_FILE: Final = ".lock"
_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the lock; `since` is UTC in ISO format."""

    pid: int
    host: str
    user: str
    command: str
    since: str

    def __str__(self) -> str:
        return f"pid {self.pid} ({self.command}) of {self.user} on {self.host} since {self.since}"


class VaultLocked(VaultError):
    """Another run holds the vault; `holder` is None when it has not said who it is yet."""

    code = "vault-locked"

    def __init__(self, root: Path, holder: Holder | None) -> None:
        super().__init__(f"{root}: held by {holder or 'another run'}")
        self.holder = holder


class VaultLock:
    """The right to change the vault below `root`, which must exist; a context manager.

    `command` tells others what holds it. Entering raises `VaultLocked` at once when it is held,
    and `VaultUnwritable` or `VaultFull` when the lock file cannot be written.
    """

    def __init__(
        self,
        root: Path,
        command: str,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._root = root
        self._command = command
        self._clock = clock
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; nothing happens when this object has it already."""
        if self._descriptor is not None:
            return
        with translated(f"lock the vault {self._root}"):
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(self._root / LOCK_FILE, flags, 0o600)
            try:
                give_to_owner(descriptor, self._root)
                self._take(descriptor)
            except BaseException:
                os.close(descriptor)
                raise
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back; nothing happens when this object does not have it."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            with suppress(OSError):
                os.ftruncate(descriptor, 0)
            os.close(descriptor)

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def _take(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise VaultLocked(self._root, _read(descriptor)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, self._describe(), 0)

    def _describe(self) -> bytes:
        since = self._clock().astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        holder = Holder(os.getpid(), socket.gethostname(), _user(), self._command, since)
        return json.dumps(asdict(holder)).encode()


def _read(descriptor: int) -> Holder | None:
    try:
        content = json.loads(os.pread(descriptor, _LONGEST, 0))
        texts = (str(content[key]) for key in ("host", "user", "command", "since"))
        return Holder(int(content["pid"]), *texts)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
