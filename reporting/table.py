"""Draw a report as a table of text: plain for cron and mail, coloured on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from outcome import HostOutcome, Verdict
from reporting.advice import Advice, advise, shared_by
from reporting.columns import (
    NARROWEST,
    PLAIN_WIDTH,
    WIDEST,
    Column,
    Grid,
    print_lines,
    width_of,
    wrapped,
)
from reporting.report import Report
from reporting.summary import (
    brief_notices,
    copy_size,
    headline,
    remarks,
    started_text,
    summary_line,
    summary_lines,
)
from reporting.to_do import ToDo, to_do_lines
from reporting.words import conductors, seconds_text

STYLES: Final = {
    Verdict.PASS: "green",
    Verdict.WARN: "yellow",
    Verdict.FAIL: "bold red",
    Verdict.CANCELLED: "magenta",
}
_INDENT: Final = " " * 11

_COLUMNS: Final[tuple[Column[HostOutcome], ...]] = (
    Column("VERDICT", 9, lambda row: row.verdict.value),
    Column("CONDUCTOR", 20, lambda row: row.host, grows=True),
    Column("SITE", 11, lambda row: row.site or "-", dropped=3),
    Column("ROLE", 10, lambda row: row.role or "-", dropped=1),
    Column("VERSION", 12, lambda row: row.version or "-", dropped=2),
    Column("CONFIG", 8, lambda row: copy_size(row, "running-config", "config"), right=True),
    Column("FLASH", 8, lambda row: copy_size(row, "flash"), right=True),
    Column("TIME", 7, lambda row: seconds_text(row.seconds) if row.seconds else "-", right=True),
)


def render_table(report: Report, *, width: int = PLAIN_WIDTH) -> str:
    """Return the table without colours; no line is longer than `width` (50 to 120).

    Only commands are: broken in two, nobody could paste them.

    Widths of columns depend on `width` alone, so that tables of different runs can be compared.
    """
    return "".join(line.plain.rstrip() + "\n" for line in table_lines(report, width))


def print_table(report: Report, console: Console) -> None:
    """Print the table as wide as the terminal, or `PLAIN_WIDTH` when it is none."""
    print_lines(table_lines(report, width_of(console)), console)


def table_lines(report: Report, width: int) -> Iterator[Text]:
    """Yield the lines of the table, as `render_table` and `print_table` have them."""
    width = max(NARROWEST, min(width, WIDEST))
    yield from _heading(report, width)
    yield Text()
    advices = advise(report)
    shared = shared_by(advices)
    grid = Grid(_COLUMNS, width)
    yield from grid.head()
    for row in report.worst_first:
        yield from grid.row(row, STYLES[row.verdict])
        yield from _why(row, shared, width)
        for remark in remarks(report, row):
            yield from (Text(_INDENT + part) for part in wrapped(remark, width - len(_INDENT)))
    yield from to_do_lines([*map(_todo, advices)], width)
    yield from _notices(report, width)
    yield Text()
    whole = summary_line(report)
    for line in [whole] if cell_len(whole) <= width else summary_lines(report):
        for part in wrapped(line, width):
            yield Text(part, "bold")


def _heading(report: Report, width: int) -> Iterator[Text]:
    run = report.run
    by = f"Conductor backup {run.program_version}"
    by += f" on {run.invoked_by}" if run.invoked_by else ""
    about = [by, "DRY RUN" if run.dry_run else "", started_text(run)]
    if run.selection:
        about.append(run.selection)
    if run.interrupted is not None:
        about.append(f"interrupted by {run.interrupted}")
    for line in wrapped(" | ".join(part for part in about if part), width):
        yield Text(line)
    for line in wrapped(headline(report), width):
        yield Text(line, STYLES[report.worst])


def _why(row: HostOutcome, shared: Mapping[tuple[str, str], int], width: int) -> Iterator[Text]:
    for reason in row.reasons:
        code = f"{reason.code}: "
        count = shared.get((reason.code, reason.text))
        text = f"the same for {conductors(count)}, said below" if count else reason.text
        for number, part in enumerate(wrapped(code + text, width - len(_INDENT))):
            line = Text(_INDENT + part)
            if number == 0:
                line.stylize(STYLES[row.verdict], len(_INDENT), len(_INDENT) + len(code) - 1)
            yield line


def _todo(advice: Advice) -> ToDo:
    shared = [
        f"{conductors(len(each.rows))}: {each.text}" for each in advice.complaints if each.shared
    ]
    told = [*shared, advice.remedy]
    style = STYLES[advice.verdict]
    return ToDo(advice.code, advice.who, style, told, advice.commands, advice.looks)


def _notices(report: Report, width: int) -> Iterator[Text]:
    if not report.notices:
        return
    yield Text()
    yield Text("PLEASE NOTE", "bold")
    for notice in brief_notices(report):
        for number, part in enumerate(wrapped(notice, width - 4)):
            yield Text(("  - " if number == 0 else "    ") + part)
