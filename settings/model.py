"""The settings of the whole run: `user_defined` in nornir_config.yaml.

Each field's description is the one text about it; docs/settings.md is generated from them.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from settings.base import GivenPath, Strict
from settings.mailing import MailSettings
from settings.receiving import ReceiverSettings, ServerSettings


class VaultSettings(Strict):
    """Where backups are kept."""

    path: GivenPath = Field(
        Path("backups"),
        description="Folder of the vault. Relative paths count from the folder of the settings.",
    )
    min_free_mb: int = Field(
        500,
        ge=0,
        description="Megabytes that must stay free on the vault's file system; a transfer that "
        "would go below is refused before its first byte.",
    )
    require_mount: bool = Field(
        False,
        description="Refuse to run unless the vault folder is a mount point, so that a share that "
        "is not mounted is never taken for an empty vault.",
    )


class SecretsSettings(Strict):
    """Where user names and passwords come from, besides environment variables."""

    file: GivenPath | None = Field(
        None,
        description="YAML file with user names and passwords; must belong to the user who runs "
        "this and have mode 0600.",
    )


class RunSettings(Strict):
    """The run as a whole."""

    deadline_minutes: float = Field(
        360,
        gt=0,
        description="Minutes after which no conductor is begun and those under way are ended. A "
        "run that holds the vault for longer is reported by the next one.",
    )


class LogSettings(Strict):
    """The log file."""

    file: GivenPath | None = Field(
        None, description="File that gets one line for each step. Secrets are redacted."
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severity that is written to the file."
    )


class Settings(Strict):
    """All settings of the run."""

    vault: VaultSettings = Field(default_factory=VaultSettings, description="")
    receiver: ReceiverSettings = Field(default_factory=ReceiverSettings, description="")
    server: ServerSettings | None = Field(None, description="")
    mail: MailSettings | None = Field(None, description="")
    secrets: SecretsSettings = Field(default_factory=SecretsSettings, description="")
    run: RunSettings = Field(default_factory=RunSettings, description="")
    log: LogSettings = Field(default_factory=LogSettings, description="")

    @model_validator(mode="after")
    def _server_is_given(self) -> Settings:
        if self.receiver.mode == "server" and self.server is None:
            raise ValueError("receiver.mode: server needs the part `server`")
        return self

    @property
    def push_address(self) -> Literal["auto"] | IPv4Address | IPv6Address:
        """The address that conductors push to, unless their own data says another one."""
        if self.receiver.mode == "server" and self.server is not None:
            return self.server.address
        return self.receiver.address
