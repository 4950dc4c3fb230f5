"""Facts out of live captures, and out of texts that tell nothing."""

from __future__ import annotations

import pytest

from aos8 import FlashSpace, facts
from aos8.facts import Redundancy

VERSION = (
    "Aruba Operating System Software.\nArubaOS (MODEL: ArubaMM-VA), Version 8.6.0.5\n"
    "Website: http://www.arubanetworks.com\n"
    "(c) Copyright 2020 Hewlett Packard Enterprise Development LP.\n"
    "Compiled on 2020-06-25 at 00:14:10 UTC (build 75979) by p4build\n\nBIOS Version: ...\n"
)
STORAGE = (
    "Filesystem                Size      Used Available Use% Mounted on\n"
    "none                      3.0G     52.9M      2.9G   2% /tmp\n"
    "/dev/sdb1                 5.8G    993.3M      4.5G  18% /flash\n"
    "/dev/sda5                 1.4G    419.8M    983.3M  30% /mnt/disk1\n"
    "/dev/sda6                 1.4G    420.2M    982.8M  30% /mnt/disk2"
)
INVENTORY = (
    "Supervisor Card slot            : 0\n"
    "System Serial#                  : MM0A1B2C3 (Date:06/20/19)\n"
    "SC Assembly#                    : 2010052B (Rev:02.01)\n"
    "SC Serial#                      : C00002127 (Date:05/25/04)\n"
    "Mgmt HW MAC Addr                : 00:0B:86:50:38:80\n"
    "HW MAC Addr                     : 00:0B:86:50:38:90 to 00:0B:86:50:38:9F\n"
)
SWITCHES = [
    {"IP Address": "10.17.84.220", "Name": "NaaS-MM-11", "Type": "master", "Model": "ArubaMM-VA"},
    {"IP Address": "10.17.84.221", "Name": "NaaS-MM-12", "Type": "standby", "Model": "ArubaMM-VA"},
    {"IP Address": "10.17.84.230", "Name": "MD-1", "Type": "MD", "Model": "ArubaMC-VA"},
]


def test_version_live_text_gives_model_and_release() -> None:
    assert facts.read_model(VERSION) == "ArubaMM-VA"
    assert facts.read_version(VERSION) == "8.6.0.5"
    assert facts.read_version("8.10.0.5_83710") == "8.10.0.5"
    assert facts.read_version("ArubaOS (MODEL: ArubaMM-VA), Version 8.10.0.2 LSR") == "8.10.0.2"


def test_flash_space_live_text_gives_bytes() -> None:
    space = facts.read_flash_space(STORAGE)
    assert space == FlashSpace(size=int(5.8 * 1024**3), available=int(4.5 * 1024**3))


def test_flash_space_several_lines_are_summed_and_wrapped_lines_read() -> None:
    text = (
        "/dev/mapper/a-very-long-name-of-a-volume\n    1000M  200M  800M  20% /flash\n"
        "/dev/sdb2   1K 512 512 50% /flash  \n/dev/sdc1 9G 1G 8G 1% /flash2\n"
    )
    assert facts.read_flash_space(text) == FlashSpace(1000 * 1024**2 + 1024, 800 * 1024**2 + 512)


@pytest.mark.parametrize("text", ["", "x", "none 3.0G 52.9M 2.9G 2% /tmp", "a b c d% /flash"])
def test_flash_space_without_a_flash_line_is_none(text: str) -> None:
    assert facts.read_flash_space(text) is None


def test_flash_space_absurd_figures_are_none() -> None:
    assert facts.read_flash_space("/dev/sdb1 1.2.3G 1G 4..5G 18% /flash") is None


def test_inventory_gives_serial_and_mac() -> None:
    assert facts.read_serial(INVENTORY) == "MM0A1B2C3"
    assert facts.read_mac(INVENTORY) == "00:0b:86:50:38:90"
    assert (
        facts.read_serial("SC      Serial#           \t: C00002127 (Date:05/25/04)") == "C00002127"
    )
    assert facts.read_mac("Mgmt Port HW MAC Addr : 00:0C:29:01:02:03") == "00:0c:29:01:02:03"


def test_hostname_text_is_read() -> None:
    assert facts.read_hostname("Hostname is NaaS-MM-11") == "NaaS-MM-11"


def test_facts_of_nothing_are_empty() -> None:
    assert {
        facts.read_model(""),
        facts.read_version("no digits"),
        facts.read_hostname(""),
        facts.read_serial(""),
        facts.read_mac("MAC: none"),
        facts.normal_mac("00:11"),
    } == {""}
    assert facts.read_redundancy("This command is not applicable") == Redundancy()
    assert facts.read_sys_info({"_global": [], "_local": {"_hardware": 3}}) == facts.Identity()


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("master", "conductor"),
        ("Conductor", "conductor"),
        ("standby", "standby"),
        ("BACKUP", "standby"),
        ("MD", "managed-device"),
        ("Stand-alone", "stand-alone"),
        ("branch", "branch"),
        ("", ""),
    ],
)
def test_role_words_of_all_releases_are_one(word: str, role: str) -> None:
    assert facts.normal_role(word) == role


@pytest.mark.parametrize(("state", "role"), [("MASTER", "conductor"), ("BACKUP", "standby")])
def test_redundancy_state_and_peer_are_read(state: str, role: str) -> None:
    text = f"VRRP Id 1 current state is {state}\n    Peer's IP Address is 10.1.1.3\n"
    assert facts.read_redundancy(text) == Redundancy(role=role, peer="10.1.1.3")


def test_switches_give_own_role_and_the_one_peer() -> None:
    assert facts.read_switch_role(SWITCHES, hostname="NaaS-MM-11") == "conductor"
    assert facts.read_switch_role(SWITCHES, hostname="NaaS-MM-12") == "standby"
    assert facts.read_switch_role(SWITCHES, hostname="") == ""
    assert facts.read_switch_role(SWITCHES, hostname="other") == ""
    assert facts.read_switch_peer(SWITCHES, hostname="NaaS-MM-11") == "10.17.84.221"
    assert facts.read_switch_peer(SWITCHES, hostname="other") == ""


def test_sys_info_gives_role_version_and_mac() -> None:
    info = facts.read_sys_info(
        {
            "_global": {"_switch_role": "master", "_version": {"_image_version": "8.10.0.5_83710"}},
            "_local": {"_type": "device", "_hardware": {"_mac": "00:0C:29:AA:BB:CC"}},
        }
    )
    assert (info.role, info.version, info.mac) == ("conductor", "8.10.0.5", "00:0c:29:aa:bb:cc")
