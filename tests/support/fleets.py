"""A fleet of pretend conductors with a project folder that backs them up."""

from __future__ import annotations

import io
import json
import logging
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from emulator import ConductorSpec, Fleet
from runbook import main
from tests.support.projects import Project, write_yaml

ROOT = Path(__file__).parents[2]
USERNAME = "backup"
PASSWORD = "Fleet & % + # pass-1"
SITES = ("hq", "lab")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the command line ended; `report` is its JSON."""

    code: int
    out: str
    err: str
    report: Mapping[str, Any]

    def __post_init__(self) -> None:
        told = self.report.get("exit_code", self.code)
        assert told == self.code, f"the report says {told}, the program ended with {self.code}"

    @property
    def verdicts(self) -> dict[str, str]:
        """Verdict by host."""
        return {row["host"]: row["verdict"] for row in self.report["hosts"]}

    def row(self, host: str) -> Mapping[str, Any]:
        """The row of one host."""
        found: Mapping[str, Any] = next(r for r in self.report["hosts"] if r["host"] == host)
        return found

    def codes(self, host: str) -> list[str]:
        """The reason codes of one host."""
        return [reason["code"] for reason in self.row(host)["reasons"]]


@dataclass(frozen=True, slots=True)
class FleetProject:
    """A running fleet and the project folder that knows it."""

    project: Project
    fleet: Fleet
    port: int
    request_log: Path

    def environment(self) -> dict[str, str]:
        """The environment in which the command line finds its secrets."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("AOS8_")}
        return kept | {"AOS8_USERNAME": USERNAME, "AOS8_PASSWORD": PASSWORD}

    def runbook(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
        """Run the command line within this process, which spares its imports."""
        target = self._report_file()
        words = [*arguments, "--json", str(target), "--config", str(self.project.config)]
        code, out, err = call_main(words, environment or self.environment())
        return Ended(code, out, err, _read_report(target))

    def process(self, *arguments: str, cwd: Path | None = None) -> Ended:
        """Run the command line as its own process, as cron does."""
        target = self._report_file()
        done = subprocess.run(
            self.command(*arguments, "--json", str(target)),
            env=self.environment(),
            cwd=cwd or self.project.folder,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr, _read_report(target))

    @property
    def report_file(self) -> Path:
        """Where a run of the command line leaves its report."""
        return self.project.folder / "report.json"

    def last_report(self, code: int) -> Ended:
        """Return how a process ended that was started by hand and wrote `report_file`."""
        return Ended(code, "", "", _read_report(self.report_file))

    def _report_file(self) -> Path:
        self.report_file.unlink(missing_ok=True)
        return self.report_file

    def command(self, *arguments: str) -> list[str]:
        """The command line that runs this project."""
        config = str(self.project.config)
        return [sys.executable, str(ROOT / "runbook.py"), *arguments, "--config", config]

    def requests(self) -> list[dict[str, Any]]:
        """The emulator's request log."""
        return [json.loads(line) for line in self.request_log.read_text().splitlines()]

    def generation(self, host: str) -> Path:
        """The folder of the newest generation of a host."""
        return (self.project.vault / "conductors" / host / "latest").resolve(strict=True)

    def generations(self, host: str) -> list[str]:
        """The names of the generations of a host, oldest first."""
        folder = self.project.vault / "conductors" / host
        if not folder.exists():
            return []
        return sorted(p.name for p in folder.iterdir() if p.is_dir() and not p.is_symlink())

    def nothing_is_left(self) -> None:
        """Assert that every session is closed and no file of ours is on any flash."""
        for device in self.fleet:
            assert device.sessions_open == 0, device.spec.name
            assert device.logins == device.logouts, device.spec.name
            ours = [n for n in device.flash if n.startswith("bk-") or n.endswith("backup.tar.gz")]
            assert ours == [], device.spec.name


def call_main(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str, str]:
    """Call the command line's `main`; return exit code, stdout and stderr."""
    out, err = io.StringIO(), io.StringIO()
    root = logging.getLogger()
    before, handlers, level = dict(os.environ), list(root.handlers), root.level
    os.environ.clear()
    os.environ.update(environment)
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main(list(arguments))
    except SystemExit as leaving:
        code = int(leaving.code or 0)
    finally:
        os.environ.clear()
        os.environ.update(before)
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
    return code, out.getvalue(), err.getvalue()


def _read_report(target: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = {"hosts": []}
    return json.loads(target.read_text()) if target.exists() else found


@contextmanager
def fleet_project(
    folder: Path,
    specs: Sequence[ConductorSpec],
    *,
    data: Mapping[str, Mapping[str, Any]] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[FleetProject]:
    """Run `specs` and write the project; `data` adds keys to a host's data (or to "defaults")."""
    project = Project(folder)
    port = free_port()
    specs = [replace(spec, port=0, scp_port=port, credentials=_credentials(spec)) for spec in specs]
    log = folder / "requests.jsonl"
    with Fleet(specs, request_log=log) as fleet:
        _write_inventory(project, fleet, data or {})
        user_defined = {
            "receiver": {"address": "127.0.0.1", "listen": ["127.0.0.1"], "port": port},
            "vault": {"min_free_mb": 1},
            "log": {"file": "run.log", "level": "debug"},
        }
        project.settings(**(user_defined | dict(settings or {})))
        yield FleetProject(project, fleet, port, log)


def free_port() -> int:
    """Return a port of 127.0.0.1 that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _credentials(spec: ConductorSpec) -> Any:
    return replace(spec.credentials, username=USERNAME, password=PASSWORD)


def _write_inventory(project: Project, fleet: Fleet, data: Mapping[str, Mapping[str, Any]]) -> None:
    hosts = {}
    for number, device in enumerate(fleet):
        name = device.spec.name
        hosts[name] = {
            "hostname": device.address,
            "port": device.port,
            "groups": [SITES[number % len(SITES)]],
            "data": dict(data.get(name, {})),
        }
    write_yaml(project.hosts, hosts)
    groups: dict[str, Any] = {site: {"groups": ["all"], "data": {"site": site}} for site in SITES}
    write_yaml(project.groups, groups | {"all": {}})
    defaults = {"tls_ca": str(fleet.ca_file), "min_free_flash_mb": 10} | dict(
        data.get("defaults", {})
    )
    write_yaml(project.defaults, {"data": defaults})
