from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.support.vaults import HOST, publish, run, sums_hold
from vault.store import UnknownGeneration, Vault, VaultFailed

LATER = datetime(2026, 2, 1, 3, tzinfo=UTC)


def latest(vault: Vault) -> str:
    return str((vault.root / "conductors" / HOST / "latest").readlink())


def test_hold_is_kept_with_reason_until_released(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    held = vault.hold(HOST, run(0), "before the upgrade", "ops")
    assert held.held
    assert held.hold is not None
    assert (held.hold.reason, held.hold.by) == ("before the upgrade", "ops")
    assert held.hold.since == "2026-01-05T02:00:00Z"
    assert vault.generation(HOST, run(0)) == held
    assert not vault.release(HOST, run(0)).held


def test_hold_without_reason_is_refused(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    with pytest.raises(VaultFailed, match="needs a reason"):
        vault.hold(HOST, run(0), " ", "ops")


def test_hold_unknown_generation_is_refused(vault: Vault) -> None:
    with pytest.raises(UnknownGeneration):
        vault.hold(HOST, run(0), "x", "ops")
    assert not (vault.root / "conductors" / HOST).exists()


def test_hold_leaves_manifest_and_sums_untouched(vault: Vault) -> None:
    folder = publish(vault, HOST, run(0)).path
    before = (folder / "manifest.json").read_bytes()
    vault.hold(HOST, run(0), "x", "ops")
    vault.note_proven(HOST, run(0), LATER, ok=True)
    assert (folder / "manifest.json").read_bytes() == before
    assert sums_hold(folder)


def test_hold_with_broken_state_names_the_file(vault: Vault) -> None:
    (publish(vault, HOST, run(0)).path / "state.json").write_text("{")
    with pytest.raises(VaultFailed, match=r"state\.json"):
        vault.release(HOST, run(0))


def test_note_proven_good_check_is_the_last_proof(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    assert vault.note_proven(HOST, run(0), LATER, ok=True).proven_at == "2026-02-01T03:00:00Z"


def test_note_proven_keeps_the_hold(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    vault.hold(HOST, run(0), "x", "ops")
    assert vault.note_proven(HOST, run(0), LATER, ok=True).held


def test_note_proven_failed_check_moves_latest_and_a_good_one_brings_it_back(vault: Vault) -> None:
    for number in range(2):
        publish(vault, HOST, run(number))
    found = vault.note_proven(HOST, run(1), LATER, ok=False, note="archive-damaged: byte 7")
    assert not found.proven
    assert found.check is not None
    assert found.check.note == "archive-damaged: byte 7"
    assert latest(vault) == run(0)
    vault.note_proven(HOST, run(1), LATER, ok=True)
    assert latest(vault) == run(1)


def test_quarantine_generation_moves_it_and_latest_to_the_next_best(vault: Vault) -> None:
    for number in range(3):
        publish(vault, HOST, run(number))
    vault.note_proven(HOST, run(1), LATER, ok=False)
    path = vault.quarantine_generation(HOST, run(2), "archive-damaged", "checksum")
    assert path == vault.root / "quarantine" / HOST / run(2)
    assert "checksum" in (path / "reason.json").read_text()
    assert (path / "flash.tar.gz").is_file()
    assert sums_hold(path)
    assert latest(vault) == run(0)
    assert [found.run_id for found in vault.generations(HOST)] == [run(1), run(0)]


def test_quarantine_generation_last_one_leaves_no_latest(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    vault.quarantine_generation(HOST, run(0), "archive-damaged", "checksum")
    assert vault.latest(HOST) is None
    assert not (vault.root / "conductors" / HOST / "latest").is_symlink()


def test_quarantine_generation_held_one_stays_marked(vault: Vault) -> None:
    for number in range(2):
        publish(vault, HOST, run(number))
    vault.hold(HOST, run(1), "audit", "ops")
    path = vault.quarantine_generation(HOST, run(1), "archive-damaged", "checksum")
    assert path == vault.generation(HOST, run(1)).path
    assert not vault.generation(HOST, run(1)).proven
    assert latest(vault) == run(0)
    assert list(Path(vault.root / "quarantine").iterdir()) == []
