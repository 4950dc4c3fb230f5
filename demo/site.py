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
API_PORT: Final = 4343
FIRST_PORT: Final = 14343


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
class Places:
    """Where this demo run listens; the receiver cannot have port 22 without privileges.

    `net` is "127.0.1" or the next that is free, "" where a system has one loopback address only.
    """

    receiver: int
    mail: int
    net: str

    def of(self, number: int) -> tuple[str, int]:
        """Return address and port of the conductor with this number."""
        if self.net:
            return f"{self.net}.{number + 1}", API_PORT
        return ONE_ADDRESS, FIRST_PORT + number


def free_places() -> Places:
    """Return ports and loopback addresses of this machine that nobody listens on."""
    net = next((f"127.0.{number}" for number in range(1, 255) if _is_free(f"127.0.{number}")), "")
    with closing(_listening()) as first, closing(_listening()) as second:
        return Places(first.getsockname()[1], second.getsockname()[1], net)


def write_fleet(path: Path, places: Places) -> None:
    """Write what the emulator plays: device seconds, sizes, and one conductor's fault."""
    content: dict[str, Any] = {
        "defaults": {
            "credentials": {"username": USERNAME, "password": PASSWORD},
            "scp_port": places.receiver,
            "delays": {
                "login": 0.1,
                "show": 0.05,
                "copy_running_flash": 0.5,
                "flash_backup": 2.0,
                "scp_connect": 0.1,
            },
            "content": {"lines": 900},
        },
        "conductors": [_conductor(places.of(i), i + 1, m) for i, m in enumerate(MEMBERS)],
    }
    _write(path, content)


def write_settings(folder: Path, places: Places, ca_file: Path) -> Path:
    """Write nornir_config.yaml and the inventory that go with the fleet; return the former."""
    inventory = folder / "inventory"
    inventory.mkdir(exist_ok=True)
    _write(
        inventory / "hosts.yaml", {m.name: _host(places.of(i), m) for i, m in enumerate(MEMBERS)}
    )
    sites = dict.fromkeys(member.site for member in MEMBERS)
    _write(inventory / "groups.yaml", {site: {"data": {"site": site}} for site in sites})
    _write(inventory / "defaults.yaml", {"data": {"tls_ca": str(ca_file)}})
    settings = folder / "nornir_config.yaml"
    _write(settings, {"user_defined": _user_defined(places)})
    return settings


def _is_free(net: str) -> bool:
    """Say whether this system has the addresses of `net`, and nobody listens on the first."""
    try:
        with closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((f"{net}.1", API_PORT))
            probe.listen()
    except OSError:
        return False
    return True


def _conductor(place: tuple[str, int], seed: int, member: Member) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": member.name,
        "address": place[0],
        "port": place[1],
        "profile": member.profile,
        "role": member.role,
        "content": {"seed": seed, "archive_bytes": int(member.archive_mb * 1_000_000)},
    }
    if member.role == "standby":
        entry["knobs"] = {"standby_writes": "accepted"}
    if member.name == FAILING:
        entry["faults"] = [{"step": "flash_backup", "kind": "truncated"}]
    return entry


def _host(place: tuple[str, int], member: Member) -> dict[str, Any]:
    address, port = place
    entry: dict[str, Any] = {"hostname": address, "port": port, "groups": [member.site]}
    if member.pair:
        entry["data"] = {"pair": member.pair}
    return entry


def _user_defined(places: Places) -> dict[str, Any]:
    return {
        "vault": {"path": "vault", "min_free_mb": 100},
        "receiver": {"address": ONE_ADDRESS, "listen": [ONE_ADDRESS], "port": places.receiver},
        "mail": {
            "host": ONE_ADDRESS,
            "port": places.mail,
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
