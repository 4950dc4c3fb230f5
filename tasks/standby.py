"""Tell the refusal of a standby member from any other failure to make a file."""

from __future__ import annotations

from typing import Final

from nornir.core.exceptions import NornirSubTaskError

from aos8 import DeviceError, NotPermitted
from tasks.errors import StandbyRefused

STANDBY: Final = "standby"
MAKING: Final = frozenset({"copy_running_config", "back_up_flash"})


def explained(error: BaseException, cause: BaseException, role: str) -> BaseException:
    """Return `cause`, or `StandbyRefused` with its words where a standby would make no file.

    `error` is what Nornir raised for the step, `cause` the error below it.
    """
    step = error.task.name if isinstance(error, NornirSubTaskError) else ""
    if role == STANDBY and step in MAKING and isinstance(cause, DeviceError | NotPermitted):
        return StandbyRefused(f"the conductor is the standby of its pair and refuses: {cause}")
    return cause
