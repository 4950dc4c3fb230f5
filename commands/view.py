"""What a verb has to say: lines for people, a document for programs, and an exit code."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from commands import codes
from commands.json_writing import write_document
from commands.terminal import printing
from reporting.columns import print_lines, width_of

logger = logging.getLogger(__name__)

SCHEMA: Final = 1
"""Raised when a key changes its meaning or goes away, not when one is added."""


@dataclass(frozen=True, slots=True)
class View:
    """The answer of a verb; `lines` draws it for a width, `document` gets its schema on writing."""

    lines: Callable[[int], Iterable[Text]]
    document: Mapping[str, Any]
    exit_code: int = codes.OK


def present(view: View, json_target: str | None, console: Console) -> int:
    """Print the lines, write the document where it was asked for, and return the exit code."""
    with printing(console) as printed:
        print_lines(iter(view.lines(width_of(console))), console)
    code = _told(view.exit_code, printed.trouble)
    if not json_target:
        return code
    document = {"schema": SCHEMA, **view.document, "exit_code": code}
    text = json.dumps(document, indent=2, allow_nan=False) + "\n"
    return _told(code, write_document(text, json_target))


def _told(code: int, trouble: str) -> int:
    """Say what went wrong with the answer on its way, and return what that makes of the code."""
    if not trouble:
        return code
    logger.error("%s", trouble)
    return code or codes.NOT_DELIVERED
