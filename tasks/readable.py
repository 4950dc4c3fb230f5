"""Results that read well where Nornir's `print_result` prints them: one line for each fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any


class Readable:
    """A dataclass with `repr=False` that shows its fields as aligned lines, empty ones left out."""

    __slots__ = ()

    def __repr__(self) -> str:
        lines = list(_lines(self))
        width = max((len(name) for name, _ in lines), default=0)
        return "\n".join(f"{name:<{width}}  {value}" for name, value in lines)


def _lines(value: Any) -> Iterator[tuple[str, str]]:
    for field in fields(value):
        content = getattr(value, field.name)
        if is_dataclass(content):
            yield from _lines(content)
        elif content not in (None, "", (), {}):
            yield field.name.replace("_", " "), _text(content)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_text, value))
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, dict):
        return ", ".join(f"{key} {_text(item)}" for key, item in value.items())
    return str(value)
