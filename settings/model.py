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

    mode: Literal["embedded", "server"] = Field(
        "embedded",
        description="`embedded`: conductors push to the receiver inside the run. `server`: they "
        "push to the SCP server of `server`, and the other keys of this part are not used, except "
        "`max_file_mb`.",
    )
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


ServerFolder = Annotated[
    str,
    Field(
        pattern=r"^((/|[A-Za-z]:/)?([A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*/?)?$"
    ),
]


class ReadBackSettings(Strict):
    """The SFTP account that reads back what conductors pushed."""

    host: str | None = Field(
        None, description="Host name or address of the server. Default: `server.address`."
    )
    port: Port = Field(22, description="Port of the server's SSH service.")
    username: str = Field(
        min_length=1,
        description="Account that may read, and better also delete, what lands. Its password is "
        "AOS8_READBACK_PASSWORD or `readback` in the secrets file, unless a key is given.",
    )
    private_key: Path | None = Field(
        None, description="Private key of the account, mode 0600, without a passphrase."
    )
    known_hosts: Path | None = Field(
        None, description="File in OpenSSH's form that holds the server's host key."
    )
    host_key_fingerprint: str | None = Field(
        None,
        pattern=r"^SHA256:[A-Za-z0-9+/]{43}$",
        description="Fingerprint of the server's host key, as `ssh-keygen -lf` prints it: of "
        "its Ed25519 key where it has one.",
    )
    folder: ServerFolder | None = Field(
        None,
        description="Folder of the files as this account sees it. Default: `server.folder`.",
    )

    @model_validator(mode="after")
    def _knows_the_server(self) -> ReadBackSettings:
        if (self.known_hosts is None) == (self.host_key_fingerprint is None):
            raise ValueError("needs one of known_hosts and host_key_fingerprint")
        return self


class ServerSettings(Strict):
    """An SCP server that exists already, and how to see what landed there."""

    address: IPv4Address | IPv6Address = Field(
        description="Address of the server; conductors accept no host names and use port 22."
    )
    username: str = Field(
        min_length=1,
        description="Account that conductors push with. Its password is AOS8_SCP_PASSWORD or "
        "`scp` in the secrets file.",
    )
    folder: ServerFolder = Field(
        "",
        description="Folder to push into, seen from the account's home, which is the default.",
    )
    landing_folder: Path | None = Field(
        None,
        description="Local or mounted folder in which the files show up. Without it and without "
        "`read_back` nothing can be proven, and the best verdict is WARN.",
    )
    read_back: ReadBackSettings | None = Field(
        None, description="The other way to look: an SFTP account that reads the files back."
    )
    remove: bool = Field(
        True,
        description="Delete a file from the server once it is in the vault. Say false where the "
        "account that looks may only read and something else clears the folder.",
    )
    appears_within_seconds: float = Field(
        10,
        gt=0,
        description="How long a file may take to show up once the conductor says that it is sent; "
        "a folder mounted over the network may need 60.",
    )

    @model_validator(mode="after")
    def _one_way_to_look(self) -> ServerSettings:
        if self.landing_folder is not None and self.read_back is not None:
            raise ValueError("give landing_folder or read_back, not both")
        return self


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
