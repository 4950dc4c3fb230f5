"""The one place through which every step of a pretend conductor passes.

A step waits as long as the specification says, then either does its work or lets the fault that
is due strike. A new fault is one more entry in `STRIKES`. Faults of the work itself (`cut`,
`silent`, `truncated`) are taken by the work, see `take_work_fault`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from emulator.conductor import Conductor
from emulator.faults import ANSWER_KINDS, Fault
from emulator.messages import Reply, html_reply


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work: its name, what it does, and how it says that it failed.

    `family` is the second name under which faults may be given (`show` for `show version`).
    """

    conductor: Conductor
    name: str
    work: Callable[[], Reply]
    failure: Callable[[int, str], Reply]
    family: str = ""

    @property
    def names(self) -> Collection[str]:
        """Return every name under which a fault of this step may be given."""
        return {self.name, self.family or self.name, "any"}


def perform(step: Step) -> Reply:
    """Wait, then work or fail; waiting ends early when the fleet stops."""
    conductor = step.conductor
    conductor.stop.wait(conductor.spec.delays.before(step.name))
    fault = conductor.faults.take(step.names, ANSWER_KINDS)
    return step.work() if fault is None else STRIKES[fault.kind](step, fault)


def take_work_fault(conductor: Conductor, step: str, *kinds: str) -> Fault | None:
    """Return the fault of these kinds that is due inside the work of a step."""
    return conductor.faults.take({step}, kinds)


def _fail(step: Step, fault: Fault) -> Reply:
    return step.failure(fault.status, fault.text)


def _http(_step: Step, fault: Fault) -> Reply:
    return html_reply(fault.http, fault.text)


def _html(_step: Step, _fault: Fault) -> Reply:
    return html_reply(200, "Aruba Mobility Conductor - Login")


def _empty(_step: Step, _fault: Fault) -> Reply:
    return Reply(200)


def _half_body(step: Step, _fault: Fault) -> Reply:
    return replace(step.work(), ending="half")


def _hang(step: Step, fault: Fault) -> Reply:
    step.conductor.stop.wait(fault.seconds)
    return step.work()


def _reset(_step: Step, _fault: Fault) -> Reply:
    return Reply(200, ending="reset")


def _lost_answer(step: Step, _fault: Fault) -> Reply:
    return replace(step.work(), ending="reset")


STRIKES: Final[dict[str, Callable[[Step, Fault], Reply]]] = {
    "fail": _fail,
    "http": _http,
    "html": _html,
    "empty": _empty,
    "half-body": _half_body,
    "refuse-login": _fail,
    "hang": _hang,
    "reset": _reset,
    "lost-answer": _lost_answer,
}
