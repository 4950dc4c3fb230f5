"""The server as an inbox: one account that every conductor pushes with, a name for each file."""

from __future__ import annotations

import re
import secrets
import threading
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from vault.place import Place
from vault.receiver import TransferRefused
from vault.server.options import ServerOptions
from vault.server.ticket import ServerTicket

NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}", re.ASCII)


class Server:
    """Expect files on the server, looked at in `place`; use it as a context manager."""

    def __init__(self, options: ServerOptions, place: Place) -> None:
        self._options: Final = options
        self._place: Final = place
        self._over: Final = threading.Event()

    def __enter__(self) -> Self:
        self._place.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._place.stop()

    @property
    def verifies(self) -> bool:
        """Say whether somebody can look at what arrives."""
        return self._place.verifies

    @property
    def fetches(self) -> bool:
        """Say whether archives are copied from the server into staging."""
        return self.verifies and not self._options.keep

    def issue(
        self,
        file_name: str,
        folder: Path,
        peer: str | None,  # noqa: ARG002 - the server cannot be told who may push
        *,
        lifetime: float,  # noqa: ARG002 - nor until when
        may_stay: bool = False,
    ) -> ServerTicket:
        """Expect `file_name` for `folder`, which is named for its host.

        All conductors push into one folder and a second push must not meet the rest of the first,
        so that the name on the server is HOST-RANDOM-FILE. Raises `TransferRefused` when something
        has that name already, ValueError for an unsafe name. A file that `may_stay` stays there
        where the options say so.
        """
        name = f"{folder.name}-{secrets.token_hex(4)}-{file_name}"
        if not (NAME.fullmatch(name) and NAME.fullmatch(file_name)):
            raise ValueError(f"unsafe file name {name!r}")
        if self._place.look(name) is not None:
            raise TransferRefused(f"{name} is on the server before it was sent; it is left alone")
        return ServerTicket(
            self._options,
            self._place,
            name,
            folder / file_name,
            self._over,
            stays=may_stay and self._options.keep,
        )
