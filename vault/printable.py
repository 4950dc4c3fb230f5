"""Words of another side, in a form that is safe to log and show."""

from __future__ import annotations

from typing import Final

_SHOWN: Final = 200


def printable(text: str) -> str:
    """Return `text` as one short line of printable ASCII."""
    line = "".join(char if " " <= char <= "~" else "?" for char in text)
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."
