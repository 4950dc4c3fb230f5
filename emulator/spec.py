"""What one pretend conductor is: its name, its box, its content and its manners."""

from __future__ import annotations

import hashlib
import ipaddress
from dataclasses import dataclass, field, replace

from emulator.faults import Fault
from emulator.knobs import NO_OTHER_KEYS, PROFILES, VERSIONS, Knobs, Profile, Role


@dataclass(frozen=True, slots=True)
class Credentials:
    """The management account that may log in."""

    __pydantic_config__ = NO_OTHER_KEYS

    username: str = "backup"
    password: str = field(default="Backup-Pass-1", repr=False)


@dataclass(frozen=True, slots=True)
class Delays:
    """Seconds that each step takes; `scp_bytes_per_second` 0 means as fast as it goes."""

    __pydantic_config__ = NO_OTHER_KEYS

    login: float = 0.0
    show: float = 0.0
    copy_running_flash: float = 0.0
    flash_backup: float = 0.0
    scp_connect: float = 0.0
    scp_bytes_per_second: int = 0
    delete: float = 0.0
    logout: float = 0.0

    def before(self, step: str) -> float:
        """Return the seconds to wait before the work of a step."""
        names = {"delete_file_ssh_hosts": "delete", "tar_flash": "flash_backup"}
        return float(getattr(self, names.get(step, step.partition(" ")[0]), 0.0))


@dataclass(frozen=True, slots=True)
class FlashSpec:
    """Size of the flash and what is on it before the first backup.

    `used_mb` is what the system itself occupies; `files` adds files by name and size in bytes,
    an administrator's own or what an earlier run left behind.
    """

    __pydantic_config__ = NO_OTHER_KEYS

    size_mb: int = 5800
    used_mb: int = 900
    files: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ContentSpec:
    """What the files hold. Archive sizes are compressed bytes, reached within a few per cent.

    `running_config` is literal text, `running_config_file` a path; else text with about `lines`
    lines is made from `seed`. With `fresh` no two archives of a device are the same bytes.
    """

    __pydantic_config__ = NO_OTHER_KEYS

    seed: int = 1
    archive_bytes: int = 200_000
    config_bytes: int = 60_000
    fresh: bool = False
    lines: int = 400
    running_config: str | None = None
    running_config_file: str | None = None


@dataclass(frozen=True, slots=True)
class ConductorSpec:
    """Everything about one pretend conductor.

    An empty `address` is given out by the fleet (127.0.1.1, 127.0.1.2, ...); port 0 takes any free
    one. Empty `hostname`, `mac`, `serial` and `version` follow from the name and the profile, and
    `knobs` None means those of the profile. `known_hosts` maps an SCP server's address to the
    fingerprint (`SHA256:...`) that the device remembers of it.
    """

    __pydantic_config__ = NO_OTHER_KEYS

    name: str
    hostname: str = ""
    address: str = ""
    port: int = 4343
    credentials: Credentials = Credentials()
    profile: Profile = "8.10"
    knobs: Knobs | None = None
    role: Role = "conductor"
    peer: str = ""
    mac: str = ""
    serial: str = ""
    model: str = "ArubaMM-VA"
    version: str = ""
    flash: FlashSpec = FlashSpec()
    content: ContentSpec = ContentSpec()
    delays: Delays = Delays()
    faults: tuple[Fault, ...] = ()
    clock_offset_seconds: float = 0.0
    time_zone: str = "UTC"
    utc_offset_hours: float = 0.0
    scp_port: int = 22
    scp_connect_timeout: float = 10.0
    known_hosts: dict[str, str] = field(default_factory=dict)
    max_sessions: int = 32
    session_idle_seconds: float = 900.0
    reload_seconds: float = 2.0

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("name must not be empty")
        if self.address:
            ipaddress.ip_address(self.address)
        if not (0 <= self.port <= 65535 and 1 <= self.scp_port <= 65535):
            raise ValueError("a port must lie between 1 and 65535 (port: also 0, any free one)")

    @property
    def behaviour(self) -> Knobs:
        """Return the knobs in force."""
        return self.knobs or PROFILES[self.profile]

    @property
    def identity(self) -> Identity:
        """Return what the device says about itself."""
        digest = hashlib.sha256(self.name.encode()).hexdigest()
        made_mac = ":".join(["00", "0b", "86", digest[:2], digest[2:4], digest[4:6]])
        return Identity(
            hostname=self.hostname or self.name,
            mac=(self.mac or made_mac).lower(),
            serial=self.serial or f"MM{digest[6:13].upper()}",
            model=self.model,
            version=self.version or VERSIONS[self.profile],
        )


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a device is; `version` with its build number, as in "8.10.0.7_86118"."""

    hostname: str
    mac: str
    serial: str
    model: str
    version: str

    @property
    def stranger(self) -> Identity:
        """Return another box of the same model and release, always the same one."""
        digest = hashlib.sha256(f"stranger/{self.serial}".encode()).hexdigest()
        return replace(
            self,
            hostname=f"{self.hostname}-other",
            mac=":".join(["00", "0b", "86", digest[:2], digest[2:4], digest[4:6]]),
            serial=f"MM{digest[6:13].upper()}",
        )

    @property
    def release(self) -> str:
        """Return the version without the build number."""
        return self.version.partition("_")[0]

    @property
    def train(self) -> str:
        """Return the first two numbers, as a configuration file begins with them."""
        return ".".join(self.version.split(".")[:2])
