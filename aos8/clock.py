"""Turn the text of `show clock` into an instant."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

# Minutes east of UTC. AOS 8 prints abbreviations, and several mean more than one zone.
_ZONES: Final[dict[str, tuple[int, ...]]] = {
    "UTC": (0,), "GMT": (0,), "WET": (0,), "WEST": (60,), "Z": (0,),
    "BST": (60, 360), "IST": (330, 60, 120), "IDT": (180,), "CET": (60,), "CEST": (120,),
    "MET": (60,), "MEST": (120,), "EET": (120,), "EEST": (180,), "MSK": (180,), "SAST": (120,),
    "AST": (-240, 180), "ADT": (-180,), "NST": (-210,), "NDT": (-150,), "EST": (-300, 600),
    "EDT": (-240,), "CST": (-360, 480, -300), "CDT": (-300, -240), "MST": (-420, 480),
    "MDT": (-360,), "PST": (-480, 480), "PDT": (-420,), "AKST": (-540,), "AKDT": (-480,),
    "HST": (-600,), "JST": (540,), "KST": (540,), "HKT": (480,), "SGT": (480,), "PKT": (300,),
    "WIB": (420,), "WITA": (480,), "WIT": (540,), "AWST": (480,), "ACST": (570,), "ACDT": (630,),
    "AEST": (600,), "AEDT": (660,), "NZST": (720,), "NZDT": (780,), "EAT": (180,), "WAT": (60,),
    "CAT": (120,),
}  # fmt: skip
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun",
                  "jul", "aug", "sep", "oct", "nov", "dec")  # fmt: skip
_CLOCK: Final = re.compile(
    r"\b[A-Z][a-z]{2}\s+(?P<month>[A-Z][a-z]{2})\s+(?P<day>\d{1,2})\s+"
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2}):(?P<second>\d{2})\s+"
    r"(?P<zone>[A-Za-z]+|[-+]\d{2}(?::?\d{2})?)\s+(?P<year>\d{4})\b"
)


def read_clock(text: str, *, near: datetime) -> datetime | None:
    """Return the instant in UTC, or None for an unknown text or time zone.

    Of an abbreviation with several meanings that one counts which comes closest to `near`, so an
    ambiguous zone can hide a skew of whole hours but never invents one.
    """
    match = _CLOCK.search(text)
    if match is None or match["month"].lower() not in _MONTHS:
        return None
    try:
        wall = datetime(
            int(match["year"]),
            _MONTHS.index(match["month"].lower()) + 1,
            int(match["day"]),
            int(match["hour"]),
            int(match["minute"]),
            min(int(match["second"]), 59),
            tzinfo=UTC,
        )
        readings = [wall - timedelta(minutes=offset) for offset in _offsets(match["zone"])]
    except (ValueError, OverflowError):
        return None
    return min(readings, key=lambda reading: abs(reading - near), default=None)


def _offsets(zone: str) -> tuple[int, ...]:
    if zone[0] not in "+-":
        return _ZONES.get(zone.upper(), ())
    digits = zone[1:].replace(":", "").ljust(4, "0")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return (-minutes if zone[0] == "-" else minutes,)
