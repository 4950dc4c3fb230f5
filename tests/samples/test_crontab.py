"""The crontab: every line is one that cron takes and that the program understands."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from commands.parser import parse

CRONTAB = Path(__file__).parents[2] / "samples" / "crontab"
FIELD = re.compile(r"(\*|\d+)([-,/]\d+)*")
ASSIGNMENT = re.compile(r"[A-Z_]+=\S")
COMMAND = "/usr/local/bin/conductor-backup"


def lines() -> list[str]:
    text = CRONTAB.read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def entries() -> list[tuple[list[str], str]]:
    found = [line.split(maxsplit=5) for line in lines() if not ASSIGNMENT.match(line)]
    return [(parts[:5], parts[5]) for parts in found]


def words_of(command: str) -> list[str]:
    """Return what the program is called with, without what the shell does around it."""
    inner = re.search(rf"{re.escape(COMMAND)}(?P<words>[^)|;>]*)", command)
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
    assert "%" not in command
    parse(words_of(command))


@pytest.mark.parametrize(("_when", "command"), entries())
@pytest.mark.parametrize(
    ("code", "printed"), [(0, ""), (1, "table and complaint\n"), (75, "table and complaint\n")]
)
def test_crontab_entry_prints_only_when_something_is_wrong(
    _when: list[str], command: str, code: int, printed: str, tmp_path: Path
) -> None:
    stand_in = tmp_path / "conductor-backup"
    stand_in.write_text(f"#!/bin/sh\nprintf 'table '; echo 'and complaint' >&2; exit {code}\n")
    stand_in.chmod(0o755)
    line = command.replace(COMMAND, shlex.quote(str(stand_in)))
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (printed, "")


def test_crontab_entry_with_an_unknown_option_rejected() -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--flock"])
    assert caught.value.code == 2
