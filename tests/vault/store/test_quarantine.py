from __future__ import annotations

import errno
import json
import os
from pathlib import Path

import pytest

from tests.support.vaults import HOST, START, publish, run, stage, tree
from vault.store import QuarantineLimits, UnsafeName, Vault, VaultFailed, VaultFull


def limited(vault: Vault, per_host: int = 3, total_bytes: int = 10**9) -> Vault:
    limits = QuarantineLimits(per_host, total_bytes)
    return Vault(vault.root, clock=lambda: START, quarantine_limits=limits)


def put(vault: Vault, number: int, host: str = HOST, text: str = "") -> Path:
    file = stage(vault, host, run(number), text=text)
    path = vault.quarantine(host, run(number), [file.path], "wrong-content", "is HTML")
    vault.drop_staging(run(number), host)
    return path


def names(vault: Vault) -> list[str]:
    return [f"{found.host} {found.path.name}" for found in vault.quarantined()]


def test_quarantine_files_lie_with_their_reason(vault: Vault) -> None:
    path = put(vault, 0)
    assert path == vault.root / "quarantine" / HOST / run(0)
    assert tree(path) == {"bk-3f9c-flash.tar.gz", "reason.json"}
    assert json.loads((path / "reason.json").read_text()) == {
        "schema": 1,
        "host": HOST,
        "run": run(0),
        "code": "wrong-content",
        "text": "is HTML",
        "at": "2026-01-05T02:00:00Z",
    }
    assert path.stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o777 == 0o600 for file in path.iterdir())
    assert tree(vault.root / "staging") == set()


def test_quarantine_leaves_the_good_generation_latest(vault: Vault) -> None:
    publish(vault, HOST, run(0))
    put(vault, 1)
    latest = vault.latest(HOST)
    assert latest is not None
    assert latest.run_id == run(0)


def test_quarantine_same_run_again_gets_a_number(vault: Vault) -> None:
    paths = [put(vault, 0), put(vault, 0), put(vault, 0)]
    assert [path.name for path in paths] == [run(0), f"{run(0)}-2", f"{run(0)}-3"]


def test_quarantine_without_files_keeps_the_reason(vault: Vault) -> None:
    path = vault.quarantine(HOST, run(0), [], "wrong-conductor", "another serial")
    assert tree(path) == {"reason.json"}


def test_quarantine_file_of_unsafe_name_gets_a_safe_one(vault: Vault) -> None:
    folder = vault.staging(run(0), HOST)
    bad = [folder / "-rf\n\x1b[2J", folder / "reason.json"]
    for path in bad:
        path.write_text("x")
    path = vault.quarantine(HOST, run(0), bad, "wrong-content", "x")
    assert tree(path) == {"file-1", "file-2", "reason.json"}


@pytest.mark.parametrize("kind", ["elsewhere", "symlink", "folder", "missing"])
def test_quarantine_what_is_no_staged_file_is_refused(
    vault: Vault, tmp_path: Path, kind: str
) -> None:
    outside = tmp_path / "outside"
    outside.write_text("x")
    folder = vault.staging(run(0), HOST)
    path = outside if kind == "elsewhere" else folder / "x"
    if kind == "symlink":
        path.symlink_to(outside)
    if kind == "folder":
        path.mkdir()
    with pytest.raises(VaultFailed, match="only files in"):
        vault.quarantine(HOST, run(0), [path], "wrong-content", "x")
    assert outside.exists()


def test_quarantine_unsafe_host_is_refused(vault: Vault) -> None:
    with pytest.raises(UnsafeName):
        vault.quarantine("..", run(0), [], "wrong-content", "x")


def test_quarantine_beyond_the_count_forgets_the_oldest_of_the_host(vault: Vault) -> None:
    vault = limited(vault, per_host=2)
    for number in range(4):
        put(vault, number)
    put(vault, 0, "mm-other")
    assert names(vault) == [f"mm-other {run(0)}", f"{HOST} {run(2)}", f"{HOST} {run(3)}"]
    assert tree(vault.root / "staging") == set()


def test_quarantine_beyond_the_bytes_forgets_the_oldest_of_all(vault: Vault) -> None:
    vault = limited(vault, total_bytes=3000)
    put(vault, 0, "mm-a", "a" * 100)
    put(vault, 1, "mm-b", "b" * 1000)
    put(vault, 2, "mm-a", "c" * 1000)
    assert len(names(vault)) == 3
    put(vault, 3, "mm-c", "d" * 1000)
    assert names(vault) == [f"mm-a {run(2)}", f"mm-c {run(3)}"]


def test_quarantine_newest_stays_even_when_it_alone_is_too_large(vault: Vault) -> None:
    vault = limited(vault, total_bytes=100)
    put(vault, 0)
    put(vault, 1, text="x" * 5000)
    assert names(vault) == [f"{HOST} {run(1)}"]


def test_quarantine_foreign_entries_are_left_alone(vault: Vault) -> None:
    vault = limited(vault, per_host=1)
    put(vault, 0)
    (vault.root / "quarantine" / HOST / "notes").mkdir()
    (vault.root / "quarantine" / ".x").mkdir()
    put(vault, 1)
    assert tree(vault.root / "quarantine" / HOST) >= {"notes/"}
    assert names(vault) == [f"{HOST} {run(1)}"]


def test_quarantine_without_room_for_the_reason_moves_no_file(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    file = stage(vault, HOST, run(0))
    (file.path.parent / "quarantine").mkdir()
    (vault.root / "quarantine" / HOST).mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(VaultFull, match="put 2026-01-05T020000Z in quarantine"):
            vault.quarantine(HOST, run(0), [file.path], "wrong-content", "x")
    assert file.path.exists()
    path = vault.quarantine(HOST, run(0), [file.path], "wrong-content", "x")
    assert tree(path) == {"bk-3f9c-flash.tar.gz", "reason.json"}
