"""The day after: a run told again from its ledger, and a backup of those that failed in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import ConductorSpec, ContentSpec, Fault
from tests.support.fleets import FleetProject, fleet_project

SPECS = [
    ConductorSpec(name, content=ContentSpec(archive_bytes=60_000, lines=120))
    for name in ("mm-good", "mm-bad")
]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FleetProject]:
    """Two conductors, of which one sends a cut archive."""
    with fleet_project(tmp_path, SPECS) as project:
        project.fleet.conductor("mm-bad").inject(Fault("flash_backup", "truncated"))
        yield project


def test_runs_shows_a_run_as_it_was_printed(project: FleetProject) -> None:
    ran = project.runbook()
    again = project.runbook("runs", "latest")
    assert ran.code == 1
    assert again.code == 0
    assert again.out == ran.out
    assert "verify --file" in again.out
    (path,) = (project.project.vault / "runs").iterdir()
    assert again.report == json.loads(path.read_text()) | {"exit_code": 0}


def test_failed_takes_those_that_failed_until_they_are_backed_up(project: FleetProject) -> None:
    assert project.runbook().verdicts == {"mm-good": "PASS", "mm-bad": "FAIL"}
    checked = project.runbook("check", "--failed")
    assert [row["host"] for row in checked.report["hosts"]] == ["mm-bad"]
    assert checked.report["selection"] == "failed last time"

    project.fleet.conductor("mm-bad").faults.replace([])
    again = project.runbook("--failed")
    assert again.verdicts == {"mm-bad": "PASS"}
    assert again.report["run"]["selection"] == "failed last time"
    assert "| failed last time\n" in again.out

    asked = len(project.requests())
    none = project.runbook("--failed")
    assert none.code == 2
    assert none.err == "none of 2 conductors failed in its last run\n"
    assert len(project.requests()) == asked, "nobody is contacted"
    assert [each["failed"] for each in project.runbook("runs").report["runs"]] == [[], ["mm-bad"]]


def test_failed_leaves_dry_runs_out_and_can_be_one(project: FleetProject) -> None:
    assert project.runbook().code == 1
    rehearsed = project.runbook("--failed", "--dry-run")
    assert rehearsed.verdicts == {"mm-bad": "PASS"}
    assert project.runbook("--failed", "--dry-run").verdicts == {"mm-bad": "PASS"}
