"""Find out whether a step failed because another box, or another role, answers by now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from aos8 import Aos8Error, BadReply, SessionError, TransportError
from outcome import Reason
from tasks.errors import ArchiveMissing, NotReceived, ReceiverUnreached, TaskError, cause_of
from tasks.identity import WrongConductor
from vault.receiver import ReceiverError


class RoleChanged(TaskError):
    """The conductor lost or took over its role while it was backed up, and a step failed."""

    code = "role-changed"


def blamed(error: BaseException, ask: Callable[[], Sequence[Reason]]) -> BaseException:
    """Return `error`, or what explains it: a box or a role that is not the one of before.

    `ask` is asked only where that may be, and returns warnings or raises `WrongConductor`; its own
    failures say nothing.
    """
    may_be = isinstance(
        error, Aos8Error | ArchiveMissing | NotReceived | ReceiverUnreached | ReceiverError
    )
    if not may_be or isinstance(error, SessionError):
        return error
    try:
        warnings = ask()
    except Exception as failure:  # noqa: BLE001 - the first failure is the one to report
        cause = cause_of(failure)
        return WrongConductor(f"{cause}; {error}") if isinstance(cause, WrongConductor) else error
    changed = [why.text for why in warnings if why.code == RoleChanged.code]
    return RoleChanged(f"{changed[0]}; {error}") if changed else error


def is_open(error: BaseException) -> bool:
    """Say whether what was asked for may have been done, or be done yet, in spite of `error`."""
    if isinstance(error, TransportError):
        return not error.outcome_known
    return isinstance(error, BadReply)
