"""The verb without a name: back up the selected conductors, report, and say how it went."""

from __future__ import annotations

import argparse
import logging
import sys
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta

from nornir.core import Nornir
from nornir.core.task import AggregatedResult
from rich.console import Console

from commands import codes
from commands.account import Account, Outcomes
from commands.choosing import choose
from commands.delivery import deliver, mailer_of
from commands.retention import Forgotten, forget
from commands.running import run_all
from commands.signals import StopRequest, stop_on_signals
from commands.terminal import printing
from fleet import settings_of, shared_of
from outcome import HostOutcome
from reporting import Report, to_json
from settings import Settings
from tasks import backup_conductor, open_run
from tasks.rehearse import rehearse_backup
from tasks.run import Run
from tasks.withdraw import withdraw_shared
from vault.lock import VaultLocked
from vault.receiver import ReceiverError
from vault.store import VaultError

logger = logging.getLogger(__name__)


def back_up(nr: Nornir, options: argparse.Namespace, console: Console) -> int:
    """Back up what `options` select and return the exit code.

    Raises `SelectionError` before anything is touched, and `VaultLocked` when another run is busy;
    when that one is overdue the report says so instead, on every channel, and the code is 75.
    A vault or receiver that cannot be used fails every selected conductor; none is contacted then.
    """
    selected = choose(nr, options)
    mailer = mailer_of(settings_of(nr), options)
    results: AggregatedResult | None
    with stop_on_signals(shared_of(nr).stop) as stop:
        account = Account(nr, selected, options, stop)
        if options.dry_run:
            results = run_all(selected, console, rehearse_backup, stop=stop.event)
            report = account.report(_outcomes(results))
        else:
            results, report = _back_up_selected(selected, account, stop, console)
        locked = results is None and _is_locked(report)
        code = stop.exit_code or (codes.LOCKED if locked else report.exit_code)
        code = deliver(report, code, options, mailer, console)
        if options.print_result and results is not None:
            with printing(console):
                _show_steps(results, console)
    return code


def _back_up_selected(
    selected: Nornir, account: Account, stop: StopRequest, console: Console
) -> tuple[AggregatedResult | None, Report]:
    try:
        with open_run(selected, stop=stop.event) as run:
            account.run_id = run.run_id
            account.remember(run.vault)
            results = run_all(selected, console, backup_conductor, run=run)
            outcomes = withdraw_shared(run, _outcomes(results))
            forgotten = Forgotten() if stop.signal else forget(run.vault, selected, outcomes)
            report = account.report(outcomes, [*run.found, *forgotten.notices()])
            _keep_ledger(run, report, forgotten)
            return results, report
    except VaultLocked as error:
        if not _is_overdue(error, settings_of(selected)):
            raise
        return None, account.report(dict.fromkeys(selected.inventory.hosts, error))
    except (VaultError, ReceiverError) as error:
        logger.debug("no run", exc_info=True)
        return None, account.report(dict.fromkeys(selected.inventory.hosts, error))


def _is_overdue(locked: VaultLocked, settings: Settings) -> bool:
    """Say whether the holder has been at it for longer than a run may last: that is an alarm."""
    if locked.holder is None:
        return False
    held = datetime.now(UTC) - datetime.fromisoformat(locked.holder.since)
    return held > timedelta(minutes=settings.run.deadline_minutes)


def _is_locked(report: Report) -> bool:
    return any(reason.code == VaultLocked.code for row in report.rows for reason in row.reasons)


def _show_steps(results: AggregatedResult, console: Console) -> None:
    """Print Nornir's results where the table is, in colours only where the table may have them.

    Importing Nornir's printer puts a writer that keeps every colour in place of stdout; that is
    undone at once, and ours, which ends colours or strips them, is there for this block only.
    """
    streams = sys.stdout, sys.stderr
    import colorama
    from nornir_utils.plugins.functions import print_result

    sys.stdout, sys.stderr = streams
    plain = not console.is_terminal or console.no_color
    with redirect_stdout(console.file), colorama.colorama_text(autoreset=True, strip=plain):
        print_result(results)


def _outcomes(results: AggregatedResult) -> Outcomes:
    found: dict[str, HostOutcome | BaseException | None] = {}
    for name, result in results.items():
        own = result[0] if len(result) else None
        if own is not None and isinstance(own.result, HostOutcome):
            found[name] = own.result
        else:
            found[name] = own.exception if own is not None else None
    return found


def _keep_ledger(run: Run, report: Report, forgotten: Forgotten) -> None:
    removed = {host: list(run_ids) for host, run_ids in forgotten.removed.items()}
    try:
        run.vault.write_ledger(run.run_id, to_json(report) | {"removed": removed})
    except VaultError as error:
        logger.error("the ledger of this run is not in the vault: %s", error)  # noqa: TRY400
