from __future__ import annotations

import errno
import json
import os
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from outcome import Verdict
from tests.support.vaults import (
    FACTS,
    HOST,
    PROOF,
    failing_at,
    interpose,
    publish,
    run,
    stage,
    sums_hold,
    tree,
)
from vault.store import StagedFile, UnsafeName, Vault, VaultError, VaultFailed, VaultFull
from vault.store.names import FILE_NAMES


def test_publish_proven_files_become_the_latest_generation(vault: Vault) -> None:
    generation = publish(vault, HOST, run(0))
    folder = vault.root / "conductors" / HOST / run(0)
    assert generation.path == folder
    assert tree(folder) == {"flash.tar.gz", "running-config.cfg", "manifest.json", "SHA256SUMS"}
    assert (folder.parent / "latest").readlink() == Path(run(0))
    assert generation.proven
    assert generation.proven_at == "2026-01-05T02:00:00Z"
    assert tree(vault.root / "staging") == set()


def test_publish_generation_is_checked_by_coreutils_alone(vault: Vault) -> None:
    folder = publish(vault, HOST, run(0), tuple(FILE_NAMES)).path
    assert sums_hold(folder)
    with (folder / "flash.tar.gz").open("r+b") as file:
        file.write(b"X")
    assert not sums_hold(folder)


def test_publish_changed_manifest_is_seen_by_coreutils(vault: Vault) -> None:
    folder = publish(vault, HOST, run(0)).path
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text.replace('"PASS"', '"WARN"'))
    assert not sums_hold(folder)


def test_publish_folders_and_files_are_closed_to_others(vault: Vault) -> None:
    file = stage(vault, HOST, run(0))
    file.path.chmod(0o644)
    vault.publish(HOST, run(0), [file], FACTS, PROOF)
    vault.accept_identity(HOST, {"serial": "CX1"}, "new box", "ops")
    vault.hold(HOST, run(0), "audit", "ops")
    vault.write_ledger(run(0), {})
    for path in [vault.root, *vault.root.rglob("*")]:
        if not path.is_symlink():
            wanted = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == wanted, path


