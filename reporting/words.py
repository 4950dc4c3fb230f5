"""Turn numbers and foreign words into text that is safe and short enough to show."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

LONGEST_WORDS: Final = 500
"""Characters of one foreign text that a report shows."""

MOST_LISTED: Final = 10
"""Names that a list shows before it says how many more there are."""

_ESCAPES: Final = re.compile(
    r"\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # operating system command, such as a window title
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"  # colours, cursor movement
    r"|\x1b[ -/]*[0-~]"
)
_MEGA: Final = 1000 * 1000


def clean(text: str, limit: int = LONGEST_WORDS) -> str:
    """Return one line without terminal escapes, control, bidi or undefined characters.

    A text of more than `limit` characters is cut and ends in "...".
    """
    line = "".join(_harmless(character) for character in _ESCAPES.sub("", text[: 8 * limit]))
    line = " ".join(line.split())
    return line if len(line) <= limit else line[: limit - 3].rstrip() + "..."


def size_text(size: int) -> str:
    """Return a size in bytes as at most 8 characters, such as "12.3 MB" (1 MB = 1,000,000)."""
    if size < 1000:
        return f"{size} B"
    if size < 999_950:
        return f"{size / 1000:.1f} kB"
    if size < 999.95 * _MEGA:
        return f"{size / _MEGA:.1f} MB"
    return f"{size / (1000 * _MEGA):.1f} GB"


def seconds_text(seconds: float) -> str:
    """Return a duration as at most 7 characters: "8.3 s", "12m 05s" or "3h 07m"."""
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"


def old_text(age: timedelta) -> str:
    """Return an age in words: "35 minutes old", "31 hours old" or "8 days old"."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 0:
        return "later than this host's clock"
    for unit, length in (("day", 24 * 60), ("hour", 60)):
        if minutes >= 2 * length:
            return f"{minutes // length} {unit}s old"
    return f"{minutes} minute{'' if minutes == 1 else 's'} old"


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """Return the first `most` names with commas, and how many more there are; "none" for none."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most]) or 'none'}{more}"


def conductors(count: int) -> str:
    """Return "1 conductor" or "12 conductors"."""
    return f"{count} conductor" if count == 1 else f"{count} conductors"


def _harmless(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cf":
        return ""
    return "?" if category.startswith("C") else character
