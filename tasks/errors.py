"""What goes wrong in the workflow itself, and the one way from any error to a reason.

TaskError
|- FlashFull         too little room on the conductor's flash
|- ArchiveMissing    the device says it made a file that is not there
|- StandbyRefused    the device is the standby of a pair and does not write
|- DeadlinePassed    the conductor's time is over
|- HostKeyChanged    the device remembers another SSH host key of the receiver
|- ReceiverUnreached the device cannot connect to where it pushes
|- NotReceived       the device says it sent a file that did not arrive
`- Cancelled         the run was told to stop
"""

from __future__ import annotations

from nornir.core.exceptions import NornirSubTaskError

from outcome import Reason
from reasons import REMEDIES

INTERNAL = "internal-error"


class TaskError(Exception):
    """A step of the workflow failed for a reason of its own."""

    code = INTERNAL


class FlashFull(TaskError):
    """The conductor's flash has too little room."""

    code = "flash-full"


class ArchiveMissing(TaskError):
    """The device reported success, but its flash does not hold the file."""

    code = "archive-missing"


class StandbyRefused(TaskError):
    """The device is the standby member of a pair and refuses to write a file."""

    code = "standby-refused"


class DeadlinePassed(TaskError):
    """The time that this conductor may take is over."""

    code = "deadline"


class HostKeyChanged(TaskError):
    """The conductor remembers another SSH host key for the receiver's address."""

    code = "host-key-changed"


class ReceiverUnreached(TaskError):
    """The device says that it got no connection to where it pushes, and none came."""

    code = "receiver-unreached"


class NotReceived(TaskError):
    """The device reported a copy that the vault never received."""

    code = "not-received"


class Cancelled(TaskError):
    """The run was stopped before this step began."""

    code = "cancelled"


def cause_of(error: BaseException) -> BaseException:
    """Return the exception below Nornir's wrapping of failed subtasks."""
    while isinstance(error, NornirSubTaskError):
        inner = error.result[0].exception
        if inner is None:
            break
        error = inner
    return error


def is_known(error: BaseException) -> bool:
    """Say whether `error` is one of the project's own, which tells what happened and what to do."""
    return getattr(error, "code", None) in REMEDIES


def reason_of(error: BaseException) -> Reason:
    """Return the reason for a verdict that `error` caused."""
    error = cause_of(error)
    if is_known(error):
        return reason(error.code, str(error))  # type: ignore[attr-defined]
    return reason(INTERNAL, f"{type(error).__name__}: {error}")


def reason(code: str, text: str) -> Reason:
    """Return a reason with the remedy that belongs to `code`."""
    return Reason(code, text, REMEDIES[code])
