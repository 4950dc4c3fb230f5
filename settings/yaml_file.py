"""YAML files whose values remember the line they stand on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from settings.problems import ConfigurationError, Problem, closest, related


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A parsed YAML mapping and the way back from a key to its line."""

    path: Path
    content: CommentedMap

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
        return Problem(self.path, self.line_of(keys), dotted(keys), text)

    def problems_of(
        self, error: ValidationError, model: type[BaseModel], prefix: Sequence[str | int] = ()
    ) -> Iterator[Problem]:
        """Translate pydantic's findings below `prefix` into problems with file, line and key."""
        alternatives: dict[tuple[str | int, ...], list[str]] = {}
        for finding in error.errors(include_url=False, include_input=False):
            loc = finding["loc"]
            keys = [*prefix, *loc]
            if finding["type"] == "extra_forbidden":
                yield self.problem(keys, unknown_key(str(loc[-1]), model, loc))
            else:
                text = _wording(finding["type"], finding["msg"])
                place = keys if finding["type"] == "missing" else self._known_part(keys)
                alternatives.setdefault(tuple(place), []).append(text)
        for known, texts in alternatives.items():
            yield self.problem(known, ", or: ".join(dict.fromkeys(texts)))

    def _known_part(self, keys: list[str | int]) -> list[str | int]:
        """Cut what pydantic adds behind the file's own keys (names of union members)."""
        node: Any = self.content
        for depth, key in enumerate(keys):
            if _line_in(node, key) is None:
                return keys[: max(depth, 1)]
            node = node[key]
        return keys


def read_yaml(path: Path) -> YamlFile:
    """Parse `path`, which must hold one mapping; an empty file is an empty mapping.

    Raises `ConfigurationError` for a file that is missing, unreadable, not YAML, not a mapping, or
    that names a key twice.
    """
    try:
        content = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError([Problem(path, 0, "", "no such file")]) from None
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigurationError([Problem(path, 0, "", f"cannot be read: {err}")]) from None
    except MarkedYAMLError as err:
        raise ConfigurationError([_syntax_problem(path, err)]) from None
    except YAMLError as err:
        text = " ".join(str(err).split())
        raise ConfigurationError([Problem(path, 0, "", f"not valid YAML: {text}")]) from None
    if content is None:
        content = CommentedMap()
    if not isinstance(content, CommentedMap):
        raise ConfigurationError([Problem(path, 1, "", "must be a mapping of keys to values")])
    return YamlFile(path, content)


def _syntax_problem(path: Path, error: MarkedYAMLError) -> Problem:
    """Say where and what, and never quote a value: it may be a password."""
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 0
    words = " ".join((error.problem or error.context or "not valid YAML").split())
    if isinstance(error, DuplicateKeyError):
        key = words.partition('duplicate key "')[2].partition('"')[0]
        return Problem(path, line, "", f'duplicate key "{key}": it is there twice')
    return Problem(path, line, "", words)


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
        return int(node.lc.key(key)[0]) + 1
    if isinstance(node, CommentedSeq) and isinstance(key, int) and key < len(node):
        return int(node.lc.item(key)[0]) + 1
    return None


def _wording(kind: str, message: str) -> str:
    if kind == "missing":
        return "this key is needed"
    return message.removeprefix("Value error, ")
