from __future__ import annotations

import errno
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.support.vaults import HOST, START, new_vault, publish, run, sums_hold, tree
from vault.retention import Policy, candidates, prune
from vault.store import Vault, VaultFailed, VaultFull

KEEP_TWO = Policy(keep_last=2)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    vault = new_vault(tmp_path / "vault", START + timedelta(weeks=6))
    for number in range(6):
        publish(vault, HOST, run(number))
    return vault


def runs(vault: Vault) -> list[str]:
    return [found.run_id for found in vault.generations(HOST)]


def test_prune_removes_what_the_plan_lets_go(vault: Vault) -> None:
    size = vault.generation(HOST, run(0)).size
    pruned = prune(vault, HOST, KEEP_TWO)
    assert pruned.removed == tuple(run(number) for number in range(4))
    assert pruned.freed == 4 * size
    assert runs(vault) == [run(5), run(4)]
    assert tree(vault.root / "staging") == set()
    assert prune(vault, HOST, KEEP_TWO).removed == ()


def test_prune_dry_run_changes_nothing(vault: Vault) -> None:
    before = tree(vault.root)
    pruned = prune(vault, HOST, KEEP_TWO, dry_run=True)
    assert len(pruned.plan.remove) == 4
    assert pruned.removed == ()
    assert tree(vault.root) == before


def test_prune_held_generation_stays(vault: Vault) -> None:
    vault.hold(HOST, run(0), "before the migration", "ops")
    prune(vault, HOST, KEEP_TWO)
    assert runs(vault) == [run(5), run(4), run(0)]
    vault.release(HOST, run(0))
    assert prune(vault, HOST, KEEP_TWO).removed == (run(0),)


def test_prune_generation_with_unreadable_state_stays(vault: Vault) -> None:
    (vault.generation(HOST, run(0)).path / "state.json").write_text("{")
    prune(vault, HOST, KEEP_TWO)
    assert run(0) in runs(vault)


def test_prune_generation_that_rotted_does_not_count(vault: Vault) -> None:
    for number in (4, 5):
        vault.note_proven(HOST, run(number), vault.now(), ok=False)
    prune(vault, HOST, KEEP_TWO)
    assert runs(vault) == [run(5), run(4), run(3), run(2)]
    assert (vault.root / "conductors" / HOST / "latest").readlink() == Path(run(3))


def test_prune_wrong_clock_removes_nothing_and_says_so(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    early = Vault(vault.root, clock=lambda: START)
    pruned = prune(early, HOST, KEEP_TWO)
    assert pruned.plan.refused
    assert pruned.removed == ()
    assert len(runs(vault)) == 6
    assert "no generation is removed" in caplog.text


def test_prune_long_gap_needs_trust(vault: Vault) -> None:
    late = Vault(vault.root, clock=lambda: datetime(2036, 1, 1, tzinfo=START.tzinfo))
    assert prune(late, HOST, KEEP_TWO).removed == ()
    assert len(prune(late, HOST, KEEP_TWO, trust_clock=True).removed) == 4


def test_prune_unknown_host_does_nothing(vault: Vault) -> None:
    assert prune(vault, "mm-nowhere", KEEP_TWO).removed == ()


def test_prune_reader_of_a_removed_file_goes_on_reading(vault: Vault) -> None:
    path = vault.generation(HOST, run(0)).path / "flash.tar.gz"
    content = path.read_bytes()
    with path.open("rb") as file:
        prune(vault, HOST, KEEP_TWO)
        assert not path.exists()
        assert file.read() == content


def test_prune_crash_while_deleting_leaves_no_half_generation(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: Path, *args: object) -> None:
        (path / "flash.tar.gz").unlink()
        raise OSError(errno.EIO, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", crash)
        with pytest.raises(VaultFailed):
            prune(vault, HOST, KEEP_TWO)
    assert runs(vault) == [run(number) for number in (5, 4, 3, 2, 1)]
    assert all(sums_hold(found.path) for found in vault.generations(HOST))
    assert vault.reconcile().lines == ("finished removing a pruned generation or quarantine entry",)
    assert tree(vault.root / "staging") == set()


def test_prune_full_disk_is_named(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(VaultFull, match="remove 2026-01-05T020000Z"):
        prune(vault, HOST, KEEP_TWO)


def test_remove_held_generation_is_refused(vault: Vault) -> None:
    vault.hold(HOST, run(0), "audit", "ops")
    with pytest.raises(VaultFailed, match="is held"):
        vault.remove(HOST, run(0))


def test_remove_newest_proven_generation_is_refused(vault: Vault) -> None:
    vault.note_proven(HOST, run(5), vault.now(), ok=False)
    with pytest.raises(VaultFailed, match="newest proven backup"):
        vault.remove(HOST, run(4))
    assert vault.remove(HOST, run(5)) > 0


def test_candidates_carry_what_the_policy_needs(vault: Vault) -> None:
    vault.hold(HOST, run(1), "audit", "ops")
    vault.note_proven(HOST, run(2), vault.now(), ok=False)
    found = {one.id: (one.proven, one.held) for one in candidates(vault.generations(HOST))}
    assert found[run(0)] == (True, False)
    assert found[run(1)] == (True, True)
    assert found[run(2)] == (False, False)
