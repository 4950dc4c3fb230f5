"""Task `confirm_conductor`: does the same box still answer, in the same role."""

from __future__ import annotations

from nornir.core.task import Result, Task

from aos8 import Identity
from tasks.identity import check_again
from tasks.patience import with_session
from tasks.step import client_of, step


@step
def confirm_conductor(task: Task, *, before: Identity) -> Result:
    """Ask again who answers; the result is the warnings, such as another role than `before`.

    Fails with `wrong-conductor` when it is another box: what came from here is not to be trusted.
    """
    client = client_of(task)
    now = with_session(client, lambda: client.identity_again(before))
    return Result(task.host, result=check_again(before, now))
