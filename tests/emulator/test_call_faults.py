"""What a client sees of the faults that strike whole calls; test_steps.py has the first ones."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from emulator import Fault, fault_catalogue
from emulator.fault_kinds import CALLS, OBJECTS, kinds_where
from emulator.objects import NAME_KINDS
from emulator.steps import STRIKES
from emulator.storing import STORING_KINDS
from tests.emulator.calls import BROKEN, call, until_answered
from tests.emulator.conftest import Start
from tests.support.emulated import Client

ONE_CALL = ("login", "logout", "show", "get", "write_memory")


def _started(start: Start, fault: Fault) -> Client:
    return start(login=fault.step != "login", faults=(fault,))


def test_strikes_cover_every_kind_of_a_call() -> None:
    elsewhere = STORING_KINDS | NAME_KINDS

    assert kinds_where(*CALLS, *OBJECTS) - elsewhere == STRIKES.keys()


def _of(*kinds: str) -> list[Any]:
    faults = [f for f in fault_catalogue(ONE_CALL, patience=0.2) if f.kind in kinds]
    return [pytest.param(f, id=f"{f.step}-{f.kind}-{f.http or f.key or ''}") for f in faults]


@pytest.mark.parametrize("fault", _of("close", "reset", "lost-answer", "half-body"))
def test_fault_that_breaks_the_connection_breaks_it_at_every_step(
    start: Start, fault: Fault
) -> None:
    client = _started(start, fault)

    with pytest.raises(BROKEN):
        call(client, fault.step)


@pytest.mark.parametrize("fault", _of("http"))
def test_fault_http_answers_each_code_at_every_step(start: Start, fault: Fault) -> None:
    reply = call(_started(start, fault), fault.step)

    assert (reply.status_code, "<html>" in reply.text) == (fault.http, True)


@pytest.mark.parametrize("fault", _of("html", "empty"))
def test_fault_of_the_body_answers_no_json_at_every_step(start: Start, fault: Fault) -> None:
    client = _started(start, fault)
    if fault.step == "login":
        url = f"{client.base}/v1/api/login"
        reply = client.http.post(url, data={"username": "a"}, timeout=20)
    else:
        reply = call(client, fault.step)

    assert reply.status_code == 200
    assert ("<html>" in reply.text) if fault.kind == "html" else reply.content == b""


@pytest.mark.parametrize("fault", _of("error"))
def test_fault_error_answers_nothing_but_that_member(start: Start, fault: Fault) -> None:
    client = _started(start, fault)
    if fault.step == "login":
        reply = client.http.post(f"{client.base}/v1/api/login", data={}, timeout=20)
    else:
        reply = call(client, fault.step)

    assert (reply.status_code, reply.json()) == (200, {fault.key: "Internal failure"})


@pytest.mark.parametrize("fault", _of("late", "hang"))
def test_fault_that_waits_answers_all_the_same(start: Start, fault: Fault) -> None:
    client = _started(start, fault)
    began = time.monotonic()

    assert call(client, fault.step).status_code == 200
    assert time.monotonic() - began >= 0.2


def test_fault_late_has_done_the_work_when_the_client_gives_up(start: Start) -> None:
    client = start(faults=(Fault("copy_running_flash", "late", seconds=3600.0),))

    with pytest.raises(requests.ReadTimeout):
        client.http.post(
            f"{client.base}/v1/configuration/object/copy_running_flash",
            json={"filename": "a.cfg"},
            timeout=0.5,
        )

    assert "a.cfg" in client.conductor.flash


def test_fault_slow_drips_the_answer(start: Start) -> None:
    client = start(faults=(Fault("show", "slow", seconds=0.0, bytes_per_second=2000),))
    began = time.monotonic()

    reply = client.show("show version")

    assert reply.json()["_data"]
    assert time.monotonic() - began >= len(reply.content) / 2000


@pytest.mark.parametrize("step", ONE_CALL)
def test_fault_refuse_breaks_the_call_and_refuses_the_next(start: Start, step: str) -> None:
    client = _started(start, Fault(step, "refuse", seconds=3600.0))

    with pytest.raises(BROKEN):
        call(client, step)
    with pytest.raises(requests.ConnectionError, match="refused"):
        client.login()
    client.conductor.clear_faults()
    assert client.login().status_code == 200


def test_fault_refuse_passes_after_its_seconds(start: Start) -> None:
    client = start(faults=(Fault("show", "refuse", seconds=0.1, times=1),))

    with pytest.raises(BROKEN):
        client.show("show version")

    assert until_answered(client).status_code == 200


def _statuses(client: Client) -> tuple[Any, Any]:
    content = client.post("write_memory")
    return content["_global_result"]["status"], content["write_memory"]["_result"]["status"]


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [("fail", (2, 2)), ("fail-global", (2, 0)), ("fail-nested", (0, 2))],
)
def test_fault_fail_says_so_where_its_kind_says(
    start: Start, kind: Any, statuses: tuple[int, int]
) -> None:
    assert _statuses(start(faults=(Fault("write_memory", kind, status=2),))) == statuses


def test_fault_fail_nested_adds_the_result_that_a_knob_leaves_out(start: Start) -> None:
    client = start(
        knobs={"nested_result": "missing", "object_status": "string"},
        faults=(Fault("write_memory", "fail-nested"),),
    )

    assert _statuses(client) == ("0", "1")


def test_fault_busy_passes_after_its_times(start: Start) -> None:
    client = start(faults=(Fault("object", "busy", times=2),))

    results = [client.post("write_memory")["_global_result"] for _ in range(3)]

    assert [result["status"] for result in results] == [1, 1, 0]
    assert results[0]["status_str"] == "Module is busy. Please try later"


def test_fault_status_type_turns_numbers_into_strings_and_back(start: Start) -> None:
    client = start(faults=(Fault("login", "status-type"), Fault("object", "status-type")))

    assert _statuses(client) == ("0", "0")
    assert client.login().json()["_global_result"]["status"] == 0


def test_fault_status_type_leaves_what_is_no_json(start: Start) -> None:
    fault = Fault("login", "status-type")
    client = start(login=False, knobs={"bad_login": "401-html"}, faults=(fault,))

    assert client.login("wrong").status_code == 401


def test_fault_pretend_says_success_and_does_nothing(start: Start) -> None:
    client = start(faults=(Fault("delete_file_ssh_hosts", "pretend"),))

    result = client.post("delete_file_ssh_hosts", **{"file-name": "upgradelog.txt"})

    assert result["_global_result"]["status"] == 0
    assert "upgradelog.txt" in client.conductor.flash


def test_fault_fail_of_a_deletion_leaves_the_file(start: Start) -> None:
    client = start(faults=(Fault("delete_file_ssh_hosts", "fail"),))

    result = client.post("delete_file_ssh_hosts", **{"file-name": "upgradelog.txt"})

    assert result["_global_result"]["status"] == 1
    assert "upgradelog.txt" in client.conductor.flash
