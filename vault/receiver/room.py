"""How much of an upload may wait in memory, so that many at once do not fill it."""

from __future__ import annotations

from typing import Final

BUDGET: Final = 64 << 20
MOST: Final = 2 << 20  # enough for 40 MB/s over 50 ms; a window of 32 MB takes twice the time
LEAST: Final = 256 << 10  # two of the packets that are asked for


def room_for(uploads: int) -> int:
    """Return the bytes that each of so many uploads under way may have waiting."""
    return max(LEAST, min(MOST, BUDGET // max(1, uploads)))
