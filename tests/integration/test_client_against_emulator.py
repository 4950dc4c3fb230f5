"""The API client against pretend conductors of each profile, from login to logout."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aos8 import (
    Aos8Client,
    Aos8Error,
    BadReply,
    ConnectionLost,
    DeviceError,
    LoginRefused,
    SessionExpired,
    SessionLimit,
    TimedOut,
    Timeouts,
    Tls,
    Unsupported,
)
from emulator import PROFILES, Conductor, ConductorSpec, Fault, Fleet
from tests.support.emulated import ScpServer

Start = Callable[..., tuple[Aos8Client, Conductor]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start one conductor with these knobs and members, and a client that has not logged in."""
    with ExitStack() as stack:

        def make(
            profile: Any = "8.10",
            knobs: dict[str, Any] | None = None,
            **members: Any,
        ) -> tuple[Aos8Client, Conductor]:
            spec = ConductorSpec(
                name="mm1",
                address="127.0.0.1",
                port=0,
                profile=profile,
                knobs=replace(PROFILES[profile], **(knobs or {})),
                **members,
            )
            fleet = stack.enter_context(Fleet([spec]))
            conductor = fleet.conductor("mm1")
            client = Aos8Client(
                conductor.address,
                conductor.port,
                username=spec.credentials.username,
                password=spec.credentials.password,
                tls=Tls(ca=fleet.ca_file),
                timeouts=Timeouts(read=30, backup=30, copy=30),
            )
            stack.callback(client.close)
            return client, conductor

        yield make


@pytest.fixture
def scp_server(tmp_path: Path) -> Iterator[ScpServer]:
    folder = tmp_path / "landing"
    folder.mkdir()
    with ScpServer(folder) as server:
        yield server


@pytest.mark.parametrize("profile", ["8.2", "8.6", "8.10"])
def test_client_backs_up_pushes_and_cleans_up_on_each_profile(
    start: Start, scp_server: ScpServer, profile: str
) -> None:
    client, conductor = start(profile, scp_port=scp_server.port, role="conductor", peer="192.0.2.7")
    before = set(conductor.flash)
    with client:
        who = client.identity()
        assert (who.hostname, who.model) == ("mm1", "ArubaMM-VA")
        assert (who.serial, who.mac) == (
            conductor.identity.serial,
            conductor.identity.mac,
        )
        assert who.version == conductor.identity.release
        assert (who.role, who.peer) == ("conductor", "192.0.2.7")
        space, clock = client.flash_space(), client.clock()
        assert space is not None
        assert 0 < space.available < space.size
        assert clock is not None
        assert abs((clock - datetime.now(UTC)).total_seconds()) < 60

        client.copy_running_flash("bk-running.cfg")
        archive = client.flash_backup("flash", "bk-flash")
        made = set(conductor.flash) - before
        assert "bk-running.cfg" in made
        assert made - {"bk-running.cfg"} == (
            {"flashbackup.tar.gz"} if profile == "8.2" else {archive}
        )
        files = client.list_flash()
        if profile == "8.2":
            assert files is None
        else:
            assert files is not None
            assert {file.name: file.size for file in files} == {
                name: len(data) for name, data in conductor.flash.items()
            }
        for name in sorted(made):
            reply = client.copy_flash_scp(
                name, "127.0.0.1", scp_server.username, scp_server.password, name
            )
            assert "successfully" in reply.status_str
            assert scp_server.password not in repr(reply)
            assert (scp_server.folder / name).read_bytes() == conductor.flash[name]
            client.delete_file(name)
        assert set(conductor.flash) == before
        client.write_memory()
    assert (conductor.logins, conductor.logouts, conductor.sessions_open) == (1, 1, 0)


@pytest.mark.parametrize("csrf", ["required", "optional", "absent"])
@pytest.mark.parametrize("rotate", ["none", "same", "new-keep-old", "new-drop-old"])
def test_client_keeps_its_session_with_each_token_habit(
    start: Start, csrf: str, rotate: str
) -> None:
    client, conductor = start(knobs={"csrf": csrf, "rotate": rotate})
    with client:
        for _ in range(3):
            client.write_memory()
            assert not client.show("show version").empty
    assert (conductor.logins, conductor.sessions_open) == (1, 0)


