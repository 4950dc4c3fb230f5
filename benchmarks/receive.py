"""The embedded receiver beside an OpenSSH server, pushed to by the same scp client.

`python -m benchmarks.receive`. Ours hashes and syncs every file before it acknowledges; sshd does
neither. Client and server share this machine, so compare ratios and CPU-seconds, not speeds.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.sshd import Sshd, find_sshd
from vault.receiver import ReceiverOptions
from vault.receiver.receiver import Receiver

NAME: Final = "bk-20261123T020000Z-3f9c-flash.tar.gz"
CIPHERS: Final[dict[str, tuple[str, ...]]] = {
    "default": (),
    "aes128-gcm": ("-o", "Ciphers=aes128-gcm@openssh.com"),
    "aes128-ctr+sha1": ("-o", "Ciphers=aes128-ctr", "-o", "MACs=hmac-sha1"),
}
QUIET: Final = (
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "LogLevel=ERROR",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: MB/s of all pushes together, CPU-seconds per GB and MB of the server."""

    speed: float
    cpu: float
    memory: float


class Round:
    """One size, one number of pushes at once, one cipher, in a folder of its own."""

    def __init__(self, folder: Path, megabytes: int, pushes: int, cipher: str) -> None:
        self._folder: Final = folder
        self._bytes: Final = megabytes * 1_000_000
        self._pushes: Final = pushes
        self._cipher: Final = CIPHERS[cipher]

    def ours(self) -> Measured:
        """Push to the embedded receiver; memory is this process's peak."""
        landing = self._landing()
        with Receiver(_options(self._folder, self._bytes)) as receiver:
            tickets = [
                receiver.issue(NAME, place, "127.0.0.1", lifetime=3600.0) for place in landing
            ]
            before = _cpu_of_this_process()
            started = time.monotonic()
            _finish(
                [
                    self._start(ticket.username, str(receiver.port), ticket.password, (), NAME)
                    for ticket in tickets
                ]
            )
            seconds = time.monotonic() - started
            cpu = _cpu_of_this_process() - before
        if not all(ticket.receipt for ticket in tickets):
            raise SystemExit(f"a push failed: {tickets[0].diagnosis}")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return self._measured(seconds, cpu, peak)

    def theirs(self, program: str) -> Measured:
        """Push to OpenSSH's server, whose many processes' memory is not summed up."""
        landing = self._landing()
        server = Sshd(program, self._folder / "sshd")
        user, port, options = server.login
        try:
            started = time.monotonic()
            _finish([self._start(user, port, "", options, f"{at}/{NAME}") for at in landing])
            seconds = time.monotonic() - started
        finally:
            cpu = server.stop()
        return self._measured(seconds, cpu, 0.0)

    def _landing(self) -> list[Path]:
        root = self._folder / "landing"
        shutil.rmtree(root, ignore_errors=True)
        places = [root / str(number) for number in range(self._pushes)]
        for place in places:
            place.mkdir(mode=0o700, parents=True)
        return places

    def _start(
        self, user: str, port: str, password: str, options: tuple[str, ...], target: str
    ) -> subprocess.Popen[bytes]:
        quiet = [word for option in QUIET for word in ("-o", option)]
        command = ["scp", "-F", "/dev/null", "-O", "-q", "-P", port, *quiet, *options]
        return subprocess.Popen(
            [*command, *self._cipher, str(self._folder / NAME), f"{user}@127.0.0.1:{target}"],
            stdin=subprocess.DEVNULL,
            env={
                **os.environ,
                "SSH_ASKPASS": str(self._folder / "askpass"),
                "SSH_ASKPASS_REQUIRE": "force",
                "BENCHMARK_PASSWORD": password,
            },
        )

    def _measured(self, seconds: float, cpu: float, memory: float) -> Measured:
        total = self._bytes * self._pushes
        return Measured(total / 1e6 / seconds, cpu / (total / 1e9), memory)


def _finish(clients: list[subprocess.Popen[bytes]]) -> None:
    if any(tuple(client.wait() for client in clients)):
        raise SystemExit("scp failed")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every combination, alternating between the two, and print medians."""
    options = _parser().parse_args(arguments)
    program = find_sshd()
    if program is None:
        print("sshd is not installed: only the embedded receiver is measured.")
    print(
        f"{options.megabytes} MB a push, median of {options.rounds}; sshd neither syncs nor hashes"
    )
    print(
        "cipher           pushes   ours MB/s  sshd MB/s  ratio   CPU-s/GB ours/sshd   peak MB ours"
    )
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=options.folder)))
        _prepare(folder, options.megabytes)
        for cipher in options.ciphers:
            for pushes in options.pushes:
                one = Round(folder, options.megabytes, pushes, cipher)
                _compare(one, program, options.rounds, f"{cipher:<16} {pushes:>6}")


def _compare(one: Round, program: str | None, rounds: int, label: str) -> None:
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(one.ours())
        if program is not None:
            theirs.append(one.theirs(program))
    mine = _median(ours)
    if not theirs:
        print(f"{label} {mine.speed:>11.0f} {'-':>10} {'-':>6} {mine.cpu:>12.2f}")
        return
    other = _median(theirs)
    ratio = statistics.median(a.speed / b.speed for a, b in zip(ours, theirs, strict=True))
    print(
        f"{label} {mine.speed:>11.0f} {other.speed:>10.0f} {ratio:>6.2f} "
        f"{mine.cpu:>12.2f} / {other.cpu:.2f} {mine.memory:>13.0f}"
    )


def _median(rounds: list[Measured]) -> Measured:
    return Measured(
        statistics.median(one.speed for one in rounds),
        statistics.median(one.cpu for one in rounds),
        max(one.memory for one in rounds),
    )


def _prepare(folder: Path, megabytes: int) -> None:
    with (folder / NAME).open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(1_000_000))
    askpass = folder / "askpass"
    askpass.write_text('#!/bin/sh\nprintf "%s\\n" "$BENCHMARK_PASSWORD"\n')
    askpass.chmod(0o700)


def _options(folder: Path, largest: int) -> ReceiverOptions:
    return ReceiverOptions(
        address="127.0.0.1",
        listen="127.0.0.1",
        port=0,
        host_key=folder / "receiver_key",
        max_file_bytes=largest,
        min_free_bytes=0,
        connections_per_peer=64,
    )


def _cpu_of_this_process() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--megabytes", type=int, default=200, help="size of each push")
    parser.add_argument("--pushes", type=int, nargs="+", default=[1, 4, 16], help="pushes at once")
    parser.add_argument("--ciphers", choices=CIPHERS, nargs="+", default=list(CIPHERS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="where to write; default: temporary files")
    return parser


if __name__ == "__main__":
    main()
