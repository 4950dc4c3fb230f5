"""Faults that a test or a fleet file asks for, and how often each still strikes."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from emulator.knobs import NO_OTHER_KEYS

AnswerKind = Literal[
    "fail",
    "http",
    "html",
    "empty",
    "half-body",
    "refuse-login",
    "hang",
    "reset",
    "lost-answer",
]
WorkKind = Literal["cut", "silent", "truncated"]

ANSWER_KINDS: Final[frozenset[str]] = frozenset(get_args(AnswerKind))
WORK_STEPS: Final[dict[str, frozenset[str]]] = {
    "cut": frozenset({"scp"}),
    "silent": frozenset({"scp"}),
    "truncated": frozenset({"flash_backup", "copy_running_flash", "tar_flash"}),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong in one step.

    `step` is `login`, `logout`, `show` (or one command, `show version`), `get`, the name of an
    object, `scp`, or `any`. `times` counts down (None: always), `skip` calls pass first. `seconds`
    belongs to `hang`, `http` and `text` to `http`, `status` and `text` to `fail`; `after` is the
    number of bytes that still go out (`cut`) or are kept (`truncated`; 0: half of them).
    """

    __pydantic_config__ = NO_OTHER_KEYS

    step: str
    kind: AnswerKind | WorkKind
    times: int | None = None
    skip: int = 0
    seconds: float = 0.0
    after: int = 0
    http: int = 500
    status: int = 1
    text: str = "Module is busy. Please try later"

    def __post_init__(self) -> None:
        allowed = WORK_STEPS.get(self.kind)
        if allowed is not None and self.step not in allowed:
            raise ValueError(f"fault {self.kind!r} belongs to the steps {sorted(allowed)}")
        if self.kind == "refuse-login" and self.step != "login":
            raise ValueError("fault 'refuse-login' belongs to the step 'login'")


class FaultBox:
    """The faults of one conductor; safe to change while it runs."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._lock = threading.Lock()
        self._entries: list[_Entry] = []
        self.replace(faults)

    def replace(self, faults: Iterable[Fault]) -> None:
        """Forget every fault and start over with these."""
        with self._lock:
            self._entries = [_Entry(fault, fault.skip, fault.times) for fault in faults]

    def add(self, fault: Fault) -> None:
        """Let one more thing go wrong; earlier faults of the same step strike first."""
        with self._lock:
            self._entries.append(_Entry(fault, fault.skip, fault.times))

    def take(self, steps: Collection[str], kinds: Collection[str]) -> Fault | None:
        """Return the first fault due at one of these step names, counting it down."""
        with self._lock:
            for entry in self._entries:
                fault = entry.fault
                if fault.kind in kinds and fault.step in steps and entry.due():
                    return fault
        return None


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
