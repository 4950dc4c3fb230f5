"""The receiver's SSH host keys: made once, kept, and never replaced behind anybody's back.

Conductors remember the key of a server they have copied to and refuse another one, so a lost key
means visiting every conductor.
"""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path
from typing import Final

import asyncssh

from vault.receiver.errors import ReceiverDown

_RSA_BITS: Final = 3072
_MAX_BYTES: Final = 64 * 1024
_REMEDY: Final = (
    "restore it from a copy, or move it away to have a new one made; conductors that remember the "
    "old key must then forget it"
)


def load_host_keys(path: Path) -> list[asyncssh.SSHKey]:
    """Return the RSA key at `path` and the Ed25519 key beside it, making those that are missing.

    Raises ReceiverDown when a key is unreadable, damaged, or open to others.
    """
    return [
        _load_or_make(path, "ssh-rsa"),
        _load_or_make(path.with_name(path.name + ".ed25519"), "ssh-ed25519"),
    ]


def _load_or_make(path: Path, algorithm: str) -> asyncssh.SSHKey:
    try:
        text = _read(path)
        if text is None:
            _make(path, algorithm)
            text = _read(path) or b""
    except OSError as error:
        raise ReceiverDown(f"host key {path}: {error.strerror}") from None
    try:
        key = asyncssh.import_private_key(text)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        raise ReceiverDown(f"host key {path} is damaged or encrypted: {_REMEDY}") from None
    if key.get_algorithm() != algorithm:
        raise ReceiverDown(f"host key {path} is {key.get_algorithm()}, not {algorithm}: {_REMEDY}")
    return key


def _read(path: Path) -> bytes | None:
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    try:
        _check(path, os.fstat(descriptor))
        return os.read(descriptor, _MAX_BYTES)
    finally:
        os.close(descriptor)


def _check(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise ReceiverDown(f"host key {path} is not a regular file")
    if state.st_mode & 0o077 or state.st_uid != os.geteuid():
        raise ReceiverDown(
            f"host key {path} belongs to uid {state.st_uid} with mode "
            f"{stat.S_IMODE(state.st_mode):04o}: it must be ours alone, 0600"
        )


def _make(path: Path, algorithm: str) -> None:
    """Write a new key whole and durable before it gets its name; keep one that came first."""
    size = {"key_size": _RSA_BITS} if algorithm == "ssh-rsa" else {}
    key = asyncssh.generate_private_key(algorithm, comment="conductor-backup receiver", **size)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(draft, flags, 0o600), "wb") as file:
            file.write(key.export_private_key())
            file.flush()
            os.fsync(file.fileno())
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            return
        _sync_folder(path.parent)
    finally:
        draft.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
