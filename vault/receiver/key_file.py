"""The host keys' files: whose they are, and whether what is in them is whole.

Needs the standard library only: the run looks at the keys before it contacts anybody, and leaves
the SSH library to the receiver's process.
"""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from vault.receiver.errors import ReceiverDown

RSA: Final = "ssh-rsa"
ED25519: Final = "ssh-ed25519"
_MAX_BYTES: Final = 64 * 1024
_BEGIN: Final = b"-----BEGIN OPENSSH PRIVATE KEY-----"
_END: Final = b"-----END OPENSSH PRIVATE KEY-----"
_PLAIN: Final = b"openssh-key-v1\0" + b"\0\0\0\4none" * 2 + b"\0\0\0\0" + b"\0\0\0\1"
"""How an OpenSSH key without a passphrase begins: cipher, derivation, its options, one key."""


def host_key_files(path: Path) -> tuple[tuple[Path, str], ...]:
    """Return file and algorithm of the RSA key at `path` and of the Ed25519 key beside it."""
    return (path, RSA), (path.with_name(path.name + ".ed25519"), ED25519)


def are_whole(path: Path) -> bool:
    """Say whether both host keys are there and `is_whole`; raises what `read_key` does."""
    return all(is_whole(read_key(file) or b"", kind) for file, kind in host_key_files(path))


def read_key(path: Path) -> bytes | None:
    """Return a key's text, None when there is no file.

    Raises ReceiverDown when the file cannot be read or is not ours alone.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(path, error) from None
    try:
        _check(path, os.fstat(descriptor))
        return os.read(descriptor, _MAX_BYTES)
    except OSError as error:
        raise unusable(path, error) from None
    finally:
        os.close(descriptor)


def unusable(path: Path, error: OSError) -> ReceiverDown:
    """Return what the operating system says of a key as the receiver's error."""
    return ReceiverDown(f"host key {path}: {error.strerror}")


def is_whole(text: bytes, algorithm: str) -> bool:
    """Say whether `text` is an OpenSSH key of that kind whose numbers belong together.

    What is False here may still be a good key: in another format, which the SSH library reads. That
    an RSA key's factors are prime is not tested: it takes a hundred times as long as all the rest,
    and no damage leaves both them and their product in place.
    """
    text = text.strip()
    if not (text.startswith(_BEGIN) and text.endswith(_END)):
        return False
    try:
        data = base64.b64decode(b"".join(text[len(_BEGIN) : -len(_END)].split()), validate=True)
        (public, private), after = _strings(data.removeprefix(_PLAIN), 2)
        plain = data.startswith(_PLAIN) and not after and private[:4] == private[4:8]
        numbers_agree = {RSA: _rsa_agrees, ED25519: _ed25519_agrees}[algorithm]
        return plain and numbers_agree(public, private[8:])
    except ValueError:
        return False


def _check(path: Path, state: os.stat_result) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise ReceiverDown(f"host key {path} is not a regular file")
    if state.st_mode & 0o077 or state.st_uid != os.geteuid():
        raise ReceiverDown(
            f"host key {path} belongs to uid {state.st_uid} with mode "
            f"{stat.S_IMODE(state.st_mode):04o}: it must be ours alone, 0600"
        )


def _rsa_agrees(public: bytes, private: bytes) -> bool:
    (kind, *numbers, _comment), padding = _strings(private, 8)
    n, e, d, inverse, p, q = (int.from_bytes(number, "big") for number in numbers)
    return (
        kind == RSA.encode()
        and _strings(public, 3) == ([kind, numbers[1], numbers[0]], b"")
        and min(p, q) > 2
        and p * q == n
        and e * d % (p - 1) == e * d % (q - 1) == inverse * q % p == 1
        and _is_padding(padding)
    )


def _ed25519_agrees(public: bytes, private: bytes) -> bool:
    (kind, point, seed_and_point, _comment), padding = _strings(private, 4)
    return (
        kind == ED25519.encode()
        and _strings(public, 2) == ([kind, point], b"")
        and len(point) == 32
        and seed_and_point[32:] == point
        and _is_padding(padding)
    )


def _is_padding(rest: bytes) -> bool:
    return rest == bytes(range(1, len(rest) + 1))


def _strings(data: bytes, count: int) -> tuple[Sequence[bytes], bytes]:
    """Return `count` strings that have their length before them (RFC 4251), and what follows."""
    found = []
    for _ in range(count):
        size = int.from_bytes(data[:4], "big")
        if len(data) < 4 + size:
            raise ValueError("cut off")
        found.append(data[4 : 4 + size])
        data = data[4 + size :]
    return found, data
