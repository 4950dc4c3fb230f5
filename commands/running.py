"""Run one task on all selected conductors at once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from nornir.core import Nornir
from nornir.core.task import AggregatedResult, Result
from rich.console import Console

from plugins.sessions import QuietProcessor
from plugins.steps_log import LogSteps


def run_all(
    selected: Nornir, console: Console, task: Callable[..., Result], **options: Any
) -> AggregatedResult:
    """Run `task` on all hosts at once, shown on a terminal and silent elsewhere."""
    processors: list[Any] = [*selected.processors, LogSteps()]
    with _progress(console, len(selected.inventory.hosts)) as shown:
        return selected.with_processors([*processors, *filter(None, [shown])]).run(
            task=task, **options
        )


def _progress(console: Console, total: int) -> AbstractContextManager[QuietProcessor | None]:
    if not console.file.isatty():  # FORCE_COLOR asks for colours in a file, not a moving picture
        return nullcontext()
    from plugins.progress import ShowProgress

    return ShowProgress(console, total)
