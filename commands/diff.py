"""The verb `diff`: what changed from one generation to another."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from commands import codes
from commands.desk import Desk
from commands.masking import lines_of, mask
from commands.options import Verbs, add_host, add_verb, positive
from commands.run_ids import LATEST
from commands.view import View
from commands.words import counted
from fleet import SelectionError
from reporting.words import clean, size_text
from tasks.identity import differences
from vault.proof import Member, MembersDiff, MembersUnreadable, diff_members
from vault.store import Generation, VaultFailed

DESCRIPTION = """\
Show what changed between two generations: the box, when another one was accepted in between; lines
of the running configuration; members of the archives added (+), removed (-) and changed (~).
Nothing is unpacked. Without a generation the last two proven ones are compared; one is compared
with the newest proven one or, when it is that one, with the proven one before it.
Secrets are masked. ArubaOS writes them anew with each backup, so lines that differ in masked values
only are counted, not shown. Exit code 0, also for differences, unless --exit-code is given."""

_STYLES = {"+": "green", "-": "red", "~": "yellow", "@": "cyan"}
_MEMBERS = {"members": "flash archive", "config-members": "configuration archive"}


@dataclass(frozen=True, slots=True)
class ConfigDiff:
    """A unified diff without its file headings, and how many lines differ in masked values only."""

    lines: tuple[str, ...]
    folded: int


@dataclass(frozen=True, slots=True)
class _Difference:
    before: Generation
    after: Generation
    config: ConfigDiff | None
    archives: dict[str, MembersDiff]

    @property
    def boxes(self) -> list[str]:
        """What makes them the backups of two boxes; empty when they are of one."""
        return differences(_facts(self.before), _facts(self.after))

    @property
    def found(self) -> bool:
        """Whether anything differs."""
        members = (d for each in self.archives.values() for d in (each.added, each.removed))
        changed = any(each.changed for each in self.archives.values())
        return bool(self.config and self.config.lines) or changed or any(members)


def add_to(verbs: Verbs) -> None:
    """Add the verb to the command line."""
    parser = add_verb(verbs, "diff", perform, description=DESCRIPTION, filters=False)
    add_host(parser)
    text = "run id, its unique beginning, or latest; none, one or two of them"
    parser.add_argument("generations", metavar="GENERATION", nargs="*", default=[], help=text)
    parser.add_argument(
        "--exit-code", action="store_true", help="end with 1 when anything differs, as diff(1) does"
    )
    parser.add_argument(
        "--members", type=positive, default=20, metavar="N",
        help="members shown of each kind of change (default 20); the JSON has all",
    )  # fmt: skip


def perform(desk: Desk, options: argparse.Namespace) -> View:
    """Compare the two generations."""
    before, after = _pair(desk, options)
    difference = _Difference(before, after, _config(before, after), _archives(before, after))
    code = codes.FAILED if options.exit_code and difference.found else codes.OK
    return View(lambda _width: _lines(difference, options.members), _document(difference), code)


def _pair(desk: Desk, options: argparse.Namespace) -> tuple[Generation, Generation]:
    host, names = options.host, options.generations
    if len(names) > 2:
        raise SelectionError("diff compares two generations; more than two were given")
    if len(names) == 2:
        return desk.generation(host, names[0]), desk.generation(host, names[1])
    after = desk.generation(host, LATEST)
    if names and (named := desk.generation(host, names[0])).run_id != after.run_id:
        return named, after
    older = (
        each for each in desk.reader.generations(host) if each.proven and each.run_id < after.run_id
    )
    before = next(older, None)
    if before is None:
        raise SelectionError(f"{host} has only one proven generation, {after.run_id}")
    return before, after


def _facts(generation: Generation) -> dict[str, str]:
    told = generation.manifest.conductor if generation.manifest else {}
    return {key: str(value) for key, value in told.items() if value}


def _config(before: Generation, after: Generation) -> ConfigDiff | None:
    paths = [generation.file("running-config") for generation in (before, after)]
    first, second = paths
    if first is None or second is None:
        return None
    return diff_configs(_read(first), _read(second))


def diff_configs(before: str, after: str) -> ConfigDiff:
    """Compare two configurations line by line, secrets masked."""
    raw_old, raw_new = lines_of(before), lines_of(after)
    old, new = [mask(line) for line in raw_old], [mask(line) for line in raw_new]
    heading = 2
    shown = list(difflib.unified_diff(old, new, lineterm="", n=3))[heading:]
    blocks = difflib.SequenceMatcher(None, old, new).get_matching_blocks()
    pairs = ((raw_old[b.a + i], raw_new[b.b + i]) for b in blocks for i in range(b.size))
    return ConfigDiff(tuple(shown), sum(first != second for first, second in pairs))


def _archives(before: Generation, after: Generation) -> dict[str, MembersDiff]:
    found: dict[str, MembersDiff] = {}
    for kind in _MEMBERS:
        first, second = before.file(kind), after.file(kind)
        if first and second:
            try:
                found[kind] = diff_members(first, second)
            except MembersUnreadable as error:
                raise VaultFailed(str(error)) from None
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise VaultFailed(f"{path}: {error.strerror}; prove it with runbook.py verify") from None


def _lines(difference: _Difference, limit: int) -> Iterator[Text]:
    before, after = difference.before, difference.after
    yield Text(f"{after.host}  {before.run_id} -> {after.run_id}", "bold")
    if difference.boxes:
        yield Text(f"of another box: {clean(', '.join(difference.boxes))}", "yellow")
    if difference.config:
        yield Text()
        yield from _config_lines(difference.config)
    for kind, members in difference.archives.items():
        yield Text()
        yield from _members_lines(_MEMBERS[kind], members, limit)


def _config_lines(config: ConfigDiff) -> Iterator[Text]:
    verb = "differs" if config.folded == 1 else "differ"
    folded = f"; {counted(config.folded, 'line')} {verb} only in masked values"
    more = folded if config.folded else ""
    added = sum(line.startswith("+") for line in config.lines)
    removed = sum(line.startswith("-") for line in config.lines)
    said = f"{counted(added, 'line')} added, {removed} removed" if config.lines else "the same"
    yield Text(f"running configuration: {said}{more}", "bold")
    for line in config.lines:
        yield Text(line, _STYLES.get(line[:1], ""))


def _members_lines(name: str, members: MembersDiff, limit: int) -> Iterator[Text]:
    parts = {
        "+": [_told(member) for member in members.added],
        "-": [_told(member) for member in members.removed],
        "~": [_told_changed(old, new) for old, new in members.changed],
    }
    words = {"+": "added", "-": "removed", "~": "changed"}
    counts = ", ".join(f"{len(found)} {words[mark]}" for mark, found in parts.items() if found)
    yield Text(f"{name}, members: {counts or 'the same'}", "bold")
    for mark, found in parts.items():
        for text in found[:limit]:
            yield Text(f"{mark} {text}", _STYLES[mark])
        if len(found) > limit:
            yield Text(f"{mark} and {len(found) - limit} more", _STYLES[mark])


def _told(member: Member, size: Callable[[int], str] = size_text) -> str:
    kind = "" if member.kind == "file" else f"  {member.kind}"
    return f"{clean(member.name)}  {size(member.size)}{kind}"


def _told_changed(before: Member, after: Member) -> str:
    """Say both sizes, in bytes where they would look the same and are not."""
    if before.size == after.size:
        return f"{_told(after)}, the same size"
    alike = size_text(before.size) == size_text(after.size)
    size = _bytes if alike else size_text
    return f"{_told(after, size)}, was {size(before.size)}"


def _bytes(size: int) -> str:
    return f"{size} B"


def _document(difference: _Difference) -> dict[str, Any]:
    config = difference.config
    return {
        "host": difference.after.host,
        "before": difference.before.run_id,
        "after": difference.after.run_id,
        "differs": difference.found,
        "other_box": difference.boxes,
        "running_config": config and {"lines": list(config.lines), "folded": config.folded},
        "archives": {
            kind.removesuffix("members").rstrip("-") or "flash": {
                "added": [member.name for member in found.added],
                "removed": [member.name for member in found.removed],
                "changed": [new.name for _, new in found.changed],
            }
            for kind, found in difference.archives.items()
        },
    }
