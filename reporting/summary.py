"""Say a whole report in one line."""

from __future__ import annotations

from datetime import UTC
from typing import Final

from outcome import BAD, HostOutcome, Verdict
from reporting.report import SEVERITY, Report, RunInfo
from reporting.words import conductors, seconds_text, size_text

MOST_NOTICES: Final = 20


def counts_text(report: Report, *, worst_first: bool) -> str:
    """Return "1 FAIL, 11 PASS of 12", or the same with the good news first."""
    order = SEVERITY if worst_first else tuple(reversed(SEVERITY))
    counts = report.counts
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in order if counts[verdict])
    return f"{said or 'nothing'} of {len(report.rows)}"


def summary_lines(report: Report) -> tuple[str, str]:
    """Return how the run went (counts, time, bytes) and where it went (vault, the run's id).

    A dry run has no id: nothing is kept under it.
    """
    noun = conductors(len(report.rows)).partition(" ")[2]
    run = report.run
    copied = "dry run, nothing copied" if run.dry_run else f"{size_text(report.received)} received"
    return (
        f"{counts_text(report, worst_first=False)} {noun} in {seconds_text(run.seconds)}, {copied}",
        f"vault {run.vault}" + ("" if run.dry_run else f", run {run.run_id}"),
    )


def summary_line(report: Report) -> str:
    """Return both `summary_lines` as one."""
    return ", ".join(summary_lines(report))


def headline(report: Report) -> str:
    """Return what a hurried reader needs to know."""
    counts, total = report.counts, len(report.rows)
    if not total:
        return "No conductor was selected"
    if report.run.interrupted is not None and counts[Verdict.CANCELLED]:
        missing = counts[Verdict.CANCELLED] + counts[Verdict.FAIL]
        return f"Interrupted: {missing} of {conductors(total)} without a new backup"
    if report.failed:
        missing = counts[Verdict.CANCELLED] + counts[Verdict.FAIL]
        return f"{missing} of {conductors(total)} failed"
    done = "ready for backup" if report.run.dry_run else "backed up"
    warned = f", {counts[Verdict.WARN]} with a warning" if counts[Verdict.WARN] else ""
    everyone = conductors(total) if warned or total == 1 else f"All {conductors(total)}"
    return f"{everyone} {done}{warned}"


def started_text(run: RunInfo) -> str:
    """Return the start of the run as "2026-11-23 02:00Z"."""
    return f"{run.started.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def copy_size(row: HostOutcome, *kinds: str) -> str:
    """Return the size of the first artefact of one of `kinds` in their order, or "-"."""
    sizes = {artefact.kind: artefact.size for artefact in row.artefacts}
    return next((size_text(sizes[kind]) for kind in kinds if kind in sizes), "-")


def remarks(report: Report, row: HostOutcome) -> tuple[str, ...]:
    """Return what is to be said of a row beside its reasons: where files are, what else there is.

    Sizes in a row that failed are those of files that arrived; nothing of them was published.
    """
    said = []
    if names := unnamed_left_overs(row):
        said.append(f"left on the conductor's flash: {', '.join(names)}")
    if row.verdict in BAD and row.artefacts and not row.generation:
        folder = row.quarantined[-1].rpartition("/")[0] if row.quarantined else ""
        lies = f", what arrived is in {folder} of the vault" if folder else ""
        said.append(f"not published{lies}")
    if left_with := report.last_proven.get(row.host):
        said.append(left_with.said(report.run.started))
    return tuple(said)


def brief_notices(report: Report) -> tuple[str, ...]:
    """Return the first notices, and a line that says how many more there are."""
    more = len(report.notices) - MOST_NOTICES
    if more <= 0:
        return report.notices
    rest = f"and {more} more, all of them in the run's record in the vault and in the JSON report"
    return (*report.notices[:MOST_NOTICES], rest)


def unnamed_left_overs(row: HostOutcome) -> tuple[str, ...]:
    """Return the files left on the conductor's flash that no reason of the row names."""
    said = " ".join(reason.text for reason in row.reasons)
    return tuple(name for name in row.left_over if name not in said)
