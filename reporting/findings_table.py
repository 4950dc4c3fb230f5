"""Draw the result of a preflight as text, in the look of a run's report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Final

from rich.text import Text

from finding import UNREADY, WORST_FIRST, Examined, Finding, Level, worst
from reporting.columns import Column, Grid, wrapped
from reporting.findings import Preflight
from reporting.findings_advice import HERE, NOT_OK, findings_advice
from reporting.to_do import to_do_lines
from reporting.words import conductors, seconds_text

STYLES: Final = {
    Level.OK: "green",
    Level.WARN: "yellow",
    Level.FAIL: "bold red",
    Level.CANCELLED: "magenta",
}
PUSH: Final = "push"
_INDENT: Final = " " * 8

SHARED: Final = 4
"""Conductors from which on words that they share are said once."""

Words = tuple[str, str]
"""Code and text of a finding."""

_COLUMNS: Final[tuple[Column[Examined], ...]] = (
    Column("CONDUCTOR", 20, lambda row: row.host, grows=True),
    Column("SITE", 11, lambda row: row.site or "-", dropped=3),
    Column("ROLE", 10, lambda row: row.role or "-", dropped=1),
    Column("VERSION", 12, lambda row: row.version or "-", dropped=2),
    Column("CERT UNTIL", 10, lambda row: _certificate(row)),
    Column("FLASH FREE", 10, lambda row: _flash(row), right=True, dropped=4),
    Column("TIME", 7, lambda row: seconds_text(row.seconds), right=True),
)


def preflight_lines(preflight: Preflight, width: int) -> Iterator[Text]:
    """Yield the lines of the whole result."""
    yield from _heading(preflight, width)
    yield Text()
    yield Text("THIS HOST", "bold")
    for finding in sorted(preflight.here, key=lambda each: WORST_FIRST.index(each.level)):
        yield from _here(finding, width)
    yield Text()
    grid = Grid((_status(preflight), *_COLUMNS), width)
    shared = _shared(preflight)
    yield from grid.head()
    for row in preflight.worst_first:
        yield from grid.row(row, STYLES[row.level])
        yield from _why(row, shared, width)
    yield from to_do_lines([*findings_advice(preflight, STYLES)], width)
    yield Text()
    for line in wrapped(_summary(preflight), width):
        yield Text(line, "bold")


def _heading(preflight: Preflight, width: int) -> Iterator[Text]:
    about = ["Conductor backup", "CHECK WITH PUSH" if preflight.pushed else "CHECK"]
    about.append(f"{preflight.started.astimezone(UTC):%Y-%m-%d %H:%M}Z")
    if preflight.selection:
        about.append(preflight.selection)
    if preflight.interrupted:
        about.append(f"interrupted by {preflight.interrupted}")
    for line in wrapped(" | ".join(about), width):
        yield Text(line)
    for line in wrapped(_verdict(preflight), width):
        yield Text(line, STYLES[preflight.level])


def _verdict(preflight: Preflight) -> str:
    bad, total = preflight.counts[Level.FAIL], len(preflight.conductors)
    unready = [HERE] if worst(preflight.here) is Level.FAIL else []
    unready += [f"{bad} of {conductors(total)}"] if bad else []
    said = [_interruption(preflight)] if preflight.interrupted else []
    if unready:
        said.append(f"not ready for a backup: {' and '.join(unready)}")
    text = "; ".join(said) or f"ready for a backup of {conductors(total)}"
    return text[0].upper() + text[1:]


def _interruption(preflight: Preflight) -> str:
    left, total = preflight.counts[Level.CANCELLED], len(preflight.conductors)
    by = f"interrupted by {preflight.interrupted}"
    if left:
        return f"{by}: {left} of {conductors(total)} not looked at to the end"
    return f"{by}: all conductors were looked at, but perhaps not all of this host"


def _status(preflight: Preflight) -> Column[Examined]:
    """Return the first column, no wider than the longest level there is."""
    title = "STATUS"
    longest = max(len(text) for text in (title, *(row.level for row in preflight.conductors)))
    return Column(title, longest, lambda row: row.level.value)


def _here(finding: Finding, width: int) -> Iterator[Text]:
    code = f"{finding.code}: " if finding.code else ""
    head = f"{finding.level.value:<6}  {finding.check:<8}  "
    for number, part in enumerate(wrapped(code + finding.text, width - len(head))):
        line = Text(head + part if number == 0 else " " * len(head) + part)
        if number == 0:
            line.stylize(STYLES[finding.level], 0, len(finding.level.value))
        yield line


def _why(row: Examined, shared: Mapping[Words, Sequence[str]], width: int) -> Iterator[Text]:
    for level in NOT_OK:
        for finding in row.findings:
            if finding.level is not level:
                continue
            code = f"{finding.code}: "
            text = _said_once(row, finding, shared.get((finding.code, finding.text), ()))
            for number, part in enumerate(wrapped(code + text, width - len(_INDENT))):
                line = Text(_INDENT + part)
                if number == 0:
                    line.stylize(STYLES[level], len(_INDENT), len(_INDENT) + len(code) - 1)
                yield line


def _shared(preflight: Preflight) -> dict[Words, list[str]]:
    """Return the conductors, in the table's order, of words that many of them share."""
    found: dict[Words, list[str]] = {}
    for row in preflight.worst_first:
        for finding in row.findings:
            names = found.setdefault((finding.code, finding.text), [])
            if finding.level is not Level.OK and row.host not in names:
                names.append(row.host)
    return {words: names for words, names in found.items() if len(names) >= SHARED}


def _said_once(row: Examined, finding: Finding, sharing: Sequence[str]) -> str:
    """Return the words with how many share them, or for all but the first where they stand."""
    if not sharing:
        return finding.text
    if row.host == sharing[0]:
        return f"{finding.text} (so for {conductors(len(sharing))})"
    return f"as for {sharing[0]}"


def _summary(preflight: Preflight) -> str:
    counts = preflight.counts
    said = ", ".join(f"{counts[level]} {level}" for level in Level if counts[level])
    total, took = len(preflight.conductors), seconds_text(preflight.seconds)
    came = sum(
        any(each.check == PUSH and each.level not in UNREADY for each in row.findings)
        for row in preflight.conductors
    )
    pushed = f"{came or 'none'} pushed a small file" if preflight.pushed else "nothing pushed"
    noun = conductors(total).partition(" ")[2]
    return f"{said} of {total} {noun} in {took}, {pushed}, nothing published"


def _certificate(row: Examined) -> str:
    return f"{row.certificate_ends:%Y-%m-%d}" if row.certificate_ends else "-"


def _flash(row: Examined) -> str:
    return f"{row.flash_free_mb} MB" if row.flash_free_mb is not None else "-"
