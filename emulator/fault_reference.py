"""Write the table of all faults for docs/emulator.md: `python -m emulator.fault_reference`."""

from __future__ import annotations

import sys
from typing import Final

from emulator.fault_kinds import ARCHIVES, CALLS, FILES, KINDS, OBJECTS, SIGNED, Kind

WORDED: Final = {
    CALLS: "every call",
    SIGNED: "every call but `login`",
    OBJECTS: "every object that is posted to",
    ("login", "logout", *OBJECTS): "`login`, `logout`, every object that is posted to",
    ARCHIVES: "`flash_backup`, `tar_flash`",
    FILES: "`flash_backup`, `tar_flash`, `copy_running_flash`",
}


def fault_table() -> str:
    """Return one row for each kind at its steps, as Markdown."""
    head = ["| step | kind | what happens | parameters |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *map(_row, KINDS)]) + "\n"


def _row(kind: Kind) -> str:
    steps = WORDED.get(kind.steps) or ", ".join(f"`{step}`" for step in kind.steps)
    return f"| {steps} | `{kind.name}` | {kind.meaning} | {_parameters(kind)} |"


def _parameters(kind: Kind) -> str:
    shown = [
        f"`{name}`" if default is None else f"`{name}` ({default})"
        for name, default in kind.takes.items()
    ]
    return ", ".join(shown) or "none"


if __name__ == "__main__":
    sys.stdout.write(fault_table())
