"""Addresses and words of the other side."""

from __future__ import annotations

import pytest

from vault.printable import printable
from vault.receiver.peer import PeerCount, plain_address


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_address_is_brought_to_one_form(given: str, plain: str) -> None:
    """Equal addresses are equal texts."""
    assert plain_address(given) == plain


def test_name_is_not_an_address() -> None:
    """Nothing is looked up."""
    with pytest.raises(ValueError, match="conductor"):
        plain_address("conductor")


def test_text_from_the_wire_becomes_one_harmless_line() -> None:
    """No control characters, no end, no other alphabet."""
    assert printable("a\x1b[2Jb\nc\u202e") == "a?[2Jb?c?"
    assert len(printable("x" * 5000)) == 200


def test_connections_are_counted_by_peer() -> None:
    """Refused ones count until they are gone, so that each can be given back."""
    peers = PeerCount(2)

    assert [peers.enter("192.0.2.1") for _ in range(3)] == [True, True, False]
    assert peers.enter("192.0.2.2")
    peers.leave("192.0.2.1")
    peers.leave("192.0.2.1")
    assert peers.enter("192.0.2.1")
