"""Say a whole report in one line."""

from __future__ import annotations

from datetime import UTC

from outcome import HostOutcome, Verdict
from reporting.report import SEVERITY, Report, RunInfo
from reporting.words import conductors, seconds_text, size_text


def counts_text(report: Report, *, worst_first: bool) -> str:
    """Return "1 FAIL, 11 PASS of 12", or the same with the good news first."""
    order = SEVERITY if worst_first else tuple(reversed(SEVERITY))
    counts = report.counts
    said = ", ".join(f"{counts[verdict]} {verdict}" for verdict in order if counts[verdict])
    return f"{said or 'nothing'} of {len(report.rows)}"


def summary_lines(report: Report) -> tuple[str, str]:
    """Return how the run went (counts, time, bytes) and where it went (vault, the run's id)."""
    noun = conductors(len(report.rows)).partition(" ")[2]
    run = report.run
    copied = "dry run, nothing copied" if run.dry_run else f"{size_text(report.received)} received"
    return (
        f"{counts_text(report, worst_first=False)} {noun} in {seconds_text(run.seconds)}, {copied}",
        f"vault {run.vault}, run {run.run_id}",
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


def unnamed_left_overs(row: HostOutcome) -> tuple[str, ...]:
    """Return the files left on the conductor's flash that no reason of the row names."""
    said = " ".join(reason.text for reason in row.reasons)
    return tuple(name for name in row.left_over if name not in said)
