"""What to say of a command line that makes no sense: what would be right."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn

from commands.verbs import VERBS

FILTERS: Final = ("--site", "--group", "--host")
_PROGRAM: Final = "runbook.py"
_NO_VERBS: Final[Mapping[str, str]] = {
    "backup": "a backup needs no verb: {line}",
    "restore": 'a restore is done by hand: see "Restoring a conductor" in docs/operating.md',
}


def refuse_verb(top: argparse.ArgumentParser, words: Sequence[str]) -> NoReturn:
    """Exit with 2 for a first word that is no verb."""
    from settings.problems import closest

    word = words[0]
    if word in _NO_VERBS:
        line = shlex.join([_PROGRAM, *words[1:]])
        top.error(f'no verb "{word}"; {_NO_VERBS[word].format(line=line)}')
    known = ", ".join(sorted(VERBS))
    top.error(f'no verb "{word}"{closest(word, VERBS)}\n  known verbs: {known}')


def refuse_order(top: argparse.ArgumentParser, words: Sequence[str], verb: str) -> NoReturn:
    """Exit with 2 for options that stand before the verb."""
    rest = list(words)
    rest.remove(verb)
    top.error(f"options stand behind the verb: {shlex.join([_PROGRAM, verb, *rest])}")


def refuse_words(parser: argparse.ArgumentParser, words: Sequence[str]) -> NoReturn:
    """Exit with 2 for words that `parser` does not know, with its usage."""
    known = [text for action in parser._actions for text in action.option_strings]
    hint = next(filter(None, (_hint(word.partition("=")[0], known) for word in words)), "")
    parser.error(f"unrecognized arguments: {shlex.join(words)}{hint}")


def _hint(word: str, known: Sequence[str]) -> str:
    """Say what an unknown option may have been meant for, "" where nobody can tell."""
    from settings.problems import closest

    if not word.startswith("--"):
        return ""
    if word in FILTERS and word not in known:
        return "; this verb is about the one HOST that it names, and has no filters"
    return closest(word, known)
