from __future__ import annotations

from pathlib import Path

from tests.support.vaults import HOST, publish, run, stage, tree
from vault.store import Vault


def test_reconcile_clean_vault_says_nothing(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    before = tree(vault.root)
    assert vault.reconcile().lines == ()
    assert tree(vault.root) == before


def test_reconcile_files_of_a_dead_run_are_removed_and_named(vault: Vault) -> None:
    size = stage(vault, HOST, run(0)).size
    (vault.staging(run(0), HOST) / "bk-3f9c-running.cfg.part").write_text("half")
    vault.staging(run(1), HOST)
    assert vault.reconcile().lines == (
        f"run {run(0)} was cut off: removed unpublished file {HOST}/bk-3f9c-flash.tar.gz, "
        f"{size} bytes",
        f"run {run(0)} was cut off: removed part file {HOST}/bk-3f9c-running.cfg.part, 4 bytes",
        f"run {run(1)} was cut off: removed its empty staging folder",
    )
    assert tree(vault.root / "staging") == set()


def test_reconcile_many_files_of_a_dead_run_are_counted(vault: Vault) -> None:
    for number in range(300):
        folder = vault.staging(run(0), f"mm-{number}")
        (folder / "flash.tar.gz").write_bytes(b"x" * 5000)
        (folder / "running.cfg.part").write_text("half")
    assert vault.reconcile().lines == (
        f"run {run(0)} was cut off: removed 300 unpublished and 300 part files of "
        "300 conductors, 1.5 MB",
    )
    assert tree(vault.root / "staging") == set()


def test_reconcile_active_run_is_left_alone(vault: Vault) -> None:
    file = stage(vault, HOST, run(1))
    stage(vault, HOST, run(0))
    assert len(vault.reconcile(active_run=run(1)).lines) == 1
    assert file.path.exists()


def test_reconcile_unfinished_files_and_trash_are_removed(vault: Vault) -> None:
    staging = vault.root / "staging"
    (staging / "tmp-0123").write_text("half a ledger")
    (staging / "tmp-4567").symlink_to(run(0))
    (staging / "trash-89ab").mkdir()
    (staging / "trash-89ab" / "flash.tar.gz").write_text("x")
    (vault.root / ".vault-0123").write_text("")
    assert len(vault.reconcile().lines) == 4
    assert tree(staging) == set()


def test_reconcile_symlink_in_staging_is_not_followed(vault: Vault, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "precious").write_text("x")
    (vault.root / "staging" / run(0)).symlink_to(outside)
    (vault.staging(run(1), HOST) / "link").symlink_to(outside)
    vault.reconcile()
    assert tree(vault.root / "staging") == set()
    assert (outside / "precious").exists()


def test_reconcile_published_but_not_latest_is_put_right(vault: Vault) -> None:
    for number in range(2):
        publish(vault, HOST, run(number))
    link = vault.layout.latest(HOST)
    link.unlink()
    link.symlink_to(run(0))
    assert vault.reconcile().lines == (f"{HOST}: latest pointed at {run(0)}, now at {run(1)}",)
    assert link.readlink() == Path(run(1))


def test_reconcile_latest_at_nothing_is_put_right(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    link = vault.layout.latest(HOST)
    link.unlink()
    link.symlink_to(run(9))
    vault.reconcile()
    assert link.readlink() == Path(run(0))


def test_reconcile_latest_leading_out_of_the_vault_is_put_right(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    link = vault.layout.latest(HOST)
    link.unlink()
    link.symlink_to("/etc")
    vault.reconcile()
    assert link.readlink() == Path(run(0))


def test_reconcile_latest_at_an_unproven_one_moves_and_names_it(vault: Vault) -> None:
    for number in range(2):
        publish(vault, HOST, run(number))
    (vault.generation(HOST, run(1)).path / "manifest.json").write_text("{")
    lines = vault.reconcile().lines
    assert len(lines) == 2
    assert f"generation {run(1)} is not usable" in lines[0]
    assert lines[1].endswith(f"now at {run(0)}")
    assert (vault.generation(HOST, run(1)).path / "flash.tar.gz").exists()


def test_reconcile_only_unproven_ones_leaves_no_latest(vault: Vault) -> None:
    folder = publish(vault, HOST, run(0)).path
    (folder / "manifest.json").unlink()
    assert vault.reconcile().lines[-1] == f"{HOST}: latest pointed at {run(0)}, now at nothing"
    assert not vault.layout.latest(HOST).is_symlink()
