"""Tell a conductor that cannot connect to where it pushes from one with another trouble."""

from __future__ import annotations

from typing import Final

from nornir.core.inventory import Host

from aos8 import Aos8Error, DeviceError
from settings import Settings, policy_of
from tasks.addresses import SCP_PORT, push_address
from tasks.errors import ReceiverUnreached

NO_WAY_WORDS: Final = (
    "connection refused",
    "timed out",
    "time out",
    "timeout",
    "no route to host",
    "is unreachable",
    "host is down",
)
"""How SCP clients say that no connection came about."""


def told_unreached(words: Aos8Error, host: Host, settings: Settings) -> Exception:
    """Return `words`, or `ReceiverUnreached` with the places to look at when they speak of a way.

    Ask only where nothing came and nobody was seen to connect: the words choose the advice, never
    the verdict.
    """
    said = str(words).lower()
    if not (isinstance(words, DeviceError) and any(each in said for each in NO_WAY_WORDS)):
        return words
    address = push_address(host, policy_of(host), settings)
    return ReceiverUnreached(
        f"{words}; it pushes to {address} port {SCP_PORT}, and {_behind(settings)}"
    )


def _behind(settings: Settings) -> str:
    if settings.receiver.mode == "server":
        return "an SCP server has to answer there"
    port = settings.receiver.port
    way = "" if port == SCP_PORT else f": {SCP_PORT} has to be forwarded to it"
    return f"the receiver, which listens on port {port}, saw no connection{way}"
