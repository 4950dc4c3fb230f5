"""The receive-only SCP server, in a thread of its own beside the run's threads."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import threading
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import asyncssh

from vault.receiver.algorithms import accept_deprecated_group_exchange, offered_algorithms
from vault.receiver.errors import ReceiverDown
from vault.receiver.host_key import load_host_keys
from vault.receiver.options import ReceiverOptions
from vault.receiver.register import Register
from vault.receiver.server import Desk, UploadServer
from vault.receiver.sockets import NAME, open_sockets
from vault.receiver.ticket import Ticket

log = logging.getLogger(__name__)

_PACKET: Final = 128 << 10  # fewer, larger packets take half the time of the usual 32 KiB
_STOP_SECONDS: Final = 30.0


class Receiver:
    """Receive files that a ticket was issued for; use it as a context manager."""

    def __init__(self, options: ReceiverOptions) -> None:
        self._options: Final = options
        self._register: Final = Register(options.max_file_bytes)
        self._thread: threading.Thread | None = None
        self._running: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None
        self._port = options.port

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """The literal IP that conductors are told."""
        return self._options.address

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._port

    def start(self, listening: list[socket.socket] | None = None) -> None:
        """Load the host keys, bind, and serve; raise ReceiverDown when any of it fails.

        Nothing is bound where sockets that listen already are given; they are closed with the rest.
        """
        accept_deprecated_group_exchange()
        keys = load_host_keys(self._options.host_key)
        sockets = listening or open_sockets(self._options.listen_addresses, self._options.port)
        self._port = int(sockets[0].getsockname()[1])
        ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._serve(keys, sockets, ready)),
            name="scp-receiver",
            daemon=True,
        )
        self._thread.start()
        self._running = ready.result()
        log.info("receiver: listening on port %d", self._port)

    def stop(self) -> None:
        """Revoke every ticket, break off what is under way, and end the thread."""
        if self._running is None or self._thread is None:
            return
        self._register.revoke_all()
        loop, stopping = self._running
        self._running = None
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stopping.set)
        self._thread.join(_STOP_SECONDS)

    def issue(
        self,
        file_name: str,
        folder: Path,
        peer: str | None,
        *,
        lifetime: float,
        max_bytes: int | None = None,
        source_name: str | None = None,
    ) -> Ticket:
        """Issue a ticket for one file that `peer` (None: anybody) may store in `folder`.

        `folder` must exist and be ours alone (0700). `lifetime` in seconds bounds when the transfer
        may begin. `source_name` is the file's name on the conductor's flash where that differs.
        Raises ReceiverDown when the receiver is not running, ValueError for an unsafe name.
        """
        if self._thread is None or not self._thread.is_alive() or self._running is None:
            raise ReceiverDown("the receiver is not running")
        return self._register.issue(
            file_name,
            folder,
            peer,
            lifetime=lifetime,
            max_bytes=max_bytes,
            source_name=source_name,
        )

    async def _serve(
        self,
        keys: list[asyncssh.SSHKey],
        sockets: list[socket.socket],
        ready: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]],
    ) -> None:
        desk = Desk(self._options, self._register)
        stopping = asyncio.Event()
        try:
            acceptors = [await self._listen(keys, one, desk) for one in sockets]
        except (OSError, ValueError, asyncssh.Error) as error:
            ready.set_exception(ReceiverDown(f"the receiver cannot listen: {error}"))
            return
        ready.set_result((asyncio.get_running_loop(), stopping))
        await stopping.wait()
        for acceptor in acceptors:
            acceptor.close()
        await self._wind_up(desk)

    async def _wind_up(self, desk: Desk) -> None:
        for server in tuple(desk.servers):
            server.hang_up("the receiver stops")
        while desk.servers or desk.tasks:
            await asyncio.sleep(0.01)
        desk.disk.close()

    async def _listen(
        self, keys: list[asyncssh.SSHKey], listener: socket.socket, desk: Desk
    ) -> asyncssh.SSHAcceptor:
        offered = offered_algorithms(legacy=self._options.legacy_algorithms)
        return await asyncssh.listen(
            sock=listener,
            server_factory=lambda: UploadServer(desk),
            server_host_keys=keys,
            server_version=NAME,
            kex_algs=offered.kex,
            encryption_algs=offered.encryption,
            mac_algs=offered.mac,
            compression_algs=None,
            password_auth=True,
            public_key_auth=False,
            kbdint_auth=False,
            host_based_auth=False,
            gss_host=None,
            allow_pty=False,
            line_editor=False,
            agent_forwarding=False,
            x11_forwarding=False,
            login_timeout=self._options.idle_seconds,
            encoding=None,
            max_pktsize=_PACKET,
        )
