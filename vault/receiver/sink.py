"""The receiving side of the SCP protocol, for exactly one file.

The client sends `C<mode> <size> <name>` and waits for a zero byte, then sends the bytes and a zero
byte and waits again. `T` lines with times may come before. A reply that begins with 2 is a fatal
error whose text clients show.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from vault.printable import printable
from vault.receiver.disk import Disk
from vault.receiver.errors import StorageError, TooLarge, TransferCut, TransferRefused
from vault.receiver.part import Part
from vault.receiver.stream import Stream
from vault.receiver.ticket import Receipt, Ticket

_OK: Final = b"\0"
_LINE: Final = 1024
_TIMES: Final = re.compile(rb"T\d{1,20} \d{1,9} \d{1,20} \d{1,9}")
_FILE: Final = re.compile(rb"C[0-7]{4} (\d{1,18}) (.+)")


@dataclass(frozen=True, slots=True)
class Client:
    """Who sends: address, SSH version text and negotiated algorithms."""

    peer: str
    version: str
    algorithms: str


class Sink:
    """Take one file from `stream` into the ticket's folder; `say` sends bytes to the client."""

    def __init__(
        self,
        stream: Stream,
        ticket: Ticket,
        disk: Disk,
        client: Client,
        say: Callable[[bytes], None],
    ) -> None:
        self._stream: Final = stream
        self._ticket: Final = ticket
        self._disk: Final = disk
        self._client: Final = client
        self._say: Final = say
        self._started: Final = time.monotonic()

    async def receive(self, *, into_folder: bool) -> Receipt:
        """Receive, store and acknowledge the file; raise a TransferError when it is not stored."""
        self._say(_OK)
        declared = self._check(await self._announcement(), into_folder=into_folder)
        grant = self._ticket.grant
        part = await self._disk.create(grant.folder, grant.file_name, declared)
        try:
            self._say(_OK)
            await self._body(part)
            await self._client_is_content(part)
            await self._disk.run(part.sync)
            receipt = await self._disk.run(lambda: self._ticket.settle(lambda: self._publish(part)))
        finally:
            await self._disk.discard(part)
        self._say(_OK)
        return receipt

    async def finish(self) -> None:
        """Wait for the client to end; raise TransferRefused when it wants to send more."""
        if await self._stream.line(_LINE):
            raise TransferRefused("one ticket is for one file: nothing more is taken")

    async def _announcement(self) -> bytes:
        line = await self._stream.line(_LINE)
        while _TIMES.fullmatch(line):
            self._say(_OK)
            line = await self._stream.line(_LINE)
        if not line:
            raise TransferCut(f"no file was announced: {self._stream.why_ended}")
        return line

    def _check(self, line: bytes, *, into_folder: bool) -> int:
        if line.startswith((b"D", b"E")):
            raise TransferRefused("folders are refused: one ticket is for one file")
        if line.startswith((b"\1", b"\2")):
            said = printable(line[1:].decode(errors="replace"))
            raise TransferCut(f"the client could not send {self._ticket.file_name}: {said}")
        if (found := _FILE.fullmatch(line)) is None:
            raise TransferRefused(f"unknown SCP message {printable(repr(line)[1:])}")
        self._check_name(found[2].decode(errors="replace"), into_folder=into_folder)
        return self._check_size(int(found[1]))

    def _check_name(self, name: str, *, into_folder: bool) -> None:
        grant = self._ticket.grant
        allowed = {grant.file_name} if into_folder else {grant.file_name, grant.source_name}
        if name not in allowed:
            wanted = " or ".join(repr(one) for one in sorted(allowed))
            raise TransferRefused(f"name refused: {printable(name)!r}, expected {wanted}")

    def _check_size(self, declared: int) -> int:
        if declared == 0:
            raise TransferRefused(f"{self._ticket.file_name} is empty: a backup never is")
        if declared > self._ticket.grant.max_bytes:
            raise TooLarge(
                f"{self._ticket.file_name} has {declared} bytes, "
                f"at most {self._ticket.grant.max_bytes} are allowed"
            )
        return declared

    async def _body(self, part: Part) -> None:
        while part.missing:
            data = await self._stream.block(part.missing)
            if not data:
                raise self._cut(part)
            self._ticket.bytes_received += len(data)
            try:
                await self._disk.write(part, data)
            except StorageError:
                await self._swallow(part.missing - len(data))
                raise

    async def _swallow(self, left: int) -> None:
        """Read on as far as the client will write: only then does it look at the reply."""
        while left and (data := await self._stream.block(left)):
            left -= len(data)

    async def _client_is_content(self, part: Part) -> None:
        status = await self._stream.block(1)
        if not status:
            raise self._cut(part)
        if status in (b"\1", b"\2"):
            said = printable((await self._stream.line(_LINE)).decode(errors="replace"))
            raise TransferCut(f"the client failed to read {self._ticket.file_name}: {said}")
        if status != _OK:
            raise TransferRefused(f"more data than the {part.declared} bytes declared")

    def _cut(self, part: Part) -> TransferCut:
        return TransferCut(
            f"{self._ticket.file_name} was cut at byte {part.size} of {part.declared}: "
            f"{self._stream.why_ended}"
        )

    def _publish(self, part: Part) -> Receipt:
        part.publish()
        return Receipt(
            path=self._ticket.grant.folder / self._ticket.file_name,
            size=part.size,
            sha256=part.sha256,
            seconds=time.monotonic() - self._started,
            peer=self._client.peer,
            client_version=self._client.version,
            algorithms=self._client.algorithms,
        )
