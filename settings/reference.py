"""Write the reference of all settings from their own descriptions: `make docs`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from settings.model import Settings
from settings.policy import HostPolicy
from settings.yaml_file import models_in

INTRODUCTION = """\
# Settings

This page is generated from the settings' own descriptions (`make docs`); a test keeps it so.
Every file is checked before anything runs: unknown keys, wrong values and missing files are all
named at once, with file, line and key.
"""

RUN = """\
## Settings of the run

In `nornir_config.yaml` below `user_defined`. Relative paths count from that file's folder.
"""

HOSTS = """\
## Settings of each conductor

In `inventory/` below `data` of a conductor, of a group, or of the defaults. Each key is inherited
on its own: the conductor's value wins over its groups', a group's over the defaults'.
"""


def reference() -> str:
    """Return the page as Markdown."""
    parts = [INTRODUCTION, RUN]
    for name, field in Settings.model_fields.items():
        for model in models_in(field.annotation):
            parts.append(f"### `{name}`\n\n{model.__doc__}\n")
            parts.append(_table(model))
    parts += [HOSTS, _table(HostPolicy)]
    return "\n".join(parts)


def _table(model: type[BaseModel]) -> str:
    lines = ["| key | default | what it does |", "| --- | --- | --- |"]
    lines += [
        f"| `{name}` | {_default(field)} | {_cell(field.description or '')} |"
        for name, field in _leaves(model)
    ]
    return "\n".join(lines) + "\n"


def _leaves(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = list(models_in(field.annotation))
        if inner:
            if field.description:
                yield f"{prefix}{name}", field
            for part in inner:
                yield from _leaves(part, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", field


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "(needed)"
    value = field.get_default(call_default_factory=True)
    if value is None or value is PydanticUndefined or value in ("", {}):
        return "(none)"
    return f"`{_plain(value)}`"


def _plain(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(_plain(item) for item in value)}]"
    return str(value)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(reference())
