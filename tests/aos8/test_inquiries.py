"""Facts of a conductor from several commands, of which any may say nothing."""

from __future__ import annotations

import json

import pytest

from aos8 import (
    Aos8Client,
    DeviceError,
    FlashFile,
    FlashSpace,
    Identity,
    SessionExpired,
    Unsupported,
)
from tests.aos8.test_facts import INVENTORY, STORAGE, SWITCHES, VERSION
from tests.support.scripted_device import Answer, Asked, ScriptedDevice, success

SYS_INFO = Answer(
    {
        "_global": {"_switch_role": "master", "_version": {"_image_version": "8.6.0.5_75979"}},
        "_local": {"_type": "device", "_hardware": {"_mac": "00:0C:29:AA:BB:CC"}},
    }
)
TEXTS = {
    "show version": VERSION,
    "show storage": STORAGE,
    "show inventory": INVENTORY,
    "show hostname": "Hostname is NaaS-MM-11",
    "show clock": "Sun Sep 13 10:11:21 UTC 2020",
}
LISTING = "-rw-r--r--    1 root     root 16283 Nov  9 12:25 default.cfg"
REDUNDANCY = "VRRP Id 1 current state is BACKUP\nPeer's IP Address is 10.1.1.3\n"


def shows(texts: dict[str, str], *, switches: bool = True) -> object:
    """Return a script for showcommand; whatever is not among the texts gets an empty body."""

    def answer(asked: Asked) -> Answer:
        (command,) = asked.query["command"]
        if command == "show switches" and switches:
            return Answer({"All Switches": SWITCHES, "_data": ["3"], "_meta": list(SWITCHES[0])})
        return Answer({"_data": [texts[command]]} if command in texts else "")

    return answer


def test_show_sends_the_command_percent_encoded(client: Aos8Client, device: ScriptedDevice) -> None:
    device["showcommand"] = Answer({"_data": ["x"]})
    assert client.show("show log all & more").text == "x"
    assert device.asked[-1].path == "/v1/configuration/showcommand"
    assert device.asked[-1].query == {"command": ["show log all & more"]}


@pytest.mark.parametrize("command", ["", "show\nversion", "x" * 257, "show ü"])
def test_show_odd_command_is_never_sent(client: Aos8Client, command: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        client.show(command)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"Error": "no"}, DeviceError),
        ({"ERROR": "Invalid Object"}, Unsupported),
        ({"_global_result": {"status": 1, "status_str": "x"}}, DeviceError),
        ({"_global_result": {"status": 1, "status_str": "session expired"}}, SessionExpired),
    ],
)
def test_show_reported_failure_is_raised(
    client: Aos8Client, device: ScriptedDevice, body: object, error: type[Exception]
) -> None:
    device["showcommand"] = Answer(body)
    with pytest.raises(error):
        client.show("show version")


def test_show_table_called_error_is_a_table(client: Aos8Client, device: ScriptedDevice) -> None:
    device["showcommand"] = Answer({"Error": [{"Code": "1"}], "_meta": ["Code"]})
    assert client.show("show errors").rows == ({"Code": "1"},)


def test_show_empty_body_is_empty(client: Aos8Client, device: ScriptedDevice) -> None:
    device["showcommand"] = Answer("")
    assert client.show("show master-redundancy").empty


def test_identity_uses_every_source(client: Aos8Client, device: ScriptedDevice) -> None:
    device["sys_info"] = SYS_INFO
    device["showcommand"] = shows(TEXTS)  # type: ignore[assignment]
    assert client.identity() == Identity(
        hostname="NaaS-MM-11",
        mac="00:0c:29:aa:bb:cc",
        serial="MM0A1B2C3",
        model="ArubaMM-VA",
        version="8.6.0.5",
        role="conductor",
        peer="10.17.84.221",
    )


@pytest.mark.parametrize("command", ["show master-redundancy", "show conductor-redundancy"])
def test_identity_redundancy_state_wins_over_the_general_role(
    client: Aos8Client, device: ScriptedDevice, command: str
) -> None:
    device["sys_info"] = SYS_INFO
    device["showcommand"] = shows(TEXTS | {command: REDUNDANCY})  # type: ignore[assignment]
    found = client.identity()
    assert (found.role, found.peer) == ("standby", "10.1.1.3")
    assert client.role() == "standby"


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_identity_of_a_device_that_says_nothing_is_empty(
    client: Aos8Client, device: ScriptedDevice, status: int
) -> None:
    device["sys_info"] = device["showcommand"] = Answer("", status=status)
    assert client.identity() == Identity()
    assert client.role() == ""
    assert client.flash_space() is None
    assert client.clock() is None
    assert client.list_flash() is None


