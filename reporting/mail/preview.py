"""Keep copies of a mail on disk: to look at, and for the day when no server takes it."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from reporting.errors import ReportWriteError
from reporting.files import write_private

_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


def write_preview(message: EmailMessage, folder: Path, name: str) -> tuple[Path, Path]:
    """Write `name`.eml and `name`.html (mode 0600) into `folder` and return both paths.

    `folder` exists; `name` is a run's id or another plain file name. Raises `ReportWriteError`.
    """
    if not _SAFE_NAME.fullmatch(name):
        raise ReportWriteError(f"preview not written: {name!r} is no plain file name.")
    html = message.get_body(("html",))
    if html is None:
        raise ReportWriteError(f"preview {name} not written: the message has no HTML part.")
    mail_path, page_path = folder / f"{name}.eml", folder / f"{name}.html"
    write_private(mail_path, message.as_bytes())
    write_private(page_path, html.get_content().encode("utf-8"))
    return mail_path, page_path
