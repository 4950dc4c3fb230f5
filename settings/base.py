"""What every part of the settings is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Port = Annotated[int, Field(ge=1, le=65535)]


class Strict(BaseModel):
    """A part of the settings: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
