"""The verbs, each with its line in the help; `commands` has a module of the same name for each.

A verb is imported when it was asked for, so that no command pays for the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

VERBS: Final[Mapping[str, str]] = {
    "check": "is everything ready for a run; makes no backup",
    "list": "generations of each conductor",
    "show": "all about one generation",
    "status": "is every backup young enough (for monitoring)",
    "runs": "the last runs, or one of them as it was told then",
    "verify": "prove stored copies, or any file, again",
    "diff": "what changed between two generations",
    "prune": "remove what retention lets go",
    "hold": "keep a generation until it is released",
    "release": "end a hold",
    "accept": "the box that answered last is the right one",
}
