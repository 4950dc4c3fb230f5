"""Proofs in processes of their own: the same proofs and refusals, and clear ends."""

from __future__ import annotations

import logging
import os
import signal
import stat
import sys
import threading
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.support import archives as a
from tests.support.processes import is_alive, until
from tests.vault.proof.corpus import cases
from tests.vault.provers.conftest import GOOD, Held, pids
from vault.proof import (
    ArchiveNotOne,
    ArchiveProof,
    Limits,
    ProofError,
    ProverDied,
    SourceUnreadable,
    prove_file,
)
from vault.provers import Provers
from vault.provers.provers import MOST_READY


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """Return an archive that holds."""
    path = tmp_path / "good.tar.gz"
    path.write_bytes(GOOD)
    return path


def end(pid: int) -> None:
    """End a process as the kernel does."""
    os.kill(pid, signal.SIGKILL)
    assert until(lambda: not is_alive(pid))


def test_prove_file_whole_corpus_gives_what_the_proof_here_gives(
    provers: Provers, tmp_path: Path
) -> None:
    """Proof or error with all they say, and the same member manifest."""
    archive = tmp_path / "archive"
    for case in cases():
        archive.write_bytes(case.data)
        found: list[object] = []
        for way, prove in enumerate((prove_file, provers.prove_file)):
            members = tmp_path / f"{case.name.replace('/', '_')}-{way}"
            try:
                said: object = prove(archive, members_to=members)
            except ProofError as error:
                said = (type(error), str(error), vars(error))
            found.append((said, members.read_bytes()))
        assert found[0] == found[1], case.name
    assert len(pids()) == 1


def test_prove_file_keeps_to_the_limits(provers: Provers, good: Path) -> None:
    """They come across, and nobody needs a manifest."""
    assert provers.prove_file(good).members == 2
    with pytest.raises(ProofError, match="more than 1 members"):
        provers.prove_file(good, limits=Limits(members=1))


def test_prove_file_manifest_is_private_and_new(provers: Provers, good: Path) -> None:
    """One that is there already, or has no folder, is the error of the system that it is here."""
    members = good.with_suffix(".members")
    provers.prove_file(good, members_to=members)
    assert stat.S_IMODE(members.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError, match=r"good\.tar\.members"):
        provers.prove_file(good, members_to=members)
    with pytest.raises(FileNotFoundError):
        provers.prove_file(good, members_to=good.with_name("nowhere") / "members")


def test_prove_file_missing_archive_says_so(provers: Provers, tmp_path: Path) -> None:
    """In the same words."""
    with pytest.raises(SourceUnreadable, match=r"gone: No such file"):
        provers.prove_file(tmp_path / "gone")


def test_get_ready_starts_one_process_more_up_to_as_many_as_there_may_be(good: Path) -> None:
    """They prove like those that a proof starts; after the end there is none any more."""
    with Provers(2) as provers:
        for started in (1, 2, 2):
            provers.get_ready()
            assert len(pids()) == started
        assert provers.prove_file(good).members == 2
        assert len(pids()) == 2
    provers.get_ready()
    assert until(lambda: pids() == [])


def test_get_ready_leaves_the_rest_of_many_processors_to_need() -> None:
    """A host with many of them is not filled with processes that may never prove anything."""
    with Provers(MOST_READY + 3) as provers:
        for _ in range(MOST_READY + 2):
            provers.get_ready()
        assert len(pids()) == MOST_READY


def test_prove_file_uses_the_process_that_is_ready(good: Path) -> None:
    """One that waits is taken before another is started."""
    with Provers(2) as provers:
        provers.get_ready()
        (ready,) = pids()
        provers.prove_file(good)
        assert pids() == [ready]


