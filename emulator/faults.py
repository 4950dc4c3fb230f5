"""Faults that a test or a fleet file asks for, and how often each still strikes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from emulator.fault_kinds import FaultKind, kind_at, steps_of
from emulator.knobs import NO_OTHER_KEYS, Role

PARAMETERS: Final = (
    "seconds", "bytes_per_second", "after", "http", "status", "text", "key", "role",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong in one step.

    `step` is `connect`, `login`, `logout`, `show` (or one command, `show version`), `get`,
    `object`, the name of an object, `scp`, or `any` call. `times` counts down (None: always),
    `skip` calls pass first. What each kind means and takes stands in `fault_kinds.KINDS`; a
    parameter that is left out gets the kind's default.
    """

    __pydantic_config__ = NO_OTHER_KEYS

    step: str
    kind: FaultKind
    times: int | None = None
    skip: int = 0
    seconds: float | None = None
    bytes_per_second: int | None = None
    after: int | None = None
    http: int | None = None
    status: int | None = None
    text: str | None = None
    key: Literal["ERROR", "Error"] | None = None
    role: Role | None = None

    def __post_init__(self) -> None:
        kind = kind_at(self.step, self.kind)
        if kind is None:
            raise ValueError(_misplaced(self.step, self.kind))
        for name in PARAMETERS:
            if getattr(self, name) is None:
                object.__setattr__(self, name, kind.takes.get(name))
            elif name not in kind.takes:
                allowed = [*kind.takes, "times", "skip"]
                raise ValueError(f"{self.kind!r} at {self.step!r} takes {allowed}, not {name!r}")
        self._check_numbers()

    def _check_numbers(self) -> None:
        if self.times is not None and self.times < 1:
            raise ValueError("times must be 1 or more; leave it out for always")
        signed = self.kind == "clock-jump"
        least = {"skip": 0, "seconds": None if signed else 0, "after": 0, "bytes_per_second": 1}
        for name, minimum in least.items():
            value = getattr(self, name)
            if value is not None and minimum is not None and value < minimum:
                raise ValueError(f"{name} must be {minimum} or more")
        if self.http is not None and not 200 <= self.http <= 599:
            raise ValueError("http must lie between 200 and 599")


def _misplaced(step: str, name: str) -> str:
    steps = steps_of(name)
    if not steps:
        return f"there is no fault {name!r}; docs/emulator.md lists them"
    return f"fault {name!r} belongs to the steps {steps}, not to {step!r}"


class FaultBox:
    """The faults of one conductor; safe to change while it runs.

    `changed` is called, outside of the lock, after every change from outside; with True when
    the earlier faults were forgotten.
    """

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []
        self.changed: Callable[[bool], None] = lambda _forgotten: None
        self.replace(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Forget every fault and start over with these."""
        with self._lock:
            self._entries = [_Entry(fault, fault.skip, fault.times) for fault in faults]
        self.changed(True)

    def add(self, fault: Fault) -> None:
        """Let one more thing go wrong; earlier faults of the same step strike first."""
        with self._lock:
            self._entries.append(_Entry(fault, fault.skip, fault.times))
        self.changed(False)

    def take(self, steps: Collection[str], kinds: Collection[str]) -> Fault | None:
        """Return the first fault due at one of these step names, counting it down."""
        with self._lock:
            for entry in self._entries:
                fault = entry.fault
                if fault.kind in kinds and fault.step in steps and entry.due():
                    return fault
        return None

    def take_ready(self, step: str, kind: str) -> Fault | None:
        """Return a fault that the next call would meet, without counting calls that pass."""
        with self._lock:
            for entry in self._entries:
                same = (entry.fault.step, entry.fault.kind) == (step, kind)
                if same and entry.skip == 0 and entry.due():
                    return entry.fault
        return None

    def let_pass(self, step: str, kind: str) -> None:
        """Count one call that passes on the way to a fault that `take_ready` will give."""
        with self._lock:
            for entry in self._entries:
                if (entry.fault.step, entry.fault.kind) == (step, kind):
                    entry.skip = max(0, entry.skip - 1)


@dataclass(slots=True)
class _Entry:
    fault: Fault
    skip: int
    left: int | None

    def due(self) -> bool:
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left is None:
            return True
        self.left -= 1
        return self.left >= 0
