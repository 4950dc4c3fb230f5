"""The one place through which every call to a pretend conductor passes.

A step waits as long as the specification says, then either does its work or lets the fault that
is due strike. A new fault of a call is one more row in `fault_kinds.KINDS` and one more entry in
`STRIKES`; those of files, of the push and of the connection strike where these are made.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Final

from emulator.alterations import other_status_type, with_nested
from emulator.conductor import Conductor
from emulator.fault_kinds import BUSY, LOCKED
from emulator.faults import Fault
from emulator.messages import Reply, global_reply, html_reply, json_reply
from emulator.refusals import LOGIN_PAGE, bad_login, expired, session_full
from emulator.sessions import Session


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of work: its name, what it does, and how it says that it ended without work.

    `family` is the second name under which faults may be given (`show` for `show version`);
    `session` is None before a login.
    """

    conductor: Conductor
    name: str
    work: Callable[[], Reply]
    ended: Callable[[int, str], Reply]
    family: str = ""
    session: Session | None = None

    @property
    def names(self) -> Collection[str]:
        """Return every name under which a fault of this step may be given."""
        return {self.name, self.family or self.name, "any"}


def perform(step: Step) -> Reply:
    """Wait, then work or fail; waiting ends early when the fleet stops."""
    conductor = step.conductor
    if delay := conductor.spec.delays.before(step.name):
        conductor.stop.wait(delay)
    kinds = UNSIGNED if step.session is None else STRIKES.keys()
    fault = conductor.faults.take(step.names, kinds)
    return step.work() if fault is None else STRIKES[fault.kind](step, fault)


def _refuse(step: Step, fault: Fault) -> Reply:
    step.conductor.refuse_connections(fault.seconds or 0.0)
    return Reply(200, ending="reset")


def _close(_step: Step, _fault: Fault) -> Reply:
    return Reply(200, ending="close")


def _reset(_step: Step, _fault: Fault) -> Reply:
    return Reply(200, ending="reset")


def _hang(step: Step, fault: Fault) -> Reply:
    step.conductor.stop.wait(fault.seconds)
    return step.work()


def _late(step: Step, fault: Fault) -> Reply:
    reply = step.work()
    step.conductor.stop.wait(fault.seconds)
    return reply


def _slow(step: Step, fault: Fault) -> Reply:
    return replace(_late(step, fault), bytes_per_second=fault.bytes_per_second or 0)


def _lost_answer(step: Step, _fault: Fault) -> Reply:
    return replace(step.work(), ending="reset")


def _half_body(step: Step, _fault: Fault) -> Reply:
    return replace(step.work(), ending="half")


def _http(_step: Step, fault: Fault) -> Reply:
    return html_reply(fault.http or 500, fault.text or "")


def _html(_step: Step, _fault: Fault) -> Reply:
    return html_reply(200, LOGIN_PAGE)


def _empty(_step: Step, _fault: Fault) -> Reply:
    return Reply(200)


def _fail(step: Step, fault: Fault) -> Reply:
    return step.ended(_code(fault), fault.text or "")


def _fail_global(step: Step, fault: Fault) -> Reply:
    return with_nested(_fail(step, fault), step.name, 0, "Success")


def _fail_nested(step: Step, fault: Fault) -> Reply:
    reply = step.ended(0, "Success")
    return with_nested(reply, step.name, _code(fault), fault.text or "")


def _busy(step: Step, _fault: Fault) -> Reply:
    return step.ended(1, BUSY)


def _error(_step: Step, fault: Fault) -> Reply:
    return json_reply({fault.key or "ERROR": fault.text})


def _pretend(step: Step, _fault: Fault) -> Reply:
    text = "File uploaded successfully" if step.name == "copy_flash_scp" else "Success"
    return step.ended(0, text)


def _status_type(step: Step, _fault: Fault) -> Reply:
    return other_status_type(step.work())


def _expired(step: Step, _fault: Fault) -> Reply:
    if step.session is not None:
        step.conductor.sessions.end(step.session)
    return expired(step.conductor)


def _rotate(step: Step, fault: Fault) -> Reply:
    reply = step.work()
    if step.session is None:
        return reply
    keep_old = fault.kind == "rotate-keep-old"
    return reply.with_cookie(step.conductor.sessions.renew(step.session, keep_old=keep_old))


def _refuse_login(step: Step, _fault: Fault) -> Reply:
    return bad_login(step.conductor)


def _session_full(step: Step, _fault: Fault) -> Reply:
    return session_full(step.conductor)


def _locked(_step: Step, fault: Fault) -> Reply:
    return global_reply("1", fault.text or LOCKED, fault.http or 401)


def _reload(step: Step, fault: Fault) -> Reply:
    step.conductor.begin_reload(fault.seconds)
    return Reply(200, ending="reset")


def _role_change(step: Step, fault: Fault) -> Reply:
    if fault.role is not None:
        step.conductor.role = fault.role
    return step.work()


def _takeover(step: Step, _fault: Fault) -> Reply:
    if step.conductor.become_other_box():
        return Reply(200, ending="reset")
    return step.work()


def _clock_jump(step: Step, fault: Fault) -> Reply:
    step.conductor.clock_error_seconds = fault.seconds or 0.0
    return step.work()


def _code(fault: Fault) -> int:
    return 1 if fault.status is None else fault.status


STRIKES: Final[dict[str, Callable[[Step, Fault], Reply]]] = {
    "refuse": _refuse,
    "close": _close,
    "reset": _reset,
    "hang": _hang,
    "late": _late,
    "slow": _slow,
    "lost-answer": _lost_answer,
    "half-body": _half_body,
    "http": _http,
    "html": _html,
    "empty": _empty,
    "fail": _fail,
    "fail-global": _fail_global,
    "fail-nested": _fail_nested,
    "busy": _busy,
    "error": _error,
    "pretend": _pretend,
    "status-type": _status_type,
    "expired": _expired,
    "rotate-keep-old": _rotate,
    "rotate-drop-old": _rotate,
    "refuse-login": _refuse_login,
    "session-full": _session_full,
    "locked": _locked,
    "reload": _reload,
    "role-change": _role_change,
    "takeover": _takeover,
    "clock-jump": _clock_jump,
}
UNSIGNED: Final = STRIKES.keys() - {"expired", "rotate-keep-old", "rotate-drop-old"}
