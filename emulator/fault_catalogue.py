"""Every fault there is, with parameters that make sense: what a matrix of tests runs through."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from emulator.fault_kinds import GET_STEPS, KINDS, Kind
from emulator.faults import Fault

FAMILIES: Final = frozenset({"any", "object", *GET_STEPS})
PATIENCE_KINDS: Final = frozenset({"hang", "late"})
VARIANTS: Final[Mapping[str, tuple[Mapping[str, Any], ...]]] = {
    "http": tuple({"http": code} for code in (401, 403, 415, 500, 502)),
    "fail": ({"status": 1}, {"status": 2}),
    "error": ({"key": "ERROR"}, {"key": "Error"}),
    "expired": ({"times": 1}, {}),
    "busy": ({"times": 2}, {}),
    "clock-jump": ({"seconds": 86400.0}, {"seconds": -86400.0}),
}


def fault_catalogue(
    steps: Collection[str] | None = None, *, patience: float = 30.0
) -> tuple[Fault, ...]:
    """Return every combination of step and kind, some in several variants.

    `steps` keeps the faults of these only. `any` and `object` are left out, as each step is listed
    by itself, and `get` stands for each object that is read. `patience` is the number of seconds
    for which `hang` and `late` keep a client waiting. Events strike once, all others always.
    """
    return tuple(
        fault
        for kind in KINDS
        for step in kind.steps
        if step not in FAMILIES and (steps is None or step in steps)
        for fault in _variants(kind, step, patience)
    )


def _variants(kind: Kind, step: str, patience: float) -> Iterator[Fault]:
    common: dict[str, Any] = {"times": 1} if kind.once else {}
    if kind.name in PATIENCE_KINDS:
        common["seconds"] = patience
    for variant in VARIANTS.get(kind.name, ({},)):
        yield Fault(step, kind.name, **{**common, **variant})
