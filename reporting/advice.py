"""Group what is wrong by what has to be done about it, so that one cause reads as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from outcome import BAD, HostOutcome, Verdict
from reporting.commands import Commands, commands_for, look_at, with_settings
from reporting.report import Report
from reporting.words import listed

SHARED_BY: Final = 3
LONGEST_REPEATED: Final = 60
"""Characters of a text that is said on every row, however many share it."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What happened, word for word the same, on one or more hosts."""

    text: str
    rows: tuple[HostOutcome, ...]

    @property
    def shared(self) -> bool:
        """Whether it is long, and true of so many that it is said once for all of them."""
        return len(self.rows) >= SHARED_BY and len(self.text) > LONGEST_REPEATED


@dataclass(frozen=True, slots=True)
class Advice:
    """One reason code with its remedy, the worst verdict it led to, and everybody concerned.

    `hosts` are in the order of the table, each once; `commands` is what to type about it, `looks`
    how to look at what arrived without holding.
    """

    code: str
    remedy: str
    verdict: Verdict
    complaints: tuple[Complaint, ...]
    hosts: tuple[str, ...]
    commands: Commands
    looks: Commands

    @property
    def who(self) -> str:
        """The first hosts concerned, and how many more there are."""
        return listed(self.hosts)


def advise(report: Report) -> tuple[Advice, ...]:
    """Return one `Advice` for each code and remedy, those of the worst verdict first."""
    groups: dict[tuple[str, str], list[tuple[str, HostOutcome]]] = {}
    for row in report.worst_first:
        for reason in row.reasons:
            said = groups.setdefault((reason.code, reason.remedy), [])
            said.append((reason.text, row))
    return tuple(_advice(report, code, remedy, said) for (code, remedy), said in groups.items())


def shared_by(advices: Sequence[Advice]) -> dict[tuple[str, str], int]:
    """Return how many rows share each code and text that is said once for all of them."""
    return {
        (advice.code, complaint.text): len(complaint.rows)
        for advice in advices
        for complaint in advice.complaints
        if complaint.shared
    }


def _advice(
    report: Report, code: str, remedy: str, said: Sequence[tuple[str, HostOutcome]]
) -> Advice:
    texts: dict[str, list[HostOutcome]] = {}
    for text, row in said:
        texts.setdefault(text, []).append(row)
    hosts = tuple(dict.fromkeys(row.host for _, row in said))
    config = report.run.config
    failed = said[0][1].verdict in BAD and not report.run.dry_run
    return Advice(
        code,
        remedy,
        said[0][1].verdict,
        tuple(Complaint(text, tuple(rows)) for text, rows in texts.items()),
        hosts,
        with_settings(commands_for(code, hosts, failed=failed), config),
        with_settings(look_at(report.run.vault, tuple(_unlooked_at(code, said))), config),
    )


def _unlooked_at(code: str, said: Sequence[tuple[str, HostOutcome]]) -> Iterator[str]:
    """Yield what arrived last of each host that failed by `code`: the file that did not hold."""
    for _, row in said:
        failed = row.verdict is Verdict.FAIL and row.reasons[0].code == code
        if failed and row.quarantined:
            yield row.quarantined[-1]
