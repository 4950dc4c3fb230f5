"""The SCP server that the settings name, and the place where its files lie."""

from __future__ import annotations

from plugins.secrets import readback_password, scp_password
from settings import Settings
from settings.receiving import ReadBackSettings, ServerSettings
from tasks.inbox import MB
from vault.server import (
    Landing,
    Nowhere,
    PasswordMissing,
    Place,
    ReadBack,
    Server,
    ServerDown,
    ServerOptions,
    Untouched,
)


def server_of(settings: Settings, server: ServerSettings) -> Server:
    """Return the server as an inbox; nothing is contacted yet.

    Raises `PasswordMissing` when a password that it needs is set nowhere.
    """
    return Server(_options(settings, server), _place(settings, server))


def place_of(settings: Settings) -> Place:
    """Return the place where files were left on the server, to read and remove them.

    Nothing is contacted yet. Raises `PasswordMissing`, or `ServerDown` when the settings name none.
    """
    server = settings.server
    if server is None or (server.landing_folder is None and server.read_back is None):
        raise ServerDown("the settings name no landing_folder and no read_back to look for it")
    place = _place(settings, server)
    return place if server.remove else Untouched(place, "server.remove is false")


def _options(settings: Settings, server: ServerSettings) -> ServerOptions:
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
        from vault.server.sftp import SftpPlace  # loads the SSH library

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
