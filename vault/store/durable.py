"""Write files and folders so that a crash leaves the old or the new, never a half.

Whatever is half made has its place in `staging/`; one rename brings it to where it counts.
"""

from __future__ import annotations

import errno
import json
import math
import os
import secrets
import shutil
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeAlias, cast

from vault.store.errors import VaultFailed, from_os_error
from vault.store.names import Layout
from vault.store.owner import give_path_to_owner, give_to_owner

JSON: TypeAlias = "str | int | float | bool | Sequence[JSON] | Mapping[str, JSON] | None"

FOLDER_MODE: Final = 0o700
FILE_MODE: Final = 0o600
_LARGEST_JSON: Final = 16 * 1024 * 1024
_NOT_EMPTY: Final = frozenset({errno.ENOTEMPTY, errno.EEXIST})


def token() -> str:
    """Return a random part for the name of something temporary."""
    return secrets.token_hex(8)


def sync(path: Path) -> None:
    """Bring a file's content or a folder's entries to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Create the folder 0700 below an existing parent, durably; it may be there already.

    Either way it belongs to the owner of its parent when root does this.
    """
    if add_folder(path):
        sync(path.parent)


def add_folder(path: Path) -> bool:
    """Do what `make_folder` does and return whether it is new, and so not on the disk yet."""
    new = True
    try:
        path.mkdir(mode=FOLDER_MODE)
    except FileExistsError:
        if not stat.S_ISDIR(os.lstat(path).st_mode):
            raise
        new = False
    give_path_to_owner(path)
    return new


def remove_if_empty(folder: Path) -> bool:
    """Remove the folder unless there is something in it; return whether there is none now."""
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno not in _NOT_EMPTY:
            raise
        return False
    return True


def create_file(path: Path, content: bytes, *, synced: bool = True) -> None:
    """Create the file 0600; one that exists is an error.

    Its content is on the disk behind this unless `synced` is False: then `sync` has to follow.
    It belongs to the owner of its folder when root does this.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            give_to_owner(file.fileno(), path.parent)
            file.write(content)
            file.flush()
            if synced:
                os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            path.unlink()
        raise


def replace_file(layout: Layout, path: Path, content: bytes) -> None:
    """Put `content` at `path` in one step, whatever was there before."""
    temporary = layout.temporary(token())
    create_file(temporary, content)
    try:
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync(path.parent)


def discard(layout: Layout, folder: Path) -> None:
    """Take the folder away in one step, then delete what was in it."""
    shutil.rmtree(set_aside(layout, folder))


def set_aside(layout: Layout, folder: Path) -> Path:
    """Take the folder away in one step and return where it is now, of which a crash leaves none."""
    trash = layout.trash(token())
    folder.rename(trash)
    sync(folder.parent)
    return trash


def dump(content: Mapping[str, JSON]) -> bytes:
    """Render JSON for people and diffs: sorted keys, two spaces, plain ASCII, one last newline."""
    text = json.dumps(content, sort_keys=True, indent=2, allow_nan=False, default=_plain)
    return f"{text}\n".encode("ascii")


def load(path: Path) -> dict[str, JSON]:
    """Read a JSON object; raise `VaultFailed` for anything else, `FileNotFoundError` for none."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            text = file.read(min(size, _LARGEST_JSON))
        content = json.loads(text, parse_float=_finite, parse_constant=_finite)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise from_os_error(error, "read") from error
    except (ValueError, RecursionError):
        raise VaultFailed(f"{path}: not readable as JSON; restore it from a copy") from None
    if not isinstance(content, dict):
        raise VaultFailed(f"{path}: holds no JSON object; restore it from a copy")
    return cast("dict[str, JSON]", content)


def _finite(text: str) -> float:
    """Refuse what Python takes for a number and JSON does not know: nobody could write it again."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _plain(value: object) -> dict[str, JSON]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} has no place in a vault's JSON")
