"""Fill the commands that remedies name with the hosts concerned, ready to paste."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from reasons import COMMANDS
from reasons.meaning import AGAIN

LONGEST: Final = 90
"""Characters of a command that takes several hosts."""
MOST: Final = 3
"""Commands that take one host or file each."""
_PLACE: Final = "HOST"
_FAILED: Final = "runbook.py --failed"
_ALL_FAILED: Final = f"{_FAILED} takes all that failed or were cancelled"


@dataclass(frozen=True, slots=True)
class Commands:
    """Lines to paste; `rest` says for what no line is shown, "" when none is missing."""

    lines: tuple[str, ...] = ()
    rest: str = ""


def commands_for(
    code: str, hosts: Sequence[str], again: str = AGAIN, *, failed: bool = False
) -> Commands:
    """Return the command of `code` for `hosts`: one for all, or one each where it takes one.

    `again` stands in for the command that runs again, where it was not a backup that ran; `failed`
    says that the ledger of this run names `hosts` as failed or cancelled.
    """
    template = COMMANDS.get(code, "")
    if not (template and hosts):
        return Commands()
    if template == AGAIN:
        return again_for(hosts, again, failed=failed)
    return _each([template.replace(_PLACE, shlex.quote(host)) for host in hosts])


def again_for(hosts: Sequence[str], again: str = AGAIN, *, failed: bool = False) -> Commands:
    """Return the one command line that runs again for as many of `hosts` as fit it."""
    names = [shlex.quote(host) for host in hosts]
    fitting = _fitting(names, LONGEST - len(again))
    more = len(names) - fitting
    line = again.replace(_PLACE, ",".join(names[:fitting]))
    rest = _ALL_FAILED if failed else "give the command of this run again"
    return Commands((line,), f"and {more} more: {rest}" if more else "")


def with_settings(commands: Commands, config: str) -> Commands:
    """Let the lines name the settings `config`, "" for those that the program takes by itself.

    Without them the host would be looked for in another inventory, perhaps another team's.
    """
    words = f" --config {shlex.quote(config)}" if config else ""
    rest = commands.rest.replace(_FAILED, _FAILED + words)
    return Commands(tuple(line + words for line in commands.lines), rest)


def look_at(vault: str, paths: Sequence[str]) -> Commands:
    """Return how to look at files below `vault`, one by one."""
    return _each([f"runbook.py verify --file {shlex.quote(f'{vault}/{path}')}" for path in paths])


def _each(lines: Sequence[str]) -> Commands:
    more = len(lines) - MOST
    return Commands(tuple(lines[:MOST]), f"and the same for {more} more" if more > 0 else "")


def _fitting(names: Sequence[str], room: int) -> int:
    """Return how many names, with commas, fit `room` characters; at least one."""
    count, used = 0, 0
    for name in names:
        used += len(name) + 1
        if count and used > room:
            break
        count += 1
    return count