def test_identity_dead_session_is_not_swallowed(client: Aos8Client, device: ScriptedDevice) -> None:
    device["sys_info"] = SYS_INFO
    device["showcommand"] = Answer("", status=401)
    with pytest.raises(SessionExpired):
        client.identity()


def test_role_from_each_source(client: Aos8Client, device: ScriptedDevice) -> None:
    device["showcommand"] = shows(TEXTS)  # type: ignore[assignment]
    assert client.role() == "conductor"
    device["sys_info"] = Answer({"_global": {"_switch_role": "MD"}})
    assert client.role() == "managed-device"


def test_sys_info_comes_as_json_or_is_unsupported(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    with pytest.raises(Unsupported):
        client.sys_info()
    device["sys_info"] = SYS_INFO
    assert client.sys_info() == json.loads(SYS_INFO.payload())


def test_flash_space_and_clock_are_read(client: Aos8Client, device: ScriptedDevice) -> None:
    device["showcommand"] = shows(TEXTS)  # type: ignore[assignment]
    assert client.flash_space() == FlashSpace(int(5.8 * 1024**3), int(4.5 * 1024**3))
    clock = client.clock()
    assert clock is not None
    assert clock.isoformat() == "2020-09-13T10:11:21+00:00"


@pytest.mark.parametrize(
    "answer",
    [
        success("list_sorted_dir", LISTING),
        Answer({"_data": [LISTING]}),
        Answer({"_data": LISTING}),
        Answer({"_data": ["total 8", *LISTING.split("\n")], "_global_result": {"status": 0}}),
        success("list_sorted_dir", listing=["x", {"y": LISTING}]),
    ],
)
def test_list_flash_finds_the_listing_anywhere(
    client: Aos8Client, device: ScriptedDevice, answer: Answer
) -> None:
    device["list_sorted_dir"] = answer
    assert client.list_flash() == [FlashFile("default.cfg", 16283, "Nov  9 12:25")]
    assert device.asked[-1].json() == {"dir_sorted": "name"}


@pytest.mark.parametrize(
    "answer",
    [
        Answer({"ERROR": "Invalid Object"}),
        Answer("", status=404),
        Answer("", status=403),
        Answer("", status=500),
        Answer(""),
        Answer("<html></html>"),
        success("list_sorted_dir"),
        Answer({"_data": [LISTING], "_global_result": {"status": 1}}),
        Answer({"_data": [LISTING], "Error": "x"}),
    ],
)
def test_list_flash_device_that_does_not_tell_is_none(
    client: Aos8Client, device: ScriptedDevice, answer: Answer
) -> None:
    device["list_sorted_dir"] = answer
    assert client.list_flash() is None


def test_list_flash_dead_session_is_not_swallowed(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["list_sorted_dir"] = Answer("", status=401)
    with pytest.raises(SessionExpired):
        client.list_flash()


def test_list_flash_falls_back_to_dir(client: Aos8Client, device: ScriptedDevice) -> None:
    device["showcommand"] = Answer({"_data": [LISTING]})
    assert client.list_flash() == [FlashFile("default.cfg", 16283, "Nov  9 12:25")]
    assert device.asked[-1].query == {"command": ["dir"]}


def test_identity_again_asks_for_what_can_change(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["sys_info"] = SYS_INFO
    device["showcommand"] = shows(TEXTS)  # type: ignore[assignment]
    before = client.identity()
    asked = len(device.asked)
    assert client.identity_again(before) == before
    assert len(device.asked) - asked <= 5
    device["sys_info"] = Answer({"_local": {"_hardware": {"_mac": "00:0b:86:00:00:01"}}})
    assert client.identity_again(before).mac == "00:0b:86:00:00:01"


def test_identity_again_without_sys_info_asks_everything(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["showcommand"] = shows(TEXTS)  # type: ignore[assignment]
    before = client.identity()
    assert client.identity_again(before) == before
    device["showcommand"] = Answer("")
    assert client.identity_again(before) == Identity()


def test_identity_of_one_alone_asks_for_no_redundancy(
    client: Aos8Client, device: ScriptedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    device["sys_info"] = SYS_INFO
    device["showcommand"] = shows(TEXTS)  # type: ignore[assignment]
    monkeypatch.setitem(globals(), "SWITCHES", SWITCHES[:1])
    assert client.identity().role == "conductor"
    commands = [word for request in device.asked for word in request.query.get("command", [])]
    assert "show switches" in commands
    assert [command for command in commands if "redundancy" in command] == []
