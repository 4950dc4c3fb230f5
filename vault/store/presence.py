"""Know the vault's folder again, so that an empty mount point is never taken for it.

The file `.vault` in its root is the mark: made when the vault is first used, and required ever
after. A folder that holds anything but lacks the mark is somebody else's.
"""

from __future__ import annotations

import logging
import os
import shutil
import stat
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from vault.store.durable import FOLDER_MODE, create_file, dump, load, make_folder, sync, token
from vault.store.errors import VaultFailed, VaultFull, VaultUnwritable
from vault.store.names import MARKER, Layout

logger = logging.getLogger(__name__)

SCHEMA: Final = 1
MB: Final = 1_000_000
_NOT_OURS: Final = frozenset({"lost+found", ".lock"})


def read_mark(layout: Layout) -> str | None:
    """Return the vault's UUID, None when there is no mark; raise `VaultFailed` for a broken one."""
    try:
        if not stat.S_ISDIR(layout.root.stat().st_mode):
            raise VaultUnwritable(f"{layout.root}: is no folder; configure the right one")
        content = load(layout.marker)
    except FileNotFoundError:
        return None
    identity = content.get("uuid")
    if content.get("schema") != SCHEMA or not isinstance(identity, str):
        raise VaultFailed(f"{layout.marker}: is no mark of a vault that this program can use")
    return identity


class Mark:
    """The vault's mark, looked at before every change but read only when the file is another.

    A vault that was unmounted has none; another one that is mounted in its place has another file.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._read: tuple[tuple[int, ...], str] | None = None

    def uuid(self) -> str | None:
        """Return what `read_mark` returns, and raise what it raises."""
        try:
            there = self._layout.marker.stat()
        except FileNotFoundError:
            return None
        file = (there.st_dev, there.st_ino, there.st_size, there.st_mtime_ns, there.st_ctime_ns)
        if self._read is not None and self._read[0] == file:
            return self._read[1]
        found = read_mark(self._layout)
        self._read = (file, found) if found is not None else None
        return found


def initialise(layout: Layout, now: datetime) -> str:
    """Mark an empty or missing folder as a vault and return its UUID; its parent must exist.

    Raise `VaultUnwritable` when the folder holds anything that is not ours.
    """
    check_beginning(layout)
    root = layout.root
    if not root.exists():
        make_folder(root)
    root.chmod(FOLDER_MODE)
    _mark(layout, now)
    return read_mark(layout) or ""


def check_beginning(layout: Layout) -> None:
    """Raise `VaultUnwritable` unless a vault can be begun here; nothing is made."""
    root = layout.root
    if not root.parent.is_dir():
        raise VaultUnwritable(
            f"{root}: its parent folder does not exist; create it, or mount what belongs there"
        )
    if not os.access(root if root.exists() else root.parent, os.W_OK | os.X_OK):
        raise VaultUnwritable(f"{root}: this account may not write there")
    check_foreign(layout)


def check_foreign(layout: Layout) -> None:
    """Raise `VaultUnwritable` when the folder, which has no mark, holds anything not ours."""
    root = layout.root
    if not root.exists():
        return
    foreign = sorted(entry.name for entry in root.iterdir() if not _is_ours(entry.name))
    if foreign:
        raise VaultUnwritable(
            f"{root}: holds {foreign[0]!r} but no {MARKER}: not a vault. Configure an empty "
            f"folder, or bring back its {MARKER}"
        )


def check_mount(root: Path) -> None:
    """Raise `VaultUnwritable` unless `root` is a mount point."""
    if not root.is_mount():
        raise VaultUnwritable(f"{root}: nothing is mounted there; mount the vault, then run again")


def check_space(root: Path, min_free_bytes: int) -> int:
    """Return the free bytes; raise `VaultFull` when there are fewer than `min_free_bytes`."""
    free = shutil.disk_usage(root).free
    if free < min_free_bytes:
        there, needed = free // MB, -(-min_free_bytes // MB)
        raise VaultFull(
            f"{root}: {there} MB free, {needed} MB must stay free: {needed - there} MB are missing"
        )
    return free


def complete(layout: Layout) -> None:
    """Make the folders that are missing, close them to others, and prove that a file can be kept.

    Raise `VaultFailed` when they are not all on one file system: a rename could not be atomic.
    """
    _close_to_others(layout.root)
    for folder in layout.folders:
        make_folder(folder)
        _close_to_others(folder)
    devices = {folder.stat().st_dev for folder in layout.folders}
    if len(devices) != 1:
        raise VaultFailed(f"{layout.root}: its folders must be on one file system")
    probe = layout.temporary(token())
    create_file(probe, b"\0" * 4096)
    probe.unlink()


def remove_unfinished_marks(layout: Layout) -> int:
    """Delete what an interrupted `initialise` left and return how many files that were."""
    left = list(layout.root.glob(f"{MARKER}-*"))
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


def _is_ours(name: str) -> bool:
    return name == MARKER or name.startswith(f"{MARKER}-") or name in _NOT_OURS


def _mark(layout: Layout, now: datetime) -> None:
    content = dump({"schema": SCHEMA, "uuid": str(uuid.uuid4()), "created": now.isoformat()})
    draft = layout.root / f"{MARKER}-{token()}"
    try:
        create_file(draft, content)
        with suppress(FileExistsError):
            os.link(draft, layout.marker)
    finally:
        with suppress(OSError):
            draft.unlink()
    sync(layout.root)


def _close_to_others(folder: Path) -> None:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        logger.warning("%s was open to others (%03o), made it %03o", folder, mode, FOLDER_MODE)
        folder.chmod(FOLDER_MODE)
