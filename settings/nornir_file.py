"""The sections of nornir_config.yaml that are Nornir's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Literal

from pydantic import Field

from settings.base import Strict
from settings.model import Settings

INVENTORY_FILES: Final = {
    "host_file": "inventory/hosts.yaml",
    "group_file": "inventory/groups.yaml",
    "defaults_file": "inventory/defaults.yaml",
}
"""The options of Nornir's SimpleInventory, each with its usual file."""


class InventorySection(Strict):
    """Nornir's inventory section."""

    plugin: str = "SimpleInventory"
    options: dict[str, Any] = Field(default_factory=dict)
    transform_function: str = "load_secrets"
    transform_function_options: dict[str, Any] = Field(default_factory=dict)


class RunnerOptions(Strict):
    """Options of the threaded runner."""

    num_workers: int = Field(50, ge=1, le=1000)


class RunnerSection(Strict):
    """Nornir's runner section: the threaded runner, which is the one that the run relies on."""

    plugin: Literal["threaded"] = "threaded"
    options: RunnerOptions = Field(default_factory=RunnerOptions)


class LoggingSection(Strict):
    """Nornir's logging section: off, because it writes task arguments and tracebacks."""

    enabled: Literal[False] = False


class NornirFile(Strict):
    """The whole of nornir_config.yaml."""

    inventory: InventorySection = Field(default_factory=InventorySection)
    runner: RunnerSection = Field(default_factory=RunnerSection)
    logging: LoggingSection = Field(default_factory=LoggingSection)
    user_defined: Settings = Field(default_factory=Settings)


def inventory_paths(section: InventorySection, folder: Path) -> dict[str, Path]:
    """Return the three files of Nornir's SimpleInventory, relative ones counted from `folder`."""
    return {
        option: folder / str(section.options.get(option, usual))
        for option, usual in INVENTORY_FILES.items()
    }
