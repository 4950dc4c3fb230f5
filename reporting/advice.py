"""Group what is wrong by what has to be done about it, so that one cause reads as one."""

from __future__ import annotations

from dataclasses import dataclass

from outcome import Verdict
from reporting.report import Report


@dataclass(frozen=True, slots=True)
class Complaint:
    """What happened on one host."""

    host: str
    site: str
    text: str


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
        return tuple(dict.fromkeys(complaint.host for complaint in self.complaints))


def advise(report: Report) -> tuple[Advice, ...]:
    """Return one `Advice` for each code and remedy, those of the worst verdict first."""
    groups: dict[tuple[str, str], list[Complaint]] = {}
    verdicts: dict[tuple[str, str], Verdict] = {}
    for row in report.worst_first:
        for reason in row.reasons:
            key = (reason.code, reason.remedy)
            verdicts.setdefault(key, row.verdict)
            groups.setdefault(key, []).append(Complaint(row.host, row.site, reason.text))
    return tuple(
        Advice(code, remedy, verdicts[code, remedy], tuple(complaints))
        for (code, remedy), complaints in groups.items()
    )
