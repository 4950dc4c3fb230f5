"""What is to be done about the findings of a preflight, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from finding import WORST_FIRST, Finding, Level
from reporting.commands import Commands, again_for, commands_for, with_settings
from reporting.findings import Preflight
from reporting.to_do import ToDo
from reporting.words import listed

HERE: Final = "this host"
NOT_OK: Final = tuple(level for level in WORST_FIRST if level is not Level.OK)
_CHECK: Final = "runbook.py check --host HOST"
_CHECK_WITH_PUSH: Final = "runbook.py check --push --host HOST"
_AFTER_A_RUN: Final = ("identity-changed",)
"""Codes whose command takes what a run of the conductor has put down; a check puts nothing down."""


def findings_advice(preflight: Preflight, styles: Mapping[Level, str]) -> Iterator[ToDo]:
    """Yield one entry for each code and remedy, with everybody concerned, each once."""
    found: dict[tuple[str, str], tuple[Level, dict[str, None]]] = {}
    for level in NOT_OK:
        for who, findings in _places(preflight):
            for each in findings:
                if each.level is level:
                    entry = found.setdefault((each.code, each.remedy), (level, {}))
                    entry[1][who] = None
    for (code, remedy), (worst, concerned) in found.items():
        typed = _commands(code, [*concerned], pushed=preflight.pushed)
        typed = with_settings(typed, preflight.config)
        yield ToDo(code, listed([*concerned]), styles[worst], [remedy], typed)


def _commands(code: str, who: list[str], *, pushed: bool) -> Commands:
    hosts = [name for name in who if name != HERE]
    typed = commands_for(code, hosts, again=_CHECK_WITH_PUSH if pushed else _CHECK)
    if code not in _AFTER_A_RUN or not hosts:
        return typed
    return Commands((*again_for(hosts).lines, *typed.lines), typed.rest)


def _places(preflight: Preflight) -> Iterator[tuple[str, tuple[Finding, ...]]]:
    yield HERE, preflight.here
    for row in preflight.conductors:
        yield row.host, row.findings