@pytest.mark.parametrize(
    "knobs",
    [
        {"object_status": "string"},
        {"nested_result": "missing"},
        {"listing": "data"},
        {"listing": "member"},
        {"listing": "absent", "show_dir": True},
        {"show_type": "text"},
        {"show_type": "pseudo-xml"},
        {"sys_info": False, "redundancy_command": "master"},
        {"unknown_object": "404-json", "sys_info": False},
    ],
)
def test_client_reads_each_dialect(start: Start, knobs: dict[str, Any]) -> None:
    client, conductor = start(knobs=knobs, role="standby", peer="192.0.2.7")
    with client:
        who = client.identity()
        assert (who.hostname, who.role) == ("mm1", "standby")
        assert who.serial == conductor.identity.serial
        files = client.list_flash()
        assert files is not None
        assert {file.name for file in files} == set(conductor.flash)


@pytest.mark.parametrize("filename", ["honoured", "renamed"])
def test_flash_backup_returns_the_name_on_flash(start: Start, filename: str) -> None:
    client, conductor = start(knobs={"filename": filename})
    with client:
        assert client.flash_backup("flash", "bk-1") in conductor.flash
        assert client.flash_backup("config") == "configbackup.tar.gz"


@pytest.mark.parametrize("bad_login", ["401-json", "200-json", "401-html"])
def test_login_wrong_password_is_refused_once(start: Start, bad_login: str) -> None:
    client, conductor = start(knobs={"bad_login": bad_login})
    client._password = "wrong"
    with pytest.raises(LoginRefused):
        client.login()
    assert conductor.requests == 1


@pytest.mark.parametrize("session_cap", [401, 403])
def test_login_without_a_free_session_is_session_limit(start: Start, session_cap: int) -> None:
    client, _ = start(knobs={"session_cap": session_cap}, max_sessions=0)
    with pytest.raises(SessionLimit):
        client.login()


@pytest.mark.parametrize("expired", ["401-json", "401-empty", "200-html"])
def test_call_after_a_reload_is_session_expired(start: Start, expired: str) -> None:
    client, _ = start(knobs={"expired": expired}, reload_seconds=0.0)
    client.login()
    client.reload()
    with pytest.raises(SessionExpired):
        client.write_memory()
    client.login()
    client.write_memory()


@pytest.mark.parametrize("unknown_object", ["200-ERROR", "404-json"])
def test_delete_on_a_release_without_it_is_unsupported(start: Start, unknown_object: str) -> None:
    client, _ = start(knobs={"delete_object": "unknown", "unknown_object": unknown_object})
    with client, pytest.raises(Unsupported):
        client.delete_file("x.cfg")


@pytest.mark.parametrize("bad_data", ["200-Error", "400", "status-1"])
def test_call_with_bad_data_is_a_device_error(start: Start, bad_data: str) -> None:
    client, _ = start(knobs={"bad_data": bad_data})
    with client, pytest.raises(DeviceError, match="restore_flash"):
        client.post_object("flash_restore", {})


@pytest.mark.parametrize("copy_failure", ["status-1", "status-0"])
def test_copy_refused_by_the_server_is_a_device_error(
    start: Start, scp_server: ScpServer, copy_failure: str
) -> None:
    client, _ = start(knobs={"copy_failure": copy_failure}, scp_port=scp_server.port)
    with client:
        client.copy_running_flash("r.cfg")
        with pytest.raises(DeviceError) as caught:
            client.copy_flash_scp("r.cfg", "127.0.0.1", scp_server.username, "wr0ng-pass", "r.cfg")
    assert caught.value.words
    assert "wr0ng-pass" not in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault("write_memory", "fail"), DeviceError),
        (Fault("write_memory", "fail", status=2), DeviceError),
        (Fault("write_memory", "http", http=503), DeviceError),
        (Fault("write_memory", "empty"), BadReply),
        (Fault("write_memory", "half-body"), ConnectionLost),
        (Fault("write_memory", "reset"), ConnectionLost),
        (Fault("write_memory", "lost-answer"), ConnectionLost),
        (Fault("write_memory", "hang", seconds=30), TimedOut),
    ],
)
def test_fault_becomes_its_error_and_the_session_lives_on(
    start: Start, fault: Fault, error: type[Aos8Error]
) -> None:
    client, conductor = start(faults=(replace(fault, times=1),))
    with client:
        if error is TimedOut:
            client.timeouts = Timeouts(read=0.5)
        with pytest.raises(error):
            client.write_memory()
        client.timeouts = Timeouts(read=30)
        client.write_memory()
    assert conductor.sessions_open == 0
