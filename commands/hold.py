"""The verb `hold`: keep a generation whatever the retention says."""

from __future__ import annotations

import argparse

from rich.text import Text

from commands.desk import Desk, whoami
from commands.options import Verbs, add_generation, add_host, add_reason, add_verb
from commands.view import View

DESCRIPTION = """\
Keep a generation whatever the retention says, until it is released.
Good before an upgrade: hold the last backup made with the old release."""


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "hold", perform, description=DESCRIPTION, filters=False)
    add_host(parser)
    add_generation(parser)
    add_reason(parser)


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Hold the generation that was named."""
    with desk.changing(f"{options.host}: nothing is held"):
        found = desk.generation(options.host, options.generation)
        held = desk.vault.hold(found.host, found.run_id, options.reason, whoami())
    line = Text(f"{held.host} {held.run_id} is held: {options.reason}")
    document = {"host": held.host, "run": held.run_id, "held": True, "reason": options.reason}
    return View(lambda _width: [line], document)
