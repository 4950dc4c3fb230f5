"""Ledgers of runs that never were, for the tests."""

from __future__ import annotations

from dataclasses import replace

from outcome import HostOutcome
from reporting import Report, to_json
from tests.reporting.samples import report_of, run_info
from vault.store import Vault, run_time


def keep(
    vault: Vault,
    run_id: str,
    *outcomes: HostOutcome,
    selection: str = "",
    interrupted: str | None = None,
    dry_run: bool = False,
) -> Report:
    """Write the ledger of a run into the vault, as the run would, and return what it told."""
    vault.prepare()
    started = run_time(run_id)
    run = run_info(
        dry_run=dry_run, interrupted=interrupted, selection=selection, vault=str(vault.root)
    )
    report = report_of(*outcomes, run=replace(run, run_id=run_id, started=started, ended=started))
    vault.write_ledger(run_id, to_json(report) | {"removed": {}})
    return report
