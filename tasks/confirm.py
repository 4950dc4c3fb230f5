"""Task `confirm_conductor`: does the same box still answer, in the same role."""

from __future__ import annotations

from nornir.core.task import Result, Task

from aos8 import Aos8Client, Identity, SessionExpired
from tasks.identity import check_again
from tasks.step import client_of, step


@step
def confirm_conductor(task: Task, *, before: Identity) -> Result:
    """Ask again who answers; the result is the warnings, such as another role than `before`.

    Fails with `wrong-conductor` when it is another box: what came from here is not to be trusted.
    """
    return Result(task.host, result=check_again(before, _identity(client_of(task))))


def _identity(client: Aos8Client) -> Identity:
    """Ask; a session that expired during the transfers is renewed once."""
    try:
        return client.identity()
    except SessionExpired:
        client.login()
        return client.identity()
