"""Change a vault without end, in a child that is killed in the middle of it.

Run as `python -m tests.support.churn VAULT`: for each line on the standard input, a number of
seconds, a child is started, killed after that time with SIGKILL, and a line is answered.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from datetime import timedelta
from pathlib import Path

from tests.support.vaults import HOST, START, publish, stage
from vault.lock import VaultLock
from vault.retention import Policy, prune
from vault.store import Vault, run_id_at, run_time

KEEP_TWO = Policy(keep_last=2)


def churn_once(vault: Vault, run_id: str) -> None:
    """Do once all that a run may do to one host."""
    publish(vault, HOST, run_id, ("flash", "running-config", "members"))
    vault.hold(HOST, run_id, "audit", "ops")
    spoilt = stage(vault, HOST, run_id, "config")
    vault.quarantine(HOST, run_id, [spoilt.path], "wrong-content", "is HTML")
    vault.drop_staging(run_id, HOST)
    vault.release(HOST, run_id)
    vault.write_ledger(run_id, {"verdicts": {HOST: "PASS"}})
    _, *older = vault.generations(HOST)
    if older and run_time(run_id).toordinal() // 7 % 2:
        vault.quarantine_generation(HOST, older[0].run_id, "archive-damaged", "checksum")
    prune(vault, HOST, KEEP_TWO)


def next_vault(root: Path) -> tuple[Vault, str]:
    """Return the vault as the next run sees it, a week after the newest trace, and that run."""
    times = [found.time for found in Vault(root).generations(HOST)]
    when = max(times, default=START) + timedelta(weeks=1)
    vault = Vault(root, clock=lambda: when)
    return vault, run_id_at(when)


def churn(root: Path) -> None:
    """Do one run after the other until somebody kills us."""
    while True:
        vault, run_id = next_vault(root)
        vault.prepare()
        with VaultLock(root, "churn"):
            vault.reconcile()
            churn_once(vault, run_id)


def _kill_after(seconds: float, root: Path) -> int:
    child = os.fork()
    if child == 0:
        try:
            churn(root)
        except BaseException:  # noqa: BLE001 - the child must never return into the parent's code
            traceback.print_exc()
        os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main() -> None:
    """Answer each line with the exit code of its child."""
    root = Path(sys.argv[1])
    for line in sys.stdin:
        sys.stdout.write(f"{_kill_after(float(line), root)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
