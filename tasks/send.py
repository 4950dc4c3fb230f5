"""Task `send`: the conductor pushes one file to a server at which nobody can look."""

from __future__ import annotations

from nornir.core.task import Result, Task

from aos8 import Aos8Error
from settings import policy_of
from tasks.errors import NotReceived
from tasks.run import Run
from tasks.step import step
from tasks.transfer import ask_to_push
from tasks.unreached import told_unreached


@step
def send(task: Task, *, file_name: str, run: Run) -> Result:
    """Have `file_name` pushed; the device's word is all there is, so the result proves nothing.

    The result is the name on the server.
    """
    lifetime = policy_of(task.host).transfer_timeout
    with run.inbox.issue(
        file_name, run.staging(task.host.name), None, lifetime=lifetime
    ) as expected:
        words = ask_to_push(task, file_name, expected, run)
        if isinstance(words, Aos8Error):
            raise told_unreached(words, task.host, run.settings)
        if words is None:
            raise NotReceived(f"the conductor's answer on {file_name} was lost")
        return Result(task.host, result=expected.destination, changed=True)
