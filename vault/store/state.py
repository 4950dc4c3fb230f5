"""What may change about a generation: whether it is held, and how its last check ended.

It lies in `state.json` beside the manifest, which itself never changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from vault.store.durable import JSON, dump, load, replace_file
from vault.store.errors import VaultFailed
from vault.store.names import STATE, Layout

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Hold:
    """Why and since when (UTC, ISO format) a generation must not be removed, and by whose word."""

    reason: str
    by: str
    since: str


@dataclass(frozen=True, slots=True)
class Check:
    """When (UTC, ISO format) the files were last proven again, and whether they held."""

    at: str
    ok: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """The changing part of a generation."""

    hold: Hold | None = None
    check: Check | None = None


def read_state(folder: Path) -> State:
    """Read the state; a generation that has none yet is neither held nor checked again."""
    path = folder / STATE
    try:
        content = load(path)
    except FileNotFoundError:
        return State()
    try:
        return _state(content)
    except (KeyError, TypeError, ValueError) as error:
        raise VaultFailed(f"{path}: broken state: {error}") from None


def write_state(layout: Layout, folder: Path, state: State) -> None:
    """Replace the state of the generation in `folder` in one step."""
    content: dict[str, JSON] = {
        "schema": SCHEMA,
        "hold": asdict(state.hold) if state.hold else None,
        "check": asdict(state.check) if state.check else None,
    }
    replace_file(layout, folder / STATE, dump(content))


def _state(content: Mapping[str, JSON]) -> State:
    if content["schema"] != SCHEMA:
        raise ValueError(f"schema {content['schema']!r}, this program reads {SCHEMA}")
    return State(_hold(content["hold"]), _check(content["check"]))


def _hold(content: JSON) -> Hold | None:
    if content is None:
        return None
    if not isinstance(content, dict):
        raise TypeError("'hold' is no object")
    return Hold(str(content["reason"]), str(content["by"]), str(content["since"]))


def _check(content: JSON) -> Check | None:
    if content is None:
        return None
    if not isinstance(content, dict) or not isinstance(content["ok"], bool):
        raise TypeError("'check' is no object with a result")
    return Check(str(content["at"]), content["ok"], str(content["note"]))
