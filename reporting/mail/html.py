"""Draw a report as the HTML part of a mail."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from outcome import Verdict
from reporting.advice import advise
from reporting.report import Report
from reporting.summary import (
    brief_notices,
    copy_size,
    counts_text,
    headline,
    remarks,
    started_text,
    summary_line,
)
from reporting.words import MOST_LISTED, conductors, seconds_text, size_text

MOST_COMPLAINTS: Final = 10
"""Different words about one code that the mail shows; its text part has all of them."""
_FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Tone:
    """Colours of a verdict: `strong` behind white text, `ink` on `paper`, both again for night."""

    strong: str
    ink: str
    paper: str
    night_ink: str
    night_paper: str


TONES: Final = {
    Verdict.PASS: Tone("#1a7f4b", "#14633b", "#e6f4ec", "#86dcab", "#1c3a2a"),
    Verdict.WARN: Tone("#9a6200", "#7a4e00", "#fdf2d9", "#f2c766", "#40330f"),
    Verdict.FAIL: Tone("#b3261e", "#9c1f18", "#fce8e6", "#ffa69e", "#4a201d"),
    Verdict.CANCELLED: Tone("#5b4a8a", "#4b3c75", "#eeeaf7", "#c9bbf5", "#332b4b"),
}


def render_html(report: Report) -> str:
    """Return a page of nested tables with inline colours that needs nothing from outside.

    Every word of the report is escaped. Outlook's Word engine, narrow phones and dark mode are
    the reasons for the shape of the template.
    """
    return _template().render(
        report=report,
        run=report.run,
        tones=TONES,
        counts=[(v, count) for v, count in report.counts.items() if count],
        headline=headline(report),
        preheader=_preheader(report),
        started=started_text(report.run),
        advices=advise(report),
        size=copy_size,
        notices=brief_notices(report),
        last_proven=report.last_proven,
        remarks=partial(remarks, report),
        most_listed=MOST_LISTED,
        most_complaints=MOST_COMPLAINTS,
    )


def _preheader(report: Report) -> str:
    """Return what a mail program shows beside the subject: who failed, else the summary."""
    bad = [row.host for row in report.worst_first if row.verdict is not Verdict.PASS]
    return (
        f"{counts_text(report, worst_first=True)}: {', '.join(bad[:6])}"
        if bad
        else (summary_line(report))
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(size=size_text, seconds=seconds_text, conductors=conductors)
    return environment.get_template("report.html.j2")
