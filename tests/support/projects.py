"""A folder as an operator has it: settings, inventory, secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

HOSTS = """\
mm-hq-1: {hostname: 192.0.2.11, groups: [hq], data: {pair: hq}}
mm-hq-2: {hostname: 192.0.2.12, groups: [hq], data: {pair: hq}}
mm-lab-1: {hostname: 198.51.100.11, groups: [lab]}
"""
GROUPS = """\
everywhere: {}
hq: {groups: [everywhere], data: {site: hq}}
lab: {groups: [everywhere], data: {site: lab}}
"""


@dataclass(frozen=True, slots=True)
class Project:
    """A project folder with small valid files; tests overwrite what they are about."""

    folder: Path

    def __post_init__(self) -> None:
        (self.folder / "inventory").mkdir()
        self.config.write_text("user_defined: {}\n")
        self.hosts.write_text(HOSTS)
        self.groups.write_text(GROUPS)
        self.defaults.write_text("port: 4343\n")

    @property
    def config(self) -> Path:
        return self.folder / "nornir_config.yaml"

    @property
    def hosts(self) -> Path:
        return self.folder / "inventory" / "hosts.yaml"

    @property
    def groups(self) -> Path:
        return self.folder / "inventory" / "groups.yaml"

    @property
    def defaults(self) -> Path:
        return self.folder / "inventory" / "defaults.yaml"

    @property
    def vault(self) -> Path:
        return self.folder / "backups"

    def secrets(self, text: str, *, mode: int = 0o600) -> Path:
        """Write a secrets file and point the settings at it."""
        path = self.folder / "secrets.yaml"
        path.write_text(text)
        path.chmod(mode)
        self.config.write_text("user_defined:\n  secrets:\n    file: secrets.yaml\n")
        return path

    def settings(self, **user_defined: Any) -> None:
        """Write the settings."""
        write_yaml(self.config, {"user_defined": user_defined})


def write_yaml(path: Path, content: Mapping[str, Any] | Iterable[Any]) -> None:
    """Write a YAML file."""
    with path.open("w", encoding="utf-8") as stream:
        YAML().dump(content, stream)
