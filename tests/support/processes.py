"""Look at processes by what the kernel says of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path


def children_of(parent: int, program: str) -> list[int]:
    """Return the living children of a process whose command line names `program`."""
    return [
        int(folder.name)
        for folder in Path("/proc").glob("[0-9]*")
        if (state := _state(folder))
        and state[0] != "Z"
        and state[1] == str(parent)
        and program in (folder / "cmdline").read_text()
    ]


def is_alive(pid: int) -> bool:
    """Say whether a process is there and has not ended."""
    state = _state(Path("/proc") / str(pid))
    return bool(state) and state[0] != "Z"


def until(condition: Callable[[], bool], seconds: float = 30.0) -> bool:
    """Wait until something is so; False when it was not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def _state(folder: Path) -> list[str]:
    """Return state letter and parent, nothing for a process that is gone."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()[:2]
    except OSError:
        return []
