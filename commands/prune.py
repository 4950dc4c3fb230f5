"""The verb `prune`: remove what the retention settings let go."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from commands.desk import Desk
from commands.naming import with_whole_names
from commands.options import Verbs, add_verb
from commands.retention import Forgotten, retention_of
from commands.view import View
from reporting.columns import GAP, Column, Grid, wrapped
from reporting.words import clean, conductors, size_text
from settings import policy_of
from vault.place import Place
from vault.retention import prune
from vault.store import Generation

DESCRIPTION = """\
Remove the generations that the retention settings let go, of each conductor.
A run does this by itself for every conductor that it backed up. Only proven generations are
counted; held ones and the newest proven ones always stay. A conductor that is no longer in the
inventory has no settings: all its generations stay."""


@dataclass(frozen=True, slots=True)
class _Row:
    action: str
    generation: Generation
    why: str


_COLUMNS: tuple[Column[_Row], ...] = (
    Column("ACTION", 6, lambda row: row.action),
    Column("CONDUCTOR", 20, lambda row: row.generation.host, grows=True),
    Column("GENERATION", 18, lambda row: row.generation.run_id),
    Column("SIZE", 8, lambda row: size_text(row.generation.size), right=True, dropped=1),
)
_INDENT = 8
_BECAUSE = 24
"""With less room than this beside them the reasons stand below their row."""


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "prune", perform, description=DESCRIPTION)
    parser.add_argument(
        "--dry-run", action="store_true", help="show what would stay and go; remove nothing"
    )
    parser.add_argument(
        "--trust-clock",
        action="store_true",
        help="remove even after a gap of more than 400 days; look at the clock first",
    )


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Prune the selected conductors, or show what that would do."""
    hosts = desk.hosts()
    rows: list[_Row] = []
    forgotten = Forgotten()
    with (
        nullcontext() if options.dry_run else desk.changing("nothing is removed"),
        desk.place() as place,
    ):
        for host in hosts:
            rows += _prune(desk, host, options, forgotten, place)
    document = {
        "dry_run": options.dry_run,
        "generations": [_entry(row) for row in rows],
        "refused": forgotten.refused,
        "stayed": forgotten.stayed,
        "freed": forgotten.freed,
    }
    return View(lambda width: _lines(rows, forgotten, options, len(hosts), width), document)


def _prune(
    desk: Desk, host: str, options: argparse.Namespace, forgotten: Forgotten, place: Place
) -> Iterator[_Row]:
    known = {generation.run_id: generation for generation in desk.reader.generations(host)}
    if host not in desk.nr.inventory.hosts:
        if known:
            forgotten.refused[host] = "not in the inventory"
        return
    policy = retention_of(policy_of(desk.nr.inventory.hosts[host]))
    pruned = prune(
        desk.vault,
        host,
        policy,
        dry_run=options.dry_run,
        trust_clock=options.trust_clock,
        place=place,
    )
    forgotten.note(host, pruned)
    for run_id, reasons in pruned.plan.keep.items():
        yield _Row("keep", known[run_id], ", ".join(reasons))
    for run_id in pruned.plan.remove:
        if run_id in pruned.stayed:
            yield _Row("keep", known[run_id], "could not be removed")
        else:
            yield _Row("remove", known[run_id], "no rule keeps it")


def _lines(
    rows: list[_Row], forgotten: Forgotten, options: argparse.Namespace, hosts: int, width: int
) -> Iterator[Text]:
    removed = [row for row in rows if row.action == "remove"]
    shown = rows if options.dry_run else removed
    if shown:
        yield from _table(shown, width)
        yield Text()
    for host, why in forgotten.refused.items():
        for part in wrapped(clean(f"{host}: nothing removed: {why}"), width):
            yield Text(part, "yellow")
    for host, why in forgotten.stayed.items():
        for part in wrapped(clean(f"{host}: {why}"), width):
            yield Text(part, "yellow")
    size = size_text(sum(row.generation.size for row in removed))
    word = "would be removed" if options.dry_run else "removed"
    kept = len(rows) - len(removed)
    yield Text(f"{len(removed)} {word} ({size}), {kept} kept, of {conductors(hosts)}", "bold")


def _table(rows: list[_Row], width: int) -> Iterator[Text]:
    """Yield the rows with their reasons beside them, or below where there is no room."""
    names = (row.generation.host for row in rows)
    grid = Grid(with_whole_names(_COLUMNS, names, width), width)
    titles, rule = grid.head()
    room = width - titles.cell_len - len(GAP)
    beside = room >= _BECAUSE
    yield titles + Text(f"{GAP}BECAUSE", "bold") if beside else titles
    yield rule + Text(GAP + "-" * room, "dim") if beside else rule
    for row in rows:
        first, *more = grid.row(row, "yellow" if row.action == "remove" else "")
        why = wrapped(row.why, room if beside else width - _INDENT)
        if beside:
            first.append(GAP + why.pop(0))
        yield first
        indent = titles.cell_len + len(GAP) if beside else _INDENT
        yield from more
        yield from (Text(" " * indent + part) for part in why)


def _entry(row: _Row) -> dict[str, Any]:
    return {
        "host": row.generation.host,
        "run": row.generation.run_id,
        "action": row.action,
        "reasons": row.why.split(", ") if row.action == "keep" else [],
        "size": row.generation.size,
    }
