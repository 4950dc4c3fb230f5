"""What every task has in common: known errors become results that read well."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from nornir.core.task import Result, Task

from aos8 import Aos8Client
from fleet import shared_of
from plugins.connection import NAME, timeouts_of
from plugins.deadline import capped
from settings import policy_of
from tasks.errors import is_known, reason_of

TaskFunction = TypeVar("TaskFunction", bound=Callable[..., Result])


def step(function: TaskFunction) -> TaskFunction:
    """Let a task fail with our own words instead of a traceback; unknown errors go on to Nornir."""

    @wraps(function)
    def run(task: Task, **options: Any) -> Result:
        try:
            return function(task, **options)
        except Exception as error:
            if not is_known(error):
                raise
            why = reason_of(error)
            text = f"{why.code}: {why.text}\n{why.remedy}"
            return Result(task.host, result=text, exception=error, failed=True)

    return cast(TaskFunction, run)


def client_of(task: Task) -> Aos8Client:
    """Return the session on the task's conductor, logging in at the first call.

    Its timeouts end with the conductor's deadline, so that no call outlives it.
    """
    client: Any = task.host.get_connection(NAME, task.nornir.config)
    if not isinstance(client, Aos8Client):
        raise TypeError(f"connection {NAME} of {task.host.name} is not ours")
    deadline = shared_of(task.nornir).deadline(task.host.name)
    client.timeouts = capped(timeouts_of(policy_of(task.host)), deadline)
    return client
