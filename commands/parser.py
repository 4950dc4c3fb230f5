"""The command line: what may be typed, and what it means."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from commands import accept, diff, hold, prune, release, show, status, verify
from commands import list as list_verb
from commands.options import add_common, add_filters, positive
from version import VERSION

USAGE = """runbook.py [options]
       runbook.py VERB [options]
       runbook.py VERB --help"""

DESCRIPTION = """\
Back up Aruba Mobility Conductors and prove every copy.
Without further words every conductor of the inventory is backed up."""

EXIT_CODES = """\
exit codes:
  0    every conductor PASS or WARN
  1    some conductor FAIL
  2    usage, settings or inventory; no conductor was contacted
  3    backups as the table says, but report or mail not delivered
  75   another run holds the vault
  130  interrupted (143: terminated); what was done is in the report"""

VERBS = (list_verb, show, status, verify, diff, prune, hold, release, accept)


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what was typed; `verb` is None for a backup. Exits with 2 for what makes no sense."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    top = parser()
    options = top.parse_args(words)
    if options.verb and words[0] != options.verb:
        top.error(f"options stand behind the verb: runbook.py {options.verb} [options]")
    return options


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="runbook.py",
        usage=USAGE,
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    verbs = top.add_subparsers(
        dest="verb",
        metavar="VERB",
        prog="runbook.py",
        title="verbs",
        description="look into the vault and take care of it; none of them contacts a conductor",
    )
    for verb in VERBS:
        verb.add_to(verbs)
    add_common(top)
    add_filters(top)
    add_backup(top)
    return top


def add_backup(to: argparse.ArgumentParser) -> None:
    """Add what only a backup run understands."""
    to.add_argument("--workers", type=positive, metavar="N", help="conductors at the same time")
    to.add_argument(
        "--dry-run", action="store_true", help="log in and check; write nothing anywhere"
    )
    to.add_argument(
        "--print-result", action="store_true", help="also print Nornir's result of every step"
    )
    to.add_argument("--no-mail", action="store_true", help="send no mail")
