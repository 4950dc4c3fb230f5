"""One SSH channel of a logged-in client: an upload, or a refusal in clear words."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from typing import Final

import asyncssh

from vault.printable import printable
from vault.receiver.command import ONLY_UPLOADS, USE_OLD_PROTOCOL, check_command
from vault.receiver.disk import Disk
from vault.receiver.errors import TransferError, TransferRefused
from vault.receiver.sink import Client, Sink
from vault.receiver.stream import Stream
from vault.receiver.ticket import Ticket

log = logging.getLogger(__name__)

_FATAL: Final = b"\2"


class UploadSession(asyncssh.SSHServerSession[bytes]):
    """Feed the sink with the channel's data, and tell the client how it ended.

    `touch` is called for every sign of life, `keep` with the task that does the work; `room` is how
    many bytes may wait for the disk.
    """

    def __init__(
        self,
        ticket: Ticket,
        disk: Disk,
        client: Client,
        touch: Callable[[], None],
        keep: Callable[[asyncio.Task[None]], None],
        room: int,
    ) -> None:
        self._ticket: Final = ticket
        self._disk: Final = disk
        self._client: Final = client
        self._touch: Final = touch
        self._keep: Final = keep
        self._room: Final = room
        self._command: str | None = None
        self._refusal = ONLY_UPLOADS

    # What asyncssh calls.

    def connection_made(self, chan: asyncssh.SSHServerChannel[bytes]) -> None:
        """Remember the channel."""
        self._channel = chan
        self._loop = asyncio.get_running_loop()
        self._stream = Stream(chan.pause_reading, chan.resume_reading, self._room)

    def pty_requested(
        self,
        term_type: str,  # noqa: ARG002
        term_size: tuple[int, int, int, int],  # noqa: ARG002
        term_modes: Mapping[int, int],  # noqa: ARG002
    ) -> bool:
        """Refuse a terminal."""
        return False

    def shell_requested(self) -> bool:
        """Accept only to be able to say why not."""
        return True

    def subsystem_requested(self, subsystem: str) -> bool:
        """Accept only to be able to say why not."""
        if subsystem == "sftp":
            self._refusal = USE_OLD_PROTOCOL
        return True

    def exec_requested(self, command: str) -> bool:
        """Remember the command for `session_started`."""
        self._command = command
        return True

    def session_started(self) -> None:
        """Begin the work that was asked for."""
        self._keep(self._loop.create_task(self._run()))

    def data_received(self, data: bytes, datatype: int | None) -> None:  # noqa: ARG002
        """Hand bytes to the sink."""
        self._touch()
        self._stream.feed(data)

    def eof_received(self) -> bool:
        """Tell the sink, and keep the channel open for the reply."""
        self._stream.end("the client ended the stream")
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the sink."""
        text = printable(str(exc)) if exc else "the client closed the channel"
        self._stream.end(text)

    # What our own server calls.

    @property
    def waiting(self) -> bool:
        """Whether it is the client's turn."""
        return self._stream.starved

    def abort(self, why: str) -> None:
        """Break off for a reason; call it on the receiver's own thread."""
        self._stream.end(why)

    async def _run(self) -> None:
        status = 1
        try:
            await self._serve()
            status = 0
        except TransferError as error:
            text = printable(str(error))
            log.info("receiver: %s: %s: %s", self._client.peer, self._ticket.file_name, text)
            self._ticket.note(f"{self._client.peer}: {text}", error)
            self._refuse(text)
        finally:
            self._channel.exit(status)

    async def _serve(self) -> None:
        if self._command is None:
            raise TransferRefused(self._refusal)
        into_folder = check_command(self._command, self._ticket.file_name)
        self._ticket.begin(self._client.peer, self._abort_from_any_thread)
        sink = Sink(self._stream, self._ticket, self._disk, self._client, self._say)
        try:
            await sink.receive(into_folder=into_folder)
        finally:
            self._ticket.end()
        await sink.finish()

    def _abort_from_any_thread(self) -> None:
        self._loop.call_soon_threadsafe(self.abort, "this ticket was revoked")

    def _say(self, data: bytes) -> None:
        self._touch()
        with contextlib.suppress(BrokenPipeError):
            self._channel.write(data)

    def _refuse(self, text: str) -> None:
        """Send the words where the client looks: in the SCP protocol, else on standard error."""
        words = f"scp: {text}\n".encode("ascii")
        if self._command is not None and self._command.startswith("scp"):
            self._say(_FATAL + words)
        else:
            with contextlib.suppress(BrokenPipeError):
                self._channel.write_stderr(words)
