"""The command line: what may be typed, and what it means."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fleet import DEFAULT_CONFIG, Filters
from version import VERSION

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


class _Names(argparse.Action):
    """Collect names from repeated options and comma lists."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        names = [name.strip() for name in str(values).split(",")]
        if not all(names):
            parser.error(f"argument {option_string}: an empty name in {values!r}")
        known = getattr(namespace, self.dest) or ()
        setattr(namespace, self.dest, (*known, *names))


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="runbook.py",
        description=DESCRIPTION,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    add_common(top)
    add_filters(top)
    add_backup(top)
    return top


def add_common(to: argparse.ArgumentParser) -> None:
    """Add what every verb understands."""
    to.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_CONFIG,
        metavar="FILE",
        help="settings (default: nornir_config.yaml beside runbook.py)",
    )
    to.add_argument(
        "-v",
        "--verbose",
        action="count",
        default=0,
        help="say on stderr what is done; twice: every step",
    )
    to.add_argument("--json", metavar="FILE", help="also write the result as JSON; - is stdout")


def add_filters(to: argparse.ArgumentParser) -> None:
    """Add the filters: OR within a kind, AND between kinds."""
    group = to.add_argument_group(
        "filters", "repeat them or give comma lists; several kinds must all match"
    )
    for kind, text in (
        ("site", "conductors of this site"),
        ("group", "conductors in this group, or in a group below it"),
        ("host", "this conductor"),
    ):
        group.add_argument(
            f"--{kind}", action=_Names, default=(), metavar="NAME", dest=f"{kind}s", help=text
        )


def add_backup(to: argparse.ArgumentParser) -> None:
    """Add what only a backup run understands."""
    to.add_argument("--workers", type=_positive, metavar="N", help="conductors at the same time")
    to.add_argument(
        "--dry-run", action="store_true", help="log in and check; write nothing anywhere"
    )
    to.add_argument(
        "--print-result", action="store_true", help="also print Nornir's result of every step"
    )
    to.add_argument("--no-mail", action="store_true", help="send no mail")


def filters_of(options: argparse.Namespace) -> Filters:
    """Return the filters that were typed."""
    return Filters(options.sites, options.groups, options.hosts)


def _positive(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number
