"""The start of the process, what it may import, and its end with the run."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.openssh import OpenSsh
from tests.support.processes import children_of, is_alive, until
from tests.vault.receiver_process.conftest import NAME, Bench, source
from vault.receiver import ReceiverDown, ReceiverOptions
from vault.receiver.sockets import open_sockets
from vault.receiver_process import ReceiverProcess
from vault.receiver_process.conversation import Conversation
from vault.receiver_process.launch import launch

ROOT = Path(__file__).parents[3]
RUN = f"""
import signal, sys, time
from pathlib import Path
signal.signal(signal.SIGINT, lambda *_: None)
from vault.receiver import ReceiverOptions
from vault.receiver_process import ReceiverProcess
home = "127.0.0.1"
receiver = ReceiverProcess(ReceiverOptions(home, home, Path(sys.argv[1]), 1 << 30, 1, 0))
receiver.start()
ticket = receiver.issue("{NAME}", Path(sys.argv[2]), None, lifetime=600)
print(receiver.port, ticket.username, ticket.password, flush=True)
while True:
    time.sleep(600)
"""


class Elsewhere:
    """A run in another process, which is the leader of a process group."""

    def __init__(self, host_key: Path, home: Path) -> None:
        self.folder = home / "staging"
        self.folder.mkdir(mode=0o700)
        self.run = subprocess.Popen(
            [sys.executable, "-c", RUN, str(host_key), str(self.folder)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        assert self.run.stdout is not None
        port, username, password = self.run.stdout.readline().split()
        self.client = OpenSsh(home, int(port), username, password)
        (self.receiver_pid,) = children_of(self.run.pid, "receiver_process")

    def kill(self) -> None:
        """End the run as nothing else would."""
        with self.run:
            self.run.kill()


@pytest.fixture
def elsewhere(options: ReceiverOptions, tmp_path: Path) -> Iterator[Elsewhere]:
    """Return a run with a ticket."""
    run = Elsewhere(options.host_key, tmp_path)
    yield run
    run.kill()


def test_process_ends_with_a_run_that_is_killed(elsewhere: Elsewhere, tmp_path: Path) -> None:
    """Nothing half is finished: no part, no file, and the port is free."""
    words = ("-l", "2000", str(source(tmp_path, 8_000_000)), "{}:" + NAME)
    with elsewhere.client.start_scp(*words) as slow:
        assert until(lambda: (elsewhere.folder / f"{NAME}.part").exists())

        elsewhere.kill()

        assert until(lambda: not is_alive(elsewhere.receiver_pid))
        assert slow.wait(30) != 0
    assert list(elsewhere.folder.iterdir()) == []
    socket.create_server(("127.0.0.1", elsewhere.client.port)).close()


def test_interrupt_of_the_process_group_leaves_the_receiver_alone(
    elsewhere: Elsewhere, tmp_path: Path
) -> None:
    """A terminal's Ctrl-C is for the run, which goes on to its end."""
    os.killpg(elsewhere.run.pid, signal.SIGINT)

    assert elsewhere.client.scp(str(source(tmp_path)), "{}:" + NAME).returncode == 0
    assert is_alive(elsewhere.receiver_pid)


def test_modules_come_from_the_program_not_from_the_current_directory(
    options: ReceiverOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What lies about there is not run, and relative paths mean what they mean to the run."""
    for name in ("vault.py", "json.py", "asyncssh.py"):
        (tmp_path / name).write_text("raise SystemExit('the wrong module')")
    monkeypatch.chdir(tmp_path)
    receiver = ReceiverProcess(options)
    receiver.start()
    try:
        bench = Bench(receiver, tmp_path)
        ticket = receiver.issue(NAME, Path(bench.folder.name), None, lifetime=600)
        assert bench.push(ticket) == 0
        assert (bench.folder / NAME).exists()
    finally:
        receiver.stop()


def test_process_imports_nothing_of_run_and_report() -> None:
    """It starts while the run does, and is small."""
    code = (
        "import sys, vault.receiver_process.child; print(*{m.split('.')[0] for m in sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "asyncssh" in loaded
    assert loaded & {"nornir", "rich", "requests", "pydantic", "tasks", "settings"} == set()


def test_interpreter_that_does_not_start_is_named(
    options: ReceiverOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing stays open."""
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(ReceiverDown, match="cannot start the receiver's process"):
        ReceiverProcess(options).start()


def test_system_without_socket_pairs_is_named(
    options: ReceiverOptions, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A service manager may forbid them."""

    def refuse() -> None:
        raise OSError(errno.EAFNOSUPPORT, "Address family not supported")

    monkeypatch.setattr(socket, "socketpair", refuse)
    with pytest.raises(ReceiverDown, match="Address family not supported"):
        ReceiverProcess(options).start()


def test_last_words_of_a_process_that_fails_are_the_reason(
    options: ReceiverOptions,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They are logged, not printed."""
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit('no memory left')")
    monkeypatch.setattr("vault.processes.child._PROGRAM", broken)
    receiver = ReceiverProcess(options)
    receiver.start()
    try:
        with pytest.raises(ReceiverDown, match="exit status 1, no memory left"):
            receiver.issue(NAME, tmp_path, None, lifetime=1)
    finally:
        receiver.stop()
    assert "receiver's process: no memory left" in caplog.text


def test_process_that_cannot_serve_says_why(options: ReceiverOptions, tmp_path: Path) -> None:
    """Its words are the receiver's own."""
    damaged = tmp_path / "key"
    damaged.touch(0o600)
    (listening,) = open_sockets(("127.0.0.1",), 0)
    lost = threading.Event()
    with listening:
        child = launch(replace(options, host_key=damaged), [listening])
        conversation = Conversation(child, lost.set)
    try:
        with pytest.raises(ReceiverDown, match=f"host key {damaged} is damaged"):
            conversation.issue(NAME, tmp_path, None, lifetime=1)
    finally:
        conversation.close()
    assert not lost.is_set(), "another one could not serve either"
