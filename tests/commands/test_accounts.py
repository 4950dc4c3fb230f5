"""The verbs in a vault of another account, and in one that cannot be written."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reporting.samples import passed
from tests.support.accounts import OTHER, THIRD, folder_of, needs_root, owners, run_as
from tests.support.generations import HOST, VerbProject
from tests.support.ledgers import keep
from vault.lock import LOCK_FILE
from vault.store import Generation

MAIN = "sys.exit(runbook.main(sys.argv[3:]))"


@pytest.fixture
def theirs() -> Iterator[VerbProject]:
    """A project whose vault belongs to another account."""
    with folder_of(OTHER) as home:
        yield VerbProject(home)


def run_verb(uid: int, verbs: VerbProject, *words: str) -> tuple[int, str, str]:
    config = ("--config", str(verbs.project.config))
    done = run_as(uid, MAIN, verbs.project.vault, *words, *config)
    return done.returncode, " ".join(done.stdout.split()), done.stderr


def make_roots_own(made: Generation) -> Path:
    state = made.path / "state.json"
    state.touch(0o600)
    os.chown(state, 0, 0)
    return state


@needs_root
def test_verbs_by_root_leave_the_vault_to_its_owner(theirs: VerbProject) -> None:
    made = theirs.publish()
    for words in (
        ("verify",),
        ("hold", HOST, "--reason", "x"),
        ("release", HOST),
        ("prune",),
    ):
        assert theirs.run(*words).code == 0
    assert set(owners(theirs.project.vault)) == {OTHER}
    code, out, err = run_verb(OTHER, theirs, "hold", HOST, "--reason", "x")
    assert code == 0, out + err
    assert made.path.is_dir()


@needs_root
def test_list_and_status_call_unreadable_what_they_may_not_read(theirs: VerbProject) -> None:
    state = make_roots_own(theirs.publish())
    code, out, _ = run_verb(OTHER, theirs, "list", "--host", HOST)
    assert code == 0
    assert " unreadable " in out
    assert "broken" not in out
    assert "it belongs to root; give it to nobody: chown -R nobody" in out
    code, out, _ = run_verb(OTHER, theirs, "status", "--host", HOST)
    assert code == 1
    assert "unproven=0 unreadable=1" in out
    assert f"UNREADABLE {HOST}" in out
    assert "it belongs to root" in out
    assert state.exists()


@needs_root
def test_runs_calls_unreadable_what_it_may_not_read(theirs: VerbProject) -> None:
    keep(theirs.vault, "2026-11-16T020000Z", passed(HOST))
    keep(theirs.vault, "2026-11-23T020000Z", passed(HOST))
    os.chown(theirs.project.vault / "runs" / "2026-11-23T020000Z.json", 0, 0)
    code, out, _ = run_verb(OTHER, theirs, "runs")
    assert code == 0
    assert "unreadable: read: Permission denied" in out
    assert "2026-11-23T020000Z.json); it belongs to root; give it to nobody" in out
    assert "2026-11-16T020000Z 8.3 s 1 1 0 0 0" in out


@needs_root
def test_runs_whose_folder_may_not_be_read_are_not_taken_for_none(theirs: VerbProject) -> None:
    keep(theirs.vault, "2026-11-23T020000Z", passed(HOST))
    os.chown(theirs.project.vault / "runs", 0, 0)
    code, _, err = run_verb(OTHER, theirs, "runs")
    assert code == 1
    assert "list " in err
    assert "it belongs to root; give it to nobody" in err


@needs_root
def test_verify_leaves_alone_what_it_may_not_read(theirs: VerbProject) -> None:
    made = theirs.publish()
    os.chown(made.path / "manifest.json", 0, 0)
    code, out, _ = run_verb(OTHER, theirs, "verify")
    assert code == 1
    assert f"UNREAD {HOST}" in out
    assert made.path.is_dir()


@needs_root
@pytest.mark.parametrize(
    "verb", ["list", "runs", "verify", "show mm-hq-1", "hold mm-hq-1 --reason x"]
)
def test_verbs_by_a_third_account_say_whose_the_vault_is(theirs: VerbProject, verb: str) -> None:
    theirs.publish()
    code, _, err = run_verb(THIRD, theirs, *verb.split())
    assert code == 1
    assert err.rstrip().endswith("this vault belongs to nobody; run as that user")


@needs_root
def test_status_by_a_third_account_says_whose_the_vault_is(theirs: VerbProject) -> None:
    theirs.publish()
    code, out, _ = run_verb(THIRD, theirs, "status")
    assert code == 1
    assert out.startswith("BACKUP STALE - 3 of 3 conductors without a fresh proven backup")
    assert out.count("this vault belongs to nobody; run as that user") == 1


@pytest.fixture
def read_only(verbs: VerbProject, monkeypatch: pytest.MonkeyPatch) -> VerbProject:
    """A project with one generation in a vault whose file system takes no lock."""
    verbs.publish()
    real = os.open

    def refuse(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if str(path).endswith(LOCK_FILE):
            raise OSError(errno.EROFS, "Read-only file system", str(path))
        return real(path, flags, *rest, **named)

    monkeypatch.setattr("vault.lock.os.open", refuse)
    return verbs


def test_verify_in_a_read_only_vault_says_that_it_is_not_noted(read_only: VerbProject) -> None:
    answer = read_only.run("verify")
    assert answer.code == 0
    said = " ".join(answer.out.split())
    assert "GOOD" in said
    assert "proven, but the result could not be noted: lock the vault" in said
    assert "it is mounted read-only: mount it for writing" in said


@pytest.mark.parametrize(
    ("verb", "undone"),
    [("hold mm-hq-1 --reason x", "held"), ("release mm-hq-1", "released"), ("prune", "removed")],
)
def test_verbs_in_a_read_only_vault_say_that_nothing_is_done(
    read_only: VerbProject, verb: str, undone: str
) -> None:
    answer = read_only.run(*verb.split())
    assert answer.code == 1
    assert f"nothing is {undone}: lock the vault" in answer.err
    assert "mounted read-only" in answer.err


@needs_root
def test_json_into_a_folder_of_another_account_ends_with_2() -> None:
    code = "import runbook; runbook.main(['list', '--json', str(root / 'x.json')])"
    with folder_of(THIRD) as folder:
        done = run_as(OTHER, code, folder, "list")
    assert done.returncode == 2, done.stderr
    assert "this account may not write in" in done.stderr
