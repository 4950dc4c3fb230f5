"""A small mail server that keeps every message as .eml and .html: `python -m demo.mail_sink`."""

from __future__ import annotations

import argparse
import signal
import threading
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Keep:
    """Writes each message into a folder, numbered from 1."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take the message over."""
        self._count += 1
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        (self._folder / f"mail-{self._count}.eml").write_bytes(raw)
        html = message_from_bytes(raw, policy=default).get_body(("html",))
        if html is not None:
            page = self._folder / f"mail-{self._count}.html"
            page.write_text(html.get_content(), encoding="utf-8")
        return "250 kept"


def main() -> None:
    """Serve until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--ready-file", type=Path, required=True)
    options = parser.parse_args()
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=done.set).start())
    controller = Controller(Keep(options.folder), hostname="127.0.0.1", port=options.port)
    controller.start()
    options.ready_file.write_text("ready\n", encoding="utf-8")
    done.wait()
    controller.stop()


if __name__ == "__main__":
    main()
