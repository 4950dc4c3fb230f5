"""Processor that shows on a terminal what every conductor is doing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from types import TracebackType

from nornir.core.inventory import Host
from nornir.core.task import MultiResult, Task
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from finding import Examined, Level
from outcome import HostOutcome, Verdict
from plugins.sessions import QuietProcessor

logger = logging.getLogger(__name__)

MOST_SHOWN = 12
MARKS: Mapping[str, str] = {
    Verdict.PASS: "[green]PASS[/]     ",
    Level.OK: "[green]OK[/]       ",
    Verdict.WARN: "[yellow]WARN[/]     ",
    Verdict.FAIL: "[bold red]FAIL[/]     ",
    Verdict.CANCELLED: "[magenta]CANCELLED[/]",
}
"""By the words of a backup's verdict and of a check's level, of which most are the same."""
STEPS: Mapping[str, str] = {
    "check_conductor": "checking",
    "copy_running_config": "writing the running configuration",
    "back_up_flash": "packing the flash archive",
    "transfer": "pushing to the vault",
    "prove": "proving",
    "confirm_conductor": "asking again who it is",
    "publish": "publishing",
    "clean_up": "cleaning up",
}


class ShowProgress(QuietProcessor):
    """A live view of the hosts under way, above which one line stays for each finished host.

    A context manager; use it only when the console is a terminal.
    """

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._total = total
        self._lock = threading.Lock()
        self._active: dict[str, tuple[str, float]] = {}
        self._done = 0
        self._failed = 0
        self._live = Live(
            get_renderable=self._render, console=console, refresh_per_second=8, transient=True
        )

    def __enter__(self) -> ShowProgress:
        self._live.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def task_instance_started(self, task: Task, host: Host) -> None:
        """Show the host as under way."""
        with self._lock:
            self._active[host.name] = ("connecting", time.monotonic())

    def subtask_instance_started(self, task: Task, host: Host) -> None:
        """Show the host's step."""
        with self._lock:
            _, since = self._active.get(host.name, ("", time.monotonic()))
            self._active[host.name] = (STEPS.get(task.name, task.name), since)

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        """Leave one line for the host and count it."""
        with self._lock:
            _, since = self._active.pop(host.name, ("", time.monotonic()))
            self._done += 1
            verdict = _verdict(result)
            self._failed += verdict == Verdict.FAIL
        mark = MARKS[verdict]
        seconds = time.monotonic() - since
        self._console.print(f"{mark} {escape(host.name)} [dim]{seconds:.1f} s[/]", highlight=False)

    def _render(self) -> RenderableType:
        with self._lock:
            active = sorted(self._active.items(), key=lambda item: item[1][1])
            done, failed = self._done, self._failed
        table = Table.grid(padding=(0, 2))
        now = time.monotonic()
        for name, (step, since) in active[:MOST_SHOWN]:
            table.add_row(Text(name, style="bold"), step, Text(f"{now - since:.0f} s", style="dim"))
        if len(active) > MOST_SHOWN:
            table.add_row(f"and {len(active) - MOST_SHOWN} more", "", "")
        words = Text(f"{done} of {self._total} conductors")
        if failed:
            words.append(f", {failed} failed", style="bold red")
        line = Table.grid(padding=(0, 2))
        line.add_row(ProgressBar(total=max(self._total, 1), completed=done, width=40), words)
        return Group(table, line)


def _verdict(result: MultiResult) -> Verdict | Level:
    """Return what the table will say of a host; of a task without that, whether it failed."""
    own = result[0]
    if isinstance(own.result, HostOutcome):
        return own.result.verdict
    if isinstance(own.result, Examined):
        return own.result.level
    return Verdict.FAIL if own.failed else Verdict.PASS
