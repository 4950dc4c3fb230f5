"""Every fault at every place where a run can meet it, each on a conductor of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from benchmarks.deserved import DESERVED
from emulator import ConductorSpec, ContentSpec, Fault, fault_catalogue

CONTENT: Final = ContentSpec(archive_bytes=60_000, lines=120)
PEER: Final = "192.0.2.9"
LATE_SECONDS: Final = 20.0
"""Longer than any timeout of `arena.PATIENCE`, shorter than a run."""

STEPS: Final = (
    "connect",
    "login",
    "get",
    "show",
    "copy_running_flash",
    "list_sorted_dir",
    "flash_backup",
    "copy_flash_scp",
    "scp",
    "delete_file_ssh_hosts",
    "logout",
)
"""What a run meets. The other objects of the emulator are never called by a backup."""

EVENTS: Final = ("close", "expired", "lost-answer", "role-change", "reload", "takeover")
LATER: Final = (("sys_info", 1), ("list_sorted_dir", 1), ("copy_flash_scp", 1))
"""Where events strike once more: after the transfers, after the archive, at the second push."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fault at one place, and the conductor that it strikes."""

    host: str
    fault: Fault

    @property
    def spec(self) -> ConductorSpec:
        """Return the conductor without its fault; roles change only in a pair."""
        peer = PEER if self.fault.kind == "role-change" else ""
        return ConductorSpec(self.host, content=CONTENT, peer=peer)

    @property
    def place(self) -> str:
        """Return the step, with how many calls of it pass before."""
        return self.fault.step + (f" +{self.fault.skip}" if self.fault.skip else "")

    @property
    def kind(self) -> str:
        """Return the kind with what tells its variants apart."""
        fault = self.fault
        if fault.kind == "http":
            return f"http {fault.http}"
        if fault.kind == "fail":
            return f"fail {fault.status}"
        if fault.kind == "error":
            return f"error {fault.key}"
        if fault.kind == "clock-jump":
            return f"clock-jump {fault.seconds:+.0f} s"
        if fault.kind == "expired" and fault.times == 1:
            return "expired once"
        return "busy twice" if fault.kind == "busy" and fault.times == 2 else fault.kind

    @property
    def deserved(self) -> str:
        """Return what `DESERVED` says of the variant, else of the kind."""
        table = DESERVED[self.place]
        return table.get(self.kind) or table[self.fault.kind]

    def deserves(self, verdict: str, code: str) -> bool:
        """Say whether this verdict with this first reason is one of those deserved."""
        for one in self.deserved.split("; "):
            word, _, codes = one.partition(" ")
            if word == verdict and code in (codes.split("|") if codes else [""]):
                return True
        return False


def cells() -> tuple[Cell, ...]:
    """Return a cell for every fault; those that take long come first."""
    faults = sorted((*_catalogued(), *_later()), key=lambda fault: fault.kind not in _SLOW)
    return tuple(Cell(f"mm-{number:03d}", fault) for number, fault in enumerate(faults, start=1))


_SLOW: Final = frozenset({"hang", "late", "slow", "close", "reset", "early"})


def _catalogued() -> Iterator[Fault]:
    for fault in fault_catalogue(STEPS, patience=LATE_SECONDS):
        if fault.kind == "slow" and fault.step != "scp":
            yield replace(fault, bytes_per_second=20)
        elif fault.kind == "early":
            yield replace(fault, seconds=LATE_SECONDS)
        else:
            yield fault


def _later() -> Iterator[Fault]:
    for step, skip in LATER:
        for kind in EVENTS:
            yield Fault(step, kind, times=1, skip=skip)
