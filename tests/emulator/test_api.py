from __future__ import annotations

import base64
import re
import time
import uuid
from typing import Any

import pytest
import requests

from tests.emulator.conftest import Start
from tests.support.emulated import API, Client

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def test_login_of_8_2_gives_uuid_and_no_csrf_token(start: Start) -> None:
    client = start(profile="8.2", login=False)

    result = client.login().json()["_global_result"]

    assert result["status"] == "0"
    assert uuid.UUID(result["UIDARUBA"])
    assert "X-CSRF-Token" not in result


def test_login_of_8_6_gives_base64_and_no_csrf_token(start: Start) -> None:
    result = start(profile="8.6", login=False).login().json()["_global_result"]

    assert len(result["UIDARUBA"]) == 36
    assert re.fullmatch(r"[0-9a-f-]{27}", base64.b64decode(result["UIDARUBA"]).decode())
    assert "X-CSRF-Token" not in result


def test_login_of_8_10_gives_both_tokens_and_the_cookie_first(start: Start) -> None:
    reply = start(login=False).login()

    result = reply.json()["_global_result"]
    assert set(result) == {"status", "status_str", "UIDARUBA", "X-CSRF-Token"}
    assert reply.headers["Set-Cookie"].split(";")[0] == f"SESSION={result['UIDARUBA']}"
    assert reply.headers["Content-Type"] == "application/json"


def test_login_by_get_opens_a_session(start: Start) -> None:
    client = start(login=False)

    reply = client.get("/v1/api/login", username="backup", password="Backup-Pass-1")

    assert reply.json()["_global_result"]["status"] == "0"
    assert client.conductor.sessions_open == 1


def test_login_form_labelled_json_is_read_as_form(start: Start) -> None:
    client = start(login=False)

    reply = client.http.post(
        f"{client.base}/v1/api/login",
        data="username=backup&password=Backup-Pass-1",
        headers={"Content-Type": "application/json"},
        timeout=20,
    )

    assert reply.json()["_global_result"]["status"] == "0"


@pytest.mark.parametrize(
    ("knob", "status", "content_type"),
    [
        ("401-json", 401, "application/json"),
        ("200-json", 200, "application/json"),
        ("401-html", 401, "text/html"),
    ],
)
def test_login_wrong_password_is_refused_as_the_knob_says(
    start: Start, knob: str, status: int, content_type: str
) -> None:
    client = start(knobs={"bad_login": knob}, login=False)

    reply = client.login("wrong")

    assert (reply.status_code, reply.headers["Content-Type"]) == (status, content_type)
    assert client.conductor.logins == 0
    if content_type == "application/json":
        assert reply.json()["_global_result"]["status"] == "1"


@pytest.mark.parametrize("status", [401, 403])
def test_login_beyond_the_session_cap_is_refused(start: Start, status: int) -> None:
    client = start(knobs={"session_cap": status}, max_sessions=1)

    reply = client.login()

    assert reply.status_code == status
    assert client.conductor.sessions_open == 1


def test_logout_closes_the_session(start: Start) -> None:
    client = start()

    reply = client.get("/v1/api/logout")

    assert reply.json()["_global_result"] == {
        "status": "0",
        "status_str": "You've been logged out successfully.",
        "UIDARUBA": "(null)",
    }
    assert (client.conductor.logins, client.conductor.logouts) == (1, 1)
    assert client.conductor.sessions_open == 0


@pytest.mark.parametrize(
    ("knob", "status", "body"),
    [("401-json", 401, "UIDARUBA"), ("401-empty", 401, ""), ("200-html", 200, "<html>")],
)
def test_call_after_the_session_ended_is_answered_as_the_knob_says(
    start: Start, knob: str, status: int, body: str
) -> None:
    client = start(knobs={"expired": knob})
    client.get("/v1/api/logout")

    reply = client.show("show version")

    assert reply.status_code == status
    assert body in reply.text


def test_session_unused_too_long_has_expired(start: Start) -> None:
    client = start(session_idle_seconds=0.05)
    deadline = time.monotonic() + 10
    while client.conductor.sessions_open and time.monotonic() < deadline:
        time.sleep(0.02)

    assert client.show("show version").status_code == 401


def _attempt(client: Client, *, header: bool, query: bool) -> requests.Response:
    tokens = client.login().json()["_global_result"]
    client.http.headers.pop("X-CSRF-Token", None)
    if header:
        client.http.headers["X-CSRF-Token"] = tokens["X-CSRF-Token"]
    client.query = {"UIDARUBA": tokens["UIDARUBA"]} if query else {}
    return client.show("show version")


