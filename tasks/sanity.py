"""Is what came like what came before? Pure: compares a backup with the history of its conductor.

A file can be whole, unhurt and this conductor's, and still hold next to nothing. So its size, and
the lines of a configuration, are compared with the median of the last proven generations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from outcome import Reason
from settings import HostPolicy
from settings.policy import ArtefactKind
from tasks.errors import TaskError, reason
from vault.store import Generation

LONGEST_HISTORY: Final = 5
MOST_NAMED: Final = 12
_WORDS: Final = {
    ArtefactKind.FLASH: "flash archive",
    ArtefactKind.CONFIG: "configuration archive",
    ArtefactKind.RUNNING_CONFIG: "running configuration",
}


class SizeChanged(TaskError):
    """An artefact is so much smaller than its predecessors that it is not published."""

    code = "size-changed"


@dataclass(frozen=True, slots=True)
class Measured:
    """What is compared of one artefact: `size` in bytes, `lines` and kinds of stanza of a text."""

    kind: ArtefactKind
    size: int
    lines: int = 0
    stanzas: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Deviation:
    """How far one figure is from the usual one; `percent` is below 0 when it shrank."""

    kind: ArtefactKind
    percent: float
    text: str


def measure(kind: str, size: int, details: Mapping[str, Any]) -> Measured:
    """Return the figures of a proven artefact, from what its manifest says of it."""
    lines = details.get("lines", 0)
    stanzas = details.get("stanzas") or {}
    return Measured(ArtefactKind(kind), size, int(lines), frozenset(map(str, stanzas)))


def history_of(generations: Iterable[Generation], since: str = "") -> list[list[Measured]]:
    """Return the figures of the last proven generations, newest first, from run `since` on."""
    proven = [each for each in generations if each.proven and each.run_id >= since]
    kinds = {kind.value for kind in ArtefactKind}
    return [
        [
            measure(entry.kind, entry.size, entry.details)
            for entry in (each.manifest.files if each.manifest else ())
            if entry.kind in kinds
        ]
        for each in proven[:LONGEST_HISTORY]
    ]


def compare_with_history(
    found: Sequence[Measured], history: Sequence[Sequence[Measured]], policy: HostPolicy
) -> tuple[Reason, ...]:
    """Return warnings about what is unlike before; raise `SizeChanged` for what shrank too far.

    Without a history everything is as it should be.
    """
    deviations = [each for item in found for each in _deviations(item, history)]
    if shrunk := _once(deviations, lambda percent: percent <= -policy.size_fail_percent):
        raise SizeChanged(f"{shrunk}; not published")
    noted = _once(
        deviations,
        lambda percent: (
            percent <= -policy.size_warn_percent or percent >= policy.growth_warn_percent
        ),
    )
    warnings = [reason("size-changed", noted)] if noted else []
    return (*warnings, *_lost_stanzas(found, history))


def _once(deviations: Iterable[_Deviation], goes_too_far: Callable[[float], bool]) -> str:
    """Join what goes too far, one sentence for each artefact."""
    texts: dict[ArtefactKind, str] = {}
    for each in deviations:
        if goes_too_far(each.percent):
            texts.setdefault(each.kind, each.text)
    return "; ".join(texts.values())


def _deviations(item: Measured, history: Sequence[Sequence[Measured]]) -> Iterator[_Deviation]:
    before = [each for generation in history for each in generation if each.kind is item.kind]
    yield from _deviation(item, item.lines, [each.lines for each in before], _lines_text)
    yield from _deviation(item, item.size, [each.size for each in before], _size_text)


def _deviation(
    item: Measured, value: int, before: Iterable[int], text: Callable[[float], str]
) -> Iterator[_Deviation]:
    known = [each for each in before if each]
    if not known:
        return
    usual = median(known)
    percent = 100 * (value - usual) / usual
    word = "smaller" if percent < 0 else "larger"
    several = f"usual ({text(usual)}, the median of the last {len(known)})"
    before_that = several if len(known) > 1 else f"last time ({text(usual)})"
    told = f"{text(value)}, {abs(percent):.0f} % {word} than {before_that}"
    yield _Deviation(item.kind, percent, f"{_WORDS[item.kind]}: {told}")


def _lines_text(lines: float) -> str:
    return f"{lines:.0f} lines"


def _size_text(size: float) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


def _lost_stanzas(
    found: Sequence[Measured], history: Sequence[Sequence[Measured]]
) -> Iterator[Reason]:
    """Compare with the newest generation alone: what was lost on purpose is warned of once."""
    before = {item.kind: item.stanzas for item in history[0]} if history else {}
    for item in found:
        lost = sorted(before.get(item.kind, frozenset()) - item.stanzas)
        if lost:
            more = f" and {len(lost) - MOST_NAMED} more" if len(lost) > MOST_NAMED else ""
            text = f"none left of these stanzas: {', '.join(lost[:MOST_NAMED])}{more}"
            yield reason("stanzas-missing", text)
