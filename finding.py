"""What a look at something found: good, doubtful or bad, with the remedy.

The preflight builds these values, the report of it reads them; see `outcome.py` for a backup's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from reasons import REMEDIES


class Level(StrEnum):
    """How good a finding is; what nobody looked at to its end is neither good nor bad."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"
    CANCELLED = "CANCELLED"


WORST_FIRST: Final = (Level.FAIL, Level.CANCELLED, Level.WARN, Level.OK)
UNREADY: Final = (Level.FAIL, Level.CANCELLED)
"""What is not known to be ready for a backup."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `check` is its stable name, `code` and `remedy` "" when OK."""

    check: str
    level: Level
    text: str
    code: str = ""
    remedy: str = ""


def ok(check: str, text: str) -> Finding:
    """Return what is as it should be."""
    return Finding(check, Level.OK, text)


def warn(check: str, code: str, text: str) -> Finding:
    """Return what a backup would survive; `code` is a key of `REMEDIES`."""
    return Finding(check, Level.WARN, text, code, REMEDIES[code])


def fail(check: str, code: str, text: str) -> Finding:
    """Return what a backup would fail of; `code` is a key of `REMEDIES`."""
    return Finding(check, Level.FAIL, text, code, REMEDIES[code])


def cancelled(check: str, code: str, text: str) -> Finding:
    """Return what was not looked at to its end; `code` is a key of `REMEDIES`."""
    return Finding(check, Level.CANCELLED, text, code, REMEDIES[code])


def worst(findings: Iterable[Finding]) -> Level:
    """Return the worst level; OK when there is none."""
    levels = {finding.level for finding in findings}
    return next((level for level in WORST_FIRST if level in levels), Level.OK)


@dataclass(frozen=True, slots=True)
class Examined:
    """One conductor with everything found about it; what it did not tell is "" or None.

    `certificate_ends` is aware, `flash_free_mb` in megabytes, `seconds` monotonic time.
    """

    host: str
    findings: tuple[Finding, ...]
    address: str = ""
    site: str = ""
    role: str = ""
    version: str = ""
    certificate_ends: datetime | None = None
    flash_free_mb: int | None = None
    seconds: float = 0.0

    @property
    def level(self) -> Level:
        """The worst of its findings."""
        return worst(self.findings)
