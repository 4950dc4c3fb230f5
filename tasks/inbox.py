"""Choose the way to receive that the settings name."""

from __future__ import annotations

from plugins.secrets import readback_password, scp_password
from settings import ReceiverSettings, Settings
from settings.receiving import ReadBackSettings, ServerSettings
from vault.inbox import Embedded, Inbox
from vault.receiver import ReceiverOptions
from vault.server import (
    Landing,
    Nowhere,
    PasswordMissing,
    Place,
    ReadBack,
    Server,
    ServerDown,
    ServerOptions,
    SftpPlace,
    Untouched,
)

MB = 1_000_000


def inbox_of(settings: Settings) -> Inbox:
    """Return the embedded receiver or the server; nothing is contacted yet.

    Raises `PasswordMissing` when the server needs a password that is set nowhere.
    """
    if settings.receiver.mode == "server" and settings.server is not None:
        return Server(server_options(settings, settings.server), _place(settings, settings.server))
    return Embedded(receiver_options(settings))


def place_of(settings: Settings) -> Place:
    """Return the place where files were left on the server, to read and remove them.

    Nothing is contacted yet. Raises `PasswordMissing`, or `ServerDown` when the settings name none.
    """
    server = settings.server
    if server is None or (server.landing_folder is None and server.read_back is None):
        raise ServerDown("the settings name no landing_folder and no read_back to look for it")
    place = _place(settings, server)
    return place if server.remove else Untouched(place, "server.remove is false")


def receiver_options(settings: Settings) -> ReceiverOptions:
    """Return the receiver's part of the settings in its own terms."""
    receiver: ReceiverSettings = settings.receiver
    if receiver.host_key is None:
        raise ValueError("load_configuration gives every settings a host key")
    return ReceiverOptions(
        address=str(receiver.address),
        listen=tuple(str(address) for address in receiver.listen),
        port=receiver.port,
        host_key=receiver.host_key,
        legacy_algorithms=receiver.legacy_algorithms,
        max_file_bytes=receiver.max_file_mb * MB,
        min_free_bytes=settings.vault.min_free_mb * MB,
        idle_seconds=receiver.idle_seconds,
    )


def server_options(settings: Settings, server: ServerSettings) -> ServerOptions:
    """Return the server's part of the settings in its own terms."""
    password = scp_password(settings.secrets.file)
    if not password:
        raise PasswordMissing(
            f"no password for the account {server.username!r} that conductors push with: set "
            "AOS8_SCP_PASSWORD, or scp: {password: ...} in the secrets file"
        )
    return ServerOptions(
        username=server.username,
        password=password,
        folder=server.folder,
        remove=server.remove,
        keep=server.keep == "server",
        max_file_bytes=settings.receiver.max_file_mb * MB,
        min_free_bytes=settings.vault.min_free_mb * MB,
        appears_within=server.appears_within_seconds,
    )


def _place(settings: Settings, server: ServerSettings) -> Place:
    if server.landing_folder is not None:
        return Landing(server.landing_folder)
    if server.read_back is not None:
        return SftpPlace(_read_back(settings, server, server.read_back))
    return Nowhere()


def _read_back(settings: Settings, server: ServerSettings, account: ReadBackSettings) -> ReadBack:
    password = "" if account.private_key else readback_password(settings.secrets.file)
    if not (password or account.private_key):
        raise PasswordMissing(
            f"no password for the account {account.username!r} that reads back: set "
            "AOS8_READBACK_PASSWORD, readback: {password: ...} in the secrets file, or a "
            "private_key"
        )
    return ReadBack(
        host=account.host or str(server.address),
        username=account.username,
        port=account.port,
        password=password,
        private_key=account.private_key,
        known_hosts=account.known_hosts,
        fingerprint=account.host_key_fingerprint or "",
        folder=server.folder if account.folder is None else account.folder,
    )
