"""What applies to one conductor: the `data` keys, inherited host <- group <- defaults.

Each field's description is the one text about it; docs/settings.md is generated from them.
"""

from __future__ import annotations

import re
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from settings.base import GivenPath, Strict, written_as
from vault.retention import parse_duration

if TYPE_CHECKING:
    from nornir.core.inventory import Host

FINGERPRINT = re.compile(r"(?:[0-9a-f]{2}:?){31}[0-9a-f]{2}", re.IGNORECASE)

ConfigPath = Annotated[
    str, written_as(r"/[\w./-]*", "a node such as /md/hq: / and then letters, digits, . _ - and /")
]


class ArtefactKind(StrEnum):
    """What is taken from a conductor."""

    RUNNING_CONFIG = "running-config"
    FLASH = "flash"
    CONFIG = "config"


class CleanUp(StrEnum):
    """How the files of a run are removed from a conductor's flash."""

    DELETE = "delete"
    TAR_CLEAN = "tar-clean"


class HostPolicy(Strict):
    """The settings of one conductor."""

    site: str = Field("", description="Site of the conductor; `--site` selects by it.")
    pair: str = Field(
        "", description="Name of the redundant pair; both members carry the same one."
    )
    artefacts: list[ArtefactKind] = Field(
        default_factory=lambda: [ArtefactKind.RUNNING_CONFIG, ArtefactKind.FLASH],
        min_length=1,
        description="What is taken: `running-config`, `flash` (flash archive) and `config` (the "
        "device's own configuration archive).",
    )
    clean_up: CleanUp = Field(
        CleanUp.DELETE,
        description="`delete` removes exactly the files of the run. `tar-clean` is the way of "
        "`tar_flash_clean`: the archive is called `flash`, an administrator's own `flash.tar.gz` "
        "is overwritten and removed.",
    )
    config_path: ConfigPath = Field(
        "/md",
        max_length=256,
        description="Node of the configuration hierarchy given with each object call.",
    )
    tls_verify: bool = Field(
        True,
        description="Verify the conductor's certificate. Turning it off lets anybody on the path "
        "read the password; prefer `tls_ca` or `tls_fingerprint`.",
    )
    tls_ca: GivenPath | None = Field(
        None, description="PEM file of the authority that signed the conductor's certificate."
    )
    tls_fingerprint: str | None = Field(
        None, description="SHA-256 of the conductor's certificate: exactly this one is accepted."
    )
    connect_timeout: float = Field(
        10, gt=0, description="Seconds to reach the conductor and finish the TLS handshake."
    )
    retry_seconds: float = Field(
        45,
        ge=0,
        description="Seconds for which a conductor that cannot be reached, or is too busy to let "
        "anybody in, is tried again; 0 for not at all. Waiting until another conductor has tried "
        "the same account does not count. A login that the conductor refused is never repeated.",
    )
    read_timeout: float = Field(60, gt=0, description="Seconds for an answer to a short call.")
    backup_timeout: float = Field(
        600, gt=0, description="Seconds for the conductor to write an archive or configuration."
    )
    busy_seconds: float = Field(
        120,
        ge=0,
        description="Seconds for which a conductor that says it is busy is asked again.",
    )
    host_deadline: float = Field(
        3600,
        gt=0,
        description="Seconds that everything on this conductor may take; clean-up and log-out get "
        "a short time behind it.",
    )
    transfer_timeout: float = Field(
        900, gt=0, description="Seconds for one file to arrive, from the call to the receipt."
    )
    min_free_flash_mb: int = Field(
        500,
        ge=0,
        description="Megabytes that must be free on the conductor's flash before anything is "
        "written there; twice the last archive if that is more.",
    )
    max_clock_skew: float = Field(
        300, gt=0, description="Seconds by which the conductor's clock may differ before a WARN."
    )
    receiver_address: IPv4Address | IPv6Address | None = Field(
        None, description="Address that this conductor pushes to, where it differs from the rest."
    )
    pushes_from: Literal["same", "any"] | IPv4Address | IPv6Address = Field(
        "same",
        description="Address from which the conductor's pushes come: `same` as its API, `any`, or "
        "an address, for a conductor that leaves by another interface.",
    )
    min_config_lines: int = Field(
        20, ge=1, description="A running configuration with fewer lines is not believed."
    )
    config_needs_end: bool = Field(
        True,
        description="A running configuration must close with the line `end`. Turn it off for a "
        "release that is found to write none.",
    )
    allow_links_out: bool = Field(
        False,
        description="Accept an archive whose symbolic links point out of it. Nothing is ever "
        "extracted here; turn it on when a conductor's own flash is found to hold such links.",
    )
    size_warn_percent: float = Field(
        50,
        ge=0,
        le=100,
        description="WARN when an artefact is smaller than usual by this many per cent. Usual is "
        "the median of the last five proven generations.",
    )
    size_fail_percent: float = Field(
        80,
        ge=0,
        le=100,
        description="FAIL and quarantine, instead of publishing, when it is smaller by this much; "
        "100 turns it off.",
    )
    growth_warn_percent: float = Field(
        200,
        gt=0,
        description="WARN when an artefact is larger than usual by this many per cent; flash "
        "archives grow by themselves with logs and databases.",
    )
    keep_last: int = Field(4, ge=0, description="Newest proven generations that stay.")
    keep_daily: int = Field(
        0, ge=0, description="Days of which the newest proven generation stays (UTC)."
    )
    keep_weekly: int = Field(
        8, ge=0, description="Weeks (ISO) of which the newest proven generation stays."
    )
    keep_monthly: int = Field(
        12, ge=0, description="Months of which the newest proven generation stays."
    )
    keep_yearly: int = Field(
        3, ge=0, description="Years of which the newest proven generation stays."
    )
    keep_within: str = Field(
        "7d",
        description="Every generation stays for this long, measured back from the newest proven "
        "one: 36h, 7d, 2w.",
    )
    keep_floor: int = Field(
        2, ge=1, description="Proven generations that stay whatever the other rules say."
    )
    custom: dict[str, Any] = Field(
        default_factory=dict, description="Anything of your own; the program does not look at it."
    )

    @field_validator("tls_fingerprint")
    @classmethod
    def _is_a_sha256(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not FINGERPRINT.fullmatch(value):
            raise ValueError("must be the 64 hex digits of a SHA-256, with or without colons")
        return value.replace(":", "").lower()

    @field_validator("artefacts")
    @classmethod
    def _each_once(cls, value: list[ArtefactKind]) -> list[ArtefactKind]:
        if len(set(value)) != len(value):
            raise ValueError("names an artefact twice")
        return value

    @field_validator("keep_within")
    @classmethod
    def _is_a_duration(cls, value: str) -> str:
        parse_duration(value)
        return value

    @model_validator(mode="after")
    def _fails_beyond_warning(self) -> HostPolicy:
        if self.size_fail_percent < self.size_warn_percent:
            raise ValueError("size_fail_percent must not be below size_warn_percent")
        return self

    @model_validator(mode="after")
    def _keeps_something(self) -> HostPolicy:
        rules = (
            self.keep_last,
            self.keep_daily,
            self.keep_weekly,
            self.keep_monthly,
            self.keep_yearly,
            parse_duration(self.keep_within),
        )
        if not any(rules):
            raise ValueError("every keep_ rule is 0; give at least one above 0")
        return self


def policy_of(host: Host) -> HostPolicy:
    """Return what applies to `host`, its groups and the defaults already merged by Nornir."""
    data = host.extended_data()
    return HostPolicy.model_validate(
        {key: data[key] for key in HostPolicy.model_fields if key in data}
    )
