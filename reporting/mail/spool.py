"""Mails that no server took yet: kept on disk, and sent before the next one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from reporting.errors import MailNotSent, ReportWriteError
from reporting.files import write_private
from reporting.mail.folding import POLICY

logger = logging.getLogger(__name__)

MOST_KEPT: Final = 20
SUFFIX: Final = ".eml"


@dataclass(frozen=True, slots=True)
class Spool:
    """A folder of waiting mails, one file each; the newest `MOST_KEPT` are kept."""

    folder: Path

    def keep(self, message: EmailMessage, name: str) -> Path:
        """Write `message` as `name`.eml (mode 0600); raises `ReportWriteError`."""
        try:
            self.folder.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise ReportWriteError(f"mail not spooled in {self.folder}: {error.strerror}") from None
        path = self.folder / f"{name}{SUFFIX}"
        write_private(path, message.as_bytes())
        for surplus in self.waiting()[:-MOST_KEPT]:
            surplus.unlink(missing_ok=True)
        return path

    def waiting(self) -> list[Path]:
        """Return the waiting mails, oldest first."""
        try:
            return sorted(self.folder.glob(f"*{SUFFIX}"))
        except OSError:
            return []

    def flush(self, send: Callable[[EmailMessage], object]) -> int:
        """Send what waits, oldest first, and return how many went out.

        Ends at the first that is not taken; that one and those behind it go on waiting.
        """
        sent = 0
        for path in self.waiting():
            try:
                send(_read(path))
            except (MailNotSent, OSError) as error:
                logger.info("%s goes on waiting: %s", path.name, error)
                break
            path.unlink(missing_ok=True)
            sent += 1
        return sent


def _read(path: Path) -> EmailMessage:
    message = message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=POLICY)
    if not isinstance(message, EmailMessage):
        raise TypeError(f"{path} is no mail")
    return message
