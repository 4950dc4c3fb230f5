"""What can go wrong with the vault on disk.

    VaultError
    ├── VaultUnwritable     missing, not mounted, foreign, read-only or not ours
    ├── VaultFull           no space or quota left
    ├── VaultFailed         the file system or a file in the vault is not as it must be
    │   ├── UnknownGeneration
    │   ├── UnsafeName      also a ValueError, for those who only check a name
    │   ├── RemoteUnreachable   a file outside of the vault cannot be looked at
    │   ├── RemoteChanged       it is not there any more, or not the one that was proven
    │   └── RemoteStays         it could not be removed, so its generation stays
    └── VaultLocked         another run holds the vault (vault/lock.py)

`translated` is the one place where an `OSError` becomes one of them.
"""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final

from vault.store.owner import whose

_DENIED: Final = frozenset({errno.EACCES, errno.EPERM})
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
_UNWRITABLE: Final = frozenset(
    {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOENT, errno.ESTALE, errno.ENODEV}
)


class VaultError(Exception):
    """Anything that the vault refuses or cannot do."""

    code: ClassVar[str] = "vault-failed"


class VaultUnwritable(VaultError):
    """The vault's folder is missing, not mounted, foreign, read-only or not ours."""

    code: ClassVar[str] = "vault-unwritable"


class VaultFull(VaultError):
    """The vault's file system has no space or quota left."""

    code: ClassVar[str] = "vault-full"


class VaultFailed(VaultError):
    """The file system refused an operation, or a file of the vault is not as it must be."""


class UnknownGeneration(VaultFailed):
    """No such generation is in the vault."""


class UnsafeName(VaultFailed, ValueError):
    """A name that must not become part of a path."""


class RemoteUnreachable(VaultFailed):
    """Nobody can look at the place of a file that is not in the vault; it may be as it was."""


class RemoteChanged(VaultFailed):
    """A file that is not in the vault is missing, or has another size than the one proven."""

    code: ClassVar[str] = "archive-damaged"

    def __init__(self, text: str, *, missing: bool = False) -> None:
        super().__init__(text)
        self.missing = missing


class RemoteStays(VaultFailed):
    """A file that is not in the vault was not removed, and its generation stays with it."""


@contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn an `OSError` of the block into a `VaultError` that begins with `what`."""
    try:
        yield
    except OSError as error:
        raise from_os_error(error, what) from error


def from_os_error(error: OSError, what: str) -> VaultError:
    """Classify `error` by its number; the text names operation, cause, path and what to do."""
    where = f" ({error.filename})" if error.filename else ""
    text = f"{what}: {error.strerror or error}{where}{_advice(error)}"
    if error.errno in _FULL:
        return VaultFull(text)
    if error.errno in _UNWRITABLE:
        return VaultUnwritable(text)
    return VaultFailed(text)


def _advice(error: OSError) -> str:
    if error.errno == errno.EROFS:
        return "; it is mounted read-only: mount it for writing"
    if error.errno not in _DENIED or not isinstance(error.filename, str):
        return ""
    words = whose(Path(error.filename))
    return f"; {words}" if words else ""
