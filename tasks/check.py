"""Task `check_conductor`: who answers, and can it be backed up now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from nornir.core.task import Result, Task

from aos8 import Aos8Client, Identity
from outcome import Reason
from settings import HostPolicy, policy_of
from tasks.errors import FlashFull, reason
from tasks.patience import with_session
from tasks.readable import Readable
from tasks.step import client_of, step

MB = 1_000_000


@dataclass(frozen=True, slots=True, repr=False)
class ConductorState(Readable):
    """What a conductor says of itself; None where it does not tell."""

    identity: Identity
    flash_free_mb: int | None
    clock_skew_seconds: float | None
    warnings: tuple[Reason, ...] = ()


@step
def check_conductor(task: Task, *, need_mb: int = 0) -> Result:
    """Log in, read identity, role, version, free flash and clock; write nothing.

    `need_mb` is the room in megabytes that the caller knows to be needed, besides the setting
    `min_free_flash_mb`. Fails with `flash-full` when there is less.
    """
    policy = policy_of(task.host)
    client = client_of(task)
    state = with_session(client, lambda: read_state(client, policy))
    demand_room(state.flash_free_mb, max(policy.min_free_flash_mb, need_mb))
    return Result(task.host, result=state)


def read_state(client: Aos8Client, policy: HostPolicy) -> ConductorState:
    """Ask a conductor that is logged in to for everything that is looked at before a backup."""
    identity = client.identity()
    free = _free_flash_mb(client)
    skew = _clock_skew(client)
    return ConductorState(identity, free, skew, _warnings(policy, skew))


def demand_room(free: int | None, needed: int) -> None:
    """Raise `FlashFull` when `free` megabytes are known and fewer than `needed`."""
    if free is not None and free < needed:
        raise FlashFull(
            f"flash has {free} MB free, {needed} MB are needed: {needed - free} MB are missing; "
            f"nothing was written"
        )


def _free_flash_mb(client: Aos8Client) -> int | None:
    space = client.flash_space()
    return None if space is None else space.available // MB


def _clock_skew(client: Aos8Client) -> float | None:
    clock = client.clock()
    return None if clock is None else (clock - datetime.now(UTC)).total_seconds()


def _warnings(policy: HostPolicy, skew: float | None) -> tuple[Reason, ...]:
    if skew is None or abs(skew) <= policy.max_clock_skew:
        return ()
    direction = "ahead of" if skew > 0 else "behind"
    text = f"the conductor's clock is {abs(skew):.0f} s {direction} the backup server's"
    return (reason("clock-skew", text),)
