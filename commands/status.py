"""The verb `status`: is there a young enough, proven backup of every conductor."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from rich.text import Text

from commands import codes
from commands.desk import Desk
from commands.naming import with_whole_names
from commands.options import Verbs, add_verb, filters_of
from commands.view import View
from commands.words import age_text, duration_text, fact, iso_text, unreadable_lines
from fleet import SelectionError, select_by
from reporting.columns import Column, Grid
from reporting.words import clean, conductors, size_text
from vault.retention import parse_duration
from vault.store import Generation, VaultUnwritable

DESCRIPTION = """\
Say for each conductor of the inventory how old its newest proven backup is.
The first line is made for monitoring: what counts, then figures behind the bar.
Exit code 0 when every conductor has one that is young enough and no newer one that cannot be read,
1 otherwise. Reads manifests only."""

FUTURE = timedelta(hours=1)
"""How far a run may lie ahead of the clock before the clock is doubted."""


class Standing(StrEnum):
    """How one conductor stands."""

    OK = "OK"
    STALE = "STALE"
    NEVER = "NEVER"
    UNPROVEN = "UNPROVEN"
    UNREADABLE = "UNREADABLE"
    FUTURE = "FUTURE"


@dataclass(frozen=True, slots=True)
class _Row:
    host: str
    site: str
    standing: Standing
    latest: Generation | None
    age: timedelta | None
    reason: str = ""


_COLUMNS: tuple[Column[_Row], ...] = (
    Column("STATUS", 10, lambda row: row.standing.value),
    Column("CONDUCTOR", 20, lambda row: row.host, grows=True),
    Column("SITE", 11, lambda row: row.site or "-", dropped=2),
    Column("AGE", 4, lambda row: age_text(row.age) if row.age is not None else "-", right=True),
    Column("NEWEST PROVEN", 18, lambda row: row.latest.run_id if row.latest else "-", dropped=6),
    Column("LAST CHECK", 10, lambda row: iso_text(_proven_at(row))[:10], dropped=3),
    Column(
        "VERSION", 10, lambda row: fact(row.latest, "version") if row.latest else "-", dropped=4
    ),
    Column("SIZE", 8, lambda row: _size(row), right=True, dropped=5),
)


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "status", perform, description=DESCRIPTION)
    parser.add_argument(
        "--max-age",
        type=_duration,
        default=timedelta(days=8),
        metavar="AGE",
        help="oldest that is young enough: 36h, 8d (default), 2w",
    )


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Judge every selected conductor of the inventory; a vault that is not there backed up none."""
    now = datetime.now(UTC)
    hosts = select_by(desk.nr, filters_of(options)).inventory.hosts
    rows = [
        _judged(desk, name, str(host.get("site") or ""), now, options.max_age)
        for name, host in hosts.items()
    ]
    bad = [row for row in rows if row.standing is not Standing.OK]
    rows.sort(key=lambda row: row.standing is Standing.OK)
    trouble = _no_vault(desk)
    headline = _headline(rows, options.max_age, trouble)
    return View(
        lambda width: _lines(headline, rows, width),
        _document(rows, options.max_age, trouble),
        codes.FAILED if bad else codes.OK,
    )


def _no_vault(desk: Desk) -> str:
    """Say that there is no vault, "" where there is one or nobody can tell."""
    try:
        _ = desk.reader
    except SelectionError as error:
        return str(error)
    except VaultUnwritable:
        return ""
    return ""


def _judged(desk: Desk, host: str, site: str, now: datetime, max_age: timedelta) -> _Row:
    """Judge one conductor; a proven backup is no comfort where a newer one cannot be read."""
    try:
        latest, broken = _newest(desk, host)
    except VaultUnwritable as error:
        return _Row(host, site, Standing.UNREADABLE, None, None, str(error))
    row = _row(host, site, latest, now, max_age)
    if row.standing is Standing.FUTURE or not broken:
        return row
    if row.standing is Standing.UNPROVEN:
        return replace(row, reason=broken)
    return replace(row, standing=Standing.UNREADABLE, reason=broken)


