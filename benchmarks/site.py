"""The conductors of a benchmark: what the emulator plays and what the inventory says of them."""

from __future__ import annotations

import json
import os
import socket
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from emulator.fleet import loopback

USERNAME: Final = "backup"
PASSWORD: Final = "benchmark-Pass-1"
RECEIVER: Final = "127.0.0.1"
CONFIG_NAME: Final = "running.cfg"
FLASH_NAME: Final = "flash.tar.gz"
CONFIG_LINES: Final = 900
FIRST_ADDRESS: Final = 10_000
"""127.0.41.1: the demo and the tests, which begin at 127.0.1.1, may run at the same time."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured: how many conductors, how slow, how big, and how many at once.

    `scp` is what the conductors' SCP clients offer, in the emulator's words.
    """

    conductors: int
    device_seconds: float
    archive_mb: float
    workers: int
    scp: str

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all conductors."""
        return tuple(f"mm-{number:04d}" for number in range(1, self.conductors + 1))


@dataclass(frozen=True, slots=True)
class Site:
    """The files of one benchmark below `folder`, and the port to which conductors push."""

    folder: Path
    port: int
    plan: Plan

    @property
    def fleet(self) -> Path:
        """What the emulator plays."""
        return self.folder / "fleet.yaml"

    @property
    def ca_file(self) -> Path:
        """The authority that the emulator makes."""
        return self.folder / "ca.pem"

    @property
    def host_key(self) -> Path:
        """The one host key of every receiver: conductors remember it."""
        return self.folder / "host-key" / "rsa"

    def write_fleet(self) -> None:
        """Write the emulator's file: every conductor is as slow and as big as the plan says."""
        plan = self.plan
        content = {
            "defaults": {
                "credentials": {"username": USERNAME, "password": PASSWORD},
                "scp_port": self.port,
                "knobs": {"scp_algorithms": plan.scp},
                "delays": {"flash_backup": plan.device_seconds},
                "content": {
                    "archive_bytes": int(plan.archive_mb * 1_000_000),
                    "lines": CONFIG_LINES,
                },
            },
            "conductors": [
                {"name": name, "address": address_of(number)}
                for number, name in enumerate(plan.names)
            ],
        }
        _write(self.fleet, content)

    def write_settings(self, vault: str) -> Path:
        """Write settings and inventory for a run into a vault of its own; return the settings."""
        folder = self.folder / vault
        inventory = folder / "inventory"
        inventory.mkdir(parents=True)
        hosts = {name: {"hostname": address_of(n)} for n, name in enumerate(self.plan.names)}
        _write(inventory / "hosts.yaml", hosts)
        _write(inventory / "defaults.yaml", {"data": {"tls_ca": str(self.ca_file)}})
        receiver = {
            "address": RECEIVER,
            "listen": [RECEIVER],
            "port": self.port,
            "host_key": str(self.host_key),
        }
        settings = folder / "nornir_config.yaml"
        own = {"vault": {"path": "vault", "min_free_mb": 100}, "receiver": receiver}
        _write(settings, {"user_defined": own})
        return settings

    def write_jobs(self, path: Path, count: int) -> None:
        """Write which of the conductors `benchmarks.receiving` has to expect: the first `count`."""
        hosts = {name: address_of(n) for n, name in enumerate(self.plan.names[:count])}
        jobs = {"port": self.port, "host_key": str(self.host_key), "hosts": hosts}
        write_private(path, jobs)


def address_of(number: int) -> str:
    """Return the address of a conductor by its place in the plan."""
    return loopback(FIRST_ADDRESS + number)


def make_site(folder: Path, plan: Plan) -> Site:
    """Choose a free port, and write what the emulator plays."""
    with closing(socket.socket()) as probe:
        probe.bind((RECEIVER, 0))
        site = Site(folder, probe.getsockname()[1], plan)
    site.write_fleet()
    return site


def write_private(path: Path, content: dict[str, Any]) -> None:
    """Write JSON 0600: it holds passwords, if only of tickets."""
    draft = path.with_name(path.name + ".new")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file)
    draft.replace(path)


def _write(path: Path, content: dict[str, Any]) -> None:
    yaml = YAML()
    yaml.default_flow_style = False
    with path.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
