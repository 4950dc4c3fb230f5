"""The SSH algorithms that the receiver offers, best first.

The everyday set reaches back to what ArubaOS 8 controllers configure for their own SSH (aes-ctr,
hmac-sha1, RSA with SHA-1, group 14). The legacy set adds what the FIPS documentation names
(AES-CBC, HMAC-SHA1-96) and what older clients know, and is offered only when asked for. ChaCha20 is
left out: clients that know it know AES too, which costs the receiver about half the time.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Final

from cryptography.utils import CryptographyDeprecationWarning


@dataclass(frozen=True, slots=True)
class AlgorithmSet:
    """Names for each negotiable part of SSH, in the order of preference."""

    kex: tuple[str, ...]
    host_key: tuple[str, ...]
    encryption: tuple[str, ...]
    mac: tuple[str, ...]


MODERN: Final = AlgorithmSet(
    kex=(
        "curve25519-sha256",
        "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256",
        "ecdh-sha2-nistp384",
        "ecdh-sha2-nistp521",
        "diffie-hellman-group-exchange-sha256",
        "diffie-hellman-group16-sha512",
        "diffie-hellman-group14-sha256",
        "diffie-hellman-group14-sha1",
    ),
    host_key=("rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ssh-ed25519"),
    encryption=(
        "aes128-gcm@openssh.com",
        "aes256-gcm@openssh.com",
        "aes128-ctr",
        "aes192-ctr",
        "aes256-ctr",
    ),
    mac=(
        "hmac-sha2-256-etm@openssh.com",
        "hmac-sha2-512-etm@openssh.com",
        "hmac-sha1-etm@openssh.com",
        "hmac-sha2-256",
        "hmac-sha2-512",
        "hmac-sha1",
    ),
)

LEGACY_EXTRA: Final = AlgorithmSet(
    kex=("diffie-hellman-group-exchange-sha1", "diffie-hellman-group1-sha1"),
    host_key=(),
    encryption=("aes256-cbc", "aes192-cbc", "aes128-cbc", "3des-cbc"),
    mac=("hmac-sha1-96",),
)


def offered_algorithms(*, legacy: bool) -> AlgorithmSet:
    """Return what to offer; the legacy names come last."""
    if not legacy:
        return MODERN
    return AlgorithmSet(
        kex=MODERN.kex + LEGACY_EXTRA.kex,
        host_key=MODERN.host_key,
        encryption=MODERN.encryption + LEGACY_EXTRA.encryption,
        mac=MODERN.mac + LEGACY_EXTRA.mac,
    )


def accept_deprecated_group_exchange() -> None:
    """Silence the notice that finite-field Diffie-Hellman is deprecated: old conductors need it."""
    warnings.filterwarnings(
        "ignore",
        message="Diffie-Hellman over finite fields",
        category=CryptographyDeprecationWarning,
    )
