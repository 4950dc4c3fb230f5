"""What the work of an object comes to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from emulator.errors import RefusedError
from emulator.messages import Json

FILE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,126}")


@dataclass(frozen=True, slots=True)
class Outcome:
    """Success: its words, the members echoed (None: those asked with) and what goes beside."""

    text: str = "Success"
    echo: Json | None = None
    extra: Json | None = None


def checked_name(name: str) -> str:
    """Return the name if a device takes it as a file name, else RefusedError."""
    if not isinstance(name, str) or not FILE_NAME.fullmatch(name):
        raise RefusedError("Invalid file name: use letters, digits, '.', '_' and '-'")
    return name
