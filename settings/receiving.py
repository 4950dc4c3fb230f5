"""Settings of the two ways to receive: the embedded receiver, and an SCP server."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Literal

from pydantic import Field, model_validator

from settings.base import GivenPath, Port, Strict, written_as


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
    host_key: GivenPath | None = Field(
        None,
        description="The receiver's private host key (RSA). Default: `receiver/ssh_host_rsa_key` "
        "in the vault, made at the first run. Keep it: conductors remember it.",
    )


ServerFolder = Annotated[
    str,
    written_as(
        r"((/|[A-Za-z]:/)?([A-Za-z0-9_][A-Za-z0-9._-]*/)*[A-Za-z0-9_][A-Za-z0-9._-]*/?)?",
        "a folder such as drop/box: letters, digits, . _ and -, none beginning with . or -",
    ),
]
Fingerprint = Annotated[
    str,
    written_as(
        r"SHA256:[A-Za-z0-9+/]{43}",
        'a fingerprint as `ssh-keygen -lf` prints it: "SHA256:" and 43 characters',
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
    private_key: GivenPath | None = Field(
        None, description="Private key of the account, mode 0600, without a passphrase."
    )
    known_hosts: GivenPath | None = Field(
        None, description="File in OpenSSH's form that holds the server's host key."
    )
    host_key_fingerprint: Fingerprint | None = Field(
        None,
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
    landing_folder: GivenPath | None = Field(
        None,
        description="Local or mounted folder in which the files show up. Without it and without "
        "`read_back` nothing can be proven, and the best verdict is WARN.",
    )
    read_back: ReadBackSettings | None = Field(
        None, description="The other way to look: an SFTP account that reads the files back."
    )
    keep: Literal["vault", "server"] = Field(
        "vault",
        description="Where archives are kept. `vault`: they are copied there. `server`: they stay "
        "on the server and are proven where they lie; the vault holds the manifest, the sums, the "
        "list of members and the running configuration. Needs landing_folder or read_back.",
    )
    remove: bool = Field(
        True,
        description="Delete a file from the server once it is in the vault, and one that is kept "
        "there once retention lets it go. Say false where the account that looks may only read "
        "and something else clears the folder.",
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
        if self.keep == "server" and self.landing_folder is None and self.read_back is None:
            raise ValueError("keep: server needs landing_folder or read_back")
        return self
