"""Choose the way to receive that the settings name."""

from __future__ import annotations

from settings import ReceiverSettings, Settings
from vault.inbox import Embedded, Inbox
from vault.receiver import ReceiverOptions

MB = 1_000_000


def inbox_of(settings: Settings) -> Inbox:
    """Return the embedded receiver or the server; nothing is contacted yet.

    Raises `PasswordMissing` when the server needs a password that is set nowhere.
    """
    if settings.receiver.mode == "server" and settings.server is not None:
        from tasks.server import server_of

        return server_of(settings, settings.server)
    return Embedded(receiver_options(settings))


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
