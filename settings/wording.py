"""Say in an operator's words what pydantic finds wrong with a value; never the value itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pydantic_core import ErrorDetails

KINDS: Final[Mapping[str, str]] = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a mapping of keys to values",
    "finite_number": "a finite number",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_parsing_size": "a whole number",
    "int_type": "a whole number",
    "ip_v4_address": "an IPv4 address",
    "ip_v6_address": "an IPv6 address",
    "list_type": "a list",
    "model_type": "a mapping of keys to values",
    "path_type": "a path",
    "string_type": "text",
    "string_unicode": "text",
}
"""What is wanted, by the type of pydantic's finding."""

CHOICES: Final = frozenset({"enum", "literal_error"})

DEMANDS: Final[Mapping[str, str]] = {
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "invalid_key": "a key must be text: put it into quotes",
    "less_than_equal": "must be at most {le:g}",
    "missing": "this key is needed",
    "none_required": "must be left out",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "too_short": "must name at least {min_length}",
}
"""What is wrong with a value of the right kind, by the type of pydantic's finding."""

OWN: Final = "value_error"
OF_A_KEY: Final = "[key]"
"""What pydantic puts last into the place of a finding that is about a mapping's key."""

TEXTUAL: Final = frozenset({"text", "a path"})
NUMERIC: Final = frozenset({"a number", "a whole number"})
PLAIN: Final = ('"', "an IP", "true or false")
"""How that begins which is written as text too, so that nothing is said by calling a value text."""


def sentence(findings: Sequence[ErrorDetails]) -> str:
    """Say what is wanted, what was found, and what to do, for all `findings` at one place.

    Several findings at one place are the alternatives of one value.
    """
    wanted: list[str] = []
    demands: list[str] = []
    for finding in findings:
        kinds = _kinds(finding)
        wanted += kinds
        if not kinds:
            demands.append(_demand(finding))
    if wanted:
        kind = list(dict.fromkeys(wanted))
        demands.insert(0, f"must be {_either(kind)}{_found(findings[0]['input'], kind)}")
    return ", or: ".join(dict.fromkeys(demands))


def _kinds(finding: ErrorDetails) -> list[str]:
    if finding["loc"][-1:] == (OF_A_KEY,):
        return []
    if finding["type"] in CHOICES:
        expected = str(finding.get("ctx", {}).get("expected", "")).replace("False", "false")
        return expected.replace("'", '"').replace(" or ", ", ").split(", ")
    kind = KINDS.get(finding["type"])
    return [kind] if kind else []


def _demand(finding: ErrorDetails) -> str:
    if finding["type"] == OWN:
        return finding["msg"].removeprefix("Value error, ")
    kind = "invalid_key" if finding["loc"][-1:] == (OF_A_KEY,) else finding["type"]
    words = DEMANDS.get(kind, "cannot be used: see docs/settings.md")
    return words.format(**finding.get("ctx", {}))


def _either(words: Sequence[str]) -> str:
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def _found(value: Any, wanted: Sequence[str]) -> str:
    if isinstance(value, str) and value and wanted[0].startswith(PLAIN):
        return ""
    if isinstance(value, bool) and wanted == ["false"]:
        return ""
    advice = _advice(value, frozenset(wanted))
    return f"; found {kind_of(value)}{': ' if advice else ''}{advice}"


def _advice(value: Any, wanted: frozenset[str]) -> str:
    if value is None:
        return "fill it in, or leave the key out"
    if wanted & TEXTUAL and isinstance(value, int | float | date):
        return "put it into quotes"
    if wanted & NUMERIC and isinstance(value, str) and value:
        return "give the number alone, without a unit"
    if "a list" in wanted and isinstance(value, str):
        return "put it into brackets, [like, this]"
    return ""


def kind_of(value: Any) -> str:
    """Name the kind of a value as YAML has it."""
    kinds: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (type(None), "nothing"),
        (bool, "true or false"),
        (int, "a number"),
        (float, "a number with a decimal point"),
        (str, "text" if value else "empty text"),
        (date, "a date"),
        (Mapping, "a mapping of keys to values"),
        ((list, tuple), "a list"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), "something else")
