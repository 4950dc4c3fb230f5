"""Read a directory listing of the flash, wherever in an answer it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

# "-rw-r--r--    1 root     root        16283 Nov  9 12:25 default.cfg"; the time becomes a year
# once the file is old. A size may also stand directly after "root root" with one blank.
_LINE: Final = re.compile(
    r"^-[-rwxsStT]{9}[.+@]?\s+\d+\s+\S+\s+\S+\s+(?P<size>\d+)\s+"
    r"(?P<modified>[A-Z][a-z]{2}\s+\d{1,2}\s+(?:\d{1,2}:\d{2}|\d{4}))\s+(?P<name>\S.*?)\s*$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class FlashFile:
    """One file in a conductor's flash; `modified` is the device's text, without a time zone."""

    name: str
    size: int
    modified: str


def read_listing(texts: Iterable[str]) -> list[FlashFile] | None:
    """Return the files that the texts list, each once, or None if they list none."""
    files = {
        match["name"]: FlashFile(match["name"], int(match["size"]), match["modified"])
        for text in texts
        for match in _LINE.finditer(text)
    }
    return list(files.values()) or None
