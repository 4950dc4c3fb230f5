"""Turn the outcomes of a run into a report that has exactly one row for every selected host.

Nothing here trusts that the run went well: a host without an outcome, with an exception for an
outcome, or with a PASS that shows no evidence ends as FAIL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from outcome import BAD, HostOutcome, Reason, Verdict
from reasons import REMEDIES
from reporting.last_proven import LastProven
from reporting.pairs import Pairs, judge_pairs
from reporting.words import clean

SEVERITY: Final = (Verdict.FAIL, Verdict.CANCELLED, Verdict.WARN, Verdict.PASS)
"""Verdicts, the worst first."""


@dataclass(frozen=True, slots=True)
class RunInfo:
    """The run as a whole; `started` and `ended` are aware, `seconds` is monotonic time.

    `selection` says what was chosen ("site hq, group lab"), `interrupted` names what stopped the
    run ("SIGTERM") or is None, `invoked_by` says who started it ("user@host"). `config` is the file
    of the settings, "" for the one that the program takes by itself.
    """

    run_id: str
    started: datetime
    ended: datetime
    seconds: float
    program_version: str
    vault: str
    dry_run: bool = False
    interrupted: str | None = None
    selection: str = ""
    invoked_by: str = ""
    config: str = ""

    def __post_init__(self) -> None:
        if self.started.utcoffset() is None or self.ended.utcoffset() is None:
            raise ValueError("RunInfo.started and .ended need a time zone")


@dataclass(frozen=True, slots=True)
class SelectedHost:
    """One conductor that the run was to back up."""

    name: str
    address: str = ""
    site: str = ""
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A run with one row for each selected host, in inventory order; build it by `build_report`.

    `last_proven` has exactly the hosts that this run gave no new proven backup.
    """

    run: RunInfo
    rows: tuple[HostOutcome, ...]
    notices: tuple[str, ...] = ()
    last_proven: Mapping[str, LastProven] = field(default_factory=dict)

    @property
    def counts(self) -> dict[Verdict, int]:
        """Rows for each verdict, the worst first; verdicts that nobody has count 0."""
        return {v: sum(row.verdict is v for row in self.rows) for v in SEVERITY}

    @property
    def worst(self) -> Verdict:
        """The worst verdict of any row; FAIL when there are none."""
        return next((v for v, count in self.counts.items() if count), Verdict.FAIL)

    @property
    def failed(self) -> bool:
        """Whether some conductor has no good backup from this run, or none was selected."""
        return self.worst in BAD

    @property
    def exit_code(self) -> int:
        """1 when the report failed, else 0; signals are the caller's to add (130, 143)."""
        return int(self.failed)

    @property
    def received(self) -> int:
        """Bytes in the vault from this run."""
        return sum(artefact.size for row in self.rows for artefact in row.artefacts)

    @property
    def worst_first(self) -> tuple[HostOutcome, ...]:
        """The rows by severity, those of equal verdict in inventory order."""
        return tuple(sorted(self.rows, key=lambda row: SEVERITY.index(row.verdict)))


def build_report(
    run: RunInfo,
    selected: Sequence[SelectedHost],
    outcomes: Mapping[str, HostOutcome | BaseException | None],
    notices: Sequence[str] = (),
    pairs: Pairs | None = None,
    last_proven: Mapping[str, LastProven] | None = None,
) -> Report:
    """Build the report; foreign words in it are neutralised here, once for every way to show it.

    An exception may carry a `code` of `reasons.REMEDIES`: its text is then shown. Of any other
    exception only the type is shown, because its text may carry a secret. `pairs` says which
    conductors belong together and what was known of them; without it the selection does.
    `last_proven` says what hosts without a new backup are left with; one that is not in it is told
    as unknown.
    """
    chosen = {host.name: host for host in selected}
    rows = tuple(_row(host, outcomes.get(name), run) for name, host in chosen.items())
    lines = [*notices, *_strangers(chosen, outcomes)]
    if not run.dry_run:
        judged = judge_pairs(rows, pairs or _pairs_of(selected), run.started)
        rows, lines = judged.rows, [*lines, *judged.notices]
    known = last_proven or {}
    left_with = {row.host: known.get(row.host, LastProven()) for row in rows if _lacks(row, run)}
    return neutralised(Report(run, rows, tuple(lines), left_with))


