"""The crontab: every line is one that cron takes and that the program understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from commands.parser import parse

CRONTAB = Path(__file__).parents[2] / "samples" / "crontab"
FIELD = re.compile(r"(\*|\d+)([-,/]\d+)*")
ASSIGNMENT = re.compile(r"[A-Z_]+=\S")
RUNBOOK = "/opt/conductor-backup/runbook.py"


def lines() -> list[str]:
    text = CRONTAB.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def entries() -> list[tuple[list[str], str]]:
    found = [line.split(maxsplit=5) for line in lines() if not ASSIGNMENT.match(line)]
    return [(parts[:5], parts[5]) for parts in found]


def words_of(command: str) -> list[str]:
    """Return what runbook.py is called with, without what the shell does around it."""
    inner = re.search(rf"{re.escape(RUNBOOK)}(?P<words>[^)|;>]*)", command)
    assert inner is not None, command
    return [word for word in shlex.split(inner["words"]) if word != "2"]


def test_crontab_mails_to_somebody() -> None:
    assert any(line.startswith("MAILTO=") and "@" in line for line in lines())


def test_crontab_backs_up_once_a_week() -> None:
    backups = [when for when, command in entries() if parse(words_of(command)).verb is None]
    assert len(backups) == 1
    minute, hour, day, month, weekday = backups[0]
    assert minute.isdigit()
    assert hour.isdigit()
    assert (day, month) == ("*", "*")
    assert weekday.isdigit()


@pytest.mark.parametrize(("when", "command"), entries())
def test_crontab_entry_is_complete(when: list[str], command: str) -> None:
    assert all(FIELD.fullmatch(field) for field in when)
    assert f"/opt/conductor-backup/.venv/bin/python {RUNBOOK}" in command
    assert "%" not in command
    options = parse(words_of(command))
    assert options.config.is_absolute()


def test_crontab_entry_with_an_unknown_option_rejected() -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--flock"])
    assert caught.value.code == 2
