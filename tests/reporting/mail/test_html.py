from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from outcome import HostOutcome, Verdict
from reporting.last_proven import LastProven
from reporting.mail.html import TONES, render_html
from tests.reporting.samples import (
    HOSTILE,
    STARTED,
    damaged,
    ended,
    mixed_report,
    passed,
    report_of,
    run_info,
)

CHROMIUM = shutil.which("chromium")
VOID = {"meta", "br", "img", "link"}


class Outline(HTMLParser):
    """Collect tags, and complain about those that do not close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _outline(page: str) -> Outline:
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    return outline


def _brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, two: str) -> float:
    dark, light = sorted((_brightness(one), _brightness(two)))
    return (light + 0.05) / (dark + 0.05)


def test_render_html_mixed_has_failures_before_the_table() -> None:
    page = render_html(mixed_report())
    places = [
        page.index(text)
        for text in (
            "1 of 3 conductors failed</div>",
            "no byte arrived",
            "on port 22",
            "All 3 cond",
        )
    ]
    assert places == sorted(places)
    assert "<title>Conductor backup: 1 of 3 conductors failed</title>" in page
    assert '<html lang="en">' in page
    assert "1 FAIL, 1 WARN, 1 PASS of 3: hq-mc3, hq-mc2" in page


@pytest.mark.parametrize("count", [0, 1, 300])
def test_render_html_any_fleet_is_well_formed_with_a_row_each(count: int) -> None:
    page = render_html(report_of(*(passed(f"mc{number}") for number in range(count))))
    _outline(page)
    assert page.count('class="pill on-PASS"') == count


def test_render_html_300_conductors_stay_below_the_size_that_gmail_cuts() -> None:
    page = render_html(report_of(*(passed(f"branch-mc{number}") for number in range(300))))
    assert len(page.encode()) < 102_000


@pytest.mark.parametrize("words", ["all in the same words, which are rather long", ""])
def test_render_html_300_failures_stay_below_the_size_that_gmail_cuts(words: str) -> None:
    rows = (
        ended(f"branch-mc{n}", Verdict.FAIL, "device-error", words or f"{n}: {'x' * 400}")
        for n in range(300)
    )
    page = render_html(report_of(*rows))
    _outline(page)
    assert len(page.encode()) < 102_000
    assert "and 290 more" in page


def test_render_html_failed_row_says_what_is_left_and_what_to_type() -> None:
    last = LastProven(STARTED - timedelta(days=8), known=True)
    page = render_html(report_of(damaged("a"), passed("b"), last_proven={"a": last}))
    assert page.count("last proven backup 2026-11-15 02:00Z, 8 days old") == 2
    assert "what arrived is in quarantine/a/2026-11-23T020000Z of the vault" in page
    assert '<span class="mono">runbook.py --host a</span>' in page
    assert "runbook.py verify --file /srv/vault/quarantine/a/" in page


def test_render_html_dry_run_names_no_run() -> None:
    run = run_info(dry_run=True)
    assert run.run_id not in render_html(report_of(HostOutcome("a", Verdict.PASS), run=run))
    assert run.run_id in render_html(mixed_report())


def test_render_html_needs_nothing_from_outside() -> None:
    page = render_html(mixed_report())
    assert set(_outline(page).seen).isdisjoint({"img", "link", "script", "iframe", "a"})
    assert not re.search(r"https?://|url\(|@import|src=", page)


def test_render_html_hostile_words_are_escaped() -> None:
    hostile = replace(
        ended("hq-mc1", Verdict.WARN, "device-error", HOSTILE),
        role='"><b>role</b>',
        version="<i>8",
        left_over=("<u>file</u>",),
    )
    run = run_info(selection="<s>all</s>", vault="</td><hr>", interrupted="<em>")
    page = render_html(report_of(hostile, run=run, notices=["<h1>notice</h1>"]))
    tags = set(_outline(page).seen)
    assert tags.isdisjoint({"script", "b", "i", "u", "s", "hr", "em", "h1"})
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "\x1b" not in page


def test_render_html_dry_run_and_interruption_are_said() -> None:
    run = run_info(dry_run=True, interrupted="SIGTERM")
    page = render_html(report_of(HostOutcome("a", Verdict.PASS), run=run))
    assert "Conductor backup, dry run" in page
    assert "interrupted by <strong>SIGTERM</strong>" in page
    assert "Dry run: nothing was copied" in page


def test_tones_text_can_be_read_on_its_ground_by_day_and_night() -> None:
    for tone in TONES.values():
        assert _contrast(tone.ink, tone.paper) >= 4.5
        assert _contrast(tone.night_ink, tone.night_paper) >= 4.5
        assert _contrast("#ffffff", tone.strong) >= 4.5


@pytest.mark.parametrize("width", [320, 375, 700])
def test_render_html_in_a_browser_never_scrolls_sideways(width: int, tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("chromium is not installed")
    name = "conductor-with-a-long-name-in-the-headquarters-of-the-west-1"
    failed = ended(name, Verdict.FAIL, "not-received", "no byte of " + "x" * 120)
    stopped = ended("hq-mc2", Verdict.CANCELLED, "cancelled", "stopped")
    report = report_of(
        failed,
        stopped,
        damaged("hq-mc4"),
        *mixed_report().rows,
        run=run_info(vault="/srv/" + "v" * 90),
    )
    (tmp_path / "mail.html").write_text(render_html(report))
    # A frame, because a headless window is never narrower than about 500 pixels.
    (tmp_path / "frame.html").write_text(
        f'<iframe id="f" src="mail.html" width="{width}" height="900" style="border:0"></iframe>'
        "<script>onload = () => { const page = document.getElementById('f').contentDocument;"
        " document.title = 'widths ' + page.documentElement.scrollWidth + ' '"
        " + page.documentElement.clientWidth; }</script>"
    )
    done = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--allow-file-access-from-files",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--dump-dom",
            (tmp_path / "frame.html").as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    found = re.search(r"<title>widths (\d+) (\d+)</title>", done.stdout)
    if found is None:
        pytest.skip("chromium does not run here")
    assert int(found[1]) <= int(found[2])
