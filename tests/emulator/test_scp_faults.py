from __future__ import annotations

import time

import pytest

from emulator import Fault
from emulator.fault_kinds import FaultKind, kinds_where
from emulator.scp_faults import CHANGES
from tests.emulator.conftest import Start
from tests.support.emulated import Client, ScpServer, push

NAME = "bk.tar.gz"
GOOD = (0, "File uploaded successfully")


@pytest.fixture
def client(start: Start, scp_server: ScpServer) -> Client:
    client = start(scp_port=scp_server.port)
    client.post("flash_backup", backup_flash="flash", filename="bk")
    return client


def _pushed(
    client: Client, server: ScpServer, kind: FaultKind, **parameters: int
) -> tuple[int, str]:
    client.conductor.inject(Fault("scp", kind, times=1, **parameters))  # type: ignore[arg-type]
    return _push(client, server)


def _push(client: Client, server: ScpServer) -> tuple[int, str]:
    result = push(client, server, NAME)["_global_result"]
    return result["status"], result["status_str"]


def _landed(server: ScpServer) -> list[str]:
    return sorted(path.name for path in server.folder.iterdir())


def test_changes_cover_every_kind_of_a_push() -> None:
    assert kinds_where("scp") == CHANGES.keys()


@pytest.mark.parametrize("kind", ["silent", "failure-words"])
def test_push_with_status_zero_may_have_sent_nothing(
    client: Client, scp_server: ScpServer, kind: FaultKind
) -> None:
    status, text = _pushed(client, scp_server, kind)

    assert status == 0
    assert ("successfully" in text) is (kind == "silent")
    assert _landed(scp_server) == []
    assert _push(client, scp_server) == GOOD


def test_push_refused_sends_nothing(client: Client, scp_server: ScpServer) -> None:
    status, text = _pushed(client, scp_server, "refuse")

    assert (status, "Connection refused" in text) == (1, True)
    assert (_landed(scp_server), scp_server.peers) == ([], [])


@pytest.mark.parametrize("kind", ["cut", "reset"])
def test_push_broken_off_leaves_half(
    client: Client, scp_server: ScpServer, kind: FaultKind
) -> None:
    status, text = _pushed(client, scp_server, kind)

    assert (status, "lost connection" in text) == (1, True)
    whole = len(client.conductor.flash[NAME])
    assert (scp_server.folder / NAME).stat().st_size <= whole // 2 + 1
    assert _push(client, scp_server) == GOOD


def test_push_corrupted_arrives_with_one_bit_wrong(client: Client, scp_server: ScpServer) -> None:
    assert _pushed(client, scp_server, "corrupted", after=7777) == GOOD

    bad, good = (scp_server.folder / NAME).read_bytes(), client.conductor.flash[NAME]
    assert [i for i in range(len(good)) if bad[i] != good[i]] == [7777]


def test_push_of_another_file_claims_success(client: Client, scp_server: ScpServer) -> None:
    assert _pushed(client, scp_server, "other-file") == GOOD

    assert (scp_server.folder / NAME).read_bytes() == client.conductor.flash["default.cfg"]


def test_push_under_another_name_is_not_what_was_asked(
    client: Client, scp_server: ScpServer
) -> None:
    assert _pushed(client, scp_server, "other-name") == GOOD

    assert _landed(scp_server) == [f"other-{NAME}"]


def test_push_that_announces_more_than_it_sends_fails(
    client: Client, scp_server: ScpServer
) -> None:
    assert _pushed(client, scp_server, "declares-more", after=1000)[0] == 1


def test_push_that_announces_less_than_it_sends_does_not_land_whole(
    client: Client, scp_server: ScpServer
) -> None:
    _pushed(client, scp_server, "declares-less", after=1000)

    whole = client.conductor.flash[NAME]
    assert (scp_server.folder / NAME).read_bytes() == whole[:-1000]


def test_push_twice_connects_twice(client: Client, scp_server: ScpServer) -> None:
    assert _pushed(client, scp_server, "twice") == GOOD

    assert len(scp_server.peers) == 2
    assert len(client.conductor.pushed) == 2


def test_push_slow_takes_its_time(client: Client, scp_server: ScpServer) -> None:
    began = time.monotonic()
    whole = len(client.conductor.flash[NAME])

    assert _pushed(client, scp_server, "slow", bytes_per_second=whole * 2) == GOOD

    assert time.monotonic() - began >= 0.4
    assert (scp_server.folder / NAME).read_bytes() == client.conductor.flash[NAME]


def test_push_that_hangs_goes_on_later(client: Client, scp_server: ScpServer) -> None:
    began = time.monotonic()
    client.conductor.inject(Fault("scp", "hang", seconds=0.3, times=1))

    assert _push(client, scp_server) == GOOD
    assert time.monotonic() - began >= 0.3


def test_push_with_a_wrong_password_is_denied(client: Client, scp_server: ScpServer) -> None:
    status, text = _pushed(client, scp_server, "wrong-password")

    assert (status, "Permission denied" in text) == (1, True)
    assert _landed(scp_server) == []


def test_push_to_a_host_key_held_wrong_fails_this_once(
    client: Client, scp_server: ScpServer
) -> None:
    status, text = _pushed(client, scp_server, "host-key")

    assert (status, "IDENTIFICATION HAS CHANGED" in text) == (1, True)
    assert _push(client, scp_server) == GOOD


def test_push_with_old_algorithms_finds_none_in_common(
    client: Client, scp_server: ScpServer
) -> None:
    status, text = _pushed(client, scp_server, "old-algorithms")

    assert (status, "failed:" in text, _landed(scp_server)) == (1, True, [])


def test_push_whose_success_is_lost_has_arrived(client: Client, scp_server: ScpServer) -> None:
    status, text = _pushed(client, scp_server, "lost-success")

    assert (status, "successfully" in text) == (1, False)
    assert (scp_server.folder / NAME).read_bytes() == client.conductor.flash[NAME]
