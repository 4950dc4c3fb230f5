"""The page about the settings cannot drift from the settings."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from settings.model import Settings
from settings.policy import HostPolicy
from settings.reference import reference
from settings.yaml_file import models_in

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"


def test_page_is_what_the_settings_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == reference(), "run: make docs"


def test_every_setting_has_a_description() -> None:
    models: list[type[BaseModel]] = [
        HostPolicy,
        *(m for f in Settings.model_fields.values() for m in models_in(f.annotation)),
    ]
    fields = [(m, n, f) for m in models for n, f in m.model_fields.items()]
    assert len(fields) > 30
    assert [f"{m.__name__}.{n}" for m, n, f in fields if not f.description] == []
