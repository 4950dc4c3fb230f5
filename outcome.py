"""What is known about one conductor's backup at the end of a run.

The workflow builds these values, the report reads them. They import nothing of the project, so that
`tasks` and `reporting` share words without sharing code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Verdict(StrEnum):
    """How one conductor's backup ended; only evidence makes it better than FAIL."""

    PASS = "PASS"  # noqa: S105 - a verdict, not a password
    WARN = "WARN"
    FAIL = "FAIL"
    CANCELLED = "CANCELLED"


GOOD: Final = (Verdict.PASS, Verdict.WARN)
"""Verdicts of a conductor with a good backup."""

BAD: Final = (Verdict.FAIL, Verdict.CANCELLED)
"""Verdicts of a conductor without one."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a verdict is not PASS: a stable code of `reasons.py`, what happened, and what to do."""

    code: str
    text: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Artefact:
    """One file as the vault holds it; `size` in bytes, `seconds` from push to receipt."""

    kind: str
    file_name: str
    size: int
    sha256: str
    seconds: float


@dataclass(frozen=True, slots=True)
class HostOutcome:
    """One conductor's verdict with everything that the report says about it.

    `generation` is the path of the published generation below the vault, or "" when none was
    published. `seconds` is monotonic time, `steps` the same for each step by its name.
    `quarantined` are the paths below the vault of what arrived but did not become a backup, in the
    order in which it came.
    """

    host: str
    verdict: Verdict
    reasons: tuple[Reason, ...] = ()
    site: str = ""
    address: str = ""
    pair: str = ""
    name: str = ""
    role: str = ""
    version: str = ""
    model: str = ""
    serial: str = ""
    mac: str = ""
    artefacts: tuple[Artefact, ...] = ()
    generation: str = ""
    quarantined: tuple[str, ...] = ()
    seconds: float = 0.0
    steps: Mapping[str, float] = field(default_factory=dict)
    left_over: tuple[str, ...] = ()
