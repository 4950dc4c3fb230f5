from __future__ import annotations

import threading
import time

import pytest
import requests

from emulator import Delays, Fault
from tests.emulator.conftest import Start
from tests.support.emulated import Client


def test_fault_fail_answers_the_status_and_does_no_work(start: Start) -> None:
    client = start(faults=(Fault("copy_running_flash", "fail", status=2, text="busy", times=1),))

    result = client.post("copy_running_flash", filename="a.cfg")["_global_result"]

    assert (result["status"], result["status_str"]) == (2, "busy")
    assert "a.cfg" not in client.conductor.flash
    client.post("copy_running_flash", filename="a.cfg")
    assert "a.cfg" in client.conductor.flash


def test_fault_http_answers_the_code(start: Start) -> None:
    client = start(faults=(Fault("show", "http", http=503),))

    assert client.show("show version").status_code == 503


def test_fault_of_one_show_command_spares_the_others(start: Start) -> None:
    client = start(faults=(Fault("show version", "empty"),))

    assert client.show("show version").content == b""
    assert client.show("show clock").content != b""


def test_fault_html_answers_a_login_page(start: Start) -> None:
    assert (
        "<html>"
        in start(faults=(Fault("get", "html"),)).get("/v1/configuration/object/sys_info").text
    )


def test_fault_refuse_login_refuses_the_right_password_once(start: Start) -> None:
    client = start(faults=(Fault("login", "refuse-login", times=1),), login=False)

    assert client.login().status_code == 401
    assert client.login().status_code == 200


def test_fault_skip_lets_the_first_calls_pass(start: Start) -> None:
    client = start(faults=(Fault("show", "http", skip=2, times=1),))

    codes = [client.show("show version").status_code for _ in range(4)]

    assert codes == [200, 200, 500, 200]


def test_fault_any_strikes_every_step(start: Start) -> None:
    client = start()
    client.conductor.inject(Fault("any", "http", http=502))

    assert client.show("show version").status_code == 502
    assert client.raw("write_memory").status_code == 502
    client.conductor.clear_faults()
    assert client.show("show version").status_code == 200


def _broken(client: Client, name: str, **members: str) -> None:
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.post(name, **members)


def test_fault_reset_breaks_the_connection_without_work(start: Start) -> None:
    client = start(faults=(Fault("copy_running_flash", "reset", times=1),))

    _broken(client, "copy_running_flash", filename="a.cfg")

    assert "a.cfg" not in client.conductor.flash


def test_fault_lost_answer_breaks_the_connection_after_the_work(start: Start) -> None:
    client = start(faults=(Fault("copy_running_flash", "lost-answer", times=1),))

    _broken(client, "copy_running_flash", filename="a.cfg")

    assert "a.cfg" in client.conductor.flash


def test_fault_half_body_ends_the_answer_early(start: Start) -> None:
    client = start(faults=(Fault("write_memory", "half-body", times=1),))

    _broken(client, "write_memory")


def test_fault_hang_waits_and_goes_on(start: Start) -> None:
    client = start(faults=(Fault("show", "hang", seconds=0.3),))
    began = time.monotonic()

    assert client.show("show version").status_code == 200
    assert time.monotonic() - began >= 0.3


def test_fault_hang_ends_when_the_fleet_stops(start: Start) -> None:
    client = start(faults=(Fault("show", "hang", seconds=3600.0),))
    thread = threading.Thread(target=_show_quietly, args=(client,))
    thread.start()
    while client.conductor.requests < 2:
        time.sleep(0.01)

    client.fleet.__exit__()
    thread.join(20)

    assert not thread.is_alive()


def _show_quietly(client: Client) -> None:
    try:
        client.show("show version")
    except OSError:
        return


def test_fault_truncated_shortens_the_archive(start: Start) -> None:
    client = start(faults=(Fault("flash_backup", "truncated", after=1000, times=1),))

    client.post("flash_backup", backup_flash="flash", filename="a")
    client.post("flash_backup", backup_flash="flash", filename="b")

    flash = client.conductor.flash
    assert flash["a.tar.gz"] == flash["b.tar.gz"][:1000]


def test_fault_truncated_without_a_number_keeps_half(start: Start) -> None:
    client = start(faults=(Fault("copy_running_flash", "truncated", times=1),))

    client.post("copy_running_flash", filename="a")
    client.post("copy_running_flash", filename="b")

    flash = client.conductor.flash
    assert len(flash["a"]) == len(flash["b"]) // 2


@pytest.mark.parametrize(("step", "kind"), [("show", "cut"), ("show", "refuse-login")])
def test_fault_of_a_step_that_cannot_have_it_is_refused(step: str, kind: str) -> None:
    with pytest.raises(ValueError, match="belongs to the step"):
        Fault(step, kind)  # type: ignore[arg-type]


def test_delay_of_a_step_is_waited_out(start: Start) -> None:
    client = start(delays=Delays(show=0.2))
    began = time.monotonic()

    client.show("show version")

    assert time.monotonic() - began >= 0.2
