"""Show the table of a run again, as its ledger tells it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from commands.desk import Desk
from commands.ledgers import Ledger, read_ledger, reduced
from commands.view import View
from fleet import SelectionError
from reporting import Report, to_json
from reporting.table import table_lines
from reporting.words import listed
from scope import Filters
from vault.store.names import Layout

_OF_HOSTS = ("verdict", "counts", "bytes_received")


def show_again(desk: Desk, run_id: str, filters: Filters, hosts: Collection[str] | None) -> View:
    """Show a run as it was told then, but for what lay in the quarantine and is gone by now.

    Raises `SelectionError` when none of `hosts` took part in it, and `VaultError` for a ledger that
    cannot be read.
    """
    ledger = read_ledger(desk.reader, run_id)
    if hosts is not None:
        ledger = _narrowed(ledger, filters, hosts)
    vault = desk.configuration.settings.vault.path
    report = replace(ledger.report, run=replace(ledger.report.run, vault=str(vault)))
    told = without_what_is_gone(report, desk.reader.layout)
    return View(lambda width: table_lines(told, width), ledger.document)


def _narrowed(ledger: Ledger, filters: Filters, hosts: Collection[str]) -> Ledger:
    report = reduced(ledger.report, hosts)
    if not report.rows:
        raise SelectionError(f"no conductor of {filters} took part in run {ledger.run_id}")
    selection = f"{report.run.selection or 'all'}, of these {filters}"
    report = replace(report, run=replace(report.run, selection=selection))
    return Ledger(ledger.run_id, _document(ledger.document, report), report)


def _document(document: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Return the document with the hosts of `report` alone, and what counts them."""
    names, counted = {row.host for row in report.rows}, to_json(report)
    hosts = [host for host in document["hosts"] if host["host"] in names]
    return {**document, **{key: counted[key] for key in _OF_HOSTS}, "hosts": hosts}


def without_what_is_gone(report: Report, layout: Layout) -> Report:
    """Return the report without the paths of files that are not in the quarantine any more.

    A notice names the conductors of which none is left.
    """
    rows = tuple(
        replace(row, quarantined=tuple(each for each in row.quarantined if lies_in(layout, each)))
        for row in report.rows
    )
    pairs = zip(report.rows, rows, strict=True)
    gone = [then.host for then, now in pairs if then.quarantined and not now.quarantined]
    notice = f"no longer in the quarantine: what arrived of {listed(gone)}"
    return replace(report, rows=rows, notices=(*report.notices, *([notice] if gone else [])))


def lies_in(layout: Layout, path: str) -> bool:
    """Say whether `path`, below the vault, is in its quarantine; True where nobody can tell."""
    parts = PurePosixPath(path).parts
    if not parts or parts[0] != layout.quarantine.name or ".." in parts:
        return False
    try:
        return (layout.root / path).is_file()
    except OSError:
        return True
