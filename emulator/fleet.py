"""A fleet of pretend conductors in this process."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final, Self

from emulator.archive import ArchiveStore
from emulator.certificates import Tls
from emulator.conductor import Conductor
from emulator.door import Door
from emulator.errors import FleetFileError
from emulator.request_log import RequestLog
from emulator.scp import ScpClient
from emulator.server import Server
from emulator.spec import ConductorSpec

ADDRESSES_IN_NET: Final = 250


class Fleet:
    """Any number of conductors, from `with` to the end of its block.

    `ca_file` is the authority's PEM file: the path given, or one in a folder that goes away at the
    end. `fingerprint` is the SHA-256 of the one server certificate, in hex.
    """

    def __init__(
        self,
        specs: Iterable[ConductorSpec],
        *,
        request_log: Path | None = None,
        ca_file: Path | None = None,
    ) -> None:
        self.specs = placed(specs)
        self.ca_file = Path()
        self.fingerprint = ""
        self._wanted_ca_file = ca_file
        self._request_log = request_log
        self._stop = threading.Event()
        self._conductors: dict[str, Conductor] = {}
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._exit.close()

    def __iter__(self) -> Iterator[Conductor]:
        return iter(self._conductors.values())

    def conductor(self, name: str) -> Conductor:
        """Return one conductor's handle; KeyError with the known names for another name."""
        try:
            return self._conductors[name]
        except KeyError:
            raise KeyError(f"no conductor {name!r}; there are {list(self._conductors)}") from None

    def _start(self, stack: ExitStack) -> None:
        self._stop.clear()
        folder = Path(tempfile.mkdtemp(prefix="emulator-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        tls = Tls((spec.address for spec in self.specs), folder)
        self.ca_file = self._wanted_ca_file or folder / "ca.pem"
        self.ca_file.write_bytes(tls.ca_pem)
        self.fingerprint = tls.fingerprint
        log = RequestLog(self._request_log)
        stack.callback(log.close)
        scp = ScpClient()
        try:
            server = Server(self._bind(stack, scp), tls, log)
        except BaseException:
            scp.stop()
            raise
        scp.start()
        server.start()
        stack.callback(server.stop)
        stack.callback(scp.stop)

    def _bind(self, stack: ExitStack, scp: ScpClient) -> list[Door]:
        archives = ArchiveStore()
        doors = []
        for spec in self.specs:
            conductor = Conductor(spec, archives=archives, scp=scp, stop=self._stop)
            door = Door(conductor)
            stack.callback(door.close)
            doors.append(door)
            self._conductors[spec.name] = conductor
        return doors


def placed(specs: Iterable[ConductorSpec]) -> tuple[ConductorSpec, ...]:
    """Give every conductor without an address one of its own, and refuse duplicates."""
    with_address = tuple(
        spec if spec.address else replace(spec, address=loopback(index))
        for index, spec in enumerate(specs)
    )
    names = Counter(spec.name for spec in with_address)
    places = Counter(f"{spec.address} port {spec.port}" for spec in with_address if spec.port)
    twice = [text for text, count in (names + places).items() if count > 1]
    if twice:
        raise FleetFileError(f"given more than once: {', '.join(twice)}")
    return with_address


def loopback(index: int) -> str:
    """Return 127.0.1.1, 127.0.1.2, ... by index, 250 addresses in each net."""
    return f"127.0.{1 + index // ADDRESSES_IN_NET}.{1 + index % ADDRESSES_IN_NET}"
