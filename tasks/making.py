"""Have a conductor make a file on its flash, once, whatever becomes of its answer."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from nornir.core.task import Task

from aos8 import Aos8Client, DeviceError, TransportError
from fleet import shared_of
from plugins.deadline import Deadline
from settings import policy_of
from tasks.errors import FlashFull
from tasks.patience import appeared, listing, while_busy, with_session

logger = logging.getLogger(__name__)

NO_ROOM = re.compile(r"no space|not enough (space|room)|insufficient (space|flash)", re.IGNORECASE)


def made(
    task: Task,
    client: Aos8Client,
    make: Callable[[], str],
    names: tuple[str, ...],
    *,
    before: dict[str, str],
) -> str:
    """Call `make`, which returns the file's name, and return that name.

    A busy device is asked again, an expired session renewed once. When the answer is lost, the
    flash is looked at, for as long again as an answer may take, until one of `names` is there and
    no longer grows: the call is not repeated. `before` is what the listing said of these names
    before. Raises `FlashFull` when the device says that there is no room.
    """
    policy, shared = policy_of(task.host), shared_of(task.nornir)
    deadline = shared.deadline(task.host.name)

    def there() -> str | None:
        now = listing(client) or {}
        return next((n for n in names if n in now and now[n] != before.get(n)), None)

    try:
        return while_busy(
            lambda: with_session(client, make, done=there),
            seconds=deadline.cap(policy.busy_seconds),
            stop=shared.stop,
        )
    except TransportError as lost:
        if lost.outcome_known:
            raise
        logger.info("%s: %s; looking at the flash", task.host.name, lost)
        within = Deadline.after(policy.backup_timeout).earlier(deadline)
        found = appeared(client, names, before, within=within, stop=shared.stop)
        if found is None:
            raise
        return found
    except DeviceError as refused:
        if NO_ROOM.search(refused.words):
            raise FlashFull(str(refused)) from None
        raise