def test_publish_order_is_files_then_folder_then_rename_then_latest(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = [stage(vault, HOST, run(0))]
    calls: list[str] = []
    names: dict[int, str] = {}
    real_open, real_sync, real_rename = os.open, os.fsync, os.rename
    real_replace = os.replace

    def opening(path: Path, flags: int, mode: int = 0o777) -> int:
        descriptor = real_open(path, flags, mode)
        names[descriptor] = Path(path).name
        return descriptor

    def syncing(descriptor: int) -> None:
        calls.append(f"sync {names[descriptor]}")
        real_sync(descriptor)

    def renaming(source: Path, target: Path) -> None:
        calls.append(f"rename {Path(source).name} {Path(target).name}")
        real_rename(source, target)

    def replacing(source: Path, target: Path) -> None:
        calls.append(f"replace {Path(target).name}")
        real_replace(source, target)

    monkeypatch.setattr(os, "open", opening)
    monkeypatch.setattr(os, "fsync", syncing)
    monkeypatch.setattr(os, "rename", renaming)
    monkeypatch.setattr(os, "replace", replacing)
    vault.publish(HOST, run(0), files, FACTS, PROOF)
    assert calls == [
        "rename bk-3f9c-flash.tar.gz flash.tar.gz",
        "sync manifest.json",
        "sync SHA256SUMS",
        "sync flash.tar.gz",
        "sync generation",
        "sync conductors",
        f"rename generation {run(0)}",
        f"sync {HOST}",
        "replace latest",
        f"sync {HOST}",
    ]


def test_publish_older_run_does_not_move_latest_back(vault: Vault) -> None:
    publish(vault, HOST, run(1))
    publish(vault, HOST, run(0))
    assert (vault.root / "conductors" / HOST / "latest").readlink() == Path(run(1))


def test_publish_same_run_twice_is_refused(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    file = stage(vault, HOST, run(0), text="another")
    with pytest.raises(VaultFailed, match="already published"):
        vault.publish(HOST, run(0), [file], FACTS, PROOF)
    assert sums_hold(vault.generation(HOST, run(0)).path)
    assert file.path.exists()


@pytest.mark.parametrize("verdict", [Verdict.FAIL, Verdict.CANCELLED])
def test_publish_unproven_backup_is_refused(vault: Vault, verdict: Verdict) -> None:
    file = stage(vault, HOST, run(0))
    with pytest.raises(VaultFailed, match="not published"):
        vault.publish(HOST, run(0), [file], FACTS, PROOF, verdict=verdict)
    assert vault.generations(HOST) == ()


def test_publish_file_of_other_size_is_refused(vault: Vault) -> None:
    file = replace(stage(vault, HOST, run(0)), size=3)
    with pytest.raises(VaultFailed, match="not the file that was proven"):
        vault.publish(HOST, run(0), [file], FACTS, PROOF)


def test_publish_symlink_in_staging_is_refused(vault: Vault, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    path = vault.staging(run(0), HOST) / "flash.tar.gz"
    path.symlink_to(secret)
    with pytest.raises(VaultFailed, match="not the file that was proven"):
        vault.publish(HOST, run(0), [StagedFile("flash", path, 1, "0" * 64)], FACTS, PROOF)


def test_publish_file_from_elsewhere_is_refused(vault: Vault, tmp_path: Path) -> None:
    path = tmp_path / "flash.tar.gz"
    path.write_text("x")
    with pytest.raises(VaultFailed, match="only files in"):
        vault.publish(HOST, run(0), [StagedFile("flash", path, 1, "0" * 64)], FACTS, PROOF)
    assert path.exists()


def test_publish_unknown_kind_and_twice_the_same_are_refused(vault: Vault) -> None:
    file = stage(vault, HOST, run(0))
    with pytest.raises(VaultFailed, match="no files of kind 'core'"):
        vault.publish(HOST, run(0), [replace(file, kind="core")], FACTS, PROOF)
    for files in ([file, file], []):
        with pytest.raises(VaultFailed, match="one file of each kind"):
            vault.publish(HOST, run(0), files, FACTS, PROOF)


def test_publish_unsafe_host_is_refused(vault: Vault) -> None:
    file = stage(vault, HOST, run(0))
    with pytest.raises(UnsafeName):
        vault.publish("../x", run(0), [file], FACTS, PROOF)


@pytest.mark.parametrize("number", range(1, 17))
def test_publish_any_refused_operation_harms_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    publish(vault, HOST, run(0))
    files = [stage(vault, HOST, run(1), kind) for kind in ("flash", "running-config")]
    full = failing_at(number, lambda: OSError(errno.ENOSPC, "No space left on device"))
    with monkeypatch.context() as patch:
        interpose(full, patch.setattr)
        try:
            vault.publish(HOST, run(1), files, FACTS, PROOF)
            published = True
        except VaultFull:
            published = False
    assert all(sums_hold(generation.path) for generation in vault.generations(HOST))
    if len(vault.generations(HOST)) == 1:
        assert not published
        assert tree(vault.root / "staging" / run(1) / HOST) == {file.path.name for file in files}
        assert vault.publish(HOST, run(1), files, FACTS, PROOF).proven
    vault.drop_staging(run(1), HOST)
    assert tree(vault.root / "staging") == set()
    vault.reconcile()
    assert (vault.root / "conductors" / HOST / "latest").readlink() == Path(run(1))


def test_publish_refused_operations_cover_every_step(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(vault, HOST, run(0))
    files = [stage(vault, HOST, run(1), kind) for kind in ("flash", "running-config")]
    count = 0

    def counting() -> None:
        nonlocal count
        count += 1

    interpose(counting, monkeypatch.setattr)
    vault.publish(HOST, run(1), files, FACTS, PROOF)
    assert count == 16


def test_publish_from_many_threads_publishes_every_host(vault: Vault) -> None:
    hosts = [f"mm{number}" for number in range(12)]
    errors: list[VaultError] = []

    def work(host: str) -> None:
        try:
            publish(vault, host, run(0))
        except VaultError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(host,)) for host in hosts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert vault.hosts() == tuple(sorted(hosts))
    assert all(vault.latest(host) for host in hosts)
    assert tree(vault.root / "staging") == set()


def test_publish_manifest_says_what_was_given(vault: Vault) -> None:
    files = [replace(stage(vault, HOST, run(0)), details={"members": 3})]
    vault.publish(HOST, run(0), files, FACTS, PROOF, verdict=Verdict.WARN)
    path = vault.root / "conductors" / HOST / "latest" / "manifest.json"
    text = path.read_text()
    assert json.loads(text) == {
        "schema": 1,
        "host": HOST,
        "run": run(0),
        "created": "2026-01-05T02:00:00Z",
        "program": "test 1",
        "verdict": "WARN",
        "conductor": FACTS,
        "proof": PROOF,
        "files": [
            {
                "kind": "flash",
                "name": "flash.tar.gz",
                "size": files[0].size,
                "sha256": files[0].sha256,
                "details": {"members": 3},
            }
        ],
    }
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"
