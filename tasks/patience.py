"""What may be asked of a conductor again, and what must be looked at first.

Nothing that makes or sends a backup is repeated blindly. A definite refusal made nothing: a busy
device is asked again, an expired session is renewed once. Where an answer was lost, the device's
flash is looked at until the file is there and has stopped growing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import TypeVar

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_delay,
    stop_when_event_set,
    wait_exponential_jitter,
)

from aos8 import Aos8Client, Aos8Error, DeviceBusy, SessionExpired, TransportError
from plugins.deadline import Deadline

logger = logging.getLogger(__name__)

T = TypeVar("T")

LOOK_SECONDS = 3.0


def while_busy(call: Callable[[], T], *, seconds: float, stop: Event) -> T:
    """Call until the device is no longer busy, for at most `seconds`, with growing pauses."""

    def note(state: RetryCallState) -> None:
        logger.info("the device is busy, asked again after attempt %d", state.attempt_number)

    attempts = Retrying(
        retry=retry_if_exception_type(DeviceBusy),
        stop=stop_after_delay(seconds) | stop_when_event_set(stop),
        wait=wait_exponential_jitter(multiplier=min(2.0, seconds / 4), max=30),
        sleep=sleep_using_event(stop),
        before_sleep=note,
        reraise=True,
    )
    return attempts(call)


def with_session(
    client: Aos8Client, call: Callable[[], T], *, done: Callable[[], T | None] = lambda: None
) -> T:
    """Call; when the session has expired, log in once, see what `done` finds, else call again."""
    try:
        return call()
    except SessionExpired:
        logger.info("the session has expired, logging in once more")
        client.login()
        found = done()
        return call() if found is None else found


def appeared(
    client: Aos8Client,
    names: tuple[str, ...],
    before: dict[str, str],
    *,
    within: Deadline,
    stop: Event,
) -> str | None:
    """Wait until one of `names` is on flash, unlike `before`, and has stopped growing.

    Returns its name, or None when it does not come, or when the device does not list its flash.
    `before` maps names to what the listing said of them.
    """
    last: dict[str, str] = {}
    pause = max(0.2, min(LOOK_SECONDS, within.left / 8))
    while not (within.passed or stop.is_set()):
        now = _look(client)
        if now is None:
            return None
        for name in names:
            if name in now and now[name] != before.get(name) and now[name] == last.get(name):
                return name
        last = now
        stop.wait(within.cap(pause))
    return None


def listing(client: Aos8Client) -> dict[str, str] | None:
    """Return name -> size and time of the files on flash, None where the device does not tell."""
    files = client.list_flash()
    return None if files is None else {f.name: f"{f.size} {f.modified}" for f in files}


def _look(client: Aos8Client) -> dict[str, str] | None:
    """Look once; a look that goes astray has seen nothing, and the next one may."""
    try:
        return with_session(client, lambda: listing(client))
    except TransportError as error:
        logger.info("no look at the flash: %s", error)
        return {}
    except Aos8Error as error:
        logger.info("the flash cannot be looked at: %s", error)
        return None
