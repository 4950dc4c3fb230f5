"""An SCP server that exists already: conductors push to it, and what arrived is fetched from it.

Reading back by SFTP is `vault.server.sftp.SftpPlace`, which is not named here because it loads the
SSH library, and few need it.
"""

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

__all__ = [
    "Server",
    "ServerOptions",
    "ReadBack",
    "Place",
    "Seen",
    "Landing",
    "Nowhere",
    "Untouched",
    "ServerDown",
    "HostKeyRefused",
    "ReadBackRefused",
    "PasswordMissing",
    "FileRefused",
    "ReadBackFailed",
]
