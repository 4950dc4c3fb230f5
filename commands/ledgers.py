"""The ledgers of the vault, each as the report of its run."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from outcome import Verdict
from reporting import Report, ReportingError
from reporting.from_json import from_json
from reporting.words import clean
from vault.store import VaultError, VaultFailed, VaultReader


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is kept of one run: the document as it was written, and the report that it tells."""

    run_id: str
    document: Mapping[str, Any]
    report: Report


@dataclass(frozen=True, slots=True)
class Broken:
    """A run whose ledger cannot be read; `error` names the file and says why."""

    run_id: str
    error: str


def read_ledger(reader: VaultReader, run_id: str) -> Ledger:
    """Return the ledger of a run; raise `VaultError` when it is missing, broken or of another."""
    document = reader.read_ledger(run_id)
    path = reader.layout.ledger(run_id)
    try:
        report = from_json(document)
    except ReportingError as error:
        raise VaultFailed(clean(f"{path}: not the ledger of a run: {error}")) from None
    if report.run.run_id != run_id:
        raise VaultFailed(f"{path}: the ledger of another run, {report.run.run_id}")
    return Ledger(run_id, document, report)


def iterate_ledgers(reader: VaultReader) -> Iterator[Ledger | Broken]:
    """Yield the runs that have a ledger, newest first; one that is broken hides no other."""
    for run_id in reader.ledgers():
        try:
            yield read_ledger(reader, run_id)
        except VaultError as error:
            yield Broken(run_id, str(error))


def last_verdicts(
    reader: VaultReader, hosts: Iterable[str]
) -> tuple[dict[str, Verdict], list[Broken]]:
    """Return how the last run in which it took part ended for each of `hosts` that was in any.

    A dry run is none. The broken ledgers, newest first, are those that were passed over.
    """
    left, found, broken = set(hosts), dict[str, Verdict](), list[Broken]()
    for ledger in iterate_ledgers(reader):
        if isinstance(ledger, Broken):
            broken.append(ledger)
        elif not ledger.report.run.dry_run:
            found |= {row.host: row.verdict for row in ledger.report.rows if row.host in left}
            left -= found.keys()
        if not left:
            break
    return found, broken


def reduced(report: Report, hosts: Collection[str]) -> Report:
    """Return the report with the rows of `hosts` alone."""
    left_with = {host: last for host, last in report.last_proven.items() if host in hosts}
    rows = tuple(row for row in report.rows if row.host in hosts)
    return replace(report, rows=rows, last_proven=left_with)
