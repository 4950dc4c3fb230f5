"""Read a report back from what `json_report` made of it, as the ledger of a run is kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from outcome import Artefact, HostOutcome, Reason, Verdict
from reporting.errors import ReportUnreadable
from reporting.fields import Fields
from reporting.json_report import SCHEMA
from reporting.last_proven import LastProven
from reporting.report import Report, RunInfo, neutralised

OLDEST: Final = 1
"""The first schema; what changed since then is no key that is read here."""

_TEXTS: Final = (
    *("site", "address", "pair", "name", "role", "version", "model", "serial", "mac"),
    "generation",
)


def from_json(document: object) -> Report:
    """Return the report that `document` tells, with all foreign words in it neutralised.

    Needed are the schema, of the run its id, times and duration, of each host its name and verdict,
    of each reason its code, of each artefact its kind and size. Whatever else an older program did
    not write is as if nothing had been said. Counts are those of the hosts, whatever the document
    says. Raises `ReportUnreadable`.
    """
    told = Fields(document, "")
    schema = told.whole("schema")
    if not OLDEST <= schema <= SCHEMA:
        raise ReportUnreadable(f"its schema is {schema}, known are {OLDEST} to {SCHEMA}")
    if "hosts" not in told:
        raise ReportUnreadable("hosts is missing")
    hosts = told.objects("hosts")
    rows = tuple(map(_row, hosts))
    if len({row.host for row in rows}) < len(rows):
        raise ReportUnreadable("hosts names a conductor twice")
    left_with = dict(_left_with(hosts))
    return neutralised(Report(_run(told.inner("run")), rows, told.texts("notices"), left_with))


def _run(told: Fields) -> RunInfo:
    return RunInfo(
        run_id=told.text("id"),
        started=told.time("started"),
        ended=told.time("ended"),
        seconds=told.seconds("seconds"),
        program_version=told.text("program_version", ""),
        vault=told.text("vault", ""),
        dry_run=told.flag("dry_run"),
        interrupted=told.text("interrupted") if "interrupted" in told else None,
        selection=told.text("selection", ""),
        invoked_by=told.text("invoked_by", ""),
        config=told.text("config", ""),
    )


def _row(told: Fields) -> HostOutcome:
    return HostOutcome(
        told.text("host"),
        _verdict(told.text("verdict")),
        tuple(map(_reason, told.objects("reasons"))),
        artefacts=tuple(map(_artefact, told.objects("artefacts"))),
        quarantined=told.texts("quarantined"),
        seconds=told.seconds("seconds", 0.0),
        steps=told.durations("steps"),
        left_over=told.texts("left_over"),
        **{key: told.text(key, "") for key in _TEXTS},
    )


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError:
        raise ReportUnreadable(f"{text[:40]!r} is no verdict") from None


def _reason(told: Fields) -> Reason:
    return Reason(told.text("code"), told.text("text", ""), told.text("remedy", ""))


def _artefact(told: Fields) -> Artefact:
    return Artefact(
        told.text("kind"),
        told.text("file_name", ""),
        told.whole("size"),
        told.text("sha256", ""),
        told.seconds("seconds", 0.0),
    )


def _left_with(hosts: tuple[Fields, ...]) -> Iterator[tuple[str, LastProven]]:
    """Yield what each host was left with that the document says anything of."""
    for told in hosts:
        if "last_proven" in told:
            last = told.inner("last_proven")
            time = last.time("time") if "time" in last else None
            yield told.text("host"), LastProven(time, last.flag("known"))
