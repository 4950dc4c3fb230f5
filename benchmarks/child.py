"""Processes of a benchmark: run one to its end and measure it, or keep one beside the others."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
START_SECONDS: Final = 60.0
_KIB_PER_UNIT: Final = 1 if sys.platform.startswith("linux") else 1 / 1024


@dataclass(frozen=True, slots=True)
class Measured:
    """One process from start to end: seconds on the wall, CPU-seconds of user and system, peak."""

    seconds: float
    cpu_seconds: float
    peak_mb: float


def measure(
    arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> Measured:
    """Run `python ARGUMENTS` to its end; SystemExit with its last words when it fails.

    The peak is `ru_maxrss` of this one process: its largest resident set, in megabytes of 10**6.
    """
    started = time.monotonic()
    with log.open("wb") as output:
        process = _start(arguments, output.fileno(), environment)
        _, status, used = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} ended with {process.returncode}:\n{_tail(log)}")
    peak = used.ru_maxrss * _KIB_PER_UNIT * 1024 / 1e6
    return Measured(seconds, used.ru_utime + used.ru_stime, peak)


@contextmanager
def beside(arguments: Sequence[str], ready: Path) -> Iterator[int]:
    """Keep `python ARGUMENTS --ready-file READY` running; yield its id once the file is there."""
    ready.unlink(missing_ok=True)
    log = ready.with_suffix(".log")
    with log.open("wb") as output:
        process = _start([*arguments, "--ready-file", str(ready)], output.fileno())
    try:
        until = time.monotonic() + START_SECONDS
        while not ready.exists():
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"{' '.join(arguments)} did not start:\n{_tail(log)}")
            time.sleep(0.05)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def cpu_seconds_of(pid: int) -> float:
    """Return what a live process has used so far, nan where the system does not tell."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return float("nan")
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _start(
    arguments: Sequence[str], output: int, environment: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=_environment() | dict(environment or {}),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
    )


def _environment() -> dict[str, str]:
    """Return our own, but let Python keep compiled modules, as it does unless told otherwise."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-30:])
