"""Where log lines go. Only the command line calls this; libraries configure nothing."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import urllib3
from rich.console import Console
from rich.logging import RichHandler
from urllib3.exceptions import InsecureRequestWarning

from aos8.redact import Redactor
from settings.model import LogSettings

FORMAT = "%(asctime)s %(levelname)-7s %(threadName)s %(name)s: %(message)s"
LOUDER = {0: logging.ERROR, 1: logging.INFO}
OURS = ("aos8", "commands", "fleet", "plugins", "reporting", "settings", "tasks", "vault")


class Redacting(logging.Formatter):
    """Writes a record with every known secret and all that looks like one masked."""

    def __init__(self, line: str, redactor: Redactor) -> None:
        super().__init__(line)
        self._redactor = redactor

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Return the line; time and name of the logger are never taken for secrets."""
        record.message = self._redactor.text(record.message)
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """Return the traceback."""
        return self._redactor.text(super().formatException(ei))


def configure_logging(
    verbose: int, settings: LogSettings, console: Console, secrets: Iterable[str] = ()
) -> None:
    """Send our records to the console as `verbose` says, and to the file of the settings.

    Other libraries' records are shown only from WARNING on. Raises `OSError` when the log file
    cannot be opened.
    """
    redactor = Redactor(secrets)
    handlers: list[logging.Handler] = [_console_handler(verbose, console, redactor)]
    if settings.file:
        handlers.append(_file_handler(settings.file, settings.level, redactor))
    urllib3.disable_warnings(InsecureRequestWarning)  # the report says it once, not each call
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.DEBUG)


def _console_handler(verbose: int, console: Console, redactor: Redactor) -> logging.Handler:
    level = LOUDER.get(verbose, logging.DEBUG)
    handler: logging.Handler
    if console.is_terminal:
        handler = RichHandler(console=console, show_path=False, markup=False, highlighter=None)
        handler.setFormatter(Redacting("%(message)s", redactor))
    else:
        handler = logging.StreamHandler()
        handler.setFormatter(Redacting(FORMAT, redactor))
    handler.setLevel(level)
    return handler


def _file_handler(path: Path, level: str, redactor: Redactor) -> logging.Handler:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600))
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(Redacting(FORMAT, redactor))
    handler.setLevel(level.upper())
    return handler
