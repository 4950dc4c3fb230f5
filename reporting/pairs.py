"""Judge redundant pairs: who is active, did that change, and is any member without a copy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from outcome import GOOD, HostOutcome, Reason, Verdict
from reasons import REMEDIES

ACTIVE: Final = "conductor"
FRESH: Final = timedelta(days=8)
"""A weekly copy with a day's grace."""


@dataclass(frozen=True, slots=True)
class Past:
    """What the vault knew of a host before this run: its role then, and its newest proven copy."""

    role: str = ""
    newest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """The members of each pair by its name, selected or not, and the past of each member."""

    members: Mapping[str, Sequence[str]] = field(default_factory=dict)
    past: Mapping[str, Past] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """The rows with what the pairs add to them, and lines about whole pairs."""

    rows: tuple[HostOutcome, ...]
    notices: tuple[str, ...]


def judge_pairs(rows: Sequence[HostOutcome], pairs: Pairs, now: datetime) -> Judged:
    """Return `rows` with a warning on each member of a pair that is not as it should be.

    A PASS becomes WARN; no verdict gets better. Members that answered in this run are judged by
    their roles; members without a copy younger than `FRESH` are named.
    """
    found = {row.host: row for row in rows}
    added: dict[str, list[Reason]] = {}
    notices: list[str] = []
    for name, members in pairs.members.items():
        answered = [found[m] for m in members if m in found and found[m].role]
        if not any(m in found for m in members):
            continue
        for host, why in _role_reasons(name, members, answered, pairs.past):
            added.setdefault(host, []).append(why)
        notices += _without_copy(name, members, found, pairs.past, now)
    judged = tuple(_warned(row, added.get(row.host, [])) for row in rows)
    return Judged(judged, tuple(notices))


def _role_reasons(
    name: str,
    members: Sequence[str],
    answered: Sequence[HostOutcome],
    past: Mapping[str, Past],
) -> Iterator[tuple[str, Reason]]:
    active = [row.host for row in answered if row.role == ACTIVE]
    if len(answered) == len(members) > 1 and len(active) != 1:
        who = "both" if len(active) > 1 else "neither"
        text = f"pair {name}: {who} of {', '.join(members)} say they are active"
        for row in answered:
            yield row.host, Reason("pair-roles", text, REMEDIES["pair-roles"])
    for row in answered:
        before = past.get(row.host, Past()).role
        if before and before != row.role:
            text = f"pair {name}: {row.host} was {before} at the last backup and is {row.role} now"
            yield row.host, Reason("failed-over", text, REMEDIES["failed-over"])


def _without_copy(
    name: str,
    members: Sequence[str],
    found: Mapping[str, HostOutcome],
    past: Mapping[str, Past],
    now: datetime,
) -> Iterator[str]:
    for member in members:
        row = found.get(member)
        if row is not None and row.verdict in GOOD:
            continue
        newest = past.get(member, Past()).newest
        if newest is not None and now - newest <= FRESH:
            continue
        last = f"its newest is of {newest:%Y-%m-%d}" if newest else "it has none"
        if member not in past:
            last = "this run gave none"
        yield (
            f"pair {name}: {member} has no fresh proven backup, {last}; "
            f"a pair is restored from backups of every member"
        )


def _warned(row: HostOutcome, reasons: Sequence[Reason]) -> HostOutcome:
    if not reasons:
        return row
    verdict = Verdict.WARN if row.verdict is Verdict.PASS else row.verdict
    return replace(row, verdict=verdict, reasons=(*row.reasons, *reasons))
