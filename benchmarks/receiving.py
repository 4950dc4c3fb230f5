"""The receiver as a process of its own, with a ticket for each file that a benchmark will push.

Written for `benchmarks.fleet`: `python -m benchmarks.receiving JOBS.json --ready-file READY`. READY
gets the accounts: host -> address, and for each file name its user and password.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
from pathlib import Path
from typing import Final

from benchmarks.site import CONFIG_NAME, FLASH_NAME, RECEIVER, write_private
from vault.receiver import ReceiverOptions
from vault.receiver.receiver import Receiver

LIFETIME: Final = 24 * 3600.0
LARGEST: Final = 4 << 30


def main() -> None:
    """Receive until SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("jobs", type=Path)
    parser.add_argument("--ready-file", type=Path, required=True)
    options = parser.parse_args()
    jobs = json.loads(options.jobs.read_text(encoding="utf-8"))
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    landing = options.ready_file.with_suffix(".received")
    landing.mkdir(mode=0o700)
    with Receiver(_options(jobs["port"], Path(jobs["host_key"]))) as receiver:
        accounts = {
            host: {"address": address, "files": _tickets(receiver, landing / host, address)}
            for host, address in jobs["hosts"].items()
        }
        write_private(options.ready_file, accounts)
        done.wait()


def _options(port: int, host_key: Path) -> ReceiverOptions:
    return ReceiverOptions(
        address=RECEIVER,
        listen=RECEIVER,
        port=port,
        host_key=host_key,
        max_file_bytes=LARGEST,
        min_free_bytes=0,
    )


def _tickets(receiver: Receiver, folder: Path, address: str) -> dict[str, tuple[str, str]]:
    folder.mkdir(mode=0o700)
    tickets = [
        receiver.issue(name, folder, address, lifetime=LIFETIME)
        for name in (CONFIG_NAME, FLASH_NAME)
    ]
    return {ticket.file_name: (ticket.username, ticket.password) for ticket in tickets}


if __name__ == "__main__":
    main()
