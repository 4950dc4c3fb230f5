"""Task `rehearse_backup`: everything of a backup that writes nothing anywhere."""

from __future__ import annotations

import time
from threading import Event

from nornir.core.exceptions import NornirSubTaskError
from nornir.core.task import Result, Task

from outcome import BAD
from settings import policy_of
from tasks.check import check_conductor
from tasks.errors import Cancelled, cause_of, reason_of
from tasks.record import Record
from tasks.run import raise_if_set


def rehearse_backup(task: Task, *, stop: Event) -> Result:
    """Log in and check one conductor; the result is its `HostOutcome` without artefacts."""
    record = Record(task.host, policy_of(task.host), rehearsal=True)
    error: BaseException | None = None
    started = time.monotonic()
    try:
        raise_if_set(stop)
        record.note_state(task.run(task=check_conductor)[0].result)
    except (Cancelled, NornirSubTaskError) as failure:
        error = cause_of(failure)
        record.note_failure(reason_of(error))
    record.note_time(check_conductor.__name__, time.monotonic() - started)
    outcome = record.outcome()
    failed = outcome.verdict in BAD
    return Result(task.host, result=outcome, failed=failed, exception=error)
