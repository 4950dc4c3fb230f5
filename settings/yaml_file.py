"""YAML files whose values remember the line they stand on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap, CommentedSeq

from settings.problems import Problem, closest, related
from settings.wording import sentence


@dataclass(frozen=True, slots=True)
class Repeat:
    """A key that stands in one mapping for the second time, on `line` (from 1)."""

    line: int
    key: str


def _as_it_is(key: str | int) -> str | int:
    return key


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A parsed YAML mapping and the way back from a key to its line.

    `said` is how a key is written in a problem, for a file whose keys may be secrets put wrongly.
    """

    path: Path
    content: CommentedMap
    repeats: tuple[Repeat, ...] = ()
    said: Callable[[str | int], str | int] = _as_it_is

    def line_of(self, keys: Sequence[str | int]) -> int:
        """Return the line (from 1) of the deepest of `keys` that the file holds."""
        node: Any = self.content
        line = 0
        for key in keys:
            found = _line_in(node, key)
            if found is None:
                break
            line = found
            node = node[key]
        return line

    def problem(self, keys: Sequence[str | int], text: str) -> Problem:
        """Return a `Problem` at `keys`."""
        return Problem(self.path, self.line_of(keys), dotted([self.said(k) for k in keys]), text)

    def repeated(self) -> Iterator[Problem]:
        """Return a problem for each key that is there twice."""
        for repeat in self.repeats:
            text = f'duplicate key "{self.said(repeat.key)}": it is there twice'
            yield Problem(self.path, repeat.line, "", text)

    def problems_of(
        self, error: ValidationError, model: type[BaseModel], prefix: Sequence[str | int] = ()
    ) -> Iterator[Problem]:
        """Translate pydantic's findings below `prefix` into problems with file, line and key."""
        alternatives: dict[tuple[str | int, ...], list[ErrorDetails]] = {}
        for finding in error.errors(include_url=False):
            loc = finding["loc"]
            keys = [*prefix, *loc]
            if finding["type"] == "extra_forbidden":
                yield self.problem(keys, unknown_key(str(loc[-1]), model, loc))
            else:
                place = keys if finding["type"] == "missing" else self._known_part(keys)
                alternatives.setdefault(tuple(place), []).append(finding)
        for known, findings in alternatives.items():
            yield self.problem(known, sentence(findings))

    def _known_part(self, keys: list[str | int]) -> list[str | int]:
        """Cut what pydantic adds behind the file's own keys (names of union members)."""
        node: Any = self.content
        for depth, key in enumerate(keys):
            if _line_in(node, key) is None:
                return keys[: max(depth, 1)]
            node = node[key]
        return keys


def plain(value: Any) -> Any:
    """Return `value` with ruamel's round-trip types replaced by the builtin ones."""
    if isinstance(value, Mapping):
        return {str(k) if isinstance(k, str) else k: plain(v) for k, v in value.items()}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Sequence):
        return [plain(item) for item in value]
    if isinstance(value, bool):
        return bool(value)
    for kind in (int, float):
        if isinstance(value, kind):
            return kind(value)
    return value


def dotted(keys: Sequence[str | int]) -> str:
    """Return `a.b[0].c` for the keys of a value."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}"
    return text.removeprefix(".")


def unknown_key(key: str, model: type[BaseModel], loc: Sequence[str | int] = ()) -> str:
    """Say that `key` is unknown in the part of `model` at `loc`, with the nearest known keys."""
    fields = _fields_at(model, loc[:-1])
    hint = closest(key, fields) or related(key, fields)
    return f"unknown key{hint or '; known: ' + ', '.join(sorted(fields))}"


def _fields_at(model: type[BaseModel], loc: Sequence[str | int]) -> dict[str, FieldInfo]:
    fields = model.model_fields
    for key in loc:
        field = fields.get(str(key))
        inner = next(models_in(field.annotation), None) if field else None
        if inner is None:
            break
        fields = inner.model_fields
    return fields


def models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Return the models that a field's annotation names, as in `MailSettings | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from models_in(argument)


def _line_in(node: Any, key: str | int) -> int | None:
    if isinstance(node, CommentedMap) and key in node:
        own = key in (node.lc.data or {})
        return int(node.lc.key(key)[0] if own else node.lc.line) + 1
    if isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
        return int(node.lc.item(key)[0]) + 1
    return None
