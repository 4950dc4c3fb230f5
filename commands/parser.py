"""The command line: what may be typed, and what it means."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from importlib import import_module

from commands.misspelling import refuse_order, refuse_verb, refuse_words
from commands.options import Verbs, add_common, add_filters, positive
from commands.verbs import VERBS
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
  130  interrupted (143: terminated, 129: terminal closed); what was done is in the report"""


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Return what was typed; `verb` is None for a backup. Exits with 2 for what makes no sense."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words and not words[0].startswith("-"):
        if words[0] not in VERBS:
            refuse_verb(_backup_parser(), words)
        return _parse_verb(words)
    if {"-h", "--help"} & set(words):
        return parser(words).parse_args(words)
    return _parse_backup(words)


def parser(words: Collection[str]) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, with the options of the verbs in `words`.

    The other verbs have their name and their line in the help, and are not imported.
    """
    return _parsers(words)[0]


def _parsers(words: Collection[str]) -> tuple[argparse.ArgumentParser, Verbs]:
    top = _backup_parser()
    verbs = top.add_subparsers(
        dest="verb",
        metavar="VERB",
        prog="runbook.py",
        title="verbs",
        description="look into the vault and take care of it; only check contacts conductors",
    )
    for name, text in VERBS.items():
        if name in words:
            import_module(f"commands.{name}").add_to(verbs)
        else:
            verbs.add_parser(name, help=text)
    return top, verbs


def _parse_verb(words: Sequence[str]) -> argparse.Namespace:
    top, verbs = _parsers(words[:1])
    options, rest = top.parse_known_args(words)
    if rest:
        refuse_words(verbs.choices[words[0]], rest)
    return options


def _parse_backup(words: Sequence[str]) -> argparse.Namespace:
    """Take the words for those of a backup: a verb stands first or not at all.

    Were it allowed behind options, argparse would silently put its defaults in place of them.
    """
    top = _backup_parser()
    options, rest = top.parse_known_args(words)
    for word in rest:
        if word in VERBS:
            refuse_order(top, words, word)
    if rest:
        refuse_words(top, rest)
    return options


def _backup_parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        prog="runbook.py",
        usage=USAGE,
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.set_defaults(verb=None)
    top.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    add_common(top)
    add_filters(top, failed=True)
    _add_backup(top)
    return top


def _add_backup(to: argparse.ArgumentParser) -> None:
    """Add what only a backup run understands."""
    to.add_argument("--workers", type=positive, metavar="N", help="conductors at the same time")
    to.add_argument(
        "--dry-run", action="store_true", help="log in and check; write nothing anywhere"
    )
    to.add_argument(
        "--print-result", action="store_true", help="also print Nornir's result of every step"
    )
    to.add_argument("--no-mail", action="store_true", help="send no mail")
