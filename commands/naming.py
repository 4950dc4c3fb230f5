"""Give the names of conductors the room that they need, at the cost of other columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final, TypeVar

from rich.cells import cell_len

from reporting.columns import GAP, Column

Row = TypeVar("Row")
LONGEST: Final = 40


def with_whole_names(
    columns: Sequence[Column[Row]], names: Iterable[str], width: int
) -> tuple[Column[Row], ...]:
    """Return the columns with the one that grows as wide as its longest name, and no wider.

    A name that is longer than `LONGEST`, or than `width` leaves for it when all that may be dropped
    is dropped, is folded.
    """
    longest = max(map(cell_len, names), default=0)
    fixed = [c.width + len(GAP) for c in columns if not c.dropped and not c.grows]
    whole = longest <= min(LONGEST, width - sum(fixed))

    def fitted(column: Column[Row]) -> Column[Row]:
        needed = max(longest, cell_len(column.title))
        return replace(column, width=needed if whole else LONGEST, grows=not whole)

    return tuple(fitted(column) if column.grows else column for column in columns)