def neutralised(report: Report) -> Report:
    """Return the report with all foreign words in it made harmless to show."""
    return Report(
        _clean_run(report.run),
        tuple(map(_clean_row, report.rows)),
        tuple(map(clean, report.notices)),
        {clean(host): last for host, last in report.last_proven.items()},
    )


def _lacks(row: HostOutcome, run: RunInfo) -> bool:
    """Say whether this run should have brought a new proven backup and did not."""
    if row.verdict in BAD:
        return True
    return row.verdict is Verdict.WARN and not (row.generation or run.dry_run)


def _pairs_of(selected: Sequence[SelectedHost]) -> Pairs:
    """Return the pairs as far as the selection shows them, with no past."""
    members: dict[str, list[str]] = {}
    for host in selected:
        if host.pair:
            members.setdefault(host.pair, []).append(host.name)
    return Pairs(members)


def _row(
    host: SelectedHost, found: HostOutcome | BaseException | None, run: RunInfo
) -> HostOutcome:
    row = found if isinstance(found, HostOutcome) else _without_outcome(host.name, found, run)
    row = _with_evidence(host.name, row, run)
    return replace(
        row,
        host=host.name,
        address=row.address or host.address,
        site=row.site or host.site,
        pair=row.pair or host.pair,
    )


def _without_outcome(name: str, error: BaseException | None, run: RunInfo) -> HostOutcome:
    code = getattr(error, "code", None)
    if isinstance(code, str) and code in REMEDIES:
        verdict = Verdict.CANCELLED if code == "cancelled" else Verdict.FAIL
        return HostOutcome(name, verdict, (_reason(code, str(error)),))
    stopped = error is None or isinstance(error, KeyboardInterrupt | SystemExit)
    if run.interrupted is not None and stopped:
        text = f"the run was interrupted ({run.interrupted}) before this host was done"
        return HostOutcome(name, Verdict.CANCELLED, (_reason("cancelled", text),))
    text = "the run ended without an outcome for this host"
    if error is not None:
        text = f"the program raised {type(error).__name__}; the log has the details"
    return HostOutcome(name, Verdict.FAIL, (_reason("internal-error", text),))


def _with_evidence(name: str, row: HostOutcome, run: RunInfo) -> HostOutcome:
    problem = ""
    if row.host != name:
        problem = f"the outcome of {row.host} was filed under {name}"
    elif row.verdict is Verdict.PASS and not row.artefacts and not run.dry_run:
        problem = "the verdict was PASS, but no file of this run is in the vault"
    if problem:
        return HostOutcome(name, Verdict.FAIL, (_reason("internal-error", problem),))
    if row.verdict is Verdict.PASS or row.reasons:
        return row
    code = "cancelled" if row.verdict is Verdict.CANCELLED else "internal-error"
    return replace(
        row, reasons=(_reason(code, f"the verdict was {row.verdict}, without a reason"),)
    )


def _strangers(
    chosen: Mapping[str, SelectedHost], outcomes: Mapping[str, HostOutcome | BaseException | None]
) -> Iterator[str]:
    for name in outcomes:
        if name not in chosen:
            yield f"{name} has an outcome but was not selected; it is not counted"


def _reason(code: str, text: str) -> Reason:
    return Reason(code, text, REMEDIES[code])


def _clean_run(run: RunInfo) -> RunInfo:
    return replace(
        run,
        run_id=clean(run.run_id),
        program_version=clean(run.program_version),
        vault=clean(run.vault),
        interrupted=None if run.interrupted is None else clean(run.interrupted),
        selection=clean(run.selection),
        invoked_by=clean(run.invoked_by),
        config=clean(run.config),
    )


def _clean_row(row: HostOutcome) -> HostOutcome:
    return replace(
        row,
        host=clean(row.host),
        reasons=tuple(Reason(clean(r.code), clean(r.text), clean(r.remedy)) for r in row.reasons),
        site=clean(row.site),
        address=clean(row.address),
        pair=clean(row.pair),
        name=clean(row.name),
        role=clean(row.role),
        version=clean(row.version),
        model=clean(row.model),
        serial=clean(row.serial),
        mac=clean(row.mac),
        artefacts=tuple(
            replace(a, kind=clean(a.kind), file_name=clean(a.file_name), sha256=clean(a.sha256))
            for a in row.artefacts
        ),
        generation=clean(row.generation),
        quarantined=tuple(clean(path) for path in row.quarantined),
        steps={clean(step): seconds for step, seconds in row.steps.items()},
        left_over=tuple(clean(name) for name in row.left_over),
    )