def _newest(desk: Desk, host: str) -> tuple[Generation | None, str]:
    """Return the newest proven generation, else the newest, None when there is none at all.

    Beside it stands why the newest of those after the newest proven one cannot be read, or "".
    """
    try:
        generations = desk.reader.newest(host)
    except SelectionError:
        return None, ""
    broken = next((each.error for each in generations if each.error), "")
    if generations and generations[-1].proven:
        return generations[-1], broken
    return next(iter(generations), None), broken


def _row(
    host: str, site: str, latest: Generation | None, now: datetime, max_age: timedelta
) -> _Row:
    if latest is None:
        return _Row(host, site, Standing.NEVER, None, None)
    if latest.unreadable:
        return _Row(host, site, Standing.UNREADABLE, None, None)
    if not latest.proven:
        return _Row(host, site, Standing.UNPROVEN, None, None)
    age = now - latest.time
    if age < -FUTURE:
        return _Row(host, site, Standing.FUTURE, latest, age)
    return _Row(host, site, Standing.STALE if age > max_age else Standing.OK, latest, age)


def _headline(rows: list[_Row], max_age: timedelta, trouble: str) -> str:
    counts = Counter(row.standing for row in rows)
    total, unreadable = len(rows), counts[Standing.UNREADABLE]
    fresh = sum(_is_fresh(row, max_age) for row in rows)
    limit = duration_text(max_age)
    if counts[Standing.OK] == total:
        have = "conductor has" if total == 1 else "conductors have"
        said = f"OK - {total} of {total} {have} a proven backup younger than {limit}"
    elif fresh == total:
        said = f"UNREADABLE - {unreadable} of {conductors(total)} with a backup that cannot be read"
    else:
        said = (
            f"STALE - {total - fresh} of {conductors(total)} without a fresh proven backup "
            f"(younger than {limit})"
        )
        if unreadable:
            said += f", {unreadable} with a backup that cannot be read"
    if trouble:
        said += f"; {clean(trouble)}"
    ages = [row.age for row in rows if row.age is not None]
    oldest = f"{int(max(ages).total_seconds())}s" if ages else "U"
    figures = " ".join(f"{each.name.lower()}={counts[each]}" for each in Standing)
    return f"BACKUP {said} | total={total} {figures} oldest={oldest}"


def _is_fresh(row: _Row, max_age: timedelta) -> bool:
    """Say whether the newest proven backup is young enough, whatever else is wrong."""
    return row.age is not None and -FUTURE <= row.age <= max_age


def _lines(headline: str, rows: list[_Row], width: int) -> Iterator[Text]:
    good = all(row.standing is Standing.OK for row in rows)
    yield Text(headline, "green" if good else "bold red")
    yield Text()
    grid = Grid(with_whole_names(_COLUMNS, (row.host for row in rows), width), width)
    yield from grid.head()
    for row in rows:
        yield from grid.row(row, "green" if row.standing is Standing.OK else "bold red")
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row.reason:
            reasons.setdefault(row.reason, []).append(row.host)
    yield from unreadable_lines(reasons, width)


def _size(row: _Row) -> str:
    return size_text(row.latest.size) if row.latest else "-"


def _document(rows: list[_Row], max_age: timedelta, trouble: str) -> dict[str, Any]:
    counts = Counter(row.standing for row in rows)
    return {
        "ok": all(row.standing is Standing.OK for row in rows),
        "trouble": trouble or None,
        "max_age_seconds": int(max_age.total_seconds()),
        "counts": {each.value: counts[each] for each in Standing},
        "hosts": [
            {
                "host": row.host,
                "site": row.site,
                "status": row.standing.value,
                "reason": row.reason or None,
                "run": row.latest.run_id if row.latest else None,
                "age_seconds": int(row.age.total_seconds()) if row.age is not None else None,
                "proven_at": _proven_at(row) or None,
                "size": row.latest.size if row.latest else None,
            }
            for row in rows
        ],
    }


def _proven_at(row: _Row) -> str:
    return row.latest.proven_at if row.latest else ""


def _duration(text: str) -> timedelta:
    try:
        return parse_duration(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
