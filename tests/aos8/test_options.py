"""Which combinations of trust check what."""

from __future__ import annotations

from pathlib import Path

import pytest

from aos8 import Tls


@pytest.mark.parametrize(
    ("tls", "chain"),
    [
        (Tls(), True),
        (Tls(ca=Path("ca.pem")), True),
        (Tls(fingerprint="AB" * 32), False),
        (Tls(ca=Path("ca.pem"), fingerprint="ab" * 32), True),
        (Tls(verify=False), False),
        (Tls(verify=False, ca=Path("ca.pem")), False),
    ],
)
def test_tls_chain_is_checked_unless_a_pin_replaces_it(tls: Tls, chain: bool) -> None:
    assert tls.verify_chain is chain


@pytest.mark.parametrize("pin", ["", "ab", "zz" * 32, "ab" * 20, "ab" * 33])
def test_tls_malformed_fingerprint_is_refused(pin: str) -> None:
    with pytest.raises(ValueError, match="64 hex digits"):
        Tls(fingerprint=pin)
