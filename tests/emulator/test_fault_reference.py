from __future__ import annotations

from pathlib import Path

from emulator.fault_kinds import KINDS
from emulator.fault_reference import fault_table

PAGE = Path(__file__).parents[2] / "docs" / "emulator.md"


def test_table_in_the_documentation_is_that_of_the_code() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert fault_table() in page, "run: python -m emulator.fault_reference"


def test_table_has_a_row_for_every_kind_at_its_steps() -> None:
    assert fault_table().count("\n") == len(KINDS) + 2
