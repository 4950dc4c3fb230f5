"""A fleet of pretend conductors in this process, and the project that backs it up in another."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from socket import socket
from typing import Any, Final

from ruamel.yaml import YAML

from benchmarks.child import ROOT
from benchmarks.site import PASSWORD, RECEIVER, USERNAME
from emulator import Conductor, ConductorSpec, Fleet
from emulator.fleet import loopback

FIRST_ADDRESS: Final = 20_000
OURS: Final = re.compile(r"bk-.*|(flash|config)backup\.tar\.gz")
LONGEST_RUN: Final = 600.0
PATIENCE: Final[Mapping[str, Any]] = {
    "connect_timeout": 5,
    "read_timeout": 6,
    "backup_timeout": 6,
    "transfer_timeout": 6,
    "busy_seconds": 4,
    "retry_seconds": 3,
    "host_deadline": 90,
    "min_free_flash_mb": 10,
}
"""Seconds that are short enough for pretend conductors, and long enough for a busy machine."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended; `rows` are the report's, by host."""

    code: int
    seconds: float
    report: Mapping[str, Any]
    output: str = field(repr=False)

    @property
    def rows(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the row of each host."""
        return {row["host"]: row for row in self.report.get("hosts", ())}


@dataclass(frozen=True, slots=True)
class Arena:
    """A running fleet with the folder of the project that knows it."""

    fleet: Fleet
    folder: Path
    workers: int

    @property
    def vault(self) -> Path:
        """Where the backups go."""
        return self.folder / "vault"

    @property
    def report_file(self) -> Path:
        """Where a run leaves its report."""
        return self.folder / "report.json"

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a run as its own process."""
        self.report_file.unlink(missing_ok=True)
        config = ["--config", str(self.folder / "nornir_config.yaml")]
        if arguments and not arguments[0].startswith("-"):
            words = [arguments[0], *config, *arguments[1:]]
        else:
            report = ["--json", str(self.report_file), "--workers", str(self.workers)]
            words = [*config, *report, *arguments]
        return subprocess.Popen(
            [sys.executable, str(ROOT / "runbook.py"), *words],
            env=_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str], since: float) -> Ended:
        """Wait for the end of a run that was started at monotonic time `since`."""
        output, _ = process.communicate(timeout=LONGEST_RUN)
        seconds = time.monotonic() - since
        there = self.report_file.exists()
        report = json.loads(self.report_file.read_bytes()) if there else {}
        return Ended(process.returncode, seconds, report, output)

    def run(self, *arguments: str) -> Ended:
        """Start a run and wait for its end."""
        since = time.monotonic()
        return self.finish(self.start(*arguments), since)

    def calm(self) -> None:
        """Let every conductor behave again."""
        for device in self.fleet:
            device.clear_faults()
            device.role = device.spec.role


@contextmanager
def arena(folder: Path, specs: Sequence[ConductorSpec], *, workers: int = 40) -> Iterator[Arena]:
    """Run `specs` with one account, each at an address of its own, and write the project."""
    with closing(socket()) as probe:
        probe.bind((RECEIVER, 0))
        port = probe.getsockname()[1]
    settled = [_settled(spec, number, port) for number, spec in enumerate(specs)]
    with Fleet(settled, request_log=folder / "requests.jsonl") as fleet:
        _write_project(folder, fleet, port)
        yield Arena(fleet, folder, workers)


def ours_on(device: Conductor) -> set[str]:
    """Return the names on a conductor's flash that only this program gives."""
    return {name for name in device.flash if OURS.fullmatch(name)}


def _settled(spec: ConductorSpec, number: int, port: int) -> ConductorSpec:
    account = replace(spec.credentials, username=USERNAME, password=PASSWORD)
    address = loopback(FIRST_ADDRESS + number)
    return replace(spec, address=address, port=0, scp_port=port, credentials=account)


def _write_project(folder: Path, fleet: Fleet, port: int) -> None:
    (folder / "inventory").mkdir()
    hosts = {d.spec.name: {"hostname": d.address, "port": d.port} for d in fleet}
    _write(folder / "inventory" / "hosts.yaml", hosts)
    policy = {"tls_ca": str(fleet.ca_file), **PATIENCE}
    _write(folder / "inventory" / "defaults.yaml", {"data": policy})
    receiver = {"address": RECEIVER, "listen": [RECEIVER], "port": port}
    own = {
        "vault": {"path": "vault", "min_free_mb": 1},
        "receiver": receiver,
        "log": {"file": "run.log", "level": "debug"},
    }
    _write(folder / "nornir_config.yaml", {"user_defined": own})


def _write(path: Path, content: Mapping[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(dict(content), stream)


def _environment() -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("AOS8_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {"AOS8_USERNAME": USERNAME, "AOS8_PASSWORD": PASSWORD}
