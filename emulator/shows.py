"""The show commands: texts in the shapes that live captures have."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Final

from emulator.conductor import Conductor
from emulator.flash import MEGABYTE
from emulator.messages import Json, Reply, json_reply
from emulator.sysinfo import role_word

Shown = str | list[str] | Json | None


def show_reply(conductor: Conductor, command: str) -> Reply:
    """Answer a command; one that is unknown or has nothing to say gives an empty body."""
    if command == "dir":
        shown: Shown = conductor.disk.listing() if conductor.knobs.show_dir else None
    else:
        show = SHOWS.get(command)
        shown = None if show is None else show(conductor)
    if shown is None:
        return Reply(200)
    if isinstance(shown, dict):
        return json_reply(shown)
    return _text_reply(conductor.knobs.show_type, command, shown)


def _text_reply(way: str, command: str, shown: str | list[str]) -> Reply:
    if way == "json":
        escaped = (
            [shown]
            if isinstance(shown, str)
            else [html.escape(line).replace("&#x27;", "&#39;") for line in shown]
        )
        return json_reply({"_data": escaped})
    text = shown if isinstance(shown, str) else "\n".join(shown)
    if way == "pseudo-xml":
        tag = "my_xml_tag" + str(len(command))
        text = f"<{tag}>\n{text}\n</{tag}>\n"
    return Reply(200, text.encode(), content_type="text/plain")


def _version(conductor: Conductor) -> Shown:
    identity = conductor.identity
    release, _, build = identity.version.partition("_")
    return (
        "Aruba Operating System Software.\n"
        f"ArubaOS (MODEL: {identity.model}), Version {release}\n"
        "Website: http://www.arubanetworks.com\n"
        "(c) Copyright 2023 Hewlett Packard Enterprise Development LP.\n"
        f"Compiled on 2023-06-25 at 00:14:10 UTC (build {build or '0'}) by p4build\n\n"
        "Switch uptime is 36 days 23 hours 45 minutes 35 seconds\n"
        "Reboot Cause: User reboot (Intent:cause: 86:50)\nSupervisor Card\n"
        "5703M bytes of memory\n4096M bytes of Supervisor Card system flash."
    )


def _storage(conductor: Conductor) -> Shown:
    disk = conductor.disk
    used, size = disk.used / MEGABYTE, disk.size / MEGABYTE
    share = round(100 * used / size)
    return (
        "Filesystem                Size      Used Available Use% Mounted on\n"
        "none                      3.0G     52.9M      2.9G   2% /tmp\n"
        f"/dev/sdb1           {_human(size):>10}{_human(used):>10}{_human(size - used):>10}"
        f" {share:>3}% /flash\n"
        "/dev/sda5                 1.4G    419.8M    983.3M  30% /mnt/disk1\n"
        "/dev/sda6                 1.4G    420.2M    982.8M  30% /mnt/disk2"
    )


def _human(megabytes: float) -> str:
    return f"{megabytes / 1024:.1f}G" if megabytes >= 1024 else f"{megabytes:.1f}M"


def _clock(conductor: Conductor) -> str:
    now = conductor.now()
    return f"{now:%a %b} {now.day} {now:%H:%M:%S} {conductor.spec.time_zone} {now.year}"


def _image_version(conductor: Conductor) -> Shown:
    release, _, build = conductor.identity.version.partition("_")
    return (
        f"---\nPartition       : 0:0 (/mnt/disk1) **Default boot**\n"
        f"Software Version: ArubaOS {release} (Digitally Signed SHA1/SHA256 - Production Build)\n"
        f"Build number    : {build}\nLabel           : {build}\n"
        "Built on        : Sun Jun 25 00:14:10 UTC 2023\n"
        "---\nPartition       : 0:1 (/mnt/disk2)\nImage not present"
    )


def _inventory(conductor: Conductor) -> Shown:
    identity = conductor.identity
    return (
        "Supervisor Card slot            : 0\n"
        f"System Serial#                  : {identity.serial}\n"
        f"SC Model#                       : {identity.model}\n"
        f"SC Serial#                      : {identity.serial}\n"
        f"HW MAC Addr                     : {identity.mac} to {identity.mac}"
    )


def _switches(conductor: Conductor) -> Shown:
    mine = _switch_row(conductor, conductor.address, conductor.identity.hostname)
    rows = [mine | {"Type": role_word(conductor)}]
    if conductor.spec.peer:
        other = "standby" if conductor.role != "standby" else conductor.knobs.redundancy_command
        rows.append(_switch_row(conductor, conductor.spec.peer, "peer") | {"Type": other})
    return {"All Switches": rows, "_data": [str(len(rows))], "_meta": list(rows[0])}


def _switch_row(conductor: Conductor, address: str, name: str) -> dict[str, str | None]:
    return {
        "IP Address": address,
        "IPv6 Address": "None",
        "Name": name,
        "Location": "Building1.floor1",
        "Type": None,
        "Model": conductor.identity.model,
        "Version": conductor.identity.version,
        "Status": "up",
        "Configuration State": "UPDATE SUCCESSFUL",
        "Config Sync Time (sec)": "0",
        "Config ID": "117",
    }


def _switchinfo(conductor: Conductor) -> Shown:
    return (
        f"Hostname is {conductor.identity.hostname}\nLocation not configured\n"
        f"{_clock(conductor)}\nController IP is {conductor.address}\n"
        f"Switch role is {role_word(conductor)}"
    )


def _redundancy(word: str) -> Callable[[Conductor], Shown]:
    def show(conductor: Conductor) -> Shown:
        if conductor.knobs.redundancy_command != word or not conductor.spec.peer:
            return None
        state = "BACKUP" if conductor.role == "standby" else "MASTER"
        return (
            f"{word.capitalize()} redundancy configuration:\n"
            f" VRRP Id 20 current state is {state}\n"
            f" Peer's IP Address is {conductor.spec.peer}\n Peer's IPSEC Key is ********"
        )

    return show


def _license(_conductor: Conductor) -> Shown:
    row = {
        "Key": "emulated-key-1",
        "Installed": "2023-07-02 02:28:12[3]",
        "Expires(Grace period expiry)": "Never",
        "Flags": None,
        "Service Type": "MM-VA: 500",
    }
    return {"License Table": [row], "_data": ["License Entries: 1"], "_meta": list(row)}


def _database(conductor: Conductor) -> Shown:
    never = "Standby not synchronized since last reboot"
    done = _clock(conductor) if conductor.spec.peer else never
    return [
        f"Last L2 synchronization time: {done}",
        "Last L3 synchronization time: Secondary not synchronized since last reboot",
        "L2 Periodic synchronization is disabled",
        "Synchronization doesn't include Captive Portal Custom data",
    ]


def _running(conductor: Conductor) -> Shown:
    return f"Building Configuration...\n \n{conductor.config_text}"


SHOWS: Final[dict[str, Callable[[Conductor], Shown]]] = {
    "show version": _version,
    "show storage": _storage,
    "show clock": _clock,
    "show image version": _image_version,
    "show inventory": _inventory,
    "show switches": _switches,
    "show switchinfo": _switchinfo,
    "show hostname": lambda conductor: f"Hostname is {conductor.identity.hostname}",
    "show boot": lambda _conductor: "Config ID: 117\n\n\nBoot Partition: PARTITION 0",
    "show master-redundancy": _redundancy("master"),
    "show conductor-redundancy": _redundancy("conductor"),
    "show license": _license,
    "show database synchronize": _database,
    "show running-config": _running,
}
