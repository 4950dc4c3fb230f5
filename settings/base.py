"""What every part of the settings is made of."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

Port = Annotated[int, Field(ge=1, le=65535)]


def _is_given(value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise ValueError("is empty; give a path, or leave the key out")
    return value


GivenPath = Annotated[Path, BeforeValidator(_is_given)]
"""A path that is not empty: an empty one would be the folder of the settings."""


def written_as(pattern: str, words: str) -> AfterValidator:
    """Return a validator for text that `pattern` matches as a whole; `words` say what it is."""
    return AfterValidator(_checker(re.compile(pattern), words))


def _checker(pattern: re.Pattern[str], words: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(f"must be {words}")
        return value

    return check


class Strict(BaseModel):
    """A part of the settings: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True, allow_inf_nan=False
    )
