"""Which conductors a backup or a check is about: the filters, and `--failed`."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nornir.core import Nornir

from commands.desk import open_reader
from commands.options import filters_of
from commands.words import counted
from fleet import SelectionError, select_by, settings_of
from outcome import BAD
from reporting.words import conductors, listed

if TYPE_CHECKING:
    from commands.ledgers import Broken

logger = logging.getLogger(__name__)


def choose(nr: Nornir, options: argparse.Namespace) -> Nornir:
    """Return `nr` reduced to what was typed.

    Raises `SelectionError` for unknown names, for nobody left, and where `--failed` finds no vault;
    `VaultError` where it may not look into it.
    """
    selected = select_by(nr, filters_of(options))
    return _failed(selected, options) if options.failed else selected


def _failed(selected: Nornir, options: argparse.Namespace) -> Nornir:
    """Return those of `selected` whose last run brought no backup."""
    from commands.ledgers import last_verdicts

    names = tuple(selected.inventory.hosts)
    last, broken = last_verdicts(open_reader(settings_of(selected)), names)
    if not any(verdict in BAD for verdict in last.values()):
        if broken:
            raise SelectionError(_unknown_who_failed(broken))
        raise SelectionError(_none_failed(names, options, [n for n in names if n not in last]))
    if broken:
        more = f", and so are {len(broken) - 1} more" if len(broken) > 1 else ""
        logger.error("%s; passed over%s: the runs before count", broken[0].error, more)
    return selected.filter(filter_func=lambda host: last.get(host.name) in BAD)


def _none_failed(names: tuple[str, ...], options: argparse.Namespace, new: list[str]) -> str:
    filters = str(filters_of(options))
    who = conductors(len(names)) + (f" of {filters}" if filters else "")
    text = f"none of {who} failed in its last run"
    return f"{text}\n  in no run yet, and so not meant by --failed: {listed(new)}" if new else text


def _unknown_who_failed(broken: Sequence[Broken]) -> str:
    count = counted(len(broken), "ledger")
    return (
        f"nobody can tell who failed: {count} cannot be read, the newest is {broken[0].error}\n"
        f"  name the conductors by --host; what the vault holds of each: runbook.py status"
    )
