"""What somebody means who types a run: its id, the unique beginning of one, or `latest`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fleet import SelectionError, unknown
from reporting.words import listed

LATEST: Final = "latest"


def run_meant(text: str, run_ids: Sequence[str], what: str, plural: str, owner: str = "") -> str:
    """Return the one of `run_ids` (newest first) that begins with `text`, in either case.

    Raises `SelectionError`, in words that call it a `what` of `owner`, with those that there are.
    """
    matches = [run_id for run_id in run_ids if run_id.startswith(text.upper())]
    if len(matches) == 1:
        return matches[0]
    if matches:
        have = f"{owner} has" if owner else "there are"
        raise SelectionError(f"{have} several {plural} {text}...: {listed(sorted(matches))}")
    raise SelectionError(
        unknown(f"{what} of {owner}" if owner else what, text, run_ids, plural=plural)
    )
