"""What happens at the same time: runs, verbs, and conductors that are slow beside quick ones."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import ConductorSpec, Fault
from emulator.spec import Delays
from tests.support.fleets import FleetProject, fleet_project
from tests.support.rows import CONTENT, QUICK

NAMES = [f"mm-{number}" for number in range(1, 5)]


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[FleetProject]:
    delays = Delays(flash_backup=8)
    specs = [ConductorSpec(name, content=CONTENT, delays=delays) for name in NAMES]
    with fleet_project(tmp_path, specs) as project:
        yield project


def start(project: FleetProject, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        project.command(*arguments),
        env=project.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.long
def test_second_run_and_verbs_beside_a_run_break_nothing_and_wait_for_nobody(
    slow: FleetProject,
) -> None:
    first = start(slow, "--workers", "4")
    device = slow.fleet.conductor("mm-2")
    while not device.logins:
        device.stop.wait(0.05)
    second = slow.process()
    assert (second.code, second.out) == (75, "")
    others = {
        words: start(slow, *words) for words in (("list",), ("verify",), ("prune",), ("status",))
    }
    codes = {}
    for words, process in others.items():
        out, _ = process.communicate(timeout=60)
        assert "Traceback" not in out
        codes[words] = process.returncode
    assert codes[("list",)] == 0
    assert set(codes.values()) <= {0, 1, 75}, "1: nothing is there yet that is proven"
    out, _ = first.communicate(timeout=60)
    assert first.returncode == 0, out
    slow.nothing_is_left()
    for name in NAMES:
        folder = slow.generation(name)
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


@pytest.mark.long
@pytest.mark.parametrize(
    "fault",
    [
        Fault("connect", "hang", seconds=60),
        Fault("login", "hang", seconds=60),
        Fault("show", "slow", bytes_per_second=1),
        Fault("scp", "slow", bytes_per_second=100),
    ],
    ids=lambda fault: f"{fault.step}-{fault.kind}",
)
def test_conductors_that_drip_or_say_nothing_cost_the_others_nothing(
    tmp_path: Path, fault: Fault
) -> None:
    """The first of all are the sick ones, whom the others have to wait for least of all."""
    sick = [ConductorSpec(f"mm-sick-{n}", content=CONTENT, faults=(fault,)) for n in range(4)]
    well = [ConductorSpec(name, content=CONTENT) for name in NAMES]
    data = {"defaults": {**QUICK, "host_deadline": 10, "connect_timeout": 10, "read_timeout": 10}}
    with fleet_project(tmp_path, [*sick, *well], data=data) as project:
        ended = project.runbook("--workers", "8")
        assert [ended.verdicts[name] for name in NAMES] == ["PASS"] * 4
        assert {ended.verdicts[spec.name] for spec in sick} == {"FAIL"}
        quickest = min(ended.row(name)["seconds"] for name in NAMES)
        assert quickest < min(ended.row(spec.name)["seconds"] for spec in sick)
