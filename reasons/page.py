"""The page about all codes as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill
from typing import Final

from reasons import GROUPS, Meaning

WIDTH: Final = 100
INTRODUCTION: Final = """\
# Reasons and remedies

This page is generated from the program's own table (`make docs`); a test keeps it so. Every
verdict other than PASS, and every finding of the verb `check` other than OK, carries one of
these codes. They are stable: a script may look for them, in the table, the mail, the JSON or the
ledger of a run.
"""


def page() -> str:
    """Return the page: a section for each group, a heading for each code."""
    parts = [INTRODUCTION, "\n".join(_contents())]
    for group in GROUPS:
        parts.append(f"\n## {group.title}\n")
        parts += [_entry(code, meaning) for code, meaning in group.meanings.items()]
    return "\n".join(parts)


def _contents() -> Iterator[str]:
    for group in GROUPS:
        codes = ", ".join(f"[{code}](#{code})" for code in group.meanings)
        yield f"- {group.title}: {codes}"


def _entry(code: str, meaning: Meaning) -> str:
    lines = (meaning.means, f"Found out: {meaning.found}", f"What to do: {meaning.remedy}")
    typed = f"\n\n    {meaning.command}" if meaning.command else ""
    return f"### {code}\n\n" + "\n\n".join(_wrapped(line) for line in lines) + typed + "\n"


def _wrapped(text: str) -> str:
    return fill(text, WIDTH, break_on_hyphens=False, break_long_words=False)
