"""Pieces of the command line that several verbs share."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from commands.json_target import json_target
from commands.verbs import VERBS
from scope import DEFAULT_CONFIG, Filters

if TYPE_CHECKING:
    from commands.desk import Desk
    from commands.view import View

Verbs: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Perform: TypeAlias = "Callable[[Desk, argparse.Namespace], View]"


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
        setattr(namespace, self.dest, tuple(dict.fromkeys((*known, *names))))


def add_verb(
    verbs: Verbs, name: str, perform: Perform, *, description: str, filters: bool = True
) -> argparse.ArgumentParser:
    """Add the parser of a verb.

    The first line of `description` is a sentence about what it does, the rest says how it ends.
    """
    parser = verbs.add_parser(
        name,
        help=VERBS[name],
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(perform=perform)
    add_common(parser)
    if filters:
        add_filters(parser)
    return parser


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
    to.add_argument(
        "--json",
        type=json_target,
        metavar="FILE",
        help="also write the result as JSON; - writes it to stdout, and the table to stderr",
    )


def add_filters(to: argparse.ArgumentParser, *, failed: bool = False) -> None:
    """Add the filters: OR within a kind, AND between kinds; `failed` where that is one of them."""
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
    if failed:
        group.add_argument(
            "--failed",
            action="store_true",
            help="whose last run ended as FAIL or CANCELLED; one that was in no run yet is not "
            "among them (status names it)",
        )


def add_host(to: argparse.ArgumentParser) -> None:
    """Add the one conductor that a verb is about."""
    to.add_argument("host", metavar="HOST", help="name of a conductor in the inventory or vault")


def add_generation(to: argparse.ArgumentParser) -> None:
    """Add the one generation that a verb is about."""
    to.add_argument(
        "generation",
        metavar="GENERATION",
        nargs="?",
        default="latest",
        help="run id, the unique beginning of one, or latest (default)",
    )


def add_reason(to: argparse.ArgumentParser) -> None:
    """Add the reason that is kept beside what is changed."""
    to.add_argument(
        "--reason", required=True, type=_words, metavar="TEXT", help="why; kept in the vault"
    )


def config_typed(options: argparse.Namespace) -> str:
    """Return the settings file that has to be typed to mean these, "" for the default one."""
    config: Path = options.config.absolute()
    return "" if config == DEFAULT_CONFIG.absolute() else str(config)


def filters_of(options: argparse.Namespace) -> Filters:
    """Return the filters that were typed."""
    return Filters(options.sites, options.groups, options.hosts)


def selection_of(options: argparse.Namespace) -> str:
    """Return in words what a backup or a check was to be about, "" for all conductors."""
    failed = "failed last time" if options.failed else ""
    return ", ".join(filter(None, [str(filters_of(options)), failed]))


def positive(text: str) -> int:
    """Read a whole number above 0."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return number


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise argparse.ArgumentTypeError("must not be empty")
    return words
