"""The verb `runs`: what the last runs brought, or the table of one of them again."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any, Final

from rich.text import Text

from commands.desk import Desk
from commands.ledgers import Broken, Ledger, iterate_ledgers, reduced
from commands.one_run import show_again
from commands.options import Verbs, add_verb, filters_of, positive
from commands.run_ids import LATEST, run_meant
from commands.view import View
from commands.words import counted
from fleet import SelectionError
from outcome import Verdict
from reporting import Report
from reporting.columns import Column, Grid, wrapped
from reporting.table import STYLES
from reporting.words import clean, listed, seconds_text, size_text

DESCRIPTION = """\
List the last runs, newest first, or show the table of one of them again, with its reasons and
remedies. Both come from the ledgers in the vault; a run that was killed left none.
With filters: what the selected conductors had of it, without the runs in which none took part."""

_INDENT: Final = " " * 20
_Row = Ledger | Broken


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "runs", perform, description=DESCRIPTION)
    parser.add_argument(
        "run", metavar="RUN", nargs="?", help="run id, the unique beginning of one, or latest"
    )
    parser.add_argument(
        "--last", type=positive, default=20, metavar="N", help="runs to list (default: 20)"
    )


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """List the last runs, or show the one that was named."""
    hosts = set(desk.hosts()) if str(filters_of(options)) else None
    if options.run is not None:
        return show_again(desk, _run_meant(desk, options.run, hosts), filters_of(options), hosts)
    known = len(desk.reader.ledgers())
    rows = list(islice(_rows(desk, hosts), options.last))
    document = {"known": known, "runs": [_document(row) for row in rows]}
    return View(lambda width: _lines(rows, known, width), document)


def _run_meant(desk: Desk, text: str, hosts: Collection[str] | None) -> str:
    """Return the run that was named; the latest is that in which any of `hosts` took part."""
    if text != LATEST:
        return run_meant(text, desk.reader.ledgers(), "run", "runs")
    newest = next(_rows(desk, hosts), None)
    if newest is None:
        raise SelectionError(f"no run is told in {desk.reader.layout.runs}; try runbook.py runs")
    return newest.run_id


def _rows(desk: Desk, hosts: Collection[str] | None) -> Iterator[_Row]:
    """Yield the runs, newest first, reduced to `hosts`; of a broken one nobody knows its hosts."""
    for row in iterate_ledgers(desk.reader):
        if hosts is None or isinstance(row, Broken):
            yield row
        elif (report := reduced(row.report, hosts)).rows:
            yield Ledger(row.run_id, row.document, report)


_COLUMNS: Final[tuple[Column[_Row], ...]] = (
    Column("RUN", 18, lambda row: row.run_id),
    Column("TOOK", 7, lambda row: _took(row), right=True, dropped=3),
    Column("CONDUCTORS", 10, lambda row: _all(row), right=True, dropped=4),
    Column("PASS", 4, lambda row: _count(row, Verdict.PASS), right=True),
    Column("WARN", 4, lambda row: _count(row, Verdict.WARN), right=True),
    Column("FAIL", 4, lambda row: _count(row, Verdict.FAIL), right=True),
    Column("CANCELLED", 9, lambda row: _count(row, Verdict.CANCELLED), right=True),
    Column("RECEIVED", 8, lambda row: _received(row), right=True, dropped=2),
    Column("SELECTION", 20, lambda row: _selection(row), dropped=1),
)


def _lines(rows: list[_Row], known: int, width: int) -> Iterator[Text]:
    grid = Grid(_COLUMNS, width)
    yield from grid.head()
    for row in rows:
        yield from grid.row(row, "red" if isinstance(row, Broken) else STYLES[row.report.worst])
        for text in _below(row):
            yield from (Text(_INDENT + part) for part in wrapped(text, width - len(_INDENT)))
    yield Text()
    yield Text(f"{counted(len(rows), 'run')} of {known} in the vault", "bold")


def _below(row: _Row) -> Iterator[str]:
    """Yield what is to be said of a run below its line."""
    if isinstance(row, Broken):
        yield clean(f"unreadable: {row.error}")
        return
    if row.report.run.interrupted is not None:
        yield f"interrupted by {row.report.run.interrupted}"
    for what, verdict in (("failed", Verdict.FAIL), ("cancelled", Verdict.CANCELLED)):
        if names := _names(row.report, verdict):
            yield f"{what}: {listed(names)}"


def _names(report: Report, verdict: Verdict) -> list[str]:
    return [row.host for row in report.rows if row.verdict is verdict]


def _document(row: _Row) -> dict[str, Any]:
    if isinstance(row, Broken):
        return {"run": row.run_id, "error": row.error}
    report = row.report
    return {
        "run": row.run_id,
        "error": None,
        "seconds": report.run.seconds,
        "conductors": len(report.rows),
        "counts": {verdict.value: count for verdict, count in report.counts.items()},
        "bytes_received": report.received,
        "selection": report.run.selection,
        "dry_run": report.run.dry_run,
        "interrupted": report.run.interrupted,
        "failed": _names(report, Verdict.FAIL),
        "cancelled": _names(report, Verdict.CANCELLED),
    }


def _took(row: _Row) -> str:
    return "-" if isinstance(row, Broken) else seconds_text(row.report.run.seconds)


def _all(row: _Row) -> str:
    return "-" if isinstance(row, Broken) else str(len(row.report.rows))


def _count(row: _Row, verdict: Verdict) -> str:
    return "-" if isinstance(row, Broken) else str(row.report.counts[verdict])


def _received(row: _Row) -> str:
    return "-" if isinstance(row, Broken) else size_text(row.report.received)


def _selection(row: _Row) -> str:
    return "-" if isinstance(row, Broken) else row.report.run.selection or "all"
