"""The demo's conductors: what the emulator plays and what the inventory says of them."""

from __future__ import annotations

import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

USERNAME: Final = "backup"
PASSWORD: Final = "demo & % + # pass"  # noqa: S105 - a pretend conductor's; odd on purpose
FAILING: Final = "mm-lab-4"
ONE_ADDRESS: Final = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Member:
    """One conductor of the demo; `archive_mb` is its flash archive's size."""

    name: str
    site: str
    profile: str
    archive_mb: float
    pair: str = ""
    role: str = "conductor"


MEMBERS: Final = (
    Member("mm-hq-1", "hq", "8.10", 9.0, "hq"),
    Member("mm-hq-2", "hq", "8.10", 9.0, "hq", "standby"),
    Member("mm-hq-3", "hq", "8.10", 6.0),
    Member("mm-hq-4", "hq", "8.6", 5.0),
    Member("mm-north-1", "north", "8.6", 7.0, "north"),
    Member("mm-north-2", "north", "8.6", 7.0, "north", "standby"),
    Member("mm-north-3", "north", "8.10", 4.0),
    Member("mm-north-4", "north", "8.10", 4.0),
    Member("mm-lab-1", "lab", "8.10", 2.0),
    Member("mm-lab-2", "lab", "8.6", 2.0),
    Member("mm-lab-3", "lab", "8.2", 1.5),
    Member(FAILING, "lab", "8.10", 2.0),
)


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports of this demo run; the receiver cannot have 22 without privileges."""

    receiver: int
    mail: int


def free_ports() -> Ports:
    """Return two free ports of this machine."""
    with closing(_listening()) as first, closing(_listening()) as second:
        return Ports(first.getsockname()[1], second.getsockname()[1])


def write_fleet(path: Path, ports: Ports) -> None:
    """Write what the emulator plays: device seconds, sizes, and one conductor's fault."""
    content: dict[str, Any] = {
        "defaults": {
            "credentials": {"username": USERNAME, "password": PASSWORD},
            "scp_port": ports.receiver,
            "delays": {
                "login": 0.1,
                "show": 0.05,
                "copy_running_flash": 0.5,
                "flash_backup": 2.0,
                "scp_connect": 0.1,
            },
            "content": {"lines": 900},
        },
        "conductors": [_conductor(number, member) for number, member in enumerate(MEMBERS)],
    }
    if not every_loopback_address():
        content["listen"] = {"address": ONE_ADDRESS, "first_port": 14343}
    _write(path, content)


def write_settings(folder: Path, ports: Ports, ca_file: Path) -> Path:
    """Write nornir_config.yaml and the inventory that go with the fleet; return the former."""
    inventory = folder / "inventory"
    inventory.mkdir(exist_ok=True)
    _write(inventory / "hosts.yaml", dict(map(_host, range(len(MEMBERS)), MEMBERS)))
    sites = dict.fromkeys(member.site for member in MEMBERS)
    _write(inventory / "groups.yaml", {site: {"data": {"site": site}} for site in sites})
    _write(inventory / "defaults.yaml", {"data": {"tls_ca": str(ca_file)}})
    settings = folder / "nornir_config.yaml"
    _write(settings, {"user_defined": _user_defined(ports)})
    return settings


def every_loopback_address() -> bool:
    """Say whether all of 127.0.0.0/8 is this machine, as on Linux."""
    try:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.1.1", 0))
    except OSError:
        return False
    return True


def _conductor(number: int, member: Member) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": member.name,
        "profile": member.profile,
        "role": member.role,
        "content": {"seed": number + 1, "archive_bytes": int(member.archive_mb * 1_000_000)},
    }
    if every_loopback_address():
        entry["address"] = _address(number)
    if member.role == "standby":
        entry["knobs"] = {"standby_writes": "accepted"}
    if member.name == FAILING:
        entry["faults"] = [{"step": "flash_backup", "kind": "truncated"}]
    return entry


def _host(number: int, member: Member) -> tuple[str, dict[str, Any]]:
    entry: dict[str, Any] = {"hostname": _address(number), "groups": [member.site]}
    if not every_loopback_address():
        entry |= {"hostname": ONE_ADDRESS, "port": 14343 + number}
    if member.pair:
        entry["data"] = {"pair": member.pair}
    return member.name, entry


def _address(number: int) -> str:
    return f"127.0.1.{number + 1}"


def _user_defined(ports: Ports) -> dict[str, Any]:
    return {
        "vault": {"path": "vault", "min_free_mb": 100},
        "receiver": {"address": ONE_ADDRESS, "listen": [ONE_ADDRESS], "port": ports.receiver},
        "mail": {
            "host": ONE_ADDRESS,
            "port": ports.mail,
            "security": "none",
            "sender": "conductor-backup@example.org",
            "recipients": ["network-team@example.org"],
        },
        "log": {"file": "run.log", "level": "debug"},
    }


def _listening() -> socket.socket:
    listener = socket.socket()
    listener.bind((ONE_ADDRESS, 0))
    return listener


def _write(path: Path, content: dict[str, Any]) -> None:
    yaml = YAML()
    yaml.default_flow_style = False
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
