"""The first look at a body: JSON or not, page or not, and the status in `_global_result`."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import Final

_MAX_DEPTH: Final = 64
_HTML: Final = re.compile(
    r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?<(!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
_MARKUP: Final = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.I | re.S)
_NO_SESSION: Final = re.compile(
    r"must authenticate yourself|session\s+(has\s+|is\s+)?(expired|invalid|timed out)"
    r"|invalid (session|authentication token)|\bcsrf\b",
    re.IGNORECASE,
)
_LOGIN_PAGE: Final = re.compile(
    r"\btype=[\"']?password|\blog ?in\b|\blogon\b|/login\b|authenticate", re.IGNORECASE
)


def as_object(text: str) -> dict[str, object] | None:
    """Return the JSON object in the text, or None if there is none or one nested absurdly."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and _depth(value) <= _MAX_DEPTH else None


def looks_like_html(text: str) -> bool:
    """Tell a web page from an answer of the API."""
    return _HTML.match(text[:4096]) is not None


def page_words(text: str) -> str:
    """Return what a web page says without its markup; "" for anything else."""
    return html.unescape(_MARKUP.sub(" ", text[:4096])) if looks_like_html(text) else ""


def means_no_session(text: str) -> bool:
    """Recognise the words with which an expired or missing session is reported."""
    return _NO_SESSION.search(text[:65536]) is not None


def is_login_page(text: str) -> bool:
    """Recognise the page that asks for user name and password."""
    return looks_like_html(text) and _LOGIN_PAGE.search(text[:65536]) is not None


def status_of(body: Mapping[str, object]) -> int | None:
    """Return `_global_result.status` as a number: AOS 8 sends 0, "0" or a failure code."""
    return as_status(_global_result(body).get("status"))


def status_words(body: Mapping[str, object]) -> str:
    """Return the device's own words about the call: its error text, else its status text."""
    error = error_words(body)
    words = error if error is not None else _global_result(body).get("status_str")
    return words if isinstance(words, str) else ""


def error_words(body: Mapping[str, object]) -> str | None:
    """Return the text below a top-level "Error" or "ERROR", or None without such a key."""
    for key, value in body.items():
        if key.lower() == "error":
            return value if isinstance(value, str) else json.dumps(value)
    return None


def as_status(value: object) -> int | None:
    """Return a status as a number, or None when it is none."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def _depth(value: object) -> int:
    level, depth = [value], 0
    while level and depth <= _MAX_DEPTH:
        depth += 1
        level = [
            item
            for outer in level
            for item in (outer.values() if isinstance(outer, dict) else _items(outer))
            if isinstance(item, dict | list)
        ]
    return depth


def _items(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _global_result(body: Mapping[str, object]) -> Mapping[str, object]:
    result = body.get("_global_result")
    return result if isinstance(result, Mapping) else {}
