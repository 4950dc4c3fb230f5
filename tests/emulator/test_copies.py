from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from emulator import ConductorSpec, Delays, Fault, FlashSpec, Fleet
from emulator.knobs import ScpAlgorithms
from tests.emulator.conftest import Start
from tests.support.emulated import Client, ScpServer, push

NAME = "bk.tar.gz"


@pytest.fixture
def client(start: Start, scp_server: ScpServer) -> Client:
    client = start(scp_port=scp_server.port)
    client.post("flash_backup", backup_flash="flash", filename="bk")
    return client


def _result(reply: dict[str, Any]) -> tuple[int, str]:
    result = reply["_global_result"]
    return result["status"], result["status_str"]


def test_push_whole_file_is_acknowledged_and_identical(
    client: Client, scp_server: ScpServer
) -> None:
    assert _result(push(client, scp_server, NAME)) == (0, "File uploaded successfully")
    assert (scp_server.folder / NAME).read_bytes() == client.conductor.flash[NAME]


def test_push_comes_from_the_conductors_own_address(start: Start, scp_server: ScpServer) -> None:
    client = start(scp_port=scp_server.port, address="127.0.77.9")

    push(client, scp_server, "default.cfg")

    assert scp_server.peers == ["127.0.77.9"]


def test_push_echoes_the_password_as_the_knob_says(start: Start, scp_server: ScpServer) -> None:
    for knob in (True, False):
        client = start(scp_port=scp_server.port, knobs={"echo_passwd": knob})
        reply = push(client, scp_server, "default.cfg")
        assert ("passwd" in reply["copy_flash_scp"]) is knob


def test_push_with_wrong_password_fails(client: Client, scp_server: ScpServer) -> None:
    status, text = _result(push(client, scp_server, NAME, passwd="wrong"))

    assert status == 1
    assert "Permission denied" in text
    assert not list(scp_server.folder.iterdir())


def test_push_failure_has_status_zero_where_the_knob_says(
    start: Start, scp_server: ScpServer
) -> None:
    client = start(scp_port=scp_server.port, knobs={"copy_failure": "status-0"})

    status, text = _result(push(client, scp_server, "default.cfg", passwd="wrong"))

    assert status == 0
    assert "successfully" not in text


def test_push_to_a_closed_port_fails(start: Start, scp_server: ScpServer) -> None:
    client = start(scp_port=1)

    status, text = _result(push(client, scp_server, "default.cfg"))

    assert status == 1
    assert "refused" in text


def test_push_of_an_absent_file_fails(client: Client, scp_server: ScpServer) -> None:
    assert _result(push(client, scp_server, "none.tar.gz"))[0] == 1


def test_push_to_a_host_name_is_refused(client: Client, scp_server: ScpServer) -> None:
    status, text = _result(push(client, scp_server, NAME, scphost="localhost"))

    assert status == 1
    assert "Invalid IP address" in text


def test_push_refused_by_the_server_fails_with_its_words(
    client: Client, scp_server: ScpServer
) -> None:
    status, text = _result(push(client, scp_server, NAME, destfilename="no-folder/x"))

    assert status == 1
    assert "No such file" in text


def test_push_dropped_by_the_server_says_so_in_its_words(start: Start, tmp_path: Path) -> None:
    with ScpServer(tmp_path, process_factory=_hang_up) as server:
        status, text = _result(push(start(scp_port=server.port), server, "default.cfg"))

    assert status == 1
    assert "no room for you" in text
    assert "lost connection" in text


def _hang_up(process: asyncssh.SSHServerProcess[str]) -> None:
    process.stderr.write("no room for you")
    process.exit(1)


def test_push_to_a_changed_host_key_fails_until_it_is_forgotten(
    start: Start, scp_server: ScpServer
) -> None:
    client = start(scp_port=scp_server.port, known_hosts={"127.0.0.1": "SHA256:other"})

    status, text = _result(push(client, scp_server, "default.cfg"))
    assert status == 1
    assert "IDENTIFICATION HAS CHANGED" in text

    client.post("delete_file_ssh_hosts", **{"ssh-host-addr": "127.0.0.1"})
    assert _result(push(client, scp_server, "default.cfg"))[0] == 0


