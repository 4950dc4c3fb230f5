"""Processor that writes each step of each conductor into the log."""

from __future__ import annotations

import logging

from nornir.core.inventory import Host
from nornir.core.task import MultiResult, Task

from plugins.sessions import QuietProcessor

logger = logging.getLogger(__name__)


class LogSteps(QuietProcessor):
    """One line when a step begins and one when it ends, each with the host's name."""

    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """Name the step."""
        logger.debug("%s: %s begins", host.name, task.name)

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Say how the step ended; the words of a failure are already redacted."""
        if result.failed:
            words = str(result[0].result).split("\n", maxsplit=1)[0]
            logger.warning("%s: %s failed: %s", host.name, task.name, words)
        else:
            logger.info("%s: %s done", host.name, task.name)
