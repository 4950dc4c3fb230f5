"""A receiver in a process of its own: whole files, clear failures, nothing left behind."""

from __future__ import annotations

import hashlib
import logging
import os
import signal
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.processes import is_alive, until
from tests.vault.receiver_process.conftest import NAME, Bench, source
from vault.receiver import NobodyConnected, ReceiverDown, ReceiverOptions, TransferRefused
from vault.receiver_process import ReceiverProcess
from vault.receiver_process.process import REPLACEMENTS


def test_push_with_scp_is_stored_whole_and_told(bench: Bench) -> None:
    """The receipt is that of the process, at the place that the run asked for."""
    ticket = bench.issue()

    assert bench.push(ticket) == 0

    receipt = ticket.wait(30)
    assert receipt is not None
    assert receipt.path == bench.folder / NAME
    sent = source(bench.home).read_bytes()
    assert receipt.path.read_bytes() == sent
    assert (receipt.size, receipt.sha256) == (len(sent), hashlib.sha256(sent).hexdigest())
    assert receipt.peer == "127.0.0.1"
    assert ticket.error() is None


def test_wrong_password_is_refused_and_the_reason_comes_across(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Kind, text and log record are those of the receiver."""
    ticket = bench.issue()

    assert bench.push(ticket, password="wrong") != 0

    error = ticket.error()
    assert isinstance(error, TransferRefused)
    assert "login from 127.0.0.1 refused: wrong password" in str(error)
    logged = [record for record in caplog.records if record.name == "vault.receiver.server"]
    assert [record.levelno for record in logged] == [logging.WARNING]
    assert "wrong password" in logged[0].getMessage()


def test_foreign_peer_is_refused(bench: Bench) -> None:
    """A ticket is for one address."""
    ticket = bench.issue(peer="127.0.0.9")

    assert bench.push(ticket) != 0

    assert ticket.wait(0) is None
    assert "this ticket is not for 127.0.0.1" in str(ticket.error())


def test_ticket_that_nobody_used_says_so(bench: Bench) -> None:
    """Nothing came, and that is the text."""
    error = bench.issue().error()

    assert isinstance(error, NobodyConnected)
    assert "nobody connected" in str(error)


def test_revoked_ticket_is_refused(bench: Bench) -> None:
    """The revocation was acknowledged, so that it holds at once; an answer is still to be had."""
    ticket = bench.issue()

    ticket.revoke()

    assert ticket.wait(60) is None
    assert bench.push(ticket) != 0
    assert list(bench.folder.iterdir()) == []
    assert "this ticket is revoked" in str(ticket.error())


def test_revoking_an_upload_breaks_it_off(bench: Bench) -> None:
    """When it returns there is neither part nor file, and the process serves on."""
    ticket = bench.issue()
    slow = bench.client(ticket).start_scp(
        "-l", "2000", str(source(bench.home, 8_000_000)), "{}:" + NAME
    )
    with slow:
        assert until(lambda: (bench.folder / f"{NAME}.part").exists())

        ticket.revoke()

        assert not (bench.folder / NAME).exists()
        assert slow.wait(30) != 0
    assert until(lambda: not list(bench.folder.iterdir()))
    assert bench.push(bench.issue()) == 0


def test_stop_breaks_off_and_leaves_neither_part_nor_process(bench: Bench) -> None:
    """What waits is woken, and the port is free."""
    ticket, pid = bench.issue(), bench.pid
    slow = bench.client(ticket).start_scp(
        "-l", "2000", str(source(bench.home, 8_000_000)), "{}:" + NAME
    )
    with slow:
        assert until(lambda: (bench.folder / f"{NAME}.part").exists())

        bench.receiver.stop()

        assert slow.wait(30) != 0
    assert list(bench.folder.iterdir()) == []
    assert not is_alive(pid)
    assert ticket.wait(60) is None
    assert "not running" in str(ticket.error())
    socket.create_server(("127.0.0.1", bench.receiver.port)).close()
    with pytest.raises(ReceiverDown, match="not running"):
        bench.issue()


def test_killed_process_fails_its_tickets_with_the_cause(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    """Who waits is woken at once, and what was stored stays stored."""
    ticket, stored = bench.issue(), bench.issue()
    assert bench.push(stored) == 0

    os.kill(bench.pid, signal.SIGKILL)

    assert ticket.wait(60) is None
    error = ticket.error()
    assert isinstance(error, ReceiverDown)
    assert str(error) == "the receiver's process has ended: killed by SIGKILL"
    ticket.revoke()
    assert stored.error() is None
    assert (bench.folder / NAME).read_bytes() == source(bench.home).read_bytes()
    assert str(error) in caplog.text


def test_killed_process_is_replaced_and_what_it_began_is_removed(bench: Bench) -> None:
    """The same name can be pushed again, to the same port, and whole."""
    ticket, killed = bench.issue(), bench.pid
    slow = bench.client(ticket).start_scp(
        "-l", "2000", str(source(bench.home, 8_000_000)), "{}:" + NAME
    )
    with slow:
        assert until(lambda: (bench.folder / f"{NAME}.part").exists())

        os.kill(killed, signal.SIGKILL)

        assert ticket.wait(60) is None
        assert slow.wait(30) != 0
    assert list(bench.folder.iterdir()) == []
    again = bench.issue()
    assert bench.push(again) == 0
    assert again.wait(30) is not None
    assert bench.pid != killed


def test_process_that_is_killed_again_and_again_is_given_up(bench: Bench) -> None:
    """Then everybody is told, and the port lets no client hang."""
    for _ in range(REPLACEMENTS + 1):
        ticket = bench.issue()
        os.kill(bench.pid, signal.SIGKILL)
        assert ticket.wait(60) is None

    with pytest.raises(ReceiverDown, match="killed by SIGKILL"):
        bench.issue()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", bench.receiver.port))


def test_signals_of_terminal_and_service_manager_are_for_the_run(bench: Bench) -> None:
    """The process ignores them, and a terminal's Ctrl-C does not even reach its group."""
    ticket, pid = bench.issue(), bench.pid

    os.kill(pid, signal.SIGINT)
    os.kill(pid, signal.SIGTERM)

    assert os.getpgid(pid) != os.getpgrp()
    assert bench.push(ticket) == 0


def test_two_at_once_keep_their_tickets_apart(
    bench: Bench, options: ReceiverOptions, tmp_path: Path
) -> None:
    """Each knows its own; the end of one is not the end of the other."""
    home = tmp_path / "other"
    home.mkdir()
    receiver = ReceiverProcess(options)
    receiver.start()
    other = Bench(receiver, home)
    try:
        foreign = other.issue()
        assert bench.push(foreign) != 0
        assert other.push(foreign) == 0
    finally:
        receiver.stop()

    assert bench.push(bench.issue()) == 0


def test_unsafe_name_is_refused_as_by_the_receiver(bench: Bench) -> None:
    """The error is of the same kind."""
    with pytest.raises(ValueError, match="unsafe file name"):
        bench.receiver.issue("../x", bench.folder, None, lifetime=1)


def test_taken_port_is_named_before_anything_starts(options: ReceiverOptions) -> None:
    """The words are those of the receiver within the run."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = int(server.getsockname()[1])
        with pytest.raises(ReceiverDown, match=f"port {port}: another program holds it"):
            ReceiverProcess(replace(options, port=port)).start()


def test_damaged_host_key_is_named_before_anything_starts(
    options: ReceiverOptions, tmp_path: Path
) -> None:
    """No process is needed to see that."""
    damaged = tmp_path / "key"
    damaged.touch(0o600)
    with pytest.raises(ReceiverDown, match="is damaged"):
        ReceiverProcess(replace(options, host_key=damaged)).start()


def test_missing_host_keys_are_made_before_anything_starts(
    options: ReceiverOptions, tmp_path: Path
) -> None:
    """They are there when `start` returns."""
    receiver = ReceiverProcess(replace(options, host_key=tmp_path / "new" / "key"))
    receiver.start()
    receiver.stop()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["key", "key.ed25519"]


def test_sockets_of_systemd_are_handed_on(
    options: ReceiverOptions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are named by the run's number, and still the process serves on them."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr("vault.receiver.sockets._FIRST_ACTIVATED", server.fileno())
        monkeypatch.setenv("LISTEN_FDS", "1")
        monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
        receiver = ReceiverProcess(replace(options, listen="192.0.2.1", port=22))
        receiver.start()
        try:
            bench = Bench(receiver, tmp_path)
            assert receiver.port == server.getsockname()[1]
            assert bench.push(bench.issue()) == 0
        finally:
            receiver.stop()


def test_ticket_hides_its_password(bench: Bench) -> None:
    """A log line of it is harmless."""
    ticket = bench.issue()
    assert ticket.password not in repr(ticket)
    assert ticket.username in repr(ticket)
