"""A standby that does not write is told from any other refusal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from emulator import ConductorSpec, Fault
from emulator.knobs import PROFILES, Role
from tests.support.fleets import fleet_project

REFUSES = replace(PROFILES["8.10"], standby_writes="refused")


def test_backup_standby_that_refuses_fails_with_the_words_of_the_device(tmp_path: Path) -> None:
    specs = [ConductorSpec("mm-1"), ConductorSpec("mm-2", role="standby", knobs=REFUSES)]
    data = {name: {"pair": "hq"} for name in ("mm-1", "mm-2")}
    with fleet_project(tmp_path, specs, data=data) as project:
        ended = project.runbook()
        assert ended.verdicts == {"mm-1": "PASS", "mm-2": "FAIL"}
        assert ended.codes("mm-2") == ["standby-refused"]
        [reason] = ended.row("mm-2")["reasons"]
        assert "Configuration changes are not allowed on a standby" in reason["text"]
        project.nothing_is_left()


@pytest.mark.parametrize(("role", "code"), [("standby", "standby-refused"), ("conductor", None)])
def test_backup_archive_refused_is_the_standbys_refusal_only_there(
    tmp_path: Path, role: Role, code: str | None
) -> None:
    knobs = replace(PROFILES["8.10"], standby_writes="accepted")
    broken = Fault("flash_backup", "fail", text="No room for it")
    spec = ConductorSpec("mm-1", role=role, knobs=knobs, faults=(broken,))
    with fleet_project(tmp_path, [spec]) as project:
        assert project.runbook().codes("mm-1") == [code or "device-error"]
