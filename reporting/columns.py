"""Lay values out in columns of text: the one place that knows how wide things are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Final, Generic, TypeVar

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.text import Text

PLAIN_WIDTH: Final = 100
NARROWEST: Final = 50
WIDEST: Final = 120
GAP: Final = "  "

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """One column: what it shows of a row, and in how many cells.

    A `grows` column may shrink to half its width and grow to twice it; its texts are folded, never
    cut. `dropped` is the rank among those that a narrow terminal does without; 0 is never.
    """

    title: str
    width: int
    value: Callable[[Row], str]
    right: bool = False
    dropped: int = 0
    grows: bool = False


class Grid(Generic[Row]):
    """Columns that fit a width; every row of one grid lines up with its head."""

    def __init__(self, columns: Sequence[Column[Row]], width: int) -> None:
        self._layout = _fitted(list(columns), width)

    def head(self) -> Iterator[Text]:
        """Yield the titles and a rule below them."""
        yield Text(GAP.join(_fit(c.title, w, right=c.right) for c, w in self._layout), "bold")
        yield Text(GAP.join("-" * w for _, w in self._layout), "dim")

    def row(self, row: Row, style: str = "") -> Iterator[Text]:
        """Yield the lines of one row; `style` is that of its first column."""
        cells = [_cell(column, column.value(row), width) for column, width in self._layout]
        for parts in zip_longest(*cells, fillvalue=""):
            line = Text()
            for number, ((column, width), part) in enumerate(zip(self._layout, parts, strict=True)):
                line.append(GAP if number else "")
                line.append(_fit(part, width, right=column.right), "" if number else style)
            yield line


def wrapped(text: str, width: int) -> list[str]:
    """Break a line between words; `textwrap` counts characters, so wide ones are cut after it."""
    lines = wrap(text, width, break_on_hyphens=False)
    return [part for line in lines for part in chop_cells(line, width)]


def width_of(console: Console) -> int:
    """Return how wide to print: a terminal's width within bounds, or `PLAIN_WIDTH`."""
    width = console.width if console.is_terminal else PLAIN_WIDTH
    return max(NARROWEST, min(width, WIDEST))


def print_lines(lines: Iterator[Text], console: Console) -> None:
    """Print lines as they are, without blanks at their ends, in one call: each takes its time."""
    text = list(lines)
    for line in text:
        line.rstrip()
    if text:
        whole = Text("\n").join(text)
        console.print(whole, soft_wrap=True, markup=False, highlight=False, emoji=False)


def _fitted(columns: list[Column[Row]], width: int) -> list[tuple[Column[Row], int]]:
    for column in sorted((c for c in columns if c.dropped), key=lambda c: c.dropped):
        if _needed(columns) > width:
            columns.remove(column)
    spare = width - _needed(columns)
    return [(c, _grown(c.width, spare) if c.grows else c.width) for c in columns]


def _grown(width: int, spare: int) -> int:
    return max(width // 2, min(width + spare, 2 * width))


def _needed(columns: Sequence[Column[Row]]) -> int:
    return sum(column.width for column in columns) + len(GAP) * (len(columns) - 1)


def _cell(column: Column[Row], text: str, width: int) -> list[str]:
    """Fold what has to be whole; cut other texts and show that by dots."""
    if column.grows:
        return chop_cells(text, width)
    if cell_len(text) > width:
        return [set_cell_size(text, width - 2).rstrip() + ".."]
    return [text]


def _fit(text: str, width: int, *, right: bool) -> str:
    missing = width - cell_len(text)
    return " " * missing + text if right and missing > 0 else set_cell_size(text, width)
