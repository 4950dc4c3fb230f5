"""`make demo`: back up a dozen pretend conductors over real HTTPS, SCP and SMTP."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from rich.console import Console

from demo.site import FAILING, MEMBERS, PASSWORD, USERNAME, free_places, write_fleet, write_settings
from vault.lock import LOCK_FILE, VaultLock, VaultLocked

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "demo-output"
START_SECONDS = 20.0


STAYING = """
The conductors stay until you press Ctrl-C. In another terminal:

  export AOS8_USERNAME={username} AOS8_PASSWORD={password}
  .venv/bin/python runbook.py --config demo-output/nornir_config.yaml --site lab
"""


def main(arguments: Sequence[str] | None = None, folder: Path = FOLDER) -> int:
    """Run the demo in `demo-output`; 0 when exactly the conductor meant to fail has failed.

    One demo at a time: 1, and nothing touched, while another one uses `folder`.
    """
    parser = argparse.ArgumentParser(prog="python -m demo", description="Run the demo.")
    parser.add_argument("--stay", action="store_true", help="keep the conductors running to play")
    stay = parser.parse_args(arguments).stay
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with VaultLock(folder, "make play" if stay else "make demo"):
            _heed_signals()
            empty(folder)
            return _show(folder, stay=stay)
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    except VaultLocked as error:
        sys.stderr.write(
            f"{folder} is in use: {error.holder or 'another demo'}.\n"
            "Nothing was touched. End that one first (Ctrl-C in its terminal).\n"
        )
        return 1


def _heed_signals() -> None:
    """End on SIGINT, which a shell makes its background jobs ignore, and SIGTERM; leave nothing."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))


def empty(folder: Path) -> None:
    """Remove what an earlier demo left in `folder`, but not the lock that this one holds."""
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        elif entry.name != LOCK_FILE:
            entry.unlink()


def _show(folder: Path, *, stay: bool) -> int:
    console = Console(soft_wrap=True, highlight=False)
    mails = folder / "mail"
    mails.mkdir()
    places = free_places()
    fleet, ca_file, requests = folder / "fleet.yaml", folder / "ca.pem", folder / "requests.jsonl"
    write_fleet(fleet, places)
    console.print(
        f"Starting {len(MEMBERS)} pretend conductors and a mail server; the flash archive of "
        f"[bold]{FAILING}[/] will be cut short on its way, though the device reports success.\n"
    )
    emulator = ["emulator", str(fleet), "--ca-file", str(ca_file), "--request-log", str(requests)]
    sink = ["demo.mail_sink", "--port", str(places.mail), "--folder", str(mails)]
    with _background(emulator, folder / "emulator.ready"), _background(sink, folder / "mail.ready"):
        settings = write_settings(folder, places, ca_file)
        report = folder / "report.json"
        code = _runbook(["--config", str(settings), "--json", str(report)])
        ended = _conclude(console, folder, report, code)
        if stay:
            _stay(console)
    return ended


def _stay(console: Console) -> None:
    text = STAYING.format(username=USERNAME, password=shlex.quote(PASSWORD))
    with suppress(KeyboardInterrupt):
        console.print(text, markup=False)
        threading.Event().wait()


def _runbook(arguments: Sequence[str]) -> int:
    environment = os.environ | {"AOS8_USERNAME": USERNAME, "AOS8_PASSWORD": PASSWORD}
    command = [sys.executable, str(ROOT / "runbook.py"), *arguments]
    return subprocess.run(command, env=environment, check=False).returncode


def _conclude(console: Console, folder: Path, report: Path, code: int) -> int:
    failed = []
    if report.exists():
        hosts = json.loads(report.read_text(encoding="utf-8"))["hosts"]
        failed = [host["host"] for host in hosts if host["verdict"] == "FAIL"]
    places = (
        ("vault", folder / "vault" / "conductors"),
        ("ledger", folder / "vault" / "runs"),
        ("mail", folder / "mail"),
        ("settings", folder / "nornir_config.yaml"),
        ("requests", folder / "requests.jsonl"),
    )
    console.print()
    for name, path in places:
        console.print(f"  {name:<9} {os.path.relpath(path)}")
    as_meant = code == 1 and failed == [FAILING] and any((folder / "mail").glob("*.eml"))
    if as_meant:
        console.print(f"\n[green]As meant:[/] exactly {FAILING} failed, and the mail says so.")
        return 0
    console.print(f"\n[bold red]Not as meant:[/] runbook.py ended with {code}; failed: {failed}.")
    return 1


@contextmanager
def _background(arguments: Sequence[str], ready: Path) -> Iterator[None]:
    command = [sys.executable, "-m", *arguments, "--ready-file", str(ready)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        _await(process, ready)
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _await(process: subprocess.Popen[bytes], ready: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready.exists():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"{process.args!r} did not start")
        time.sleep(0.05)


if __name__ == "__main__":
    sys.exit(main())
