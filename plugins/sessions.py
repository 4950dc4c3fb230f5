"""Processor that ends a conductor's session as soon as its task ends."""

from __future__ import annotations

import logging

from nornir.core.inventory import Host
from nornir.core.task import AggregatedResult, MultiResult, Task

logger = logging.getLogger(__name__)


class QuietProcessor:
    """A Nornir processor whose hooks do nothing; subclasses override what they need."""

    def task_started(self, task: Task) -> None:
        """Before the first host."""

    def task_completed(self, task: Task, result: AggregatedResult) -> None:
        """After the last host."""

    def task_instance_started(self, task: Task, host: Host) -> None:
        """Before one host."""

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """After one host."""

    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """Before one step of one host."""

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """After one step of one host."""


class CloseSessions(QuietProcessor):
    """Close the connections of each host when its task is done, failed hosts included.

    Nornir's own `close_connections` waits for the last host and leaves failed ones out.
    """

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Log out; whatever happens here never costs the host its result."""
        try:
            host.close_connections()
        except Exception:
            logger.exception("%s: closing the session failed", host.name)
