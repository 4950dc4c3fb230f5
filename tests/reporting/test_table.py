from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from outcome import HostOutcome, Verdict
from reporting.last_proven import LastProven
from reporting.report import Report
from reporting.table import print_table, render_table
from tests.reporting.samples import (
    HOSTILE,
    STARTED,
    damaged,
    ended,
    mixed_report,
    passed,
    refused,
    report_of,
    run_info,
)


def _head(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("VERDICT"))


def _printed(report: Report, *, terminal: bool, environ: dict[str, str] | None = None) -> str:
    stream = StringIO()
    console = Console(
        file=stream, force_terminal=terminal or None, width=100, _environ=environ or {}
    )
    print_table(report, console)
    return stream.getvalue()


def test_render_table_mixed_shows_failures_first_with_reason_and_remedy() -> None:
    lines = render_table(mixed_report()).splitlines()
    assert lines[:2] == [
        "Conductor backup 0.1.0 on backup1 | 2026-11-23 02:00Z | site hq",
        "1 of 3 conductors failed",
    ]
    verdicts = [line.split()[0] for line in lines[5:] if line[:4] in {"PASS", "WARN", "FAIL"}]
    assert verdicts == ["FAIL", "WARN", "PASS"]
    at = lines.index("           not-received: no byte arrived within 120 s")
    assert lines[at - 1].startswith("FAIL       hq-mc3")
    assert "  not-received (hq-mc3)" in lines
    assert "      Check that the conductor can reach the receiver's address on port 22." in lines


def test_render_table_passed_row_shows_every_column() -> None:
    row = next(r for r in render_table(mixed_report()).splitlines() if r.startswith("PASS"))
    assert " ".join(row.split()) == "PASS hq-mc1 hq active 8.10.0.21 812.3 kB 5.3 MB 4.1 s"


@pytest.mark.parametrize("width", [50, 60, 80, 100, 120])
def test_render_table_any_width_is_kept_and_host_names_are_whole(width: int) -> None:
    name = "conductor-with-a-very-long-name-in-the-headquarters-of-the-west-1"
    report = report_of(
        passed(name, role="standalone-conductor", version="8.10.0.21-FIPS-build-99"),
        ended("日本語日本語日本語日本語", Verdict.FAIL, "device-error", "表" * 200 + "x" * 200),
        notices=["y" * 300],
    )
    text = render_table(report, width=width)
    assert max(map(cell_len, text.splitlines())) <= width
    column = _head(text).index("CONDUCTOR")
    end = next(
        len(line.split("  ")[0]) + 2 for line in text.splitlines() if line.startswith("---------  ")
    )
    assert column == end
    folded = "".join(
        line[column:].split("  ")[0].strip()
        for line in text.splitlines()
        if line.startswith(("PASS", " " * 11))
    )
    assert name in folded


@pytest.mark.parametrize("count", [1, 12, 300])
def test_render_table_any_fleet_has_the_same_columns(count: int) -> None:
    text = render_table(report_of(*(passed(f"mc{number}") for number in range(count))))
    assert _head(text) == _head(render_table(mixed_report()))
    assert sum(line.startswith("PASS") for line in text.splitlines()) == count


def test_render_table_narrow_terminal_drops_columns_in_order() -> None:
    assert _head(render_table(mixed_report(), width=80)).split() == (
        ["VERDICT", "CONDUCTOR", "SITE", "CONFIG", "FLASH", "TIME"]
    )


def test_render_table_plain_layout_is_ascii_without_blanks_at_line_ends() -> None:
    text = render_table(mixed_report())
    assert text.isascii()
    assert text.endswith("\n")
    assert all(line == line.rstrip() for line in text.splitlines())


def test_render_table_hostile_words_are_shown_harmlessly() -> None:
    text = render_table(report_of(ended("a", Verdict.FAIL, "device-error", HOSTILE)))
    assert "\x1b" not in text
    assert "[bold]x[/bold]" in text
    assert not any(line.startswith("Bcc:") for line in text.splitlines())


