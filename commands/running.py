"""Run one task on all selected conductors at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from nornir.core import Nornir
from nornir.core.task import AggregatedResult, Result
from rich.console import Console

from plugins.progress import ShowProgress
from plugins.sessions import QuietProcessor
from plugins.steps_log import LogSteps


def run_all(
    selected: Nornir, console: Console, task: Callable[..., Result], **options: Any
) -> AggregatedResult:
    """Run `task` on all hosts at once, shown on a terminal and silent elsewhere."""
    live = console.file.isatty()  # FORCE_COLOR asks for colours in a file, not for a moving picture
    progress = ShowProgress(console, len(selected.inventory.hosts)) if live else None
    processors: list[Any] = [*selected.processors, LogSteps()]
    context: AbstractContextManager[QuietProcessor | None] = progress or nullcontext()
    with context as shown:
        return selected.with_processors([*processors, *filter(None, [shown])]).run(
            task=task, **options
        )
