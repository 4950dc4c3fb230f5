"""One pretend conductor: its state, and the handle that tests hold."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from emulator.archive import ArchiveKind, ArchiveStore
from emulator.faults import Fault, FaultBox
from emulator.flash import Flash
from emulator.running_config import running_config
from emulator.scp import KnownHosts, ScpClient
from emulator.sessions import SessionTable
from emulator.spec import ConductorSpec, Identity, Role


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
    """State of one device. `role` and the faults may be changed while it runs."""

    def __init__(
        self, spec: ConductorSpec, *, archives: ArchiveStore, scp: ScpClient, stop: threading.Event
    ) -> None:
        self.spec = spec
        self.knobs = spec.behaviour
        self.identity: Identity = spec.identity
        self.address = spec.address
        self.port = spec.port
        self.role: Role = spec.role
        self.scp = scp
        self.stop = stop
        self.disk = Flash(spec.flash, self.now)
        self.sessions = SessionTable(
            self.knobs, limit=spec.max_sessions, idle_seconds=spec.session_idle_seconds
        )
        self.known_hosts = KnownHosts(dict(spec.known_hosts))
        self.faults = FaultBox(spec.faults)
        self.logins = 0
        self.logouts = 0
        self.requests = 0
        self.connections = 0
        self.pushed: list[Pushed] = []
        self._archives = archives
        self._lock = threading.Lock()
        self._back_at = 0.0
        self._config_text: str | None = None

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
                self._config_text = running_config(self.spec)
            return self._config_text

    def inject(self, fault: Fault) -> None:
        """Let one more thing go wrong from now on."""
        self.faults.add(fault)

    def clear_faults(self) -> None:
        """Behave again."""
        self.faults.replace(())

    def now(self) -> datetime:
        """Return the device's own idea of the local time; aware, with its UTC offset."""
        shifted = datetime.now(UTC) + timedelta(seconds=self.spec.clock_offset_seconds)
        return shifted + timedelta(hours=self.spec.utc_offset_hours)

    def count(self, what: str) -> None:
        """Count one of `logins`, `logouts`, `requests`, `connections`."""
        with self._lock:
            setattr(self, what, getattr(self, what) + 1)

    def archive(self, kind: ArchiveKind) -> tuple[bytes, ...]:
        """Return this device's archive as chunks."""
        content = self.spec.content
        size = content.archive_bytes if kind == "flash" else content.config_bytes
        return self._archives.build(kind, seed=content.seed, size=size, identity=self.identity)

    def begin_reload(self) -> None:
        """Drop every session and stay away for the time that a reload takes."""
        self.sessions.drop_all()
        self._back_at = time.monotonic() + self.spec.reload_seconds
