"""What stays on a terminal for each finished conductor has the words of the table below it."""

from __future__ import annotations

import io

import pytest
from nornir.core import Nornir
from nornir.core.inventory import Host, Hosts, Inventory
from nornir.core.processor import Processors
from nornir.core.task import MultiResult, Result, Task
from rich.console import Console

from finding import Examined, Finding, cancelled, fail, ok, warn
from outcome import HostOutcome, Verdict
from plugins.progress import ShowProgress

HOST = Host("mm-1")


def shown(result: object, *, failed: bool = False) -> str:
    """Return the line that stays of a task with this result."""
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    task = Task(lambda task: Result(task.host), Nornir(Inventory(Hosts())), False, Processors())
    ended = MultiResult("task")
    ended.append(Result(HOST, result=result, failed=failed))
    with ShowProgress(console, 1) as progress:
        progress.task_instance_started(task, HOST)
        console.file = io.StringIO()
        progress.task_instance_completed(task, HOST, ended)
        text = console.file.getvalue()
    [line] = [line for line in text.splitlines() if "mm-1" in line and " s" in line][:1]
    return line.rpartition("\x1b[2K")[2].split()[0]


@pytest.mark.parametrize(
    ("findings", "word"),
    [
        ([ok("login", "x")], "OK"),
        ([ok("login", "x"), warn("clock", "clock-skew", "x")], "WARN"),
        ([fail("login", "login-refused", "x")], "FAIL"),
        ([cancelled("login", "cancelled", "x")], "CANCELLED"),
    ],
)
def test_progress_of_a_check_has_its_level(findings: list[Finding], word: str) -> None:
    assert shown(Examined("mm-1", tuple(findings))) == word


@pytest.mark.parametrize("verdict", list(Verdict))
def test_progress_of_a_backup_has_its_verdict(verdict: Verdict) -> None:
    assert shown(HostOutcome("mm-1", verdict)) == verdict.value


def test_progress_of_a_task_without_an_outcome_says_whether_it_failed() -> None:
    assert (shown(None), shown(None, failed=True)) == ("PASS", "FAIL")
