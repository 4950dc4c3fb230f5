"""The SSH connection of a device's SCP client.

asyncssh sends an empty MSG_IGNORE before every packet; OpenSSH, which devices run, does not.
Without them both ends have half as many packets to encrypt, send and take apart.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import dataclass, field

import asyncssh
from asyncssh.constants import MSG_IGNORE
from asyncssh.packet import SSHPacketLogger


@dataclass(frozen=True, slots=True)
class Login:
    """Where to connect, from which address (None: any), and as whom."""

    host: str
    port: int
    local_addr: tuple[str, int] | None
    username: str
    password: str = field(repr=False)


async def connect(
    login: Login,
    client_factory: Callable[[], asyncssh.SSHClient],
    options: asyncssh.SSHClientConnectionOptions,
) -> asyncssh.SSHClientConnection:
    """Connect and log in, as `asyncssh.connect` does.

    It would prepare the options anew each time, in another thread.
    """
    loop = asyncio.get_running_loop()
    chosen = copy.copy(options)
    chosen.host, chosen.port = login.host, login.port
    chosen.username, chosen.password = login.username, login.password
    chosen.protocol_factory = client_factory
    chosen.waiter = loop.create_future()
    _, connection = await loop.create_connection(
        lambda: _Connection(loop, chosen, wait="auth"),
        login.host,
        login.port,
        local_addr=login.local_addr,
    )
    try:
        await chosen.waiter
    except BaseException:
        connection.abort()
        await connection.wait_closed()
        raise
    return connection


class _Connection(asyncssh.SSHClientConnection):
    def send_packet(
        self, pkttype: int, *args: bytes, handler: SSHPacketLogger | None = None
    ) -> None:
        """Send one packet, and none that says nothing before it."""
        if pkttype != MSG_IGNORE:
            super().send_packet(pkttype, *args, handler=handler)
