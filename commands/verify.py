"""The verb `verify`: prove stored generations again, and take rotten ones out of use."""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from rich.text import Text

from commands import codes
from commands.desk import Desk
from commands.naming import with_whole_names
from commands.options import Verbs, add_verb, positive
from commands.proving import Reproof, RotError, UnreadableError, prove_generation
from commands.signals import stop_on_signals
from commands.verify_file import verify_file
from commands.view import View
from commands.words import counted, iso_text
from reporting.columns import Column, Grid, wrapped
from reporting.words import clean, size_text
from vault.place import Place
from vault.provers import Provers
from vault.store import Generation, UnknownGeneration, VaultError

logger = logging.getLogger(__name__)

DESCRIPTION = """\
Prove stored generations again: every archive is read to its last byte, every file compared with
its manifest. Without further words one generation of each conductor: the one that was not proven
for the longest, so that a weekly verify comes round to all of them.
A rotten one goes into quarantine, and latest moves to the next best. Exit code 1 when one is.
A backup run may go on meanwhile: the vault is locked for moments only, to note each result."""


@dataclass(frozen=True, slots=True)
class Checked:
    """How one generation was found; `rot` is None when it held, `place` where a rotten one is."""

    generation: Generation
    reproof: Reproof | None = None
    rot: RotError | None = None
    trouble: str = ""
    place: Path | None = None
    next_best: str = ""

    @property
    def word(self) -> str:
        """The result in a word."""
        if self.reproof:
            return "GOOD"
        return "ROTTEN" if self.rot else "UNREAD"


