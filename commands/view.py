"""What a verb has to say: lines for people, a document for programs, and an exit code."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from commands import codes
from commands.terminal import Screen, printing
from reporting import ReportingError
from reporting.columns import print_lines, width_of
from reporting.files import write_private

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
    with printing() as printed:
        print_lines(iter(view.lines(width_of(console))), console)
    if printed.trouble:
        logger.error("%s", printed.trouble)
        return view.exit_code or codes.NOT_DELIVERED
    if not json_target:
        return view.exit_code
    text = json.dumps({"schema": SCHEMA, **view.document}, indent=2, allow_nan=False) + "\n"
    if json_target == "-":
        with printing():
            Screen().out(text, end="", highlight=False)
        return view.exit_code
    try:
        write_private(Path(json_target), text.encode("ascii"))
    except ReportingError as error:
        logger.error("%s", error)  # noqa: TRY400 - the error says all there is
        return view.exit_code or codes.NOT_DELIVERED
    return view.exit_code
