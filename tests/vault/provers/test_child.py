"""A process that proves: what it imports, and its end with the run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import is_alive, until
from tests.vault.provers.conftest import GOOD, pids
from vault.provers import Provers

ROOT = Path(__file__).parents[3]
RUN = """
import signal, sys, threading, time
from pathlib import Path
signal.signal(signal.SIGINT, lambda *_: None)
from vault.provers import Provers
provers = Provers(1)
threading.Thread(target=lambda: print(provers.prove_file(Path(sys.argv[1])), flush=True)).start()
while True:
    time.sleep(600)
"""


class Elsewhere:
    """A run in another process that waits for the proof of a pipe; it leads a process group."""

    def __init__(self, home: Path) -> None:
        pipe = home / "archive"
        os.mkfifo(pipe)
        self.run = subprocess.Popen(
            [sys.executable, "-c", RUN, str(pipe)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        self.archive = pipe.open("wb", buffering=0)
        (self.pid,) = pids(self.run.pid)

    def close(self) -> None:
        """End the run as nothing else would."""
        self.archive.close()
        with self.run:
            self.run.kill()


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Elsewhere]:
    """Return a run with a proof under way."""
    run = Elsewhere(tmp_path)
    yield run
    run.close()


def test_process_ends_with_a_run_that_is_killed(elsewhere: Elsewhere) -> None:
    """Also in the middle of a proof, which has no end here."""
    assert is_alive(elsewhere.pid)
    elsewhere.run.kill()
    assert until(lambda: not is_alive(elsewhere.pid))


def test_interrupt_of_the_process_group_leaves_the_proof_alone(elsewhere: Elsewhere) -> None:
    """A terminal's Ctrl-C is for the run, which goes on to its end."""
    os.killpg(elsewhere.run.pid, signal.SIGINT)
    elsewhere.archive.write(GOOD)
    elsewhere.archive.close()
    assert elsewhere.run.stdout is not None
    assert "members=2" in elsewhere.run.stdout.readline()


def test_modules_come_from_the_program_not_from_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies about there is not run."""
    for name in ("vault.py", "json.py", "isal.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong module')")
    (tmp_path / "archive").write_bytes(GOOD)
    monkeypatch.chdir(tmp_path)
    with Provers(1) as provers:
        assert provers.prove_file(Path("archive")).members == 2


def test_process_imports_what_a_proof_needs_and_no_more() -> None:
    """It is there soon, and small."""
    code = "import sys, vault.provers.child; print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "isal" in loaded
    strangers = {"nornir", "asyncssh", "pydantic", "requests", "rich", "tasks", "settings"}
    assert loaded & strangers == set()
