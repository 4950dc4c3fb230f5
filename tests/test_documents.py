"""The documents: links that lead somewhere, and command lines that the program understands."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

from commands.parser import parse
from emulator.fault_kinds import FaultKind
from emulator.knobs import Knobs
from emulator.spec import ConductorSpec
from reasons import COMMANDS, REMEDIES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("README.md"), *ROOT.glob("docs/*.md")])
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?P<target>[^)\s]+)\)|!\[[^\]]*\]\((?P<image>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(?P<text>.+)$", re.MULTILINE)
PROGRAM = r"(?:runbook\.py|conductor-backup)"
SHELL_ENDS = re.compile(r"\s(?:[|;]|&&|\|\||[12]?>+(?:/\S+)?|#)(?:\s|$|&)")
PLACEHOLDERS = ("...", "VERB")


def anchors(text: str) -> set[str]:
    """Return the names that headings get: lower case, blanks to hyphens, no punctuation."""
    headings = (found["text"].strip().lower() for found in HEADING.finditer(FENCE.sub("", text)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def broken_links(path: Path, text: str) -> Iterator[str]:
    for found in LINK.finditer(FENCE.sub("", text)):
        target, _, anchor = (found["target"] or found["image"]).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        there = path.parent / target
        if target and not there.exists():
            yield f"{target}: no such file"
        elif anchor:
            other = there.read_text(encoding="utf-8") if target else text
            if anchor not in anchors(other):
                yield f"{target}#{anchor}: no such heading"


def commands(text: str) -> Iterator[str]:
    """Yield the command lines of code blocks and inline code that call the program."""
    for block in FENCE.findall(text):
        body = block.split("\n", 1)[1].replace("\\\n", " ")
        yield from (line.removeprefix("$ ") for line in body.splitlines() if _calls(line))
    for line in FENCE.sub("", text).splitlines():
        if line.startswith("    ") and _calls(line):
            yield line.strip().removeprefix("$ ")
    for inline in re.findall(r"`([^`\n]+)`", FENCE.sub("", text)):
        if _calls(inline):
            yield inline


def _calls(line: str) -> bool:
    return bool(
        re.match(rf"\s*(\$ )?(?:[A-Z0-9_]+=\S+ )*(?:\S*python\S* )?(?:\S*/)?{PROGRAM}(?: |$)", line)
    )


def words_of(command: str) -> list[str]:
    inner = SHELL_ENDS.split(re.split(PROGRAM, command, maxsplit=1)[1] + " ", maxsplit=1)[0]
    return shlex.split(inner)


def understood(command: str) -> bool:
    words = words_of(command)
    if any(mark in command for mark in PLACEHOLDERS) or {"--help", "--version"} & set(words):
        return True
    try:
        parse(words)
    except SystemExit:
        return False
    return True


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document_links_lead_somewhere(path: Path) -> None:
    assert list(broken_links(path, path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_document_command_lines_are_understood(path: Path) -> None:
    found = list(commands(path.read_text(encoding="utf-8")))
    assert [command for command in found if not understood(command)] == []


@pytest.mark.parametrize("code", sorted(REMEDIES))
def test_remedy_command_lines_and_documents_exist(code: str) -> None:
    for name in re.findall(r"docs/[\w-]+\.md", REMEDIES[code]):
        assert (ROOT / name).is_file()
    for command in re.findall(r"runbook\.py [^.,;]+", REMEDIES[code]):
        assert understood(command), command
    assert understood(COMMANDS.get(code, "runbook.py"))


def test_device_api_knobs_exist_in_the_emulator() -> None:
    knobs = {field.name for kind in (Knobs, ConductorSpec) for field in fields(kind)}
    text = (ROOT / "docs" / "device-api.md").read_text(encoding="utf-8")
    cells = [row.split("|")[-2] for row in text.splitlines() if row[:2] == "| "]
    named = [name for cell in cells for name in re.findall(r"(fault )?`(\w+)[^`]*`", cell)]
    assert len(named) > 30
    assert [name for fault, name in named if not fault and name not in knobs] == []
    assert [name for fault, name in named if fault and name not in get_args(FaultKind)] == []


def test_broken_link_found() -> None:
    text = "# Here\n[a](missing.md) [b](#there) [c](#here) [d](https://example.org/x)"
    found = list(broken_links(ROOT / "docs" / "settings.md", text))
    assert found == ["missing.md: no such file", "#there: no such heading"]


def test_command_with_an_unknown_option_found() -> None:
    text = (
        "Try `runbook.py --frobnicate` or\n\n```sh\npython runbook.py list --site hq | less\n"
        "conductor-backup lst\n```\n"
    )
    found = list(commands(text))
    assert [understood(command) for command in found] == [True, False, False]
