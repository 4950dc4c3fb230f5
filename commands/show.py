"""The verb `show`: everything that is known about one generation."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from textwrap import wrap
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from commands.desk import Desk
from commands.options import Verbs, add_generation, add_host, add_verb
from commands.view import View
from commands.words import age_text, counted, iso_text, standing
from reporting.columns import wrapped
from reporting.words import clean, size_text
from vault.store import FileEntry, Generation
from vault.store.names import REMOTE_SUMS, SUMS

DESCRIPTION = """\
Show one generation: whose it is, its files, what was proven, and how to check it by hand."""

_LABEL = 11
_WITH_PATHS = ("broken", "folder", "lies at")
_FACTS = ("hostname", "serial", "mac", "model", "version", "role", "peer")


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "show", perform, description=DESCRIPTION, filters=False)
    add_host(parser)
    add_generation(parser)


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Show the generation that was named."""
    generation = desk.generation(options.host, options.generation)
    latest = desk.reader.latest(options.host)
    document = {
        "host": generation.host,
        "run": generation.run_id,
        "path": str(generation.path),
        "latest": latest is not None and latest.run_id == generation.run_id,
        "proven": generation.proven,
        "proven_at": generation.proven_at,
        "hold": _hold(generation),
        "error": generation.error,
        "manifest": generation.manifest.to_json() if generation.manifest else None,
    }
    return View(lambda width: _lines(generation, latest, width), document)


def _lines(generation: Generation, latest: Generation | None, width: int) -> Iterator[Text]:
    what = standing(generation, latest)
    title = f"{generation.host}  {generation.run_id}" + (f"  {what}" if what else "")
    yield Text(title, "bold" if generation.proven else "bold red")
    for label, value in _about(generation):
        for number, part in enumerate(_parts(label, value, width - _LABEL - 2)):
            yield Text(f"  {label if not number else '':<{_LABEL}}{part}")
    if generation.manifest:
        for entry in generation.manifest.files:
            yield Text()
            yield from _file(entry, width)
    yield Text()
    yield Text("check it with coreutils alone:")
    yield from _command(shlex.quote(str(generation.path)), SUMS, width)
    yield from _check_outside(generation, width)


def _parts(label: str, value: str, width: int) -> list[str]:
    """Break a value into lines; a path stays in one piece, however long, to be copied."""
    if label in _WITH_PATHS:
        return wrap(clean(value), width, break_on_hyphens=False, break_long_words=False)
    return wrapped(clean(value), width)


def _about(generation: Generation) -> Iterator[tuple[str, str]]:
    age = age_text(datetime.now(UTC) - generation.time)
    manifest = generation.manifest
    if manifest:
        facts = manifest.conductor
        told = ", ".join(f"{key} {facts[key]}" for key in _FACTS if facts.get(key))
        yield "conductor", told or "told nothing of itself"
        yield "made", f"{iso_text(manifest.created)}, {age} ago, by {manifest.program}"
        yield "verdict", manifest.verdict.value
    if generation.error:
        yield "broken", generation.error
    yield "proven", _proof(generation)
    if generation.hold:
        hold = generation.hold
        yield "held", f"since {iso_text(hold.since)} by {hold.by}: {hold.reason}"
    else:
        yield "held", "yes, because its state cannot be read" if generation.held else "no"
    yield "size", size_text(generation.size) if manifest else "unknown"
    yield "folder", str(generation.path)


def _proof(generation: Generation) -> str:
    check = generation.check
    if check is not None and not check.ok:
        return f"no: found bad {iso_text(check.at)}: {check.note}"
    if not generation.proven:
        return "no"
    return f"{iso_text(generation.proven_at)}, {'again by verify' if check else 'when it was made'}"


def _file(entry: FileEntry, width: int) -> Iterator[Text]:
    yield Text(f"{entry.name}  {size_text(entry.size)} ({entry.size} bytes)", "bold")
    yield from _labelled("SHA-256", entry.sha256, width)
    if entry.location:
        yield from _labelled("lies at", str(entry.location), width)
    if said := _details(entry.details):
        yield from _labelled("proven", said, width)


def _labelled(label: str, value: str, width: int) -> Iterator[Text]:
    for number, part in enumerate(_parts(label, value, width - _LABEL)):
        yield Text(f"  {'' if number else label:<{_LABEL - 2}}{part}")


def _command(folder: str, sums: str, width: int) -> Iterator[Text]:
    """Yield the command on one line, or on two that a shell reads as one."""
    line = f"  cd {folder} && sha256sum -c {sums}"
    if cell_len(line) <= width:
        yield Text(line)
        return
    yield Text(f"  cd {folder} &&")
    yield Text(f"  sha256sum -c {sums}")


def _check_outside(generation: Generation, width: int) -> Iterator[Text]:
    """Say how to check what is not in the generation's folder, once for each place."""
    sums = shlex.quote(str(generation.path / REMOTE_SUMS))
    for folder, server in dict.fromkeys((at.folder, at.server) for at in generation.locations):
        where = shlex.quote(folder or ".")
        if server:
            yield Text(f"and on {server}, with {REMOTE_SUMS} copied there:")
            yield from _command(where, REMOTE_SUMS, width)
        else:
            yield Text("and in the landing folder:")
            yield from _command(where, sums, width)


def _details(details: Mapping[str, Any]) -> str:
    if "members" in details:
        newest = datetime.fromtimestamp(int(details["newest_mtime"]), UTC)
        return (
            f"{counted(details['members'], 'member')} ({counted(details['files'], 'file')}, "
            f"{counted(details['dirs'], 'folder')}, {counted(details['links'], 'link')}), "
            f"{size_text(int(details['unpacked_size']))} unpacked, "
            f"newest {newest:%Y-%m-%d}"
        )
    if "lines" in details:
        return f'{counted(details["lines"], "line")}, hostname "{details["hostname"]}"'
    return ""


def _hold(generation: Generation) -> dict[str, str] | None:
    hold = generation.hold
    return {"reason": hold.reason, "by": hold.by, "since": hold.since} if hold else None
