"""The result of a preflight: what was found on this host and on each conductor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from finding import UNREADY, WORST_FIRST, Examined, Finding, Level, worst
from reporting.words import clean


@dataclass(frozen=True, slots=True)
class Preflight:
    """Build it by `build_preflight`; `seconds` is monotonic time, `interrupted` names a signal.

    `config` is the file of the settings, "" for the one that the program takes by itself.
    """

    started: datetime
    seconds: float
    here: tuple[Finding, ...]
    conductors: tuple[Examined, ...]
    selection: str = ""
    pushed: bool = False
    interrupted: str = ""
    config: str = ""

    @property
    def level(self) -> Level:
        """The worst of everything; of an interrupted check never better than CANCELLED."""
        found = worst([*self.here, *(f for each in self.conductors for f in each.findings)])
        return Level.CANCELLED if self.interrupted and found not in UNREADY else found

    @property
    def exit_code(self) -> int:
        """1 when a backup would fail or nobody knows, else 0; signals are the caller's to add."""
        return int(self.level in UNREADY)

    @property
    def counts(self) -> dict[Level, int]:
        """Conductors for each level, the worst first."""
        return {level: sum(each.level is level for each in self.conductors) for level in Level}

    @property
    def worst_first(self) -> tuple[Examined, ...]:
        """The conductors by level, those of equal level in inventory order."""
        return tuple(sorted(self.conductors, key=lambda each: WORST_FIRST.index(each.level)))


def build_preflight(
    started: datetime,
    seconds: float,
    here: Sequence[Finding],
    conductors: Sequence[Examined],
    *,
    selection: str = "",
    pushed: bool = False,
    interrupted: str = "",
    config: str = "",
) -> Preflight:
    """Return the result with all foreign words neutralised."""
    rows = tuple(
        replace(
            each,
            role=clean(each.role),
            version=clean(each.version),
            findings=tuple(map(_clean, each.findings)),
        )
        for each in conductors
    )
    found = tuple(map(_clean, here))
    return Preflight(
        started, seconds, found, rows, clean(selection), pushed, interrupted, clean(config)
    )


def preflight_document(preflight: Preflight) -> dict[str, Any]:
    """Return the result as plain values: durations in seconds, times in UTC, sizes in MB."""
    return {
        "started": _timestamp(preflight.started),
        "seconds": round(preflight.seconds, 3),
        "level": preflight.level.value,
        "exit_code": preflight.exit_code,
        "selection": preflight.selection,
        "pushed": preflight.pushed,
        "interrupted": preflight.interrupted or None,
        "here": [_finding(finding) for finding in preflight.here],
        "counts": {level.value: count for level, count in preflight.counts.items()},
        "hosts": [_conductor(each) for each in preflight.conductors],
    }


def _conductor(each: Examined) -> dict[str, Any]:
    ends = each.certificate_ends
    return {
        "host": each.host,
        "level": each.level.value,
        "address": each.address,
        "site": each.site,
        "role": each.role,
        "version": each.version,
        "certificate_ends": _timestamp(ends) if ends else None,
        "flash_free_mb": each.flash_free_mb,
        "seconds": round(each.seconds, 3),
        "findings": [_finding(finding) for finding in each.findings],
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "check": finding.check,
        "level": finding.level.value,
        "code": finding.code,
        "text": finding.text,
        "remedy": finding.remedy,
    }


def _clean(finding: Finding) -> Finding:
    return replace(finding, text=clean(finding.text), remedy=clean(finding.remedy))


def _timestamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
