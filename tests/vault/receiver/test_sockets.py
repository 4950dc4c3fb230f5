"""Binding, and taking over what systemd bound."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Iterator

import pytest

from vault.receiver import ReceiverDown
from vault.receiver.sockets import activated_sockets, open_sockets


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port of loopback that answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_every_address_is_bound() -> None:
    """Both of them listen."""
    opened = open_sockets(("127.0.0.1", "127.0.0.2"), 0)
    try:
        assert [one.getsockname()[0] for one in opened] == ["127.0.0.1", "127.0.0.2"]
        for one in opened:
            socket.create_connection(one.getsockname()).close()
    finally:
        for one in opened:
            one.close()


def test_taken_port_is_named(taken: int) -> None:
    """Something silent is called another program; nothing stays bound."""
    with pytest.raises(ReceiverDown, match=f"port {taken}: another program holds it"):
        open_sockets(("127.0.0.2", "127.0.0.1"), taken)

    socket.create_server(("127.0.0.2", taken)).close()


def test_silent_port_that_becomes_free_in_a_moment_is_waited_for() -> None:
    """The receiver of a killed run may not greet any more when its port is asked for."""
    ending = socket.create_server(("127.0.0.1", 0))
    port = ending.getsockname()[1]
    threading.Timer(0.5, ending.close).start()

    (bound,) = open_sockets(("127.0.0.1",), port)

    bound.close()


def test_address_of_another_machine_is_named() -> None:
    """TEST-NET-1 is nobody's."""
    with pytest.raises(ReceiverDown, match="does not have that address"):
        open_sockets(("192.0.2.1",), 0)


def test_missing_privilege_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ways to port 22 are named."""

    def refuse(self: socket.socket, address: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("vault.receiver.sockets.socket.socket.bind", refuse)

    with pytest.raises(ReceiverDown, match=r"net\.ipv4\.ip_unprivileged_port_start=22") as caught:
        open_sockets(("127.0.0.1",), 22)

    assert "systemd" in str(caught.value)


def test_no_address_at_all_is_refused() -> None:
    """A receiver that listens nowhere is down."""
    with pytest.raises(ReceiverDown, match="no address"):
        open_sockets((), 22)


def test_sockets_of_systemd_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """They replace the configured addresses, and only when they are meant for this process."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        monkeypatch.setattr("vault.receiver.sockets._FIRST_ACTIVATED", server.fileno())
        monkeypatch.setenv("LISTEN_FDS", "1")
        monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
        assert activated_sockets() == []

        monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
        (taken,) = open_sockets(("192.0.2.1",), 22)
        with taken:
            assert taken.getsockname() == server.getsockname()


def test_datagram_socket_of_systemd_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong unit file is said to be one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        monkeypatch.setattr("vault.receiver.sockets._FIRST_ACTIVATED", server.fileno())
        monkeypatch.setenv("LISTEN_FDS", "1")
        monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
        with pytest.raises(ReceiverDown, match="ListenStream"):
            activated_sockets()


def test_port_of_a_receiver_that_is_ending_is_waited_for() -> None:
    """The one of a killed run lives on for a moment."""
    ending = socket.create_server(("127.0.0.1", 0))
    port = ending.getsockname()[1]

    def greet_and_end() -> None:
        peer, _ = ending.accept()
        ending.close()
        with peer:
            peer.sendall(b"SSH-2.0-ConductorBackup\r\n")

    thread = threading.Thread(target=greet_and_end)
    thread.start()
    for one in open_sockets(("127.0.0.1",), port):
        one.close()
    thread.join()
