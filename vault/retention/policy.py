"""Decide which generations of one host may go; pure, and rather too careful than too tidy.

Every rule counts proven generations only, so a year of failed runs removes nothing. As in restic
the rules are independent and a generation stays when any of them names it; a period without a
proven generation does not count; of each period (UTC, ISO weeks) the newest one stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Final

BUILD_EPOCH: Final = datetime(2026, 1, 1, tzinfo=UTC)
LONGEST_GAP: Final = timedelta(days=400)

_DURATION: Final = re.compile(r"([0-9]{1,6})([hdw])", re.ASCII)
_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


@dataclass(frozen=True, slots=True)
class Policy:
    """How many of each period stay, and for how long all stay.

    `keep_within` is measured back from the newest proven generation, not from the clock. `floor`
    proven generations stay whatever the rest says. Raise `ValueError` for a negative number, a
    floor below 1, or a policy that keeps nothing but its floor.
    """

    keep_last: int = 0
    keep_daily: int = 0
    keep_weekly: int = 0
    keep_monthly: int = 0
    keep_yearly: int = 0
    keep_within: timedelta = timedelta(0)
    floor: int = 2

    def __post_init__(self) -> None:
        counts = [self.keep_last, self.keep_daily, self.keep_weekly, self.keep_monthly]
        counts.append(self.keep_yearly)
        if min(counts) < 0 or self.keep_within < timedelta(0):
            raise ValueError("retention: keep_ numbers and durations must not be negative")
        if self.floor < 1:
            raise ValueError("retention: floor must be at least 1")
        if not any(counts) and not self.keep_within:
            raise ValueError("retention: give at least one keep_ number or duration above 0")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the policy looks at of one generation; `time` is aware."""

    id: str
    time: datetime
    proven: bool
    held: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What stays, with the reasons, and what may go, oldest first.

    `refused` says why nothing is removed at all, "" when the plan stands.
    """

    keep: Mapping[str, tuple[str, ...]]
    remove: tuple[str, ...]
    refused: str = ""


def parse_duration(text: str) -> timedelta:
    """Read "12h", "30d" or "8w"; raise `ValueError` for anything else."""
    match = _DURATION.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no duration: write hours, days or weeks as 12h, 30d or 8w")
    return int(match[1]) * _UNITS[match[2]]


def plan(
    candidates: Iterable[Candidate], policy: Policy, now: datetime, *, trust_clock: bool = False
) -> Plan:
    """Divide `candidates` into those that stay and those that may go.

    An unproven one goes when it is older than the newest proven one by more than `keep_within`.
    `trust_clock` is for somebody who looked: it silences the doubt about a long gap, and no other.
    """
    newest_first = sorted(candidates, key=lambda found: (found.time, found.id), reverse=True)
    refused = _doubt(newest_first, now, trust_clock)
    if refused:
        return Plan({found.id: ("clock",) for found in newest_first}, (), refused)
    keep = _reasons(newest_first, policy)
    remove = tuple(found.id for found in reversed(newest_first) if found.id not in keep)
    return Plan(keep, remove)


def _doubt(newest_first: Sequence[Candidate], now: datetime, trust_clock: bool) -> str:
    if now < BUILD_EPOCH:
        return f"the clock says {now:%Y-%m-%d}, which was before this program was made"
    if newest_first and now < newest_first[0].time:
        newest = newest_first[0].time
        return f"the clock says {now.isoformat()}, but the newest generation {newest.isoformat()}"
    times = [now, *(found.time for found in newest_first[:2])]
    for later, earlier in pairwise(times):
        if later - earlier > LONGEST_GAP and not trust_clock:
            return f"nothing between {earlier:%Y-%m-%d} and {later:%Y-%m-%d}: did the clock jump?"
    return ""


def _reasons(newest_first: Sequence[Candidate], policy: Policy) -> dict[str, tuple[str, ...]]:
    proven = [found for found in newest_first if found.proven]
    named: dict[str, list[str]] = {}
    for reason, kept in _rules(proven, policy):
        for found in kept:
            named.setdefault(found.id, []).append(reason)
    for found in newest_first:
        if found.held:
            named.setdefault(found.id, []).append("held")
        if not found.proven and _is_young(found, proven, policy):
            named.setdefault(found.id, []).append("unproven, not yet old")
    return {found.id: tuple(named[found.id]) for found in newest_first if found.id in named}


def _rules(
    proven: Sequence[Candidate], policy: Policy
) -> Iterable[tuple[str, Sequence[Candidate]]]:
    yield "floor", proven[: policy.floor]
    yield "last", proven[: policy.keep_last]
    yield "daily", _newest_of(proven, _day, policy.keep_daily)
    yield "weekly", _newest_of(proven, _week, policy.keep_weekly)
    yield "monthly", _newest_of(proven, _month, policy.keep_monthly)
    yield "yearly", _newest_of(proven, _year, policy.keep_yearly)
    if policy.keep_within:
        yield "within", [found for found in proven if _is_young(found, proven, policy)]


def _newest_of(
    proven: Sequence[Candidate], period: Callable[[datetime], tuple[int, ...]], count: int
) -> list[Candidate]:
    groups = groupby(proven, key=lambda found: period(found.time.astimezone(UTC)))
    return [next(group) for _, group in groups][:count]


def _is_young(found: Candidate, proven: Sequence[Candidate], policy: Policy) -> bool:
    return not proven or found.time >= proven[0].time - policy.keep_within


def _day(when: datetime) -> tuple[int, ...]:
    return when.year, when.month, when.day


def _week(when: datetime) -> tuple[int, ...]:
    return when.isocalendar()[:2]


def _month(when: datetime) -> tuple[int, ...]:
    return when.year, when.month


def _year(when: datetime) -> tuple[int, ...]:
    return (when.year,)