_COLUMNS: tuple[Column[Checked], ...] = (
    Column("RESULT", 7, lambda row: row.word),
    Column("CONDUCTOR", 20, lambda row: row.generation.host, grows=True),
    Column("GENERATION", 18, lambda row: row.generation.run_id),
    Column("SIZE", 8, lambda row: _size(row), right=True, dropped=3),
    Column("MEMBERS", 8, lambda row: _members(row), right=True, dropped=2),
    Column("PROVEN BEFORE", 17, lambda row: iso_text(row.generation.proven_at), dropped=1),
)


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "verify", perform, description=DESCRIPTION)
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--all", action="store_true", help="every generation")
    which.add_argument(
        "--latest",
        action="store_true",
        help="the newest proven of each conductor, and newer ones that cannot be read",
    )
    which.add_argument(
        "--file",
        type=Path,
        metavar="PATH",
        help="prove this archive or running configuration; needs neither settings nor vault",
    )
    parser.add_argument(
        "--max-minutes", type=positive, metavar="N", help="begin with no other one after this time"
    )


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Verify what was asked for."""
    if options.file:
        return verify_file(options.file)
    chosen = _chosen(desk, options)
    seconds = 60.0 * options.max_minutes if options.max_minutes else None
    with stop_on_signals() as stop, desk.place() as place:
        found = list(_verify(desk, chosen, place, seconds, stop.event))
    skipped = len(chosen) - len(found)
    bad = any(row.reproof is None for row in found)
    code = stop.exit_code or (codes.FAILED if bad else codes.OK)
    document = {
        "checked": [_entry(row) for row in found],
        "not_begun": skipped,
    }
    return View(lambda width: _lines(found, skipped, width), document, code)


def _chosen(desk: Desk, options: argparse.Namespace) -> list[Generation]:
    """Return the generations to prove, those that were not proven for the longest first."""
    chosen: list[Generation] = []
    for host in desk.hosts():
        if options.latest:
            chosen += [each for each in desk.reader.newest(host) if each.proven or each.error]
        elif options.all:
            chosen += desk.reader.generations(host)
        else:
            chosen += sorted(desk.reader.generations(host), key=_proven_at)[:1]
    return sorted(chosen, key=_proven_at)


def _proven_at(generation: Generation) -> tuple[str, str]:
    return generation.proven_at, generation.run_id


def _verify(
    desk: Desk, chosen: Sequence[Generation], place: Place, seconds: float | None, stop: Event
) -> Iterator[Checked]:
    """Prove as many at once as there are cores, and begin with no other when told to stop."""
    logger.info("%s to prove in %s", counted(len(chosen), "generation"), desk.vault.root)
    until = None if seconds is None else time.monotonic() + seconds
    waiting = list(reversed(chosen))
    workers = os.cpu_count() or 1
    with ExitStack() as stack:
        provers = stack.enter_context(Provers(workers)) if len(chosen) > 1 else None
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        running: set[Future[Checked]] = set()
        while waiting or running:
            late = stop.is_set() or (until is not None and time.monotonic() > until)
            if late:
                waiting.clear()
            while waiting and len(running) < workers:
                running.add(pool.submit(_check, desk, waiting.pop(), place, provers))
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                if (checked := _noted(desk, future.result())) is not None:
                    yield checked


def _check(desk: Desk, generation: Generation, place: Place, provers: Provers | None) -> Checked:
    name = f"{generation.host} {generation.run_id}"
    try:
        reproof = prove_generation(generation, place, provers)
    except RotError as rot:
        if rot.missing_outside and not desk.reader.any_there(place):
            return Checked(generation, trouble=f"{rot}; nor is any other: is it mounted?")
        logger.warning("%s: rotten: %s", name, rot)
        return Checked(generation, rot=rot)
    except UnreadableError as error:
        return Checked(generation, trouble=str(error))
    logger.info("%s: proven again", name)
    return Checked(generation, reproof)


def _noted(desk: Desk, checked: Checked) -> Checked | None:
    """Note the result in the vault; None when the generation was removed meanwhile."""
    host, run_id = checked.generation.host, checked.generation.run_id
    try:
        with desk.lock():
            desk.reader.generation(host, run_id)
            if checked.rot:
                return _removed_from_use(desk, checked, checked.rot)
            if checked.reproof:
                desk.vault.note_proven(host, run_id, datetime.now(UTC), ok=True)
    except UnknownGeneration:
        return None
    except VaultError as error:
        return replace(checked, trouble=_unnoted(checked, error))
    return checked


def _unnoted(checked: Checked, error: VaultError) -> str:
    """Say what is known although the vault does not know it."""
    if checked.reproof:
        return f"proven, but the result could not be noted: {error}"
    if checked.rot:
        return f"not noted, so it is still in use: {error}"
    return checked.trouble


def _removed_from_use(desk: Desk, checked: Checked, rot: RotError) -> Checked:
    host, run_id = checked.generation.host, checked.generation.run_id
    place = desk.vault.quarantine_generation(host, run_id, rot.code, str(rot))
    best = desk.reader.latest(host)
    return replace(checked, place=place, next_best=best.run_id if best else "")


def _lines(rows: list[Checked], skipped: int, width: int) -> Iterator[Text]:
    rows = sorted(rows, key=lambda row: row.word, reverse=True)
    if rows:
        names = (row.generation.host for row in rows)
        grid = Grid(with_whole_names(_COLUMNS, names, width), width)
        yield from grid.head()
        for row in rows:
            yield from grid.row(row, "green" if row.reproof else "bold red")
            for text in _about(row):
                yield from (Text(f"         {part}") for part in wrapped(clean(text), width - 9))
        yield Text()
    good = sum(row.reproof is not None for row in rows)
    size = size_text(sum(row.generation.size for row in rows if row.reproof))
    rest = f", {skipped} not looked at" if skipped else ""
    yield Text(f"{good} of {counted(len(rows), 'generation')} proven again ({size}){rest}", "bold")


def _size(row: Checked) -> str:
    return size_text(row.generation.size) if row.generation.manifest else "-"


def _members(row: Checked) -> str:
    return str(row.reproof.members) if row.reproof else "-"


def _about(row: Checked) -> Iterator[str]:
    if row.rot:
        yield f"{row.rot.code}: {row.rot}"
    if row.trouble:
        yield row.trouble
    if row.place:
        where = "held, so it stays, marked" if row.place == row.generation.path else "quarantined"
        yield f"{where}: {row.place}"
        for location in row.generation.locations:
            yield f"stays outside of the vault: {location}"
        yield f"next best: {row.next_best or 'none; back this conductor up now'}"


def _entry(row: Checked) -> dict[str, object]:
    return {
        "host": row.generation.host,
        "run": row.generation.run_id,
        "ok": row.reproof is not None,
        "code": row.rot.code if row.rot else None,
        "text": clean(str(row.rot or row.trouble)),
        "quarantined": str(row.place) if row.place else None,
        "next_best": row.next_best or None,
        "members": row.reproof.members if row.reproof else None,
        "size": row.generation.size,
        "outside": [str(location) for location in row.generation.locations],
    }
