from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from outcome import Verdict
from reasons import COMMANDS
from reporting.commands import LONGEST, MOST, Commands, commands_for, look_at, with_settings
from reporting.json_report import to_json
from reporting.table import render_table
from tests.reporting.samples import ended, report_of, run_info


@pytest.mark.parametrize("code", COMMANDS)
def test_commands_for_one_host_names_it(code: str) -> None:
    found = commands_for(code, ["mm-1"])
    assert found.rest == ""
    (line,) = found.lines
    assert "mm-1" in line
    assert "HOST" not in line


def test_commands_for_code_without_a_command_are_none() -> None:
    assert commands_for("not-received", ["mm-1"]) == Commands()


def test_commands_for_more_hosts_than_fit_a_line_say_how_many_are_missing() -> None:
    hosts = [f"mm-branch-{number}" for number in range(300)]
    found = commands_for("cancelled", hosts)
    (line,) = found.lines
    named = line.removeprefix("runbook.py --host ").split(",")
    assert named == hosts[: len(named)]
    assert LONGEST - 20 < len(line) <= LONGEST
    assert found.rest == f"and {300 - len(named)} more: give the command of this run again"


def test_commands_for_more_failed_hosts_than_fit_name_the_option_for_all() -> None:
    found = commands_for("cancelled", [f"mm-{number}" for number in range(300)], failed=True)
    assert found.rest.endswith("more: runbook.py --failed takes all that failed or were cancelled")
    assert commands_for("cancelled", ["mm-1"], failed=True).rest == ""


def test_commands_for_what_did_not_run_a_backup_run_that_again() -> None:
    again = "runbook.py check --host HOST"
    assert commands_for("cancelled", ["a", "b"], again).lines == ("runbook.py check --host a,b",)
    assert commands_for("size-changed", ["a"], again).lines == ("runbook.py diff a",)


def test_with_settings_names_the_file_in_every_line() -> None:
    two = Commands(("runbook.py diff a", "runbook.py diff b"), "and more")
    assert with_settings(two, "") == two
    found = with_settings(two, "/etc/con fig.yaml")
    assert found.lines == tuple(f"{line} --config '/etc/con fig.yaml'" for line in two.lines)
    assert found.rest == two.rest
    many = commands_for("cancelled", [f"mm-{number}" for number in range(300)], failed=True)
    assert "more: runbook.py --failed --config /b.yaml" in with_settings(many, "/b.yaml").rest


def test_table_and_json_of_other_settings_name_them_in_what_to_type() -> None:
    run = replace(run_info(), config="/srv/b.yaml")
    report = report_of(ended("a", Verdict.FAIL, "cancelled", "no"), run=run)
    line = "runbook.py --host a --config /srv/b.yaml"
    assert line in render_table(report)
    assert to_json(report)["hosts"][0]["reasons"][0]["command"] == line


def test_commands_for_nobody_are_none() -> None:
    assert commands_for("cancelled", []) == commands_for("size-changed", []) == Commands()


def test_commands_for_one_name_longer_than_the_line_is_whole() -> None:
    assert commands_for("cancelled", ["x" * 200]).lines == (f"runbook.py --host {'x' * 200}",)


def test_commands_for_verb_of_one_host_are_one_each_and_bounded() -> None:
    found = commands_for("size-changed", [f"mm-{number}" for number in range(8)])
    assert found.lines == tuple(f"runbook.py diff mm-{number}" for number in range(MOST))
    assert found.rest == "and the same for 5 more"


@pytest.mark.parametrize("name", ["a;b", "$(a)", "a b"])
def test_commands_for_name_that_a_shell_would_read_is_quoted(name: str) -> None:
    for code in ("cancelled", "size-changed"):
        (line,) = commands_for(code, [name]).lines
        assert shlex.split(line)[-1] == name
    (line,) = look_at("/srv/my vault", [name]).lines
    assert shlex.split(line)[-1] == f"/srv/my vault/{name}"
