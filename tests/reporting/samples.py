"""Runs and outcomes that the tests of the report share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from outcome import Artefact, HostOutcome, Reason, Verdict
from reasons import REMEDIES
from reporting.last_proven import LastProven
from reporting.report import Report, RunInfo, SelectedHost, build_report

STARTED: Final = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOSTILE: Final = (
    '\x1b[31mred\x1b[0m <script>alert(1)</script> [bold]x[/bold] & "quoted"\r\nBcc: evil@x\x07'
    " \u202egnp.exe \x9b2J end"
)


def run_info(
    *,
    dry_run: bool = False,
    interrupted: str | None = None,
    selection: str = "site hq",
    vault: str = "/srv/vault",
) -> RunInfo:
    """A run of 8.3 seconds that began at `STARTED`."""
    return RunInfo(
        run_id="2026-11-23T020000Z",
        started=STARTED,
        ended=STARTED.replace(second=8),
        seconds=8.3,
        program_version="0.1.0",
        vault=vault,
        dry_run=dry_run,
        interrupted=interrupted,
        selection=selection,
        invoked_by="backup1",
    )


def passed(host: str, *, role: str = "active", version: str = "8.10.0.21") -> HostOutcome:
    """A proven backup of 812,345 and 5,300,000 bytes."""
    return HostOutcome(
        host,
        Verdict.PASS,
        role=role,
        version=version,
        artefacts=(
            Artefact("running-config", "running-config.cfg", 812_345, "ab" * 32, 0.4),
            Artefact("flash", "flash.tar.gz", 5_300_000, "cd" * 32, 1.25),
        ),
        generation=f"conductors/{host}/2026-11-23T020000Z",
        seconds=4.1234567,
        steps={"log_in": 0.1},
    )


def ended(host: str, verdict: Verdict, code: str, text: str) -> HostOutcome:
    """An outcome with one reason."""
    return HostOutcome(host, verdict, (Reason(code, text, REMEDIES[code]),), seconds=30.0)


def damaged(host: str) -> HostOutcome:
    """A failed backup whose files went into quarantine, the archive last."""
    folder = f"quarantine/{host}/2026-11-23T020000Z"
    text = "flash.tar.gz: truncated at byte 4000"
    return replace(
        ended(host, Verdict.FAIL, "archive-damaged", text),
        artefacts=passed(host).artefacts,
        quarantined=(f"{folder}/bk-1-running.cfg", f"{folder}/bk-1-flash.tar.gz"),
    )


def refused(host: str) -> HostOutcome:
    """A failure in the same long words for every host."""
    text = 'not tried: mc-1, mc-2, mc-3 refused the user name "backup" with the same password'
    return ended(host, Verdict.FAIL, "login-refused", text)


def report_of(
    *outcomes: HostOutcome,
    run: RunInfo | None = None,
    notices: Sequence[str] = (),
    last_proven: Mapping[str, LastProven] | None = None,
) -> Report:
    """A report whose hosts are those of `outcomes`, all at site "hq"."""
    selected = [SelectedHost(o.host, "10.1.1.5", "hq") for o in outcomes]
    found: Mapping[str, HostOutcome] = {outcome.host: outcome for outcome in outcomes}
    return build_report(run or run_info(), selected, found, notices, last_proven=last_proven)


def mixed_report() -> Report:
    """One conductor passed, one warned, one failed; in that order."""
    warned = passed("hq-mc2")
    reason = Reason("clock-skew", "the clock is 412 s behind", REMEDIES["clock-skew"])
    return report_of(
        passed("hq-mc1"),
        replace(warned, verdict=Verdict.WARN, reasons=(reason,), seconds=9.0),
        ended("hq-mc3", Verdict.FAIL, "not-received", "no byte arrived within 120 s"),
    )
