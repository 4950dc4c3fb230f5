"""The verb `hold`: keep a generation whatever the retention says."""

from __future__ import annotations

import argparse

from rich.text import Text

from commands.desk import Desk, whoami
from commands.options import Verbs, add_generation, add_host, add_reason, add_verb
from commands.view import View
from commands.words import iso_text
from reporting.words import clean

DESCRIPTION = """\
Keep a generation whatever the retention says, until it is released.
Good before an upgrade: hold the last backup made with the old release. On one that is held already
the new reason takes the place of the old one, which is shown."""


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
    before = found.hold
    lines = [Text(clean(f"{held.host} {held.run_id} is held: {options.reason}"))]
    if before:
        since = f"since {iso_text(before.since)} by {before.by}"
        lines.append(Text("  " + clean(f"it was held already, {since}: {before.reason}")))
    document = {
        "host": held.host,
        "run": held.run_id,
        "held": True,
        "reason": options.reason,
        "before": before.reason if before else None,
    }
    return View(lambda _width: lines, document)
