"""The verb `release`: let the retention decide about a generation again."""

from __future__ import annotations

import argparse

from rich.text import Text

from commands.desk import Desk
from commands.options import Verbs, add_host, add_verb
from commands.run_ids import LATEST
from commands.view import View
from fleet import SelectionError
from reporting.words import listed
from vault.store import Generation

DESCRIPTION = """\
Let the retention decide about a held generation again.
Without GENERATION: the one that is held; say which when there are several."""


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "release", perform, description=DESCRIPTION, filters=False)
    add_host(parser)
    parser.add_argument(
        "generation",
        metavar="GENERATION",
        nargs="?",
        help=f"run id, the unique beginning of one, or {LATEST}",
    )


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Release the generation that was named, or the only one that is held."""
    with desk.changing(f"{options.host}: nothing is released"):
        found = (
            desk.generation(options.host, options.generation)
            if options.generation
            else _only_held(desk, options.host)
        )
        was_held = found.held
        desk.vault.release(found.host, found.run_id)
    said = "is released" if was_held else "was not held"
    line = Text(f"{found.host} {found.run_id} {said}")
    document = {"host": found.host, "run": found.run_id, "held": False, "was_held": was_held}
    return View(lambda _width: [line], document)


def _only_held(desk: Desk, host: str) -> Generation:
    held = [each for each in desk.reader.generations(desk.host(host)) if each.hold]
    if not held:
        raise SelectionError(
            f"{host}: none of its generations is held; there is nothing to release"
        )
    if len(held) > 1:
        raise SelectionError(
            f"{host} has {len(held)} held generations: {listed([each.run_id for each in held])}; "
            f"name the one to release"
        )
    return held[0]
