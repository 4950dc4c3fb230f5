"""What is said to a Python that has not got what the program runs on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from commands import codes

_ROOT: Final = Path(__file__).resolve().parent.parent


def complain_of_missing(error: ModuleNotFoundError) -> int:
    """Say which Python has what is missing, and return the exit code of a wrong call.

    Raises `error` itself for a module of ours: that is a defect, not a wrong call.
    """
    name = (error.name or "").partition(".")[0]
    if not name or (_ROOT / name).exists() or (_ROOT / f"{name}.py").exists():
        raise error
    sys.stderr.write(
        f"{sys.executable} has no module {name!r}, which this program runs on\n"
        f"  make install, in {_ROOT}, then call it by {_ROOT / '.venv' / 'bin' / 'python'}\n"
    )
    return codes.USAGE
