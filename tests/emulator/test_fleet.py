from __future__ import annotations

import hashlib
import os
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from emulator import ConductorSpec, Fleet, FleetDownError, FleetFileError
from emulator.fleet import loopback
from tests.support.emulated import Client


def _specs(count: int) -> list[ConductorSpec]:
    return [ConductorSpec(f"mm{number}", port=0) for number in range(count)]


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _work(fleet: Fleet, name: str) -> str:
    client = Client(fleet, name)
    client.login()
    shown: str = client.show("show hostname").json()["_data"][0]
    client.post("flash_backup", backup_flash="flash", filename="bk")
    client.http.close()
    return shown


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")  # noqa: PTH112
def test_fleet_of_fifty_serves_and_leaves_nothing_behind() -> None:
    with Fleet(_specs(1)):
        pass
    threads, descriptors = threading.active_count(), _descriptors()

    with Fleet(_specs(50)) as fleet, ThreadPoolExecutor(10) as pool:
        names = [f"mm{number}" for number in range(50)]
        shown = list(pool.map(lambda name: _work(fleet, name), names))
        folder = fleet.ca_file.parent
        assert shown == [f"Hostname is {name}" for name in names]
        assert len({device.address for device in fleet}) == 50

    assert threading.active_count() == threads
    assert _descriptors() == descriptors
    assert not folder.exists()


def test_fleet_stops_with_clients_still_connected() -> None:
    with Fleet(_specs(1)) as fleet:
        device = fleet.conductor("mm0")
        idle = Client(fleet, "mm0")
        idle.login()
        silent = socket.create_connection((device.address, device.port))

    assert not [t for t in threading.enumerate() if t.name.startswith("emulator")]
    silent.close()
    idle.http.close()


def test_fleet_silent_client_does_not_block_the_others() -> None:
    with Fleet(_specs(1)) as fleet:
        device = fleet.conductor("mm0")
        with socket.create_connection((device.address, device.port)):
            assert _work(fleet, "mm0") == "Hostname is mm0"


def test_fleet_certificate_holds_every_address_and_matches_the_fingerprint() -> None:
    with Fleet(_specs(3)) as fleet:
        context = ssl.create_default_context(cafile=str(fleet.ca_file))
        for device in fleet:
            with (
                socket.create_connection((device.address, device.port)) as plain,
                context.wrap_socket(plain, server_hostname=device.address) as stream,
            ):
                certificate = stream.getpeercert(binary_form=True)
            assert certificate is not None
            assert hashlib.sha256(certificate).hexdigest() == fleet.fingerprint


def test_fleet_writes_the_authority_where_asked(tmp_path: Path) -> None:
    with Fleet(_specs(1), ca_file=tmp_path / "ca.pem") as fleet:
        assert fleet.ca_file == tmp_path / "ca.pem"

    assert "BEGIN CERTIFICATE" in (tmp_path / "ca.pem").read_text()
    assert "PRIVATE" not in (tmp_path / "ca.pem").read_text()


def test_fleet_on_a_taken_port_says_which_and_frees_the_rest() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        specs = [ConductorSpec("free", port=0), ConductorSpec("mm1", "", "127.0.0.1", port)]
        with pytest.raises(FleetDownError, match=f"mm1: cannot listen on 127.0.0.1 port {port}"):
            Fleet(specs).__enter__()

    assert not [t for t in threading.enumerate() if t.name.startswith("emulator")]


def test_fleet_refuses_two_conductors_of_one_name() -> None:
    with pytest.raises(FleetFileError, match="more than once: mm1"):
        Fleet([ConductorSpec("mm1"), ConductorSpec("mm1")])


def test_fleet_handle_of_an_unknown_name_lists_the_known() -> None:
    with Fleet(_specs(2)) as fleet, pytest.raises(KeyError, match="mm0"):
        fleet.conductor("other")


def test_fleet_role_may_change_while_it_runs() -> None:
    with Fleet([replace(_specs(1)[0], peer="192.0.2.2")]) as fleet:
        client = Client(fleet, "mm0")
        client.login()
        client.conductor.role = "standby"

        assert "BACKUP" in client.show("show conductor-redundancy").text
        client.http.close()


def test_loopback_addresses_stay_valid_for_a_thousand() -> None:
    addresses = [loopback(index) for index in range(1000)]

    assert len(set(addresses)) == 1000
    assert addresses[249:251] == ["127.0.1.250", "127.0.2.1"]
