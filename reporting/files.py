"""Write a file that only its owner may read, whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from reporting.errors import ReportWriteError


def write_private(path: Path, content: bytes, *, like_before: bool = False) -> None:
    """Write `content` to `path` (mode 0600), replacing what was there in one step.

    With `like_before` mode and owner of an older file are kept, as far as this account may give
    them. Raises `ReportWriteError`; an older file of that name is then untouched.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        before = path.stat() if like_before and path.exists() else None
        try:
            _write_durably(part, content, before)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise ReportWriteError(
            f"{path} not written: {error.strerror or error}. Check the folder, its owner and space."
        ) from error


def _write_durably(path: Path, content: bytes, like: os.stat_result | None) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        if like is not None:
            _give(descriptor, like)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _give(descriptor: int, like: os.stat_result) -> None:
    """Give a new file the owner and the mode of another; no other group gets its rights."""
    mode = like.st_mode & 0o777
    try:
        os.fchown(descriptor, like.st_uid, like.st_gid)
    except PermissionError:
        try:
            os.fchown(descriptor, -1, like.st_gid)
        except PermissionError:
            mode &= ~0o070
    os.fchmod(descriptor, mode)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
