"""What a client sees of the faults that change the device: session, role, identity, clock."""

from __future__ import annotations

import time

import pytest
import requests

from emulator import Fault
from tests.emulator.calls import BROKEN, call, until_answered
from tests.emulator.conftest import Start
from tests.support.emulated import Client


@pytest.mark.parametrize("step", ["logout", "show", "get", "write_memory"])
def test_fault_expired_once_ends_the_session_until_a_login(start: Start, step: str) -> None:
    client = start(faults=(Fault(step, "expired", times=1),))

    reply = call(client, step)

    assert reply.status_code == 401
    assert "Set-Cookie" not in reply.headers
    assert client.conductor.sessions_open == 0
    client.login()
    assert call(client, step).status_code == 200


def test_fault_expired_always_ends_every_session(start: Start) -> None:
    client = start(faults=(Fault("any", "expired"),))

    for _ in range(2):
        assert client.login().status_code == 200
        assert client.show("show version").status_code == 401


@pytest.mark.parametrize("rotate", ["none", "same"])
def test_fault_rotate_drop_old_wants_the_new_cookie_from_then_on(start: Start, rotate: str) -> None:
    fault = Fault("show", "rotate-drop-old", times=1)
    client = start(knobs={"rotate": rotate}, faults=(fault,))
    before = client.http.cookies["SESSION"]

    client.show("show version")

    after = client.http.cookies["SESSION"]
    assert after != before
    assert client.show("show version").status_code == 200
    client.http.cookies.set("SESSION", before, domain="127.0.0.1", path="/")
    assert _with_cookie(client, before) == 401
    assert _with_cookie(client, after) == 200


def test_fault_rotate_keep_old_takes_both_cookies(start: Start) -> None:
    client = start(knobs={"rotate": "none"}, faults=(Fault("show", "rotate-keep-old", times=1),))
    before = client.http.cookies["SESSION"]

    client.show("show version")

    assert client.http.cookies["SESSION"] != before
    assert _with_cookie(client, before) == 200


def _with_cookie(client: Client, value: str) -> int:
    url = f"{client.base}/v1/configuration/object/sys_info"
    headers = {"Cookie": f"SESSION={value}", "X-CSRF-Token": client.http.headers["X-CSRF-Token"]}
    return requests.get(url, headers=headers, verify=client.http.verify, timeout=20).status_code


def test_fault_rotate_within_several_objects_sets_the_cookie(start: Start) -> None:
    client = start(knobs={"rotate": "none"}, faults=(Fault("write_memory", "rotate-drop-old"),))

    url = f"{client.base}/v1/configuration/object"
    client.http.post(url, json={"write_memory": {}}, timeout=20)

    assert client.show("show version").status_code == 200


def test_fault_session_full_refuses_a_login_with_the_knobs_status(start: Start) -> None:
    client = start(
        login=False, knobs={"session_cap": 403}, faults=(Fault("login", "session-full"),)
    )

    reply = client.login()

    assert reply.status_code == 403
    assert "Maximum number of sessions" in reply.text


def test_fault_locked_refuses_the_right_password_with_its_words(start: Start) -> None:
    client = start(login=False, faults=(Fault("login", "locked"),))

    reply = client.login()

    assert reply.status_code == 401
    assert "locked" in reply.json()["_global_result"]["status_str"]
    assert client.conductor.logins == 0


def test_fault_reload_refuses_then_knows_no_old_session(start: Start) -> None:
    client = start(faults=(Fault("write_memory", "reload", seconds=0.2, times=1),))

    with pytest.raises(BROKEN):
        client.post("write_memory")
    with pytest.raises(requests.ConnectionError, match="refused"):
        client.login()

    assert until_answered(client).status_code == 401
    assert client.login().status_code == 200


def test_fault_role_change_shows_in_this_very_answer(start: Start) -> None:
    client = start(faults=(Fault("get", "role-change", times=1),))

    info = client.get("/v1/configuration/object/sys_info").json()

    assert info["_global"]["_switch_role"] == "standby"
    result = client.post("copy_running_flash", filename="a")["_global_result"]
    assert "standby" in result["status_str"]


def test_fault_takeover_answers_as_another_box(start: Start) -> None:
    client = start(faults=(Fault("flash_backup", "takeover"),))
    client.post("copy_running_flash", filename="mine.cfg")
    before = client.get("/v1/configuration/object/sys_info").json()

    with pytest.raises(BROKEN):
        client.post("flash_backup", backup_flash="flash", filename="a")

    assert client.show("show version").status_code == 401
    client.login()
    after = client.get("/v1/configuration/object/sys_info").json()
    assert after["_local"]["_hostname"] == "mm1-other"
    assert after["_local"]["_hardware"]["_mac"] != before["_local"]["_hardware"]["_mac"]
    assert "mine.cfg" not in client.conductor.flash
    client.post("copy_running_flash", filename="its.cfg")
    assert b'hostname "mm1-other"' in client.conductor.flash["its.cfg"]
    assert client.post("flash_backup", backup_flash="flash", filename="a")


def test_fault_clock_jump_moves_the_clock_and_stays(start: Start) -> None:
    client = start(faults=(Fault("login", "clock-jump", seconds=-864000.0),))

    real = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 864000))

    assert client.conductor.now().strftime("%Y-%m-%d") >= real
    assert (client.conductor.now().timestamp() - time.time()) < -863000


def test_fault_any_that_needs_a_session_spares_the_login(start: Start) -> None:
    client = start(login=False, faults=(Fault("any", "rotate-drop-old", times=1),))
    before = client.login().cookies["SESSION"]

    client.show("show version")

    assert client.http.cookies["SESSION"] != before
