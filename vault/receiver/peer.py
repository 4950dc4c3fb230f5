"""Addresses of the other side, in a form that is safe to compare, log and count."""

from __future__ import annotations

import ipaddress
from collections import Counter
from typing import Final


def plain_address(address: str) -> str:
    """Return the canonical text of an IP address: no scope, IPv4-mapped IPv6 as IPv4.

    Raises ValueError for anything that is not a literal address.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(found)


class PeerCount:
    """Count open connections by address; used on the receiver's own thread only."""

    def __init__(self, limit: int) -> None:
        self._limit: Final = limit
        self._open: Counter[str] = Counter()

    def enter(self, peer: str) -> bool:
        """Count one more connection; False when that is over the limit. Call `leave` either way."""
        self._open[peer] += 1
        return self._open[peer] <= self._limit

    def leave(self, peer: str) -> None:
        """Count one connection less."""
        self._open[peer] -= 1
        if not self._open[peer]:
            del self._open[peer]