@pytest.mark.parametrize(
    ("csrf", "header", "query", "status"),
    [
        ("optional", True, False, 200),
        ("optional", False, True, 200),
        ("optional", False, False, 403),
        ("required", True, False, 200),
        ("required", False, True, 403),
        ("absent", False, True, 200),
        ("absent", False, False, 403),
    ],
)
def test_call_needs_the_token_that_the_knob_asks_for(
    start: Start, csrf: str, header: bool, query: bool, status: int
) -> None:
    client = start(knobs={"csrf": csrf}, login=False)

    assert _attempt(client, header=header, query=query).status_code == status


def test_call_without_cookie_is_refused_despite_the_token(start: Start) -> None:
    client = start()
    client.http.cookies.clear()

    assert client.show("show version").status_code == 401


def test_call_with_doubled_cookie_is_accepted(start: Start) -> None:
    client = start()
    value = client.http.cookies["SESSION"]
    client.http.cookies.clear()

    client.http.headers["Cookie"] = f"SESSION={value}; SESSION={value}"

    assert client.show("show version").status_code == 200


def _cookie(client: Client) -> str | None:
    return client.show("show version").headers.get("Set-Cookie")


def test_rotate_none_sets_the_cookie_at_login_only(start: Start) -> None:
    assert _cookie(start(knobs={"rotate": "none"})) is None


def test_rotate_same_repeats_the_value(start: Start) -> None:
    client = start()
    before = client.http.cookies["SESSION"]

    assert f"SESSION={before}" in str(_cookie(client))


@pytest.mark.parametrize(("knob", "status"), [("new-keep-old", 200), ("new-drop-old", 401)])
def test_rotate_new_keeps_or_drops_the_old_value(start: Start, knob: str, status: int) -> None:
    client = start(knobs={"rotate": knob})
    old = client.http.cookies["SESSION"]
    assert f"SESSION={old}" not in str(_cookie(client))
    client.http.cookies.clear()

    reply = client.http.get(
        f"{client.base}/v1/configuration/showcommand?command=show+version",
        headers={"Cookie": f"SESSION={old}"},
        timeout=20,
    )

    assert reply.status_code == status


def test_object_unknown_is_answered_as_the_knob_says(start: Start) -> None:
    for knob, status in (("200-ERROR", 200), ("404-json", 404)):
        reply = start(knobs={"unknown_object": knob}).raw("no_such_object")
        assert (reply.status_code, reply.json()) == (status, {"ERROR": "Invalid Object"})


@pytest.mark.parametrize(
    ("knob", "status", "key"),
    [("200-Error", 200, "Error"), ("400", 400, "Error"), ("status-1", 200, "_global_result")],
)
def test_object_with_bad_data_is_answered_as_the_knob_says(
    start: Start, knob: str, status: int, key: str
) -> None:
    reply = start(knobs={"bad_data": knob}).raw("copy_running_flash")

    assert reply.status_code == status
    assert key in reply.json()


def test_object_with_broken_json_is_bad_data(start: Start) -> None:
    client = start()

    reply = client.http.post(
        f"{client.base}{API}/write_memory",
        data="{",
        headers={"Content-Type": "application/json"},
        timeout=20,
    )

    assert "Error" in reply.json()


def test_object_without_body_is_accepted_where_nothing_is_needed(start: Start) -> None:
    client = start()

    reply = client.http.post(f"{client.base}{API}/write_memory", timeout=20)

    assert reply.json()["_global_result"] == {
        "status": 0,
        "status_str": "Success",
        "_pending": False,
    }


@pytest.mark.parametrize(
    ("knobs", "expected"),
    [
        ({}, {"_result": {"status": 0, "status_str": "Success"}}),
        (
            {"object_status": "string"},
            {"_result": {"status": "0", "status_str": "Success"}},
        ),
        ({"nested_result": "missing"}, {}),
    ],
)
def test_object_answer_has_the_shape_of_the_knobs(
    start: Start, knobs: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert start(knobs=knobs).post("write_memory")["write_memory"] == expected


def test_several_objects_in_one_body_stop_at_the_first_failure(start: Start) -> None:
    client = start()

    reply = client.http.post(
        f"{client.base}{API}",
        json={"flash_restore": {"restore_flash": "flash"}, "write_memory": {}},
        timeout=20,
    ).json()

    assert reply["_global_result"]["status"] == 1
    assert "write_memory" not in reply


def test_path_unknown_is_an_html_page(start: Start) -> None:
    reply = start().get("/v1/nothing")

    assert (reply.status_code, reply.headers["Content-Type"]) == (404, "text/html")
