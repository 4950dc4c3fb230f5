"""Read back by SFTP: one connection for the whole run, shared by all of its threads."""

from __future__ import annotations

import asyncio
import logging
import stat
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from typing import Final, TypeVar

import asyncssh

from vault.place import Location, Seen
from vault.server.connect import connect
from vault.server.errors import FileRefused, ReadBackFailed, ServerDown
from vault.server.loop import LoopThread
from vault.server.options import ReadBack
from vault.server.place import BLOCK, changed

logger = logging.getLogger(__name__)

T = TypeVar("T")
_READERS: Final = 4
_LOST: Final = (
    asyncssh.ConnectionLost,
    asyncssh.DisconnectError,
    asyncssh.ChannelOpenError,
    asyncssh.SFTPConnectionLost,
    asyncssh.SFTPNoConnection,
    OSError,
)


class SftpPlace:
    """The folder of a server, read by SFTP; a connection that drops is made anew once."""

    verifies = True

    def __init__(self, options: ReadBack) -> None:
        self._options: Final = options
        self._loop: Final = LoopThread("sftp-read-back")
        self._connecting: Final = asyncio.Lock()
        self._readers: Final = asyncio.Semaphore(_READERS)
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def start(self) -> None:
        """Log in and look at the folder; raise `ServerDown` when either fails."""
        self._loop.start()
        try:
            self._probe()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Log out and end the thread."""
        if self._connection is not None:
            self._connection.abort()
        self._loop.stop()

    def locate(self, name: str) -> Location:
        """Return account, folder and name."""
        server = f"sftp://{self._options.username}@{self._options.host}:{self._options.port}"
        return Location(name, self._options.folder, server)

    def look(self, name: str) -> Seen | None:
        """Return size and time of a plain file."""
        path = self._path(name)

        async def look(client: asyncssh.SFTPClient) -> Seen | None:
            try:
                return _seen(name, await client.lstat(path))
            except asyncssh.SFTPNoSuchFile:
                return None

        return self._ask(f"look at {path}", look)

    def read(self, name: str, seen: Seen) -> Iterator[bytes]:
        """Yield the file's bytes; every block is read only while the file is the one `seen`."""
        path, place = self._path(name), 0

        async def block(client: asyncssh.SFTPClient) -> bytes:
            try:
                async with self._readers, client.open(path, "rb") as file:
                    if _seen(name, await file.stat()) != seen:
                        raise changed(name)
                    return await file.read(min(BLOCK, seen.size - place), place)
            except asyncssh.SFTPNoSuchFile:
                raise changed(name) from None

        while place < seen.size:
            data = self._ask(f"read {path}", block)
            if not data:
                raise changed(name)
            yield data
            place += len(data)
        if self.look(name) != seen:
            raise changed(name)

    def remove(self, name: str) -> str:
        """Delete a file, where the account may."""
        path = self._path(name)

        async def remove(client: asyncssh.SFTPClient) -> None:
            with suppress(asyncssh.SFTPNoSuchFile):
                await client.remove(path)

        try:
            self._ask(f"remove {path}", remove)
        except ReadBackFailed as error:
            return str(error)
        return ""

    def _path(self, name: str) -> str:
        return f"{self._options.folder.rstrip('/')}/{name}" if self._options.folder else name

    def _probe(self) -> None:
        folder = self._options.folder or "."

        async def probe(client: asyncssh.SFTPClient) -> bool:
            return await client.isdir(folder)

        try:
            there = self._ask(f"look at {folder}", probe)
        except ReadBackFailed as error:
            raise ServerDown(str(error)) from None
        if not there:
            raise ServerDown(
                f"{self._options.host}: {folder} is no folder that {self._options.username!r} sees"
            )

    def _ask(self, doing: str, work: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        """Have `work` done in the loop; translate what goes wrong there."""
        where = f"{self._options.host}: cannot {doing}"
        timeout = self._options.answer_timeout + 2 * self._options.connect_timeout
        try:
            return self._loop.call(self._twice(work), timeout)
        except asyncssh.SFTPError as error:
            raise ReadBackFailed(f"{where}: {error.reason}") from None
        except (asyncssh.Error, OSError) as error:
            raise ReadBackFailed(f"{where}: {error}") from None

    async def _twice(self, work: Callable[[asyncssh.SFTPClient], Awaitable[T]]) -> T:
        client = await self._session(None)
        try:
            return await work(client)
        except _LOST as error:
            logger.info("%s: connection lost: %s; again", self._options.host, error)
        return await work(await self._session(client))

    async def _session(self, lost: asyncssh.SFTPClient | None) -> asyncssh.SFTPClient:
        """Return the session of the run, a new one in place of the one that is `lost`."""
        async with self._connecting:
            if self._client is None or self._client is lost:
                if self._connection is not None:
                    self._connection.abort()
                self._connection = await connect(self._options)
                self._client = await self._connection.start_sftp_client()
            return self._client


def _seen(name: str, found: asyncssh.SFTPAttrs) -> Seen:
    if found.type != asyncssh.FILEXFER_TYPE_REGULAR and not stat.S_ISREG(found.permissions or 0):
        raise FileRefused(f"{name} on the server is no regular file; it is left alone")
    return Seen(found.size or 0, found.mtime or 0)
