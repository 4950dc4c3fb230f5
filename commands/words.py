"""Times and names as the verbs show them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from rich.text import Text

from reporting.columns import wrapped
from reporting.words import clean, listed, size_text
from vault.store import Generation, Manifest

DAY = 86_400
FEW: Final = 3


def age_text(age: timedelta) -> str:
    """Return an age as at most 4 characters: "12m", "31h", "12d" or "104w"."""
    seconds = max(0, int(age.total_seconds()))
    if seconds < 3600:
        return f"{seconds // 60}m"
    if seconds < 2 * DAY:
        return f"{seconds // 3600}h"
    return f"{seconds // DAY}d" if seconds < 100 * DAY else f"{seconds // (7 * DAY)}w"


def duration_text(duration: timedelta) -> str:
    """Return a duration as it was typed: "36h", "8d" or "2w"."""
    hours = int(duration.total_seconds()) // 3600
    if hours % 24:
        return f"{hours}h"
    days = hours // 24
    return f"{days}d" if days % 7 or not days else f"{days // 7}w"


def time_text(when: datetime) -> str:
    """Return a time as "2026-11-23 02:00Z"."""
    return f"{when.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def iso_text(stamp: str) -> str:
    """Return the time that the vault wrote as "2026-11-23 02:00Z", or "-" for none."""
    return f"{stamp[:10]} {stamp[11:16]}Z" if stamp else "-"


def fact(generation: Generation, key: str) -> str:
    """Return what the conductor said of itself, or "-"."""
    manifest: Manifest | None = generation.manifest
    value = manifest.conductor.get(key) if manifest else None
    return str(value) if value else "-"


def copy_size(generation: Generation, *kinds: str) -> str:
    """Return the size of the first file of one of `kinds`, or "-"."""
    entries = generation.manifest.files if generation.manifest else ()
    sizes = {entry.kind: entry.size for entry in entries}
    return next((size_text(sizes[kind]) for kind in kinds if kind in sizes), "-")


def standing(generation: Generation, latest: Generation | None) -> str:
    """Return what is special about a generation: latest, held, broken or not proven.

    One that this account may not read is unreadable and nothing else: nobody knows the rest.
    """
    if generation.unreadable:
        return "unreadable"
    words: list[str] = []
    if latest is not None and latest.run_id == generation.run_id:
        words.append("latest")
    if generation.hold:
        words.append("held")
    if generation.error:
        words.append("broken")
    elif not generation.proven:
        words.append("unproven")
    return " ".join(words)


def counted(count: int, noun: str) -> str:
    """Return "1 member" or "12 members"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def unreadable_lines(reasons: Mapping[str, Sequence[str]], width: int) -> Iterator[Text]:
    """Say of what is unreadable why, once for each reason; `reasons` has what it is true of."""
    for reason, about in reasons.items():
        yield Text()
        text = f"unreadable: {listed(about, FEW)}: {reason}"
        yield from (Text(part, "yellow") for part in wrapped(clean(text), width))
