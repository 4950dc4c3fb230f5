"""A run waits for a verify or check that has the lock for a moment, and for nobody else."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest

from tasks.run import LOCK_TRIES, MOMENTARY, NOTING, _locked
from tests.support.vaults import new_vault
from vault.lock import VaultLock, VaultLocked


class Patience(Event):
    """Counts the waits, and lets `holder` go at the second."""

    def __init__(self, holder: VaultLock | None = None) -> None:
        super().__init__()
        self.holder = holder
        self.waits = 0

    def wait(self, timeout: float | None = None) -> bool:
        self.waits += 1
        if self.holder and self.waits == 2:
            self.holder.release()
        return False


@pytest.mark.parametrize("command", MOMENTARY)
def test_lock_waits_for_who_has_it_for_moments(tmp_path: Path, command: str) -> None:
    vault = new_vault(tmp_path / "vault")
    with VaultLock(vault.root, command) as holder:
        patience = Patience(holder)
        _locked(vault, patience).release()
    assert patience.waits == 2


def test_lock_gives_up_on_a_verify_that_hangs(tmp_path: Path) -> None:
    vault = new_vault(tmp_path / "vault")
    patience = Patience()
    with VaultLock(vault.root, NOTING), pytest.raises(VaultLocked):
        _locked(vault, patience)
    assert patience.waits == LOCK_TRIES


def test_lock_does_not_wait_for_another_run(tmp_path: Path) -> None:
    vault = new_vault(tmp_path / "vault")
    patience = Patience()
    with VaultLock(vault.root, "runbook.py"), pytest.raises(VaultLocked):
        _locked(vault, patience)
    assert patience.waits == 0
