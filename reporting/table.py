"""Draw a report as a table of text: plain for cron and mail, coloured on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from textwrap import wrap
from typing import Final

from rich.cells import cell_len, chop_cells, set_cell_size
from rich.console import Console
from rich.text import Text

from outcome import HostOutcome, Verdict
from reporting.advice import advise
from reporting.report import Report
from reporting.summary import (
    copy_size,
    headline,
    started_text,
    summary_line,
    summary_lines,
    unnamed_left_overs,
)
from reporting.words import seconds_text

STYLES: Final = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.CANCELLED: "magenta",
}
PLAIN_WIDTH: Final = 100
_GAP: Final = "  "
_INDENT: Final = " " * 11
_NARROWEST: Final = 50
_WIDEST: Final = 120


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    width: int
    value: Callable[[HostOutcome], str]
    right: bool = False
    dropped: int = 0  # rank among the columns that a narrow terminal does without; 0 is never


_HOST: Final = _Column("CONDUCTOR", 20, lambda row: row.host)
_COLUMNS: Final = (
    _Column("VERDICT", 9, lambda row: row.verdict.value),
    _HOST,
    _Column("SITE", 11, lambda row: row.site or "-", dropped=3),
    _Column("ROLE", 10, lambda row: row.role or "-", dropped=1),
    _Column("VERSION", 12, lambda row: row.version or "-", dropped=2),
    _Column("CONFIG", 8, lambda row: copy_size(row, "running-config", "config"), right=True),
    _Column("FLASH", 8, lambda row: copy_size(row, "flash"), right=True),
    _Column("TIME", 7, lambda row: seconds_text(row.seconds) if row.seconds else "-", right=True),
)


def render_table(report: Report, *, width: int = PLAIN_WIDTH) -> str:
    """Return the table without colours; no line is longer than `width` (50 to 120).

    Widths of columns depend on `width` alone, so that tables of different runs can be compared.
    """
    return "".join(line.plain.rstrip() + "\n" for line in _lines(report, width))


def print_table(report: Report, console: Console) -> None:
    """Print the table as wide as the terminal, or `PLAIN_WIDTH` when it is none."""
    width = console.width if console.is_terminal else PLAIN_WIDTH
    for line in _lines(report, width):
        line.rstrip()
        console.print(line, soft_wrap=True, markup=False, highlight=False, emoji=False)


def _lines(report: Report, width: int) -> Iterator[Text]:
    width = max(_NARROWEST, min(width, _WIDEST))
    yield from _heading(report, width)
    yield Text()
    layout = _layout(width)
    yield Text(_GAP.join(_fit(c.title, w, right=c.right) for c, w in layout), "bold")
    yield Text(_GAP.join("-" * w for _, w in layout), "dim")
    for row in report.worst_first:
        yield from _row(row, layout)
        yield from _why(row, width)
    yield from _what_to_do(report, width)
    yield from _notices(report, width)
    yield Text()
    whole = summary_line(report)
    for line in [whole] if cell_len(whole) <= width else summary_lines(report):
        for part in _wrapped(line, width):
            yield Text(part, "bold")


def _heading(report: Report, width: int) -> Iterator[Text]:
    run = report.run
    about = ["Conductor backup", "DRY RUN" if run.dry_run else "", started_text(run)]
    if run.selection:
        about.append(run.selection)
    if run.interrupted is not None:
        about.append(f"interrupted by {run.interrupted}")
    for line in _wrapped(" | ".join(part for part in about if part), width):
        yield Text(line)
    for line in _wrapped(headline(report), width):
        yield Text(line, STYLES[report.worst])


def _layout(width: int) -> list[tuple[_Column, int]]:
    columns = list(_COLUMNS)
    for column in sorted((c for c in _COLUMNS if c.dropped), key=lambda c: c.dropped):
        if _needed(columns) > width:
            columns.remove(column)
    spare = width - _needed(columns)
    host = max(_HOST.width // 2, min(_HOST.width + spare, 2 * _HOST.width))
    return [(c, host if c is _HOST else c.width) for c in columns]


def _needed(columns: list[_Column]) -> int:
    return sum(column.width for column in columns) + len(_GAP) * (len(columns) - 1)


def _row(row: HostOutcome, layout: list[tuple[_Column, int]]) -> Iterator[Text]:
    cells = [_cell(column, column.value(row), width) for column, width in layout]
    for parts in zip_longest(*cells, fillvalue=""):
        line = Text()
        for number, ((column, width), part) in enumerate(zip(layout, parts, strict=True)):
            line.append(_GAP if number else "")
            style = STYLES[row.verdict] if number == 0 else ""
            line.append(_fit(part, width, right=column.right), style)
        yield line


def _cell(column: _Column, text: str, width: int) -> list[str]:
    """Fold the host's name, which has to be whole; cut other texts and show that by dots."""
    if column is _HOST:
        return chop_cells(text, width)
    if cell_len(text) > width:
        return [set_cell_size(text, width - 2).rstrip() + ".."]
    return [text]


def _why(row: HostOutcome, width: int) -> Iterator[Text]:
    for reason in row.reasons:
        code = f"{reason.code}: "
        for number, part in enumerate(_wrapped(code + reason.text, width - len(_INDENT))):
            line = Text(_INDENT + part)
            if number == 0:
                line.stylize(STYLES[row.verdict], len(_INDENT), len(_INDENT) + len(code) - 1)
            yield line
    if names := unnamed_left_overs(row):
        said = f"left on the conductor's flash: {', '.join(names)}"
        for part in _wrapped(said, width - len(_INDENT)):
            yield Text(_INDENT + part)


def _what_to_do(report: Report, width: int) -> Iterator[Text]:
    advices = advise(report)
    if not advices:
        return
    yield Text()
    yield Text("WHAT TO DO", "bold")
    for advice in advices:
        who = f"{advice.code} ({', '.join(advice.hosts)})"
        for number, part in enumerate(_wrapped(who, width - 2)):
            line = Text("  " + part)
            if number == 0:
                line.stylize(STYLES[advice.verdict], 2, 2 + len(advice.code))
            yield line
        for part in _wrapped(advice.remedy, width - 6):
            yield Text("      " + part)


def _notices(report: Report, width: int) -> Iterator[Text]:
    if not report.notices:
        return
    yield Text()
    yield Text("PLEASE NOTE", "bold")
    for notice in report.notices:
        for number, part in enumerate(_wrapped(notice, width - 4)):
            yield Text(("  - " if number == 0 else "    ") + part)


def _fit(text: str, width: int, *, right: bool) -> str:
    missing = width - cell_len(text)
    return " " * missing + text if right and missing > 0 else set_cell_size(text, width)


def _wrapped(text: str, width: int) -> list[str]:
    """Break a line between words; `textwrap` counts characters, so wide ones are cut after it."""
    lines = wrap(text, width, break_on_hyphens=False)
    return [part for line in lines for part in chop_cells(line, width)]
