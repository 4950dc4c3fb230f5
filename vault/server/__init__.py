"""An SCP server that exists already: conductors push to it, and what arrived is fetched from it."""

from vault.place import Place, Seen
from vault.server.errors import (
    FileRefused,
    HostKeyRefused,
    PasswordMissing,
    ReadBackFailed,
    ReadBackRefused,
    ServerDown,
)
from vault.server.landing import Landing
from vault.server.options import ReadBack, ServerOptions
from vault.server.place import Nowhere, Untouched
from vault.server.server import Server
from vault.server.sftp import SftpPlace

__all__ = [
    "Server",
    "ServerOptions",
    "ReadBack",
    "Place",
    "Seen",
    "Landing",
    "SftpPlace",
    "Nowhere",
    "Untouched",
    "ServerDown",
    "HostKeyRefused",
    "ReadBackRefused",
    "PasswordMissing",
    "FileRefused",
    "ReadBackFailed",
]
