"""A vault stays its owner's, also when root works on it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.accounts import OTHER, THIRD, folder_of, needs_root, owners, run_as
from tests.support.vaults import HOST, new_vault, publish, run, stage
from vault.lock import LOCK_FILE, VaultLock
from vault.store import VaultUnwritable
from vault.store.owner import give_to_owner, whose

PREPARE = "Vault(root).prepare()"
WORK = """
vault = Vault(root)
try:
    with VaultLock(root, "x"):
        vault.prepare()
        vault.hold("mm-berlin-1", run(0), "why", "me")
        publish(vault, "mm-berlin-1", run(9))
except VaultError as error:
    print(type(error).__name__, error)
else:
    print("worked")
"""

pytestmark = needs_root


@pytest.fixture
def root() -> Iterator[Path]:
    """The folder of a vault that another account has made."""
    with folder_of(OTHER) as home:
        done = run_as(OTHER, PREPARE, home / "vault")
        assert done.returncode == 0, done.stderr
        yield home / "vault"


def test_whatever_root_makes_belongs_to_the_vaults_owner(root: Path) -> None:
    vault = new_vault(root)
    with VaultLock(root, "runbook.py"):
        for number in (0, 1):
            publish(vault, HOST, run(number))
        vault.hold(HOST, run(0), "why", "me")
        vault.accept_identity(HOST, {"serial": "S"}, "why", "me")
        vault.note_on_device(HOST, ["bk-1"])
        vault.write_ledger(run(0), {"a": 1})
        vault.quarantine(HOST, run(2), [stage(vault, HOST, run(2)).path], "wrong-content", "x")
        vault.quarantine_generation(HOST, run(1), "archive-damaged", "x")
    assert set(owners(root)) == {OTHER}
    assert run_as(OTHER, WORK, root).stdout == "worked\n"


def test_a_vault_that_root_makes_belongs_to_whom_the_folder_around_it_does() -> None:
    with folder_of(OTHER) as home:
        new_vault(home / "vault")
        assert set(owners(home)) == {OTHER}


def test_folders_and_lock_that_root_had_made_before_are_given_back(root: Path) -> None:
    vault = new_vault(root)
    publish(vault, HOST, run(0))
    (root / LOCK_FILE).touch(0o600)
    for path in (root / "runs", root / LOCK_FILE):
        os.chown(path, 0, 0)
    assert "this vault" not in run_as(OTHER, WORK, root).stdout
    with VaultLock(root, "runbook.py"):
        vault.prepare()
    assert set(owners(root)) == {OTHER}


def test_a_third_account_is_told_whose_the_vault_is(root: Path) -> None:
    publish(new_vault(root), HOST, run(0))
    said = run_as(THIRD, WORK, root).stdout
    assert said.startswith("VaultUnwritable")
    assert said.rstrip().endswith("this vault belongs to nobody; run as that user")


def test_a_file_of_root_among_ours_is_named_with_what_to_do(root: Path) -> None:
    vault = new_vault(root)
    state = publish(vault, HOST, run(0)).path / "state.json"
    state.touch(0o600)
    os.chown(state, 0, 0)
    read = f"g = Vault(root).generation({HOST!r}, {run(0)!r}); print(g.unreadable, g.held, g.error)"
    said = run_as(OTHER, read, root).stdout
    assert said.startswith("True True read: Permission denied")
    assert f"it belongs to root; give it to nobody: chown -R nobody {state}" in said


def test_a_file_with_a_second_name_is_given_to_nobody(root: Path) -> None:
    (root / "one").touch()
    os.link(root / "one", root / "two")
    with (root / "one").open("rb") as file:
        give_to_owner(file.fileno(), root)
    assert (root / "one").stat().st_uid == 0


def test_owner_that_even_root_may_not_give_to_is_an_error_that_says_whose_it_is(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("vault.store.owner.os.fchown", refuse)
    with pytest.raises(VaultUnwritable, match="this vault belongs to nobody; run as that user"):
        VaultLock(root, "runbook.py").acquire()


def test_whose_is_silent_about_what_is_ours(tmp_path: Path) -> None:
    assert whose(tmp_path / "absent" / "deeper") == ""
