"""The verb `list`: the generations of each conductor."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.text import Text

from commands.desk import Desk
from commands.naming import with_whole_names
from commands.options import Verbs, add_verb
from commands.view import View
from commands.words import age_text, copy_size, counted, fact, iso_text, standing, unreadable_lines
from reporting.columns import Column, Grid
from reporting.words import conductors, size_text
from vault.store import Generation, VaultUnwritable

DESCRIPTION = """\
List the generations of each conductor, newest first.
VERDICT is that of the run, PROVEN when its files were last proven, HELD is never removed."""


@dataclass(frozen=True, slots=True)
class _Row:
    host: str
    generation: Generation | None
    latest: Generation | None
    now: datetime
    unreadable: str = ""


_COLUMNS: tuple[Column[_Row], ...] = (
    Column("CONDUCTOR", 16, lambda row: row.host, grows=True),
    Column("GENERATION", 18, lambda row: _run(row)),
    Column("AGE", 4, lambda row: _age(row), right=True, dropped=5),
    Column("VERSION", 8, lambda row: _of(row, "version"), dropped=1),
    Column("CONFIG", 7, lambda row: _size(row, "running-config", "config"), right=True, dropped=2),
    Column("FLASH", 8, lambda row: _size(row, "flash"), right=True, dropped=4),
    Column("VERDICT", 7, lambda row: _verdict(row.generation), dropped=6),
    Column("PROVEN", 10, lambda row: _proven(row)[:10], dropped=3),
    Column("STATE", 11, lambda row: _state(row)),
)


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    add_verb(verbs, "list", perform, description=DESCRIPTION)


def perform(desk: Desk, _options: argparse.Namespace) -> View:
    """List the generations of the selected conductors."""
    now = datetime.now(UTC)
    rows: list[_Row] = []
    for host in desk.hosts():
        try:
            generations = desk.reader.generations(host)
        except VaultUnwritable as error:
            rows.append(_Row(host, None, None, now, str(error)))
            continue
        latest = next((each for each in generations if each.proven), None)
        rows += [
            _Row(host, each, latest, now, _unreadable(each)) for each in generations or (None,)
        ]
    return View(lambda width: _lines(rows, width), {"generations": _document(rows)})


def _lines(rows: list[_Row], width: int) -> Iterator[Text]:
    grid = Grid(with_whole_names(_COLUMNS, (row.host for row in rows), width), width)
    yield from grid.head()
    for row in rows:
        yield from grid.row(row, "" if row.generation and row.generation.proven else "red")
    yield from unreadable_lines(_reasons(rows), width)
    found = [row.generation for row in rows if row.generation]
    hosts = len({row.host for row in rows})
    total = sum(generation.size for generation in found)
    yield Text()
    told = counted(len(found), "generation")
    yield Text(f"{told} of {conductors(hosts)}, {size_text(total)}", "bold")


def _document(rows: list[_Row]) -> list[dict[str, Any]]:
    return [
        {
            "host": row.host,
            "run": found.run_id,
            "age_seconds": int((row.now - found.time).total_seconds()),
            "version": _of(row, "version"),
            "verdict": _verdict(found),
            "proven": found.proven,
            "proven_at": found.proven_at,
            "latest": row.latest is not None and row.latest.run_id == found.run_id,
            "held": found.held,
            "size": found.size,
            "unreadable": found.unreadable,
            "error": found.error,
        }
        for row in rows
        if (found := row.generation)
    ]


def _unreadable(generation: Generation | None) -> str:
    return generation.error if generation and generation.unreadable else ""


def _reasons(rows: list[_Row]) -> dict[str, list[str]]:
    """Return what cannot be read by the reason."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row.unreadable:
            run_id = f" {row.generation.run_id}" if row.generation else ""
            found.setdefault(row.unreadable, []).append(f"{row.host}{run_id}")
    return found


def _state(row: _Row) -> str:
    if row.unreadable:
        return "unreadable"
    return standing(row.generation, row.latest) if row.generation else ""


def _run(row: _Row) -> str:
    if row.generation:
        return row.generation.run_id
    return "-" if row.unreadable else "none"


def _age(row: _Row) -> str:
    return age_text(row.now - row.generation.time) if row.generation else "-"


def _of(row: _Row, key: str) -> str:
    return fact(row.generation, key) if row.generation else "-"


def _size(row: _Row, *kinds: str) -> str:
    return copy_size(row.generation, *kinds) if row.generation else "-"


def _verdict(generation: Generation | None) -> str:
    return generation.manifest.verdict.value if generation and generation.manifest else "-"


def _proven(row: _Row) -> str:
    return iso_text(row.generation.proven_at) if row.generation else "-"
