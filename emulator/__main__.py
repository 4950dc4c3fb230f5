"""`python -m emulator FLEET.yaml`: run a fleet in the foreground until it is interrupted.

SIGHUP reads the file again and replaces the faults of every conductor; nothing else changes.
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from emulator.errors import FleetDownError, FleetFileError
from emulator.fleet import Fleet
from emulator.fleet_file import load_fleet

LOOK_SECONDS: Final = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run until SIGINT or SIGTERM; 2 for a bad fleet file, 1 when an address is taken."""
    options = _parser().parse_args(arguments)
    try:
        specs = load_fleet(options.fleet)
        fleet = Fleet(specs, request_log=options.request_log, ca_file=options.ca_file)
        with fleet:
            _serve(fleet, options.fleet, options.ready_file)
    except FleetFileError as exc:
        return _complain(str(exc), 2)
    except (FleetDownError, OSError) as exc:
        return _complain(str(exc), 1)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=main.__doc__)
    parser.add_argument("fleet", type=Path, metavar="FLEET.yaml")
    parser.add_argument("--ready-file", type=Path, help="written when every conductor listens")
    parser.add_argument("--request-log", type=Path, help="one JSON line for each request")
    parser.add_argument("--ca-file", type=Path, help="where to write the authority's certificate")
    return parser


def _serve(fleet: Fleet, file: Path, ready_file: Path | None) -> None:
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):  # not set in the handler: it may hold the lock
        signal.signal(number, lambda *_: threading.Thread(target=done.set).start())
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, lambda *_: _replace_faults(fleet, file))
    lines = [f"{device.spec.name} {device.address} {device.port}" for device in fleet]
    sys.stdout.write("\n".join([*lines, f"ca {fleet.ca_file}", ""]))
    sys.stdout.flush()
    if ready_file is not None:
        ready_file.write_text("\n".join([*lines, ""]), encoding="utf-8")
    while not done.wait(LOOK_SECONDS):
        pass  # a signal that comes just before the wait is seen after it


def _replace_faults(fleet: Fleet, file: Path) -> None:
    try:
        specs = {spec.name: spec for spec in load_fleet(file)}
    except FleetFileError as exc:
        _complain(str(exc), 2)
        return
    for device in fleet:
        spec = specs.get(device.spec.name)
        if spec is not None:
            device.faults.replace(spec.faults)


def _complain(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
