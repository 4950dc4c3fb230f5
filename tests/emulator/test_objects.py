from __future__ import annotations

from typing import Any

import pytest
import requests

from emulator import FlashSpec
from tests.emulator.conftest import Start
from tests.support.emulated import Client


def _status(reply: dict[str, Any]) -> int:
    return int(reply["_global_result"]["status"])


def test_flash_backup_stores_an_archive_and_echoes_its_members(start: Start) -> None:
    client = start()

    reply = client.post("flash_backup", backup_flash="flash", filename="bk")

    assert reply["flash_backup"]["filename"] == "bk"
    assert reply["_global_result"] == {"status": 0, "status_str": "Success", "_pending": False}
    assert client.conductor.flash["bk.tar.gz"].startswith(b"\x1f\x8b")


@pytest.mark.parametrize("kind", ["flash", "config"])
def test_flash_backup_without_name_takes_the_default(start: Start, kind: str) -> None:
    client = start()

    client.post("flash_backup", backup_flash=kind)

    assert f"{kind}backup.tar.gz" in client.conductor.flash


@pytest.mark.parametrize(
    ("knob", "echoed", "stored"),
    [
        ("honoured", "bk", "bk.tar.gz"),
        ("ignored", None, "flashbackup.tar.gz"),
        ("renamed", "flashbackup", "flashbackup.tar.gz"),
        ("misnamed", "bk", "flashbackup.tar.gz"),
    ],
)
def test_flash_backup_name_is_treated_as_the_knob_says(
    start: Start, knob: str, echoed: str | None, stored: str
) -> None:
    client = start(knobs={"filename": knob})

    reply = client.post("flash_backup", backup_flash="flash", filename="bk")

    assert reply["flash_backup"].get("filename") == echoed
    assert [name for name in client.conductor.flash if name.endswith("gz")] == [stored]


def test_flash_backup_name_rejected_fails_and_stores_nothing(start: Start) -> None:
    client = start(knobs={"filename": "rejected"})

    assert _status(client.post("flash_backup", backup_flash="flash", filename="bk")) == 1
    assert "flashbackup.tar.gz" not in client.conductor.flash


@pytest.mark.parametrize("name", ["../x", "/flash/x", "", "a b", ".hidden", "x" * 128])
def test_flash_backup_unsafe_name_is_refused(start: Start, name: str) -> None:
    client = start()

    assert _status(client.post("flash_backup", backup_flash="flash", filename=name)) == 1


def test_flash_backup_of_unknown_kind_is_refused(start: Start) -> None:
    assert _status(start().post("flash_backup", backup_flash="other")) == 1


def test_flash_backup_on_a_full_flash_fails_with_the_reason(start: Start) -> None:
    client = start(flash=FlashSpec(size_mb=10, used_mb=10))

    result = client.post("flash_backup", backup_flash="flash")["_global_result"]

    assert result["status"] == 1
    assert "No space left" in result["status_str"]


def test_copy_running_flash_stores_the_configuration(start: Start) -> None:
    client = start(hostname="mm-hq-1")

    client.post("copy_running_flash", filename="bk.cfg")

    text = client.conductor.flash["bk.cfg"].decode()
    assert text.startswith('version 8.10\nhostname "mm-hq-1"\n')
    assert text.endswith("\nend\n")


def test_delete_removes_one_file_only(start: Start) -> None:
    client = start(flash=FlashSpec(files={"mine.txt": 10, "theirs.txt": 10}))

    assert _status(client.post("delete_file_ssh_hosts", **{"file-name": "mine.txt"})) == 0
    assert "mine.txt" not in client.conductor.flash
    assert "theirs.txt" in client.conductor.flash


def test_delete_of_an_absent_file_fails(start: Start) -> None:
    assert _status(start().post("delete_file_ssh_hosts", **{"file-name": "none"})) == 1


def test_delete_object_unknown_on_some_devices(start: Start) -> None:
    client = start(knobs={"delete_object": "unknown"})

    reply = client.post("delete_file_ssh_hosts", **{"file-name": "default.cfg"})

    assert reply == {"ERROR": "Invalid Object"}
    assert "default.cfg" in client.conductor.flash


