from __future__ import annotations

from datetime import UTC, datetime

import pytest

from emulator import FlashSpec
from tests.emulator.conftest import Start


@pytest.mark.parametrize(
    ("profile", "text"),
    [("8.2", "Version 8.2.2.2\n"), ("8.6", "Version 8.6.0.5\n"), ("8.10", "Version 8.10.0.7\n")],
)
def test_show_version_is_that_of_the_profile(start: Start, profile: str, text: str) -> None:
    assert text in start(profile=profile).show("show version").json()["_data"][0]


def test_show_storage_has_the_flash_with_its_space(start: Start) -> None:
    client = start(flash=FlashSpec(size_mb=4096, used_mb=1024))

    lines = client.show("show storage").json()["_data"][0].splitlines()

    flash = next(line.split() for line in lines if line.endswith("/flash"))
    assert flash[1:] == ["4.0G", "1.0G", "3.0G", "25%", "/flash"]


def test_show_clock_has_offset_and_zone(start: Start) -> None:
    client = start(clock_offset_seconds=86400.0, time_zone="PDT", utc_offset_hours=-7.0)

    text = client.show("show clock").json()["_data"][0]

    shown = datetime.strptime(text.replace(" PDT", ""), "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    ahead = (shown - datetime.now(UTC)).total_seconds()
    assert 86400 - 7 * 3600 - 120 < ahead < 86400 - 7 * 3600 + 60


@pytest.mark.parametrize(
    ("profile", "command", "other"),
    [("8.6", "master", "conductor"), ("8.10", "conductor", "master")],
)
def test_show_redundancy_has_one_name_only(
    start: Start, profile: str, command: str, other: str
) -> None:
    client = start(profile=profile, peer="192.0.2.2")

    assert "current state is MASTER" in client.show(f"show {command}-redundancy").text
    assert client.show(f"show {other}-redundancy").content == b""


def test_show_redundancy_of_a_single_box_is_empty(start: Start) -> None:
    reply = start().show("show conductor-redundancy")

    assert (reply.status_code, reply.content) == (200, b"")


def test_show_switches_has_both_members_of_a_pair(start: Start) -> None:
    table = start(peer="192.0.2.2", profile="8.6").show("show switches").json()

    assert [row["Type"] for row in table["All Switches"]] == ["master", "standby"]
    assert table["_data"] == ["2"]


def test_show_database_is_a_list_of_escaped_lines(start: Start) -> None:
    lines = start().show("show database synchronize").json()["_data"]

    assert len(lines) == 4
    assert "doesn&#x27;t" in lines[3] or "doesn&#39;t" in lines[3]


@pytest.mark.parametrize(
    ("knob", "beginning"), [("text", "Hostname is mm1"), ("pseudo-xml", "<my_xml_tag")]
)
def test_show_text_comes_as_the_knob_says(start: Start, knob: str, beginning: str) -> None:
    reply = start(knobs={"show_type": knob}).show("show hostname")

    assert reply.headers["Content-Type"] == "text/plain"
    assert reply.text.startswith(beginning)


def test_show_dir_works_where_the_knob_says(start: Start) -> None:
    assert start().show("dir").content == b""
    assert "default.cfg" in start(knobs={"show_dir": True}).show("dir").json()["_data"][0]


@pytest.mark.parametrize(
    "command",
    [
        "show switchinfo",
        "show inventory",
        "show image version",
        "show boot",
        "show license",
        "show running-config",
    ],
)
def test_show_command_known_says_something(start: Start, command: str) -> None:
    assert start().show(command).json()["_data"]


def test_show_command_unknown_has_an_empty_body(start: Start) -> None:
    reply = start().show("show nothing at all")

    assert (reply.status_code, reply.content) == (200, b"")