def test_prover_that_is_killed_is_replaced_once(
    provers: Provers, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The proof begins anew, with a new manifest."""
    with Held(provers, tmp_path / "archive") as held:
        assert until(held.begun)
        assert held.members.exists()
        (first,) = pids()

        end(first)
        assert until(lambda: pids() not in ([], [first]))
        held.give(GOOD)

    assert held.proof.result().members == 2
    assert "proven once more: the proving process has ended: killed by SIGKILL" in caplog.text


def test_prover_that_is_killed_again_is_an_error_of_this_proof_alone(
    provers: Provers, tmp_path: Path, good: Path
) -> None:
    """The next proof has a process again."""
    with Held(provers, tmp_path / "archive") as held:
        assert until(held.begun)
        (first,) = pids()
        end(first)
        assert until(lambda: pids() not in ([], [first]))
        end(*pids())
        with pytest.raises(ProverDied, match="killed by SIGKILL"):
            held.proof.result(30)

    assert provers.prove_file(good).members == 2


def test_prover_killed_between_two_proofs_is_replaced(provers: Provers, good: Path) -> None:
    """Nobody notices."""
    provers.prove_file(good)
    (first,) = pids()
    end(first)
    assert provers.prove_file(good).members == 2


def test_prover_that_fails_says_its_last_words(
    provers: Provers, good: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A defect of ours ends the process; its traceback is in the log."""
    with pytest.raises(ProverDied, match="exit status 1, TypeError: '>' not supported"):
        provers.prove_file(good, limits=Limits(members="many"))  # type: ignore[arg-type]
    assert "prover's process: Traceback" in caplog.text


def test_killed_prover_does_not_spoil_the_proof_beside_it(tmp_path: Path) -> None:
    """Each has a process of its own."""
    with (
        Provers(2) as both,
        Held(both, tmp_path / "one") as one,
        Held(both, tmp_path / "other") as other,
    ):
        assert until(lambda: one.begun() and other.begun())
        before = pids()
        assert len(before) == 2
        end(before[0])
        assert until(lambda: len(pids()) == 2)

        for held in (one, other):
            held.give(GOOD)
            assert held.proof.result().members == 2

        assert before[1] in pids()


def test_no_more_processes_than_asked_for(tmp_path: Path) -> None:
    """The other proofs wait, and all are made."""
    with Provers(2) as both, ExitStack() as stack:
        every = [
            stack.enter_context(Held(both, tmp_path / f"archive{number}")) for number in range(5)
        ]
        assert until(lambda: sum(held.begun() for held in every) == 2)
        assert len(pids()) == 2

        for held in sorted(every, key=lambda held: not held.begun()):
            held.give(GOOD)

        assert [held.proof.result().members for held in every] == [2] * 5
        assert len(pids()) == 2


def test_one_proof_after_the_other_needs_one_process(good: Path) -> None:
    """However many there may be."""
    with Provers(4) as many:
        assert pids() == []
        for _ in range(5):
            many.prove_file(good)
        assert len(pids()) == 1


def test_terminating_a_prover_is_for_the_run(provers: Provers, good: Path) -> None:
    """A service manager tells every process of the unit."""
    provers.prove_file(good)
    (pid,) = pids()
    for number in (signal.SIGTERM, signal.SIGINT):
        os.kill(pid, number)
    provers.prove_file(good)
    assert pids() == [pid]


def test_close_waits_for_the_proof_under_way_and_refuses_later_ones(
    tmp_path: Path, good: Path
) -> None:
    """Nobody hangs."""
    provers = Provers(1)
    with Held(provers, tmp_path / "archive") as held:
        assert until(held.begun)
        closing = threading.Thread(target=provers.close)
        closing.start()
        held.give(GOOD)
        closing.join()

    assert held.proof.result().members == 2
    assert pids() == []
    with pytest.raises(ProverDied, match="ended before this proof"):
        provers.prove_file(good)
    provers.close()


def test_interpreter_that_does_not_start_leaves_the_proof_to_this_process(
    good: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A host that is out of processes still has its backups proven."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    empty = good.with_name("empty")
    empty.touch()
    with Provers(1) as provers, caplog.at_level(logging.WARNING):
        assert provers.prove_file(good).members == 2
        with pytest.raises(ArchiveNotOne):
            provers.prove_file(empty)
    assert "no process to prove in, so it is done here" in caplog.text


def test_all_processes_have_ended_behind_the_block(good: Path) -> None:
    """Seen, not left to their end."""
    with Provers(1) as provers:
        proof = provers.prove_file(good)
        (pid,) = pids()
    assert isinstance(proof, ArchiveProof)
    assert not is_alive(pid)


def test_damaged_archive_is_refused_with_the_hash_of_the_file(
    provers: Provers, tmp_path: Path
) -> None:
    """As a verdict needs it."""
    path = tmp_path / "cut"
    path.write_bytes(a.flip(GOOD, -64))
    with pytest.raises(ProofError) as caught:
        provers.prove_file(path)
    assert len(vars(caught.value)["sha256"]) == 64
