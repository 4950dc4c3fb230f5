"""One conductor's backup under way: its steps, how long each took, and when all must be over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from nornir.core.task import Result, Task

from fleet import shared_of
from outcome import Reason
from plugins.connection import NAME
from plugins.deadline import Deadline
from settings import policy_of
from tasks.errors import DeadlinePassed
from tasks.record import Record
from tasks.run import Run


class Course:
    """Run the steps of one conductor, one after the other, for as long as it may take."""

    def __init__(self, task: Task, run: Run) -> None:
        self.run = run
        self.host = task.host.name
        self.policy = policy_of(task.host)
        self.record = Record(task.host, self.policy)
        self._task = task
        self._shared = shared_of(task.nornir)
        own = Deadline.after(self.policy.host_deadline)
        self._shared.deadlines[self.host] = run.deadline.earlier(own)

    @property
    def overdue(self) -> bool:
        """Whether the conductor's time is over."""
        return self._shared.deadline(self.host).passed

    @property
    def connected(self) -> bool:
        """Whether there is a session on the conductor."""
        return NAME in self._task.host.connections

    def step(self, function: Callable[..., Result], *, always: bool = False, **options: Any) -> Any:
        """Run one step, note its time, and return its result; raises what makes it fail.

        Unless it is to be done `always`, it is not begun when the run was told to stop, when the
        conductor turned out to be another name's, or when its time is over.
        """
        if not always:
            self._raise_if_over()
        started = time.monotonic()
        try:
            return self._task.run(task=function, **options)[0].result
        finally:
            self.record.note_time(function.__name__, time.monotonic() - started)

    def warn(self, warnings: Iterable[Reason]) -> None:
        """Keep warnings about a backup that is good otherwise."""
        for why in warnings:
            self.record.warn(why)

    def grant(self, seconds: float) -> None:
        """Give the conductor so much time more, even when all of its own is over."""
        self._shared.grant(self.host, seconds)

    def _raise_if_over(self) -> None:
        self.run.raise_if_stopped()
        self.run.roster.raise_if_shared(self.host)
        if self.overdue:
            raise DeadlinePassed("the time for this conductor was over before this step")
