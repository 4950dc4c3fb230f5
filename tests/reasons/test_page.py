"""The page about the codes cannot drift from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from reasons import GROUPS, MEANINGS
from reasons.page import page

PAGE = Path(__file__).parents[2] / "docs" / "reasons.md"


def test_page_is_what_the_codes_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run: make docs"


def test_every_code_is_in_one_group() -> None:
    assert len(MEANINGS) == sum(len(group.meanings) for group in GROUPS)


@pytest.mark.parametrize("code", MEANINGS)
def test_every_code_is_explained_by_sentences(code: str) -> None:
    meaning = MEANINGS[code]
    for text in (meaning.means, meaning.found, meaning.remedy):
        assert text.endswith("."), text
        assert len(text) > 15, text
    assert f"\n### {code}\n" in page()