@pytest.mark.parametrize(("knob", "left"), [("only-flash", {"x.tar.gz"}), ("all-tar", set())])
def test_tar_clean_removes_what_the_knob_says(start: Start, knob: str, left: set[str]) -> None:
    files = {"flash.tar.gz": 5, "x.tar.gz": 5}
    client = start(knobs={"tar_clean": knob}, flash=FlashSpec(files=files))

    assert _status(client.post("tar_flash_clean")) == 0
    assert {name for name in client.conductor.flash if name.endswith("gz")} == left


def test_tar_flash_and_rename_move_the_archive(start: Start) -> None:
    client = start()
    client.post("tar_flash")

    client.post("rename_file", filename="flash.tar.gz", newfilename="kept.tar.gz")

    assert "kept.tar.gz" in client.conductor.flash
    assert "flash.tar.gz" not in client.conductor.flash


def _listing_place(client: Client) -> str:
    reply = client.post("list_sorted_dir", dir_sorted="name")
    places = {
        "status_str": reply.get("_global_result", {}).get("status_str", ""),
        "data": "".join(reply.get("_data", [])),
        "member": reply.get("list_sorted_dir", {}).get("directory", ""),
        "absent": reply.get("ERROR", ""),
    }
    return ",".join(k for k, v in places.items() if "default.cfg" in v or v == "Invalid Object")


@pytest.mark.parametrize("knob", ["status_str", "data", "member", "absent"])
def test_listing_lies_where_the_knob_says(start: Start, knob: str) -> None:
    assert _listing_place(start(knobs={"listing": knob})) == knob


def test_listing_filtered_has_the_keyword_only(start: Start) -> None:
    client = start(flash=FlashSpec(files={"bk-1.cfg": 7}))

    text = client.post("list_filtered_dir_by_keyword", keyword="bk-")["_global_result"]

    assert text["status_str"].split()[4] == "7"
    assert text["status_str"].endswith(" bk-1.cfg")


@pytest.mark.parametrize(("knob", "status"), [("refused", 1), ("accepted", 0)])
def test_standby_takes_writes_as_the_knob_says(start: Start, knob: str, status: int) -> None:
    client = start(role="standby", knobs={"standby_writes": knob})

    assert _status(client.post("write_memory")) == status


def test_restore_without_its_archive_fails(start: Start) -> None:
    client = start(flash=FlashSpec(files={"bk.tar.gz": 5}))

    assert _status(client.post("flash_restore", restore_flash="flash", filename="bk")) == 0
    assert _status(client.post("flash_restore", restore_flash="flash", filename="no")) == 1


def test_reload_drops_sessions_and_refuses_connections(start: Start) -> None:
    client = start(reload_seconds=3600.0)

    assert _status(client.post("reload")) == 0
    assert client.conductor.sessions_open == 0
    with pytest.raises(requests.ConnectionError):
        client.show("show version")
    with pytest.raises(requests.ConnectionError, match="refused"):
        client.login()


def test_reload_done_knows_the_old_session_no_longer(start: Start) -> None:
    client = start(reload_seconds=0.0)

    client.post("reload")

    assert client.show("show version").status_code == 401
    assert client.login().status_code == 200


def test_sys_info_tells_role_version_and_mac(start: Start) -> None:
    client = start(mac="00:0B:86:01:02:03", role="standby")

    info = client.get("/v1/configuration/object/sys_info").json()

    assert info["_global"]["_switch_role"] == "standby"
    assert info["_global"]["_version"]["_image_version"] == "8.10.0.7_86118"
    assert info["_local"]["_hardware"]["_mac"] == "00:0b:86:01:02:03"


def test_sys_info_is_unknown_to_some_devices(start: Start) -> None:
    client = start(knobs={"sys_info": False})

    assert client.get("/v1/configuration/object/sys_info").json() == {"ERROR": "Invalid Object"}


def test_node_hierarchy_names_the_device(start: Start) -> None:
    tree = start().get("/v1/configuration/object/node_hierarchy").json()

    assert tree["childnodes"][1]["devices"][0]["name"] == "mm1"