def test_push_to_a_changed_host_key_works_after_forgetting_all(
    start: Start, scp_server: ScpServer
) -> None:
    client = start(scp_port=scp_server.port, known_hosts={"127.0.0.1": "SHA256:other"})

    client.post("delete_file_ssh_hosts", **{"ssh-known-hosts": True})

    assert _result(push(client, scp_server, "default.cfg"))[0] == 0


def test_push_cut_leaves_no_more_than_was_sent(client: Client, scp_server: ScpServer) -> None:
    client.conductor.inject(Fault("scp", "cut", after=50_000, times=1))

    status, text = _result(push(client, scp_server, NAME))

    assert (status, "lost connection" in text) == (1, True)
    assert (scp_server.folder / NAME).stat().st_size <= 50_000
    assert _result(push(client, scp_server, NAME))[0] == 0


def test_push_silent_claims_success_and_sends_nothing(
    client: Client, scp_server: ScpServer
) -> None:
    client.conductor.inject(Fault("scp", "silent"))

    assert _result(push(client, scp_server, NAME)) == (0, "File uploaded successfully")
    assert not list(scp_server.folder.iterdir())


def test_pull_brings_a_file_into_flash(client: Client, scp_server: ScpServer) -> None:
    (scp_server.folder / "restore.tar.gz").write_bytes(b"archive" * 9000)

    reply = client.post(
        "copy_scp_flash",
        scphost="127.0.0.1",
        username=scp_server.username,
        passwd=scp_server.password,
        filename="restore.tar.gz",
        destfilename="restored.tar.gz",
    )

    assert _result(reply)[0] == 0
    assert client.conductor.flash["restored.tar.gz"] == b"archive" * 9000


def test_pull_of_more_than_fits_is_refused(start: Start, scp_server: ScpServer) -> None:
    (scp_server.folder / "big").write_bytes(bytes(200_000))
    client = start(scp_port=scp_server.port, flash=FlashSpec(size_mb=1, used_mb=1))

    reply = client.post(
        "copy_scp_flash",
        scphost="127.0.0.1",
        username=scp_server.username,
        passwd=scp_server.password,
        filename="big",
        destfilename="big",
    )

    assert _result(reply)[0] == 1
    assert "big" not in client.conductor.flash


@pytest.mark.parametrize("algorithms", ["modern", "old"])
def test_push_works_with_current_algorithms(
    start: Start, scp_server: ScpServer, algorithms: ScpAlgorithms
) -> None:
    client = start(scp_port=scp_server.port, knobs={"scp_algorithms": algorithms})

    assert _result(push(client, scp_server, "default.cfg"))[0] == 0


def test_push_with_ancient_algorithms_is_refused_by_a_modern_server(
    start: Start, scp_server: ScpServer
) -> None:
    client = start(scp_port=scp_server.port, knobs={"scp_algorithms": "ancient"})

    status, text = _result(push(client, scp_server, "default.cfg"))

    assert status == 1
    said = text.lower()  # whichever side finds out first: the other one only sees it hang up
    assert "key exchange" in said or "connection lost" in said
    assert list(scp_server.folder.iterdir()) == []


def test_push_under_way_ends_when_the_fleet_stops(scp_server: ScpServer) -> None:
    spec = ConductorSpec(
        "mm1",
        address="127.0.0.1",
        port=0,
        scp_port=scp_server.port,
        delays=Delays(scp_bytes_per_second=100),
    )
    with Fleet([spec]) as fleet:
        client = Client(fleet)
        client.login()
        failed: list[BaseException] = []
        thread = threading.Thread(target=_push_quietly, args=(client, scp_server, failed))
        thread.start()
        landed = scp_server.folder / "default.cfg"
        while not landed.exists():
            time.sleep(0.02)
    thread.join(20)
    client.http.close()
    assert not thread.is_alive()
    assert landed.stat().st_size < 16283


def _push_quietly(client: Client, server: ScpServer, failed: list[BaseException]) -> None:
    try:
        push(client, server, "default.cfg")
    except OSError as exc:
        failed.append(exc)
