"""Take back what was published before another name turned out to reach the same box."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from outcome import GOOD, HostOutcome, Verdict
from tasks.errors import reason
from tasks.roster import SameConductor
from tasks.run import Run
from vault.store import VaultError


def withdraw_shared(
    run: Run, outcomes: Mapping[str, HostOutcome | BaseException | None]
) -> dict[str, HostOutcome | BaseException | None]:
    """Return `outcomes` with a FAIL for each good one that has no box of its own.

    Of names that reach one new box all fail, also where one was done before another had answered:
    its generation goes into quarantine, and the vault forgets the box again.
    """
    return {
        host: _failed(run, found, said)
        if isinstance(found, HostOutcome)
        and found.verdict in GOOD
        and (said := run.roster.shared(host))
        else found
        for host, found in outcomes.items()
    }


def _failed(run: Run, found: HostOutcome, said: str) -> HostOutcome:
    text = said
    if found.generation:
        try:
            _take_back(run, found.host, said)
        except VaultError as error:
            text = f"{said}; what was published stays in the vault: {error}"
    why = reason(SameConductor.code, text)
    return replace(found, verdict=Verdict.FAIL, reasons=(why, *found.reasons), generation="")


def _take_back(run: Run, host: str, said: str) -> None:
    run.vault.restore_identity(host, run.roster.before(host))
    run.vault.quarantine_generation(host, run.run_id, SameConductor.code, said)
