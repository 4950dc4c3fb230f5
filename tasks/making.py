"""Have a conductor make a file on its flash, once, whatever becomes of its answer."""

from __future__ import annotations

import logging
from collections.abc import Callable

from nornir.core.task import Task

from aos8 import Aos8Client, TransportError
from fleet import shared_of
from plugins.deadline import Deadline
from settings import policy_of
from tasks.errors import DeviceBusy
from tasks.patience import appeared, is_busy, listing, while_busy, with_session

logger = logging.getLogger(__name__)


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
    flash is looked at until one of `names` is there and no longer grows: the call is not repeated.
    `before` is what the listing said of these names before.
    """
    policy, shared = policy_of(task.host), shared_of(task.nornir)
    within = Deadline.after(policy.backup_timeout).earlier(shared.deadline(task.host.name))

    def there() -> str | None:
        now = listing(client) or {}
        return next((n for n in names if n in now and now[n] != before.get(n)), None)

    try:
        return while_busy(
            lambda: with_session(client, make, done=there),
            seconds=within.cap(policy.busy_seconds),
            stop=shared.stop,
        )
    except TransportError as lost:
        if lost.outcome_known:
            raise
        logger.info("%s: %s; looking at the flash", task.host.name, lost)
        found = appeared(client, names, before, within=within, stop=shared.stop)
        if found is None:
            raise
        return found
    except Exception as error:
        if is_busy(error):
            raise DeviceBusy(str(error)) from None
        raise
