"""Where `--json` writes: a file is replaced whole, a stream that is there is written to."""

from __future__ import annotations

import argparse
import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import Final

STDOUT: Final = "-"
_KINDS: Final = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISBLK, "a block device"),
)
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)
_MOST_LINKS: Final = 40


def json_target(text: str) -> str:
    """Return the place that was typed; refuse one that cannot be written before the work begins."""
    if text == STDOUT:
        return text
    try:
        _check(text)
    except OSError as error:
        reason = error.strerror or str(error)
        raise argparse.ArgumentTypeError(f"{text}: cannot be written: {reason}") from None
    return text


def is_stream(path: Path) -> bool:
    """Say whether `path` is written to as it is, because replacing it would destroy it."""
    if descriptor_of(path) is not None:
        return True
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not stat.S_ISREG(mode)


def descriptor_of(path: Path) -> int | None:
    """Return which of our own open files /dev/stdout, /dev/fd/63 or a link to one means.

    What such a path leads to may be a file that others write too, such as the log behind `>>`.
    """
    own = f"/proc/{os.getpid()}/fd"
    for _ in range(_MOST_LINKS):
        folder = os.path.realpath(path.parent)
        if folder == own and path.name.isdigit():
            return int(path.name)
        if not path.is_symlink():
            return None
        path = Path(folder) / path.readlink()
    return None


def _check(text: str) -> None:
    if not text.strip():
        raise argparse.ArgumentTypeError("an empty name; - is stdout")
    path = Path(text)
    if (number := descriptor_of(path)) is not None:
        _check_descriptor(text, number)
        return
    try:
        mode = os.stat(text).st_mode  # noqa: PTH116 - a Path would lose the slash at the end
    except (FileNotFoundError, NotADirectoryError):
        _check_new(text)
        return
    for is_kind, words in _KINDS:
        if is_kind(mode):
            raise argparse.ArgumentTypeError(f"{text} is {words}")
    if stat.S_ISREG(mode):
        _check_folder(path.resolve().parent)
    elif not os.access(path, os.W_OK):
        raise argparse.ArgumentTypeError(f"this account may not write to {text}")


def _check_descriptor(text: str, number: int) -> None:
    try:
        how = fcntl.fcntl(number, fcntl.F_GETFL) & os.O_ACCMODE
    except OSError:
        raise argparse.ArgumentTypeError(f"{text} is not open") from None
    if how == os.O_RDONLY:
        raise argparse.ArgumentTypeError(f"{text} is open for reading only")


def _check_new(text: str) -> None:
    if text.endswith("/"):
        raise argparse.ArgumentTypeError(f"no such folder: {text}")
    _check_folder(Path(text).resolve().parent)


def _check_folder(folder: Path) -> None:
    """Refuse a folder that takes no file; what is tried has no name and is gone at once.

    A full disk is no reason to make no backup: it may have room by then.
    """
    import tempfile

    if not folder.is_dir():
        raise argparse.ArgumentTypeError(f"no such folder: {folder}")
    try:
        tempfile.TemporaryFile(dir=folder).close()
    except PermissionError:
        raise argparse.ArgumentTypeError(f"this account may not write in {folder}") from None
    except OSError as error:
        if error.errno not in _FULL:
            raise
