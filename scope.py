"""Which settings and which conductors are meant, before any of them is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DEFAULT_CONFIG = Path(__file__).parent / "nornir_config.yaml"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which conductors are meant: OR within a kind, AND between kinds, empty means all."""

    sites: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()

    def __str__(self) -> str:
        kinds = (("site", self.sites), ("group", self.groups), ("host", self.hosts))
        return ", ".join(f"{kind} {' or '.join(names)}" for kind, names in kinds if names)
