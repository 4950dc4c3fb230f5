"""At a Python prompt, as the README shows it: one task, looked at with print_result."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import ConductorSpec
from tests.support.fleets import PASSWORD, ROOT, FleetProject, fleet_project

ONE_TASK = """
from runbook import build_nornir, select
from tasks import check_conductor
from nornir_utils.plugins.functions import print_result

nr = build_nornir({config!r})
lab = select(nr, site="lab")
print_result(lab.run(task=check_conductor))
"""

STEP_BY_STEP = """
from runbook import build_nornir, select
from tasks import back_up_flash, clean_up, copy_running_config, open_run, transfer
from nornir_utils.plugins.functions import print_result

nr = select(build_nornir({config!r}), host="mm-1")
print_result(nr.run(task=copy_running_config, file_name="by-hand.cfg"))
print_result(nr.run(task=back_up_flash, file_name="by-hand"))
with open_run(nr) as run:
    print_result(nr.run(task=transfer, file_name="by-hand.cfg", run=run))
print_result(nr.run(task=clean_up, file_names=["by-hand.cfg", "by-hand.tar.gz"]))
"""

PROVING = """
from runbook import build_nornir, select
from settings.policy import ArtefactKind
from tasks import back_up_flash, clean_up, open_run, prove, transfer
from nornir_utils.plugins.functions import print_result

nr = select(build_nornir({config!r}), host="mm-1")
nr.run(task=back_up_flash, file_name="by-hand")
with open_run(nr) as run:
    for words in ({{}}, {{"run": run}}):
        result = nr.run(task=transfer, file_name="by-hand.tar.gz", run=run)["mm-1"]
        what = {{"kind": ArtefactKind.FLASH, "received": result[0].result, "hostname": ""}}
        print_result(nr.run(task=prove, **what, **words))
        run.vault.drop_staging(run.run_id, "mm-1")
nr.run(task=clean_up, file_names=["by-hand.tar.gz"])
"""

FAILING = """
from runbook import build_nornir
from tasks import open_run, transfer
from nornir_utils.plugins.functions import print_result

nr = build_nornir({config!r})
with open_run(nr) as run:
    print_result(nr.run(task=transfer, file_name="nowhere.cfg", run=run))
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[FleetProject]:
    with fleet_project(tmp_path, [ConductorSpec("mm-1"), ConductorSpec("mm-2")]) as running:
        yield running


def prompt(project: FleetProject, lines: str) -> str:
    code = lines.format(config=str(project.project.config))
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=ROOT, env=project.environment(), capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    return re.sub(r"\x1b\[\d+m", "", done.stdout)


def test_prompt_one_task_reads_well_and_leaves_no_session(project: FleetProject) -> None:
    out = prompt(project, ONE_TASK)
    assert "* mm-2" in out
    assert "* mm-1" not in out
    lines = [" ".join(line.split()) for line in out.splitlines()]
    for words in ("hostname mm-2", "version 8.10.0.7", "role conductor"):
        assert words in lines
    assert PASSWORD not in out
    project.nothing_is_left()


def test_prompt_every_step_can_be_run_alone(project: FleetProject) -> None:
    out = prompt(project, STEP_BY_STEP)
    for words in ("copy_running_config", "by-hand.tar.gz", "sha256", "removed"):
        assert words in out
    assert "Traceback" not in out
    project.nothing_is_left()
    assert project.fleet.conductor("mm-1").logins == 4
    assert list((project.project.vault / "staging").iterdir()) == []


def test_prompt_archive_is_proven_with_and_without_a_run(project: FleetProject) -> None:
    out = prompt(project, PROVING)
    proven = re.findall(r"details=\{([^}]*'members': 265,[^}]*)\}", out)
    assert len(proven) == 2
    assert proven[0] == proven[1]
    project.nothing_is_left()


def test_prompt_failed_step_says_what_and_what_to_do(project: FleetProject) -> None:
    out = prompt(project, FAILING)
    assert "ERROR" in out
    assert "device-error:" in out
    assert "Traceback" not in out
    project.nothing_is_left()
