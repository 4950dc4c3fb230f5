from __future__ import annotations

import errno
import json
import logging
import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.vaults import FACTS, HOST, PROOF, new_vault, publish, run, stage, sums_hold, tree
from vault.lock import VaultLock
from vault.store import Vault, VaultError, VaultFailed, VaultFull, VaultUnwritable, presence

MIB = 1024 * 1024


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Path]:
    """A file system of one mebibyte at a mount point of its own."""
    point = tmp_path / "tiny"
    point.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(point)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("mounting a tmpfs needs root")
    yield point
    while point.is_mount():
        subprocess.run(["umount", str(point)], check=True)


def test_prepare_new_folder_becomes_a_vault(tmp_path: Path) -> None:
    vault = new_vault(tmp_path / "vault")
    assert tree(vault.root) == {".vault", "staging/", "conductors/", "quarantine/", "runs/"}
    mark = json.loads((vault.root / ".vault").read_text())
    assert mark["schema"] == 1
    assert mark["created"] == "2026-01-05T02:00:00+00:00"
    assert stat.S_IMODE(vault.root.stat().st_mode) == 0o700


def test_prepare_again_changes_nothing(vault: Vault) -> None:
    mark = (vault.root / ".vault").read_bytes()
    vault.prepare(must_exist=True)
    assert (vault.root / ".vault").read_bytes() == mark


def test_prepare_empty_folder_and_fresh_file_system_become_a_vault(tmp_path: Path) -> None:
    (tmp_path / "vault" / "lost+found").mkdir(parents=True)
    with VaultLock(tmp_path / "vault", "test"):
        new_vault(tmp_path / "vault")


def test_prepare_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    with pytest.raises(VaultUnwritable, match=r"holds 'precious' but no \.vault: not a vault"):
        new_vault(tmp_path)
    assert tree(tmp_path) == {"precious"}


def test_prepare_missing_parent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VaultUnwritable, match="parent folder does not exist"):
        new_vault(tmp_path / "mnt" / "vault")
    assert tree(tmp_path) == set()


def test_prepare_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vault").write_text("x")
    with pytest.raises(VaultUnwritable, match="vault: is no folder; configure the right one"):
        new_vault(tmp_path / "vault")


@pytest.mark.parametrize("text", ["", "{", '{"schema": 2, "uuid": "x"}', '{"schema": 1}'])
def test_prepare_broken_mark_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / ".vault").write_text(text)
    with pytest.raises(VaultFailed, match=r"\.vault"):
        new_vault(tmp_path)


def test_prepare_must_exist_refuses_an_empty_mount_point(tmp_path: Path) -> None:
    vault = Vault(tmp_path)
    with pytest.raises(VaultUnwritable, match=r"no \.vault there; mount the vault"):
        vault.prepare(must_exist=True)
    assert tree(tmp_path) == set()


def test_prepare_require_mount_refuses_a_plain_folder(tmp_path: Path) -> None:
    with pytest.raises(VaultUnwritable, match="nothing is mounted there"):
        Vault(tmp_path).prepare(require_mount=True)
    assert tree(tmp_path) == set()


def test_prepare_too_little_space_is_told_in_numbers(vault: Vault) -> None:
    free = vault.free_bytes()
    needed = -(-free * 2 // presence.MB)
    with pytest.raises(
        VaultFull, match=rf": \d+ MB free, {needed} MB must stay free: \d+ MB are missing$"
    ):
        vault.prepare(min_free_bytes=free * 2)
    vault.prepare(min_free_bytes=free // 2)


@pytest.mark.parametrize(
    ("free", "needed", "text"),
    [
        (62_902_272, 100_000_000, "62 MB free, 100 MB must stay free: 38 MB are missing"),
        (99_999_999, 100_000_000, "99 MB free, 100 MB must stay free: 1 MB are missing"),
    ],
)
def test_check_space_numbers_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, needed: int, text: str
) -> None:
    class Usage(NamedTuple):
        free: int

    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(free))
    with pytest.raises(VaultFull) as caught:
        presence.check_space(tmp_path, needed)
    assert str(caught.value) == f"{tmp_path}: {text}"
    assert presence.check_space(tmp_path, free) == free


