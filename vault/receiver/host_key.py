"""The receiver's SSH host keys: made once, kept, and never replaced behind anybody's back.

Conductors remember the key of a server they have copied to and refuse another one, so a lost key
means visiting every conductor.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

import asyncssh

from vault.receiver.errors import ReceiverDown
from vault.receiver.key_file import RSA, host_key_files, is_whole, read_key, unusable

_RSA_BITS: Final = 3072
_REMEDY: Final = (
    "restore it from a copy, or move it away to have a new one made; conductors that remember the "
    "old key must then forget it"
)


def load_host_keys(path: Path) -> list[asyncssh.SSHKey]:
    """Return the RSA key at `path` and the Ed25519 key beside it, making those that are missing.

    Raises ReceiverDown when a key is unreadable, damaged, or open to others.
    """
    return [_load_or_make(file, algorithm) for file, algorithm in host_key_files(path)]


def _load_or_make(path: Path, algorithm: str) -> asyncssh.SSHKey:
    text = read_key(path)
    if text is None:
        try:
            _make(path, algorithm)
        except OSError as error:
            raise unusable(path, error) from None
        text = read_key(path) or b""
    whole = is_whole(text, algorithm)
    try:
        key = asyncssh.import_private_key(text, unsafe_skip_rsa_key_validation=whole)
    except (ValueError, asyncssh.KeyEncryptionError):  # KeyImportError is a ValueError
        raise ReceiverDown(f"host key {path} is damaged or encrypted: {_REMEDY}") from None
    if key.get_algorithm() != algorithm:
        raise ReceiverDown(f"host key {path} is {key.get_algorithm()}, not {algorithm}: {_REMEDY}")
    return key


def _make(path: Path, algorithm: str) -> None:
    """Write a new key whole and durable before it gets its name; keep one that came first."""
    size = {"key_size": _RSA_BITS} if algorithm == RSA else {}
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
