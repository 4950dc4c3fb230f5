"""The settings of the whole run: `user_defined` in nornir_config.yaml.

Each field's description is the one text about it; docs/settings.md is generated from them.
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Port = Annotated[int, Field(ge=1, le=65535)]


class Strict(BaseModel):
    """A part of the settings: unknown keys are mistakes, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class VaultSettings(Strict):
    """Where backups are kept."""

    path: Path = Field(
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


class ReceiverSettings(Strict):
    """The embedded SCP receiver, or the address under which it is reached."""

    address: Literal["auto"] | IPv4Address | IPv6Address = Field(
        "auto",
        description="Address that conductors are told to push to; they accept no host names. "
        "`auto` takes the local address of the way to each conductor.",
    )
    listen: list[IPv4Address | IPv6Address] = Field(
        default=[IPv4Address("0.0.0.0")],  # noqa: S104 - conductors push from outside
        description="Local addresses on which the receiver listens.",
        min_length=1,
    )
    port: Port = Field(
        22,
        description="Port on which the receiver listens. Conductors always push to port 22: "
        "another port needs something in front of it that forwards 22 (see Receiving on port 22).",
    )
    legacy_algorithms: bool = Field(
        False,
        description="Also accept SHA-1 key exchange with small groups, CBC ciphers and truncated "
        "MACs, for conductors that have nothing newer (FIPS mode of older releases).",
    )
    max_file_mb: int = Field(
        4096, ge=1, description="Largest file in megabytes that a conductor may push."
    )
    idle_seconds: float = Field(
        60, gt=0, description="A connection on which nothing moves for this long is closed."
    )
    host_key: Path | None = Field(
        None,
        description="The receiver's private host key (RSA). Default: `receiver/ssh_host_rsa_key` "
        "in the vault, made at the first run. Keep it: conductors remember it.",
    )


class MailSecurity(StrEnum):
    """How the connection to the mail relay is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class MailSettings(Strict):
    """The e-mail with the report of each run. Without this part no mail is sent."""

    host: str = Field(min_length=1, description="Host name or address of the mail relay.")
    port: Port | None = Field(
        None, description="Port of the relay. Default: 25, 587 with starttls, 465 with tls."
    )
    security: MailSecurity = Field(
        MailSecurity.STARTTLS,
        description="`none`, `starttls` or `tls`. STARTTLS is demanded, never only tried.",
    )
    sender: str = Field(description="Address in From.")
    recipients: list[str] = Field(min_length=1, description="Addresses that get the report.")
    login: bool = Field(
        False,
        description="Log in to the relay with the user name and password of the secrets.",
    )
    ca_file: Path | None = Field(
        None, description="PEM file of the authority that signed the relay's certificate."
    )
    timeout_seconds: float = Field(
        30, gt=0, description="Longest wait for any one answer of the relay."
    )
    subject_prefix: str = Field("[conductor backup]", description="First words of the subject.")

    @field_validator("sender", "recipients")
    @classmethod
    def _looks_like_an_address(cls, value: str | list[str]) -> str | list[str]:
        for address in [value] if isinstance(value, str) else value:
            name, at, domain = address.rpartition("@")
            if not (name and at and domain) or any(c.isspace() for c in address):
                raise ValueError(f'"{address}" is not an e-mail address')
        return value

    @model_validator(mode="after")
    def _login_is_protected(self) -> MailSettings:
        if self.login and self.security is MailSecurity.NONE:
            raise ValueError("login needs security: starttls or tls; a password is never sent bare")
        return self

    @property
    def effective_port(self) -> int:
        """The port that is used: the one set, else the usual one of `security`."""
        usual = {MailSecurity.NONE: 25, MailSecurity.STARTTLS: 587, MailSecurity.TLS: 465}
        return self.port or usual[self.security]


class SecretsSettings(Strict):
    """Where user names and passwords come from, besides environment variables."""

    file: Path | None = Field(
        None,
        description="YAML file with user names and passwords; must belong to the user who runs "
        "this and have mode 0600.",
    )


class LogSettings(Strict):
    """The log file."""

    file: Path | None = Field(
        None, description="File that gets one line for each step. Secrets are redacted."
    )
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severity that is written to the file."
    )


class Settings(Strict):
    """All settings of the run."""

    vault: VaultSettings = Field(default_factory=VaultSettings, description="")
    receiver: ReceiverSettings = Field(default_factory=ReceiverSettings, description="")
    mail: MailSettings | None = Field(None, description="")
    secrets: SecretsSettings = Field(default_factory=SecretsSettings, description="")
    log: LogSettings = Field(default_factory=LogSettings, description="")