def test_render_table_left_over_file_and_notice_are_named() -> None:
    warned = replace(
        ended("a", Verdict.WARN, "left-over", "the copy is good"), left_over=("bk-1.tar.gz",)
    )
    text = render_table(report_of(warned, notices=["pair a: look"]))
    assert "left on the conductor's flash: bk-1.tar.gz" in text
    assert "PLEASE NOTE\n  - pair a: look\n" in text


def test_render_table_failed_row_says_what_is_left() -> None:
    last = LastProven(STARTED - timedelta(days=8), known=True)
    lines = render_table(report_of(damaged("a"), last_proven={"a": last})).splitlines()
    at = lines.index("           archive-damaged: flash.tar.gz: truncated at byte 4000")
    assert lines[at + 1 : at + 3] == [
        "           not published, what arrived is in quarantine/a/2026-11-23T020000Z of the vault",
        "           last proven backup 2026-11-15 02:00Z, 8 days old",
    ]


@pytest.mark.parametrize("width", [50, 100])
def test_render_table_command_to_paste_stays_on_one_line(width: int) -> None:
    name = "conductor-in-the-headquarters-of-the-west-1"
    lines = render_table(report_of(damaged(name)), width=width).splitlines()
    place = f"/srv/vault/quarantine/{name}/2026-11-23T020000Z/bk-1-flash.tar.gz"
    assert f"        runbook.py --host {name}" in lines
    assert f"        runbook.py verify --file {place}" in lines


def test_render_table_words_that_many_share_are_said_once_with_a_count() -> None:
    text = render_table(report_of(*(refused(f"mc-{number}") for number in range(300))))
    assert text.count("login-refused: the same for 300 conductors, said below") == 300
    assert text.count("not tried:") == 1
    assert "      300 conductors: not tried: mc-1, mc-2, mc-3 refused the user name" in text


def test_render_table_behind_the_rows_a_fleet_takes_no_more_lines_than_a_few() -> None:
    def behind(count: int) -> int:
        rows = [
            ended(f"mc-{number}", Verdict.CANCELLED, "cancelled", "x") for number in range(count)
        ]
        notices = [f"notice {number}" for number in range(count)]
        text = render_table(report_of(*rows, notices=notices))
        return len(text.partition("WHAT TO DO")[2].splitlines())

    assert behind(300) == behind(30) < 40


def test_render_table_dry_run_and_interruption_are_said() -> None:
    run = run_info(dry_run=True, interrupted="SIGTERM")
    text = render_table(report_of(HostOutcome("a", Verdict.PASS), run=run))
    assert "| DRY RUN |" in text
    assert "interrupted by SIGTERM" in text
    assert "WHAT TO DO" not in text


def test_render_table_host_that_never_started_took_no_time() -> None:
    text = render_table(report_of(HostOutcome("a", Verdict.CANCELLED)))
    assert next(r for r in text.splitlines() if r.startswith("CANCELLED")).endswith("  -")


def test_print_table_terminal_is_coloured_and_markup_is_not_obeyed() -> None:
    report = report_of(ended("a", Verdict.FAIL, "device-error", "[red]x[/red] :smile:"))
    shown = _printed(report, terminal=True, environ={"TERM": "xterm-256color"})
    assert "\x1b[1;31mFAIL" in shown
    assert "[red]x[/red] :smile:" in shown


def test_print_table_no_terminal_equals_the_plain_table() -> None:
    assert _printed(mixed_report(), terminal=False) == render_table(mixed_report())


def test_print_table_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"TERM": "xterm-256color", "NO_COLOR": "1"}
    assert "31m" not in _printed(mixed_report(), terminal=True, environ=environ)


def test_print_table_force_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    environ = {"TERM": "xterm-256color", "FORCE_COLOR": "1"}
    assert "31mFAIL" in _printed(mixed_report(), terminal=False, environ=environ)
