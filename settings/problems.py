"""What is wrong with a file that an operator wrote: where, which key, and what would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ALSO_CALLED = {"retention": "keep", "certificate": "tls", "ssl": "tls"}
"""First words of keys by what else people call them."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file; `line` counts from 1 and is 0 where the whole file is meant."""

    file: Path
    line: int
    key: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else str(self.file)
        return f"{place}: {self.key}: {self.text}" if self.key else f"{place}: {self.text}"


class ConfigurationError(Exception):
    """Settings or inventory cannot be used; carries every problem found, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def closest(name: str, known: Iterable[str], most: int = 1) -> str:
    """Return `; did you mean "x"?` for the known names nearest to `name`, else an empty string."""
    by_lower = {k.lower(): k for k in known}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=most)
    names = " or ".join(f'"{by_lower[match]}"' for match in matches)
    return f"; did you mean {names}?" if names else ""


def related(name: str, known: Iterable[str]) -> str:
    """Return `; did you mean one of ...?` for known names that share a word with `name`, else "".

    Words are what stands between underscores; one of them may be another name for a known one.
    """
    words = set(name.lower().split("_"))
    for word in tuple(words):
        words |= {ALSO_CALLED[near] for near in difflib.get_close_matches(word, ALSO_CALLED, n=1)}
    found = sorted(each for each in known if words & set(each.lower().split("_")))
    return f"; did you mean one of {', '.join(found)}?" if found else ""
