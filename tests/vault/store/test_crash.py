from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.churn import churn_once, next_vault
from tests.support.vaults import (
    FACTS,
    HOST,
    PROOF,
    START,
    Crash,
    dying_at,
    faults,
    interpose,
    new_vault,
    publish,
    run,
    stage,
    sums_hold,
    tree,
)
from vault.lock import VaultLock
from vault.store import Vault

PROJECT = Path(__file__).resolve().parents[3]
KILLS = 100

CHANGES: dict[str, Callable[[Vault], object]] = {
    "publish": lambda vault: vault.publish(
        HOST, run(2), [stage(vault, HOST, run(2), kind) for kind in ("flash", "config")],
        FACTS, PROOF,
    ),
    "hold": lambda vault: vault.hold(HOST, run(1), "audit", "ops"),
    "release": lambda vault: vault.release(HOST, run(0)),
    "note": lambda vault: vault.note_proven(HOST, run(1), START, ok=False),
    "quarantine": lambda vault: vault.quarantine(
        HOST, run(2), [stage(vault, HOST, run(2)).path], "wrong-content", "is HTML"
    ),
    "quarantine generation": lambda vault: vault.quarantine_generation(
        HOST, run(1), "archive-damaged", "checksum"
    ),
    "remove": lambda vault: vault.remove(HOST, run(0)),
    "ledger": lambda vault: vault.write_ledger(run(1), {"a": 1}),
    "identity": lambda vault: vault.accept_identity(HOST, {"serial": "CX1"}, "new box", "ops"),
    "drop": lambda vault: vault.drop_staging(run(2), HOST),
    "prepare": lambda vault: vault.prepare(),
    "reconcile": lambda vault: vault.reconcile(),
}  # fmt: skip


@pytest.fixture(autouse=True)
def memory_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the disk: a process that dies takes nothing with it that the kernel has."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


def filled(root: Path) -> Vault:
    vault = new_vault(root)
    for number in range(2):
        publish(vault, HOST, run(number))
    vault.layout.latest(HOST).unlink()
    vault.layout.latest(HOST).symlink_to(run(0))
    stage(vault, HOST, run(2), "members")
    return vault


@pytest.mark.parametrize("name", CHANGES)
def test_crash_at_any_step_of_a_change_leaves_whole_generations(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for number in range(1, 100):
        vault = filled(tmp_path / str(number))
        try:
            with monkeypatch.context() as patch:
                interpose(dying_at(number), patch.setattr)
                CHANGES[name](vault)
        except Crash:
            check_after_crash(vault.root)
        else:
            assert number > 1
            return
    pytest.fail("the change never ends")


def check_after_crash(root: Path) -> None:
    vault = Vault(root)
    assert faults(vault) == []
    assert vault.latest(HOST) is not None
    vault.prepare(must_exist=True)
    vault.reconcile()
    assert tree(root / "staging") == set()
    assert not list(root.glob(".vault-*"))
    newest = vault.latest(HOST)
    assert newest is not None
    assert str(vault.layout.latest(HOST).readlink()) == newest.run_id
    assert vault.reconcile().lines == ()


def test_crash_while_the_vault_is_made_can_be_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 100):
        vault = Vault(tmp_path / str(number))
        try:
            with monkeypatch.context() as patch:
                interpose(dying_at(number), patch.setattr)
                vault.prepare()
        except Crash:
            again = new_vault(vault.root)
            again.reconcile()
            assert tree(again.root) == {
                ".vault", "staging/", "conductors/", "quarantine/", "runs/"
            }  # fmt: skip
        else:
            assert number > 5
            return


def test_sigkill_at_any_moment_leaves_whole_generations(tmp_path: Path) -> None:
    root = tmp_path / "vault"
    new_vault(root)
    seed = random.randrange(10**6)
    chance = random.Random(seed)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.churn", str(root)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as driver:
        assert driver.stdin is not None
        assert driver.stdout is not None
        for number in range(KILLS):
            driver.stdin.write(f"{chance.uniform(0.001, 0.06)}\n")
            driver.stdin.flush()
            assert driver.stdout.readline() == "-9\n"
            assert faults(Vault(root)) == [], f"seed {seed}, kill {number}"
            if number % 10 == 9:
                check_next_run(root)
        driver.stdin.close()


def check_next_run(root: Path) -> None:
    vault, run_id = next_vault(root)
    vault.prepare(must_exist=True)
    with VaultLock(root, "test"):
        vault.reconcile()
        assert tree(root / "staging") == set()
        assert vault.reconcile().lines == ()
        churn_once(vault, run_id)
    assert tree(root / "staging") == set()
    newest = vault.latest(HOST)
    assert newest is not None
    assert newest.run_id == run_id
    assert str(vault.layout.latest(HOST).readlink()) == run_id
    assert all(sums_hold(found.path) for found in vault.generations(HOST))
