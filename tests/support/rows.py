"""One conductor with a trouble beside two healthy ones, and what must hold in spite of it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator import Conductor, ConductorSpec, ContentSpec, Fault
from tests.support.fleets import PASSWORD, Ended, FleetProject, fleet_project

BAD = "mm-bad"
GOOD = ("mm-1", "mm-2")
QUICK: Mapping[str, Any] = {
    "connect_timeout": 5,
    "read_timeout": 5,
    "backup_timeout": 5,
    "transfer_timeout": 4,
    "busy_seconds": 1,
    "retry_seconds": 1,
    "host_deadline": 40,
}
CONTENT = ContentSpec(archive_bytes=30_000, lines=80)


@dataclass(frozen=True, slots=True)
class Trouble:
    """The project, and the conductor to which something happens."""

    project: FleetProject

    @property
    def device(self) -> Conductor:
        """The conductor with the trouble."""
        return self.project.fleet.conductor(BAD)

    @property
    def vault(self) -> Path:
        """The vault's folder."""
        return self.project.project.vault

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> Ended:
        """Run, and assert what holds after every run."""
        ended = self.project.runbook(*arguments, environment=environment)
        for host in set(GOOD) & set(ended.verdicts):
            assert ended.verdicts[host] == "PASS", ended.row(host)
        self.nobody_is_logged_in()
        self.vault_is_proven(ended)
        self.nothing_secret_is_told(ended)
        return ended

    def fails(self, *codes: str) -> Ended:
        """Run; the conductor fails for the first of these reasons, and its flash is clean."""
        ended = self.run()
        assert ended.code == 1
        assert ended.verdicts[BAD] == "FAIL", ended.row(BAD)
        assert ended.codes(BAD)[0] in codes, ended.row(BAD)["reasons"]
        self.flashes_are_clean()
        return ended

    def text(self, ended: Ended) -> str:
        """Return the sentence of the first reason."""
        return str(ended.row(BAD)["reasons"][0]["text"])

    def asked(self, step: str) -> int:
        """Return how often the conductor with the trouble was asked for a step."""
        mine = [r for r in self.project.requests() if r["conductor"] == BAD]
        return len([r for r in mine if r["path"].endswith(f"/{step}")])

    def nobody_is_logged_in(self) -> None:
        """Assert that every session is closed."""
        for device in self.project.fleet:
            assert device.sessions_open == 0, device.spec.name
            assert device.spec.name == BAD or device.logins == device.logouts

    def flashes_are_clean(self) -> None:
        """Assert that nothing of ours is on any flash."""
        for device in self.project.fleet:
            ours = [n for n in device.flash if n.startswith("bk-") or n.endswith("backup.tar.gz")]
            assert ours == [], device.spec.name

    def vault_is_proven(self, ended: Ended) -> None:
        """Assert that every generation holds what it says, and a failed host has none of now."""
        for device in self.project.fleet:
            host = device.spec.name
            for name in self.project.generations(host):
                folder = self.vault / "conductors" / host / name
                check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
                subprocess.run(check, cwd=folder, check=True)
        for row in ended.report["hosts"]:
            made = ended.report["run"]["id"] in self.project.generations(row["host"])
            assert made == (row["verdict"] in ("PASS", "WARN")), row

    def nothing_secret_is_told(self, ended: Ended) -> None:
        """Assert that no password and no token is in what the run wrote."""
        log = self.project.project.folder / "run.log"
        ledgers = [p.read_text() for p in self.vault.glob("runs/*.json")]
        told = [ended.out, ended.err, json.dumps(ended.report), *ledgers]
        told += [log.read_text()] if log.exists() else []
        secrets = {PASSWORD}
        for device in self.project.fleet:
            secrets |= device.sessions.tokens | {pushed.password for pushed in device.pushed}
        assert not [s for s in secrets if any(s in text for text in told)]


@contextmanager
def trouble(
    folder: Path,
    *faults: Fault,
    spec: ConductorSpec | None = None,
    data: Mapping[str, Any] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> Iterator[Trouble]:
    """Give the faults, or a whole `spec`, to one of three conductors; `data` is for that one."""
    bad = spec or ConductorSpec(BAD, content=CONTENT, faults=faults)
    specs: Sequence[ConductorSpec] = [
        ConductorSpec(GOOD[0], content=CONTENT),
        bad,
        ConductorSpec(GOOD[1], content=CONTENT),
    ]
    host_data = {"defaults": QUICK, BAD: dict(data or {})}
    with fleet_project(folder, specs, data=host_data, settings=settings) as project:
        yield Trouble(project)