def test_prepare_folder_open_to_others_is_closed_and_told(
    vault: Vault, caplog: pytest.LogCaptureFixture
) -> None:
    (vault.root / "conductors").chmod(0o755)
    vault.root.chmod(0o750)
    with caplog.at_level(logging.WARNING):
        vault.prepare()
    assert len(caplog.messages) == 2
    assert stat.S_IMODE(vault.root.stat().st_mode) == 0o700
    assert stat.S_IMODE((vault.root / "conductors").stat().st_mode) == 0o700


def test_prepare_folder_on_another_file_system_is_refused(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other(NamedTuple):
        st_dev: int
        st_mode: int

    real = Path.stat

    def elsewhere(path: Path, **options: bool) -> object:
        found = real(path, **options)
        return Other(-1, found.st_mode) if path.name == "conductors" else found

    monkeypatch.setattr(Path, "stat", elsewhere)
    with pytest.raises(VaultFailed, match="one file system"):
        vault.prepare()


def test_prepare_folder_replaced_by_a_symlink_is_refused(vault: Vault, tmp_path: Path) -> None:
    (vault.root / "staging").rmdir()
    (vault.root / "staging").symlink_to(tmp_path)
    with pytest.raises(VaultError):
        vault.prepare()


def test_initialise_two_at_once_agree_on_one_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "vault"
    real = os.link
    first: list[Vault] = []

    def second_comes_first(source: Path, target: Path) -> None:
        if not first:
            first.append(Vault(root))
            first[0].prepare()
        real(source, target)

    monkeypatch.setattr(os, "link", second_comes_first)
    vault = Vault(root)
    vault.prepare()
    assert vault.free_bytes() > 0
    assert first[0].free_bytes() > 0


def test_change_after_the_mount_vanished_is_refused(vault: Vault, tmp_path: Path) -> None:
    file = stage(vault, HOST, run(0))
    vault.root.rename(tmp_path / "unmounted")
    vault.root.mkdir()
    for change in (
        lambda: vault.staging(run(0), HOST),
        lambda: vault.publish(HOST, run(0), [file], FACTS, PROOF),
        lambda: vault.write_ledger(run(0), {}),
        lambda: vault.quarantine(HOST, run(0), [], "wrong-content", "x"),
        lambda: vault.reconcile(),
        lambda: vault.free_bytes(),
    ):
        with pytest.raises(VaultUnwritable, match=r"no \.vault there"):
            change()
    assert tree(vault.root) == set()


def test_change_after_the_mark_was_written_anew_in_its_place_is_refused(vault: Vault) -> None:
    mark = vault.root / ".vault"
    content = json.loads(mark.read_text())
    vault.write_ledger(run(0), {"a": 1})
    mark.write_text(json.dumps(content | {"uuid": "0" * len(content["uuid"])}, indent=2) + "\n")
    with pytest.raises(VaultUnwritable, match="another vault is mounted"):
        vault.write_ledger(run(0), {"b": 2})
    mark.write_text("{")
    with pytest.raises(VaultFailed, match=r"\.vault: not readable"):
        vault.write_ledger(run(0), {"b": 2})
    mark.write_text(json.dumps(content))
    vault.write_ledger(run(0), {"c": 3})


def test_mark_is_read_once_while_the_file_is_the_same(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.free_bytes()
    monkeypatch.setattr(presence, "read_mark", None)
    vault.write_ledger(run(0), {"a": 1})


def test_change_after_another_vault_was_mounted_is_refused(vault: Vault, tmp_path: Path) -> None:
    vault.root.rename(tmp_path / "unmounted")
    new_vault(vault.root)
    with pytest.raises(VaultUnwritable, match="another vault is mounted"):
        vault.staging(run(0), HOST)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, VaultFull),
        (errno.EDQUOT, VaultFull),
        (errno.EROFS, VaultUnwritable),
        (errno.EACCES, VaultUnwritable),
        (errno.ESTALE, VaultUnwritable),
        (errno.EIO, VaultFailed),
    ],
)
def test_write_refused_by_the_file_system_names_the_cause(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, number: int, kind: type[VaultError]
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    vault.write_ledger(run(0), {"a": 1})
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(kind, match=os.strerror(number)) as caught:
        vault.write_ledger(run(0), {"b": 2})
    assert type(caught.value) is kind
    assert vault.read_ledger(run(0)) == {"a": 1}
    assert tree(vault.root / "staging") == set()
    with pytest.raises(kind):
        vault.prepare()
    assert tree(vault.root / "staging") == set()


def test_full_file_system_harms_no_generation(tiny: Path) -> None:
    vault = Vault(tiny)
    vault.prepare(require_mount=True)
    publish(vault, HOST, run(0))
    file = stage(vault, HOST, run(1))
    with pytest.raises(OSError, match="No space"):
        (vault.staging(run(1), HOST) / "filler").write_bytes(b"x" * 2 * MIB)
    for change in (
        lambda: vault.publish(HOST, run(1), [file], FACTS, PROOF),
        lambda: vault.write_ledger(run(1), {"text": "x" * 100_000}),
        lambda: vault.prepare(),
    ):
        with pytest.raises(VaultFull):
            change()
    with pytest.raises(VaultFull, match="0 MB free, 1 MB must stay free"):
        vault.prepare(min_free_bytes=1)
    assert file.path.exists()
    vault.drop_staging(run(1), HOST)
    assert tree(vault.root / "staging") == set()
    assert [found.run_id for found in vault.generations(HOST)] == [run(0)]
    assert sums_hold(vault.generation(HOST, run(0)).path)
    assert publish(vault, HOST, run(1)).proven


def test_read_only_file_system_harms_no_generation(tiny: Path) -> None:
    vault = new_vault(tiny)
    publish(vault, HOST, run(0))
    file = stage(vault, HOST, run(1))
    subprocess.run(["mount", "-o", "remount,ro", str(tiny)], check=True)
    for change in (
        lambda: vault.publish(HOST, run(1), [file], FACTS, PROOF),
        lambda: vault.prepare(),
        lambda: vault.hold(HOST, run(0), "x", "ops"),
        lambda: vault.remove(HOST, run(0)),
        lambda: VaultLock(tiny, "test").acquire(),
    ):
        with pytest.raises(VaultError):
            change()
    with pytest.raises(VaultUnwritable, match="Read-only file system"):
        vault.publish(HOST, run(1), [file], FACTS, PROOF)
    assert file.path.exists()
    assert sums_hold(vault.generations(HOST)[0].path)


def test_unmounted_vault_is_noticed(tiny: Path) -> None:
    vault = new_vault(tiny)
    file = stage(vault, HOST, run(0))
    subprocess.run(["umount", str(tiny)], check=True)
    with pytest.raises(VaultUnwritable, match="mount the vault"):
        vault.publish(HOST, run(0), [file], FACTS, PROOF)
    with pytest.raises(VaultUnwritable, match="mount the vault"):
        Vault(tiny).prepare(must_exist=True)
    with pytest.raises(VaultUnwritable, match="nothing is mounted"):
        Vault(tiny).prepare(require_mount=True)
    assert tree(tiny) == set()


def test_remove_unfinished_marks_counts_them(vault: Vault) -> None:
    (vault.root / ".vault-0123").write_text("")
    assert presence.remove_unfinished_marks(vault.layout) == 1
    assert presence.remove_unfinished_marks(vault.layout) == 0
