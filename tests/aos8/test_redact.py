"""Secrets in texts, in each encoding in which they may come back."""

from __future__ import annotations

import html
import json
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aos8.redact import Redactor, mask_tokens, one_line

SECRET = "p&ss w/örd+\"'%"


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET),
        html.escape(SECRET),
        json.dumps(SECRET)[1:-1],
        json.dumps(SECRET, ensure_ascii=False)[1:-1],
    ],
)
def test_redactor_masks_each_encoding(form: str) -> None:
    assert Redactor([SECRET]).text(f"before {form} after") == "before *** after"


def test_redactor_shows_nothing_in_repr_and_ignores_none() -> None:
    redactor = Redactor([SECRET])
    redactor.learn(None)
    redactor.learn("")
    assert repr(redactor) == "Redactor()"
    assert redactor.text("plain") == "plain"


@pytest.mark.parametrize(
    "text",
    [
        "GET /v1/x?UIDARUBA=tok123&a=1",
        "Cookie: SESSION=tok123; path=/",
        '{"X-CSRF-Token": "tok123"}',
        '"{\\"UIDARUBA\\": \\"tok123\\"}"',
        "passwd = 'tok123'",
        "password: tok123",
    ],
)
def test_mask_tokens_masks_whatever_follows_the_name(text: str) -> None:
    masked = mask_tokens(text)
    assert "tok123" not in masked
    assert "***" in masked


@settings(max_examples=50)
@given(st.text(max_size=400))
def test_one_line_is_always_short_and_printable(text: str) -> None:
    line = one_line(text, limit=80)
    assert len(line) <= 80
    assert line.isprintable()


def test_members_of_any_shape_are_masked() -> None:
    masked = Redactor(["tok"]).members({"a": ["tok", 1, None], "my-Secret": {"b": 1}, "c": "x tok"})
    assert masked == {"a": ["***", 1, None], "my-Secret": "***", "c": "x ***"}
