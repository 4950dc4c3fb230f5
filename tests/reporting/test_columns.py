"""Lines on a console."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from reporting.columns import print_lines


@pytest.mark.parametrize(
    ("lines", "printed"),
    [
        ([], ""),
        (["one"], "one\n"),
        (["one  ", "", "[b]x[/b] :smile:   "], "one\n\n[b]x[/b] :smile:\n"),
        (["x" * 300, "y"], "x" * 300 + "\ny\n"),
    ],
)
def test_lines_are_printed_as_they_are(lines: list[str], printed: str) -> None:
    """Neither folded nor interpreted; only blanks at their ends are left out."""
    console = Console(file=StringIO(), width=40)

    print_lines((Text(line) for line in lines), console)

    assert isinstance(console.file, StringIO)
    assert console.file.getvalue() == printed


def test_lines_keep_their_own_styles() -> None:
    """The style of one does not run into the next."""
    console = Console(file=StringIO(), force_terminal=True, color_system="standard")

    print_lines(iter([Text("head", "bold"), Text("row")]), console)

    assert isinstance(console.file, StringIO)
    assert console.file.getvalue() == "\x1b[1mhead\x1b[0m\nrow\n"
