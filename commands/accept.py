"""The verb `accept`: the box that answered last is the right one."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from rich.text import Text

from commands.desk import Desk, whoami
from commands.options import Verbs, add_host, add_reason, add_verb
from commands.view import View
from fleet import SelectionError
from reporting.words import clean
from tasks.identity import HISTORY_SINCE
from tasks.roster import Roster
from vault.store import VaultFailed

DESCRIPTION = """\
Accept the box that answered under this name in its last run: its serial, MAC and host name.
Needed once after a conductor was replaced or renamed (identity-changed). What it answered is taken
from the ledger of its last run, the failed ones included, so let a run try it first. Sizes are
compared with what is backed up from now on, so this also ends a lasting size-changed."""

_FACTS = {"hostname": "name", "serial": "serial", "mac": "mac"}


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a conductor said of itself, and in which run."""

    run_id: str
    facts: Mapping[str, str]


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "accept", perform, description=DESCRIPTION, filters=False)
    add_host(parser)
    add_reason(parser)


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Record the identity of the box that answered last."""
    host = desk.host(options.host)
    with desk.changing(f"{host}: nothing is accepted"):
        answer = _last_answer(desk, host)
        before = _before(desk, host)
        accepted = {**answer.facts, HISTORY_SINCE: answer.run_id}
        desk.vault.accept_identity(host, accepted, options.reason, whoami())
        others = _accepted_as(desk, answer) - {host}
    document = {
        "host": host,
        "run": answer.run_id,
        "before": dict(before),
        "accepted": dict(answer.facts),
        "also_accepted_as": sorted(others),
        "reason": options.reason,
    }
    return View(lambda _width: [*_lines(host, before, answer), *_about(others)], document)


def _last_answer(desk: Desk, host: str) -> _Answer:
    unread = 0
    for run_id in desk.reader.ledgers():
        try:
            ledger = desk.reader.read_ledger(run_id)
        except VaultFailed:
            unread += 1
            continue
        facts = _facts(ledger, host)
        if facts:
            return _Answer(run_id, facts)
    raise SelectionError(
        f"{host} has answered in no run yet{_but(unread)}; back it up first: "
        f"runbook.py --host {host}"
    )


def _but(unread: int) -> str:
    return f" of which the ledger can be read ({unread} cannot)" if unread else ""


def _facts(ledger: Mapping[str, Any], host: str) -> dict[str, str]:
    rows = ledger.get("hosts")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("host") == host:
            return {key: str(row[name]) for key, name in _FACTS.items() if row.get(name)}
    return {}


def _before(desk: Desk, host: str) -> Mapping[str, str]:
    try:
        identity = desk.reader.read_identity(host)
    except VaultFailed:
        return {}
    accepted = identity.accepted if identity else {}
    return {key: accepted[key] for key in _FACTS if key in accepted}


def _accepted_as(desk: Desk, answer: _Answer) -> set[str]:
    """Return the names of the inventory for which this box is accepted."""
    roster = Roster(tuple(desk.nr.inventory.hosts), desk.reader.identities())
    return set(roster.accepted_as(answer.facts))


def _about(others: Iterable[str]) -> Iterator[Text]:
    for name in sorted(others):
        yield Text(
            f"  accepted as {name} before: a run in which that name reaches this box fails it"
        )


def _lines(host: str, before: Mapping[str, str], answer: _Answer) -> Iterator[Text]:
    yield Text(f"{host}: accepted what answered in run {answer.run_id}", "bold")
    for key in _FACTS:
        old, new = clean(before.get(key, "-")), clean(answer.facts.get(key, "-"))
        change = f"{new} (as before)" if old == new else f"{new} (was {old})"
        yield Text(f"  {key:<9} {change}")
    if all(before.get(key) == answer.facts.get(key) for key in _FACTS):
        yield Text(f"  the same box; its size history begins anew with run {answer.run_id}")
