"""The systemd units, judged by systemd itself."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from commands.parser import parse

SAMPLES = Path(__file__).parents[2] / "samples"
INSTALLED_PYTHON = "/opt/conductor-backup/.venv/bin/python"
ANALYZE = shutil.which("systemd-analyze")
WORST_EXPOSURE = 20
LONGEST_STEP = 900

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(SAMPLES / name, encoding="utf-8")
    return parser


def analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    assert ANALYZE is not None
    return subprocess.run(
        [ANALYZE, *arguments],
        cwd=folder,
        env=os.environ | {"SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_PAGER": "cat"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def units(tmp_path: Path) -> Path:
    for path in SAMPLES.glob("conductor-backup.*"):
        text = path.read_text(encoding="utf-8").replace(INSTALLED_PYTHON, sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    return tmp_path


@needs_systemd
def test_units_verified_by_systemd_nothing_to_complain(units: Path) -> None:
    said = analyze(units, "verify", "conductor-backup.service", "conductor-backup.timer")
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")


@needs_systemd
def test_units_with_a_mistake_rejected(units: Path) -> None:
    service = units / "conductor-backup.service"
    service.write_text(service.read_text().replace("UMask=", "UMaks="), encoding="utf-8")
    said = analyze(units, "verify", "conductor-backup.service")
    assert "UMaks" in said.stderr


@needs_systemd
def test_service_security_score_is_low(units: Path) -> None:
    arguments = ["security", "--offline=true", f"--threshold={WORST_EXPOSURE}"]
    said = analyze(units, *arguments, "conductor-backup.service")
    assert said.returncode == 0, said.stdout


@needs_systemd
def test_service_without_hardening_exceeds_the_score(units: Path) -> None:
    kept = "[Service]\nType=oneshot\nExecStart=/bin/true\n"
    (units / "conductor-backup.service").write_text(kept, encoding="utf-8")
    arguments = ["security", "--offline=true", f"--threshold={WORST_EXPOSURE}"]
    assert analyze(units, *arguments, "conductor-backup.service").returncode != 0


def test_service_command_understood_by_the_parser() -> None:
    python, runbook, *words = shlex.split(unit("conductor-backup.service")["Service"]["ExecStart"])
    assert python == INSTALLED_PYTHON
    assert runbook.endswith("/runbook.py")
    assert parse(words).verb is None


def test_service_has_the_one_privilege_and_time_to_clean_up() -> None:
    service = unit("conductor-backup.service")["Service"]
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"]
    assert service["CapabilityBoundingSet"] == "CAP_NET_BIND_SERVICE"
    assert service["KillSignal"] == "SIGTERM"
    minutes = int(service["TimeoutStopSec"].removesuffix("min"))
    assert minutes * 60 > LONGEST_STEP


def test_longest_step_is_that_of_the_settings() -> None:
    from settings.policy import HostPolicy

    policy = HostPolicy()
    assert max(policy.transfer_timeout, policy.backup_timeout) == LONGEST_STEP


def test_timer_weekly_makes_up_for_a_missed_run() -> None:
    timer = unit("conductor-backup.timer")["Timer"]
    assert timer["OnCalendar"].startswith("Sun ")
    assert timer["Persistent"] == "true"
    assert "RandomizedDelaySec" in timer
