"""One SSH connection: who may log in, how often, how many at once, and how long in silence."""

from __future__ import annotations

import asyncio
import logging
from typing import Final

import asyncssh

from vault.printable import printable
from vault.receiver.algorithms import offered_algorithms
from vault.receiver.disk import Disk
from vault.receiver.errors import AlgorithmMismatch, TransferRefused
from vault.receiver.negotiation import explain_mismatch
from vault.receiver.options import ReceiverOptions
from vault.receiver.peer import PeerCount, plain_address
from vault.receiver.register import Register
from vault.receiver.room import room_for
from vault.receiver.session import UploadSession
from vault.receiver.sink import Client
from vault.receiver.ticket import Ticket

log = logging.getLogger(__name__)


class Desk:
    """What all connections of one receiver share; used on the receiver's own thread only."""

    def __init__(self, options: ReceiverOptions, register: Register) -> None:
        self.options: Final = options
        self.register: Final = register
        self.peers: Final = PeerCount(options.connections_per_peer)
        self.disk: Final = Disk(options.min_free_bytes)
        self.servers: Final[set[UploadServer]] = set()
        self.tasks: Final[set[asyncio.Task[None]]] = set()

    def keep(self, task: asyncio.Task[None]) -> None:
        """Hold on to a session's task until it ends, and log what it should not have raised."""
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("receiver: a session failed", exc_info=error)


class UploadServer(asyncssh.SSHServer):
    """Let ticket holders in, from their own address, for one session at a time."""

    def __init__(self, desk: Desk) -> None:
        self._desk: Final = desk
        self._loop: Final = asyncio.get_running_loop()
        self._ticket: Ticket | None = None
        self._session: UploadSession | None = None
        self._tries = 0
        self._heard = self._loop.time()
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Count the connection and watch over it."""
        self._conn = conn
        self._peer = plain_address(str(conn.get_extra_info("peername")[0]))
        self._desk.servers.add(self)
        self._schedule(self._desk.options.idle_seconds)
        if not self._desk.peers.enter(self._peer):
            text = f"too many connections from {self._peer}"
            self._desk.register.note_peer(self._peer, text, TransferRefused(text))
            self._loop.call_soon(conn.disconnect, asyncssh.DISC_TOO_MANY_CONNECTIONS, text)

    def connection_lost(self, exc: Exception | None) -> None:
        """Keep what the loss tells about a client that never got in."""
        self._desk.peers.leave(self._peer)
        self._desk.servers.discard(self)
        if self._watch is not None:
            self._watch.cancel()
        if exc is not None and self._ticket is None:
            self._note_loss(exc)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        """Demand authentication from everybody."""
        return True

    def password_auth_supported(self) -> bool:
        """Offer passwords, and nothing else."""
        return True

    def validate_password(self, username: str, password: str) -> bool:
        """Let the holder of a usable ticket in; hang up after too many tries."""
        self._tries += 1
        ticket = self._desk.register.find(username)
        if ticket is not None and ticket.knows(password):
            reason = ticket.closed_because(self._peer)
            if reason is None:
                self._ticket = ticket
                return True
            self._conn.send_auth_banner(f"Refused: {reason}.\r\n")
        else:
            reason = "wrong password" if ticket else f"unknown user {printable(username)!r}"
        self._note_refusal(ticket, f"login from {self._peer} refused: {reason}")
        if self._tries >= self._desk.options.login_tries:
            self._conn.disconnect(
                asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "Too many failed logins"
            )
        return False

    def session_requested(
        self,
    ) -> tuple[asyncssh.SSHServerChannel[bytes], UploadSession] | bool:
        """Open one session, for the ticket that logged in."""
        if self._ticket is None or self._session is not None:
            return False
        room = room_for(len(self._desk.servers))
        self._session = UploadSession(
            self._ticket, self._desk.disk, self._client(), self._touch, self._desk.keep, room
        )
        return self._conn.create_server_channel(window=room), self._session

    def hang_up(self, why: str) -> None:
        """Break the connection and let the session say so."""
        if self._session is not None:
            self._session.abort(why)
        self._conn.disconnect(asyncssh.DISC_BY_APPLICATION, why)

    def _client(self) -> Client:
        info = self._conn.get_extra_info
        return Client(
            peer=self._peer,
            version=printable(str(info("client_version", ""))),
            algorithms=f"{info('recv_cipher', '')} {info('recv_mac', '')}",
        )

    def _touch(self) -> None:
        self._heard = self._loop.time()

    def _schedule(self, seconds: float) -> None:
        self._watch = self._loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """Hang up when it has been the client's turn for too long."""
        limit = self._desk.options.idle_seconds
        if self._session is not None and not self._session.waiting:
            self._touch()
        silent = self._loop.time() - self._heard
        if silent < limit:
            self._schedule(limit - silent)
            return
        text = f"silent for {limit:g} s"
        if self._ticket is None:
            self._desk.register.note_peer(self._peer, f"{self._peer} connected, then was {text}")
        self.hang_up(text)

    def _note_refusal(self, ticket: Ticket | None, text: str) -> None:
        log.warning("receiver: %s", text)
        error = TransferRefused(text)
        if ticket is None:
            self._desk.register.note_peer(self._peer, text, error)
        else:
            ticket.note(text, error, own=False)

    def _note_loss(self, exc: Exception) -> None:
        offer = getattr(self._conn, "_client_kexinit", b"")
        offered = offered_algorithms(legacy=self._desk.options.legacy_algorithms)
        found = explain_mismatch(offer, offered)
        if found is None:
            text = f"{self._peer} connected but did not log in: {printable(str(exc))}"
            self._desk.register.note_peer(self._peer, text)
            return
        text = f"{self._peer}: {found}"
        log.warning("receiver: %s", text)
        self._desk.register.note_peer(self._peer, text, AlgorithmMismatch(text))
