"""Group what is wrong by what has to be done about it, so that one cause reads as one."""

from __future__ import annotations

from dataclasses import dataclass

from outcome import HostOutcome, Verdict
from reporting.report import Report


@dataclass(frozen=True, slots=True)
class Complaint:
    """What happened, word for word the same, on one or more hosts."""

    text: str
    rows: tuple[HostOutcome, ...]


@dataclass(frozen=True, slots=True)
class Advice:
    """One reason code with its remedy, the worst verdict it led to, and everybody concerned."""

    code: str
    remedy: str
    verdict: Verdict
    complaints: tuple[Complaint, ...]

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of the hosts concerned, each once."""
        return tuple(dict.fromkeys(row.host for said in self.complaints for row in said.rows))


def advise(report: Report) -> tuple[Advice, ...]:
    """Return one `Advice` for each code and remedy, those of the worst verdict first."""
    groups: dict[tuple[str, str], dict[str, list[HostOutcome]]] = {}
    for row in report.worst_first:
        for reason in row.reasons:
            group = groups.setdefault((reason.code, reason.remedy), {})
            group.setdefault(reason.text, []).append(row)
    return tuple(
        Advice(
            code,
            remedy,
            next(iter(group.values()))[0].verdict,
            tuple(Complaint(text, tuple(rows)) for text, rows in group.items()),
        )
        for (code, remedy), group in groups.items()
    )
