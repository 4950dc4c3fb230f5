"""What a client sees of the faults before the first call, and of a port that refuses."""

from __future__ import annotations

import socket
import ssl
import time
from pathlib import Path

import pytest
import requests

from emulator import Fault
from emulator.fault_kinds import FaultKind
from tests.emulator.conftest import Start
from tests.support.emulated import Client


def _handshake(client: Client) -> None:
    context = ssl.create_default_context(cafile=client.fleet.ca_file)
    address = (client.conductor.address, client.conductor.port)
    with (
        socket.create_connection(address, timeout=20) as sock,
        context.wrap_socket(sock, server_hostname=client.conductor.address),
    ):
        pass


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("tls-fail", "(?i)handshake.failure"),
        ("tls-other-ca", "certificate verify failed"),
        ("tls-expired", "certificate has expired"),
    ],
)
def test_tls_fault_is_seen_in_the_handshake_once(start: Start, kind: FaultKind, words: str) -> None:
    client = start(login=False, faults=(Fault("connect", kind, times=1),))

    with pytest.raises(ssl.SSLError, match=words):
        _handshake(client)

    assert client.login().status_code == 200


def test_tls_of_another_authority_gives_another_certificate(start: Start) -> None:
    client = start(login=False, faults=(Fault("connect", "tls-other-ca", times=1),))
    address = (client.conductor.address, client.conductor.port)

    other, own = ssl.get_server_certificate(address), ssl.get_server_certificate(address)

    assert other != own


@pytest.mark.parametrize("kind", ["close", "reset"])
def test_connection_broken_at_once_gives_no_handshake(start: Start, kind: FaultKind) -> None:
    client = start(login=False, faults=(Fault("connect", kind, times=1),))

    with pytest.raises((ConnectionError, ssl.SSLError)):
        _handshake(client)

    assert client.login().status_code == 200


def test_connection_reset_is_a_reset(start: Start) -> None:
    client = start(login=False, faults=(Fault("connect", "reset", times=1),))
    address = (client.conductor.address, client.conductor.port)

    with pytest.raises(ConnectionError), socket.create_connection(address, timeout=20) as sock:
        sock.recv(1)


def test_handshake_that_hangs_outlasts_a_client(start: Start) -> None:
    client = start(login=False, faults=(Fault("connect", "hang", seconds=3600.0),))

    with pytest.raises(requests.Timeout):
        client.http.get(f"{client.base}/v1/api/login", timeout=0.3)


def test_handshake_that_hangs_goes_on_later(start: Start) -> None:
    client = start(login=False, faults=(Fault("connect", "hang", seconds=0.3, times=1),))
    began = time.monotonic()

    assert client.login().status_code == 200
    assert time.monotonic() - began >= 0.3


def test_connect_skip_lets_connections_pass_first(start: Start) -> None:
    client = start(faults=(Fault("connect", "tls-expired", skip=1),))

    assert client.show("show version").status_code == 200
    with pytest.raises(ssl.SSLError):
        _handshake(client)


def test_certificate_changed_in_the_middle_is_two_faults(start: Start) -> None:
    client = start(
        faults=(
            Fault("show", "close", times=1),
            Fault("connect", "tls-other-ca", skip=1),
        )
    )

    with pytest.raises(requests.ConnectionError):
        client.show("show version")
    with pytest.raises(requests.exceptions.SSLError):
        client.show("show version")


def _refused(client: Client) -> bool:
    with socket.socket() as sock:
        sock.settimeout(20)
        return sock.connect_ex((client.conductor.address, client.conductor.port)) != 0


def _accepts_in_the_end(client: Client) -> None:
    deadline = time.monotonic() + 20
    while _refused(client):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_port_refuses_from_the_start_until_the_fault_is_gone(start: Start) -> None:
    client = start(login=False, faults=(Fault("connect", "refuse", seconds=0.05),))

    time.sleep(0.2)
    assert _refused(client)
    client.conductor.clear_faults()
    assert not _refused(client)
    assert client.login().status_code == 200


def test_port_refuses_a_number_of_times(start: Start) -> None:
    client = start(login=False)
    client.conductor.inject(Fault("connect", "refuse", seconds=0.5, times=2))
    began = time.monotonic()

    assert _refused(client)
    _accepts_in_the_end(client)

    assert time.monotonic() - began >= 0.9


def test_port_refuses_after_the_connections_that_pass(start: Start) -> None:
    client = start(login=False, faults=(Fault("connect", "refuse", skip=1, seconds=3600.0),))

    assert client.login().status_code == 200
    assert _refused(client)
    assert client.show("show version").status_code == 200


def test_port_stays_shut_when_another_fault_comes(start: Start) -> None:
    client = start(login=False)
    client.conductor.refuse_connections(3600.0)

    client.conductor.inject(Fault("show", "html"))

    assert _refused(client)


def test_port_that_refuses_is_not_taken_by_another(start: Start) -> None:
    client = start(login=False)
    client.conductor.refuse_connections(3600.0)

    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind((client.conductor.address, client.conductor.port))


def test_faults_may_change_after_the_fleet_has_stopped(start: Start, tmp_path: Path) -> None:
    client = start()
    client.fleet.__exit__()

    client.conductor.inject(Fault("connect", "refuse"))
    client.conductor.clear_faults()
