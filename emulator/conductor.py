"""One pretend conductor: its state, and the handle that tests hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from emulator.archive import ArchiveKind, ArchiveStore
from emulator.faults import Fault, FaultBox
from emulator.flash import Flash
from emulator.knobs import Role
from emulator.running_config import running_config
from emulator.scp import KnownHosts, ScpClient
from emulator.sessions import SessionTable
from emulator.spec import ConductorSpec, Identity


@dataclass(frozen=True, slots=True)
class Pushed:
    """A file that an SCP server acknowledged, and the account that was used."""

    name: str
    chunks: tuple[bytes, ...] = field(repr=False)
    username: str
    password: str = field(repr=False)

    @property
    def content(self) -> bytes:
        """The whole file."""
        return b"".join(self.chunks)


class Conductor:
    """State of one device. `role`, clock and faults may be changed while it runs.

    `door_moved` is called when the port is to shut or to open; the server listens to it.
    """

    def __init__(
        self, spec: ConductorSpec, *, archives: ArchiveStore, scp: ScpClient, stop: threading.Event
    ) -> None:
        self.spec = spec
        self.knobs = spec.behaviour
        self.identity: Identity = spec.identity
        self.address = spec.address
        self.port = spec.port
        self.role: Role = spec.role
        self.clock_error_seconds = spec.clock_offset_seconds
        self.scp = scp
        self.stop = stop
        self.disk = Flash(spec.flash, self.now)
        self.sessions = SessionTable(
            self.knobs, limit=spec.max_sessions, idle_seconds=spec.session_idle_seconds
        )
        self.known_hosts = KnownHosts(dict(spec.known_hosts))
        self.faults = FaultBox(spec.faults)
        self.faults.changed = self._faults_changed
        self.door_moved: Callable[[], None] = lambda: None
        self.logins = 0
        self.logouts = 0
        self.requests = 0
        self.connections = 0
        self.pushed: list[Pushed] = []
        self._archives = archives
        self._lock = threading.Lock()
        self._refuses_until = 0.0
        self._back_at = 0.0
        self._config_text: str | None = None
        self._edition = 0

    @property
    def flash(self) -> Mapping[str, bytes]:
        """Return the content of every file in flash by its name."""
        return {name: file.read() for name, file in self.disk.files.items()}

    @property
    def sessions_open(self) -> int:
        """Return how many sessions are open now."""
        return self.sessions.open

    @property
    def reloading(self) -> bool:
        """Return whether a reload is under way."""
        return time.monotonic() < self._back_at

    @property
    def config_text(self) -> str:
        """Return the running configuration, made at the first use."""
        with self._lock:
            if self._config_text is None:
                self._config_text = running_config(self.spec, self.identity)
            return self._config_text

    def inject(self, fault: Fault) -> None:
        """Let one more thing go wrong from now on."""
        self.faults.add(fault)

    def clear_faults(self) -> None:
        """Behave again."""
        self.faults.replace(())

    def now(self) -> datetime:
        """Return the device's own idea of the local time; aware, with its UTC offset."""
        shifted = datetime.now(UTC) + timedelta(seconds=self.clock_error_seconds)
        return shifted + timedelta(hours=self.spec.utc_offset_hours)

    def count(self, what: str) -> None:
        """Count one of `logins`, `logouts`, `requests`, `connections`."""
        with self._lock:
            setattr(self, what, getattr(self, what) + 1)

    def archive(
        self,
        kind: ArchiveKind,
        *,
        factor: float = 1.0,
        of: Identity | None = None,
        stale: bool = False,
    ) -> tuple[bytes, ...]:
        """Return this device's archive as chunks.

        It is `factor` times as large, one `of` another device, or with `stale` the last once more.
        """
        content = self.spec.content
        size = int(factor * (content.archive_bytes if kind == "flash" else content.config_bytes))
        identity = of or self.identity
        with self._lock:
            self._edition += content.fresh and not stale
            edition = self._edition
        return self._archives.build(
            kind, seed=content.seed, size=size, identity=identity, edition=edition
        )

    def begin_reload(self, seconds: float | None = None) -> None:
        """Drop every session and stay away for the time that a reload takes."""
        self.sessions.drop_all()
        stay = self.spec.reload_seconds if seconds is None else seconds
        self._back_at = time.monotonic() + stay
        self.door_moved()

    def refuse_connections(self, seconds: float) -> None:
        """Let the port refuse new connections for a while."""
        self._refuses_until = time.monotonic() + seconds
        self.door_moved()

    def shut_for(self) -> float:
        """Return the seconds for which the port is to refuse connections from now on."""
        now = time.monotonic()
        until = max(self._back_at, self._refuses_until)
        if until <= now and (fault := self.faults.take_ready("connect", "refuse")) is not None:
            self._refuses_until = until = now + (fault.seconds or 0.0)
        return max(0.0, until - now)

    def become_other_box(self) -> bool:
        """Let another box take the address over; False when it did already."""
        stranger = self.spec.identity.stranger
        if self.identity == stranger:
            return False
        self.identity, self._config_text = stranger, None
        self.disk = Flash(self.spec.flash, self.now)
        self.known_hosts = KnownHosts()
        self.sessions.drop_all()
        return True

    def _faults_changed(self, forgotten: bool) -> None:
        if forgotten:
            self._refuses_until = 0.0
        self.door_moved()
