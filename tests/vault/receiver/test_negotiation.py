"""Reading a client's offer."""

from __future__ import annotations

import pytest

from vault.receiver.algorithms import MODERN
from vault.receiver.negotiation import explain_mismatch

GCM = "aes128-gcm@openssh.com"


def offer(**changes: str) -> bytes:
    """Return a KEXINIT payload that fits except for the changed lists."""
    names = {
        "kex": "diffie-hellman-group14-sha1",
        "host_key": "ssh-rsa",
        "cipher_in": "aes128-ctr",
        "cipher_out": "aes128-ctr",
        "mac_in": "hmac-sha1",
        "mac_out": "hmac-sha1",
    } | changes
    lists = b"".join(len(text).to_bytes(4, "big") + text.encode() for text in names.values())
    return b"\x14" + bytes(16) + lists + bytes(30)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kex": "diffie-hellman-group1-sha1"}, "no common kex algorithm"),
        ({"host_key": "ssh-dss"}, "no common host key algorithm: the client has ssh-dss"),
        ({"cipher_in": "aes128-cbc"}, "no common encryption algorithm: the client has aes128-cbc"),
        ({"mac_out": "hmac-md5"}, "no common mac algorithm: the client has hmac-md5"),
    ],
)
def test_offer_without_common_algorithm_is_named(changes: dict[str, str], words: str) -> None:
    """The part and the client's own list are in the text."""
    assert words in (explain_mismatch(offer(**changes), MODERN) or "")


@pytest.mark.parametrize(
    "payload",
    [
        offer(),
        offer(cipher_in=GCM, cipher_out=GCM, mac_in="none", mac_out="none"),
        b"",
        b"\x14" + bytes(8),
        offer()[:40],
        bytes(100),
        b"\x14" + bytes(16) + b"\xff" * 40,
    ],
)
def test_offer_that_fits_or_is_broken_says_nothing(payload: bytes) -> None:
    """Rubbish is no reason to name an algorithm."""
    assert explain_mismatch(payload, MODERN) is None
