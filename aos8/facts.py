"""Read facts about a conductor out of show outputs and of sys_info; each tolerates any text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aos8.show import Row

_UNITS: Final = {"": 1, "B": 1, "K": 1024, "M": 1024**2, "G": 1024**3, "T": 1024**4}
_ROLES: Final = {
    "master": "conductor",
    "conductor": "conductor",
    "mm": "conductor",
    "standby": "standby",
    "backup": "standby",
    "md": "managed-device",
    "local": "managed-device",
    "managed device": "managed-device",
    "stand-alone": "stand-alone",
    "standalone": "stand-alone",
}
_FIGURE: Final = r"\d{1,15}(?:\.\d{1,3})?[BKMGT]?"
_FLASH: Final = re.compile(
    rf"(?<!\S)(?P<size>{_FIGURE})\s+{_FIGURE}\s+(?P<available>{_FIGURE})\s+\d+%\s+/flash[ \t]*$",
    re.MULTILINE,
)
_MAC: Final = r"(?P<value>(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2})"


@dataclass(frozen=True, slots=True)
class FlashSpace:
    """Room on /flash in bytes, as exact as the rounded figures of `show storage`."""

    size: int
    available: int


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a conductor says it is; what it does not tell is an empty string.

    `role` is "conductor", "standby", "managed-device", "stand-alone" or the device's own word;
    `mac` is in lower case with colons; `peer` is the address or name of the other of a pair.
    """

    hostname: str = ""
    mac: str = ""
    serial: str = ""
    model: str = ""
    version: str = ""
    role: str = ""
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Redundancy:
    """The own state in a redundant pair and the peer's address, each empty if not told."""

    role: str = ""
    peer: str = ""


def read_model(text: str) -> str:
    """Return the model of `show version`, such as "ArubaMM-VA"."""
    return _search(r"\(MODEL:\s*(?P<value>[^)\s]+)", text)


def read_version(text: str) -> str:
    """Return the release of `show version` or sys_info, such as "8.6.0.5" or "8.10.0.5_83710"."""
    running = _search(r"Version\s+(?P<value>\d+(?:\.\d+)+)", text)
    return running or _search(r"^\s*(?P<value>\d+(?:\.\d+){2,})", text)


def read_hostname(text: str) -> str:
    """Return the name of `show hostname` or `show switchinfo`."""
    return _search(r"^\s*Hostname is\s+\"?(?P<value>[^\s\"]+)", text)


def read_serial(text: str) -> str:
    """Return the system's serial number of `show inventory`, else the supervisor card's."""
    value = r"\s*:\s*(?P<value>[A-Za-z0-9-]+)"
    return _search(rf"^\s*System Serial#{value}", text) or _search(
        rf"^\s*SC\s+Serial#{value}", text
    )


def read_mac(text: str) -> str:
    """Return the hardware address of `show inventory` or of any text with one after "MAC"."""
    found = _search(rf"^\s*HW MAC Addr\w*\s*:\s*{_MAC}", text) or _search(
        rf"\bMAC\b[^:\n]*:\s*{_MAC}", text
    )
    return normal_mac(found)


def normal_mac(text: str) -> str:
    """Return a MAC address in lower case with colons, or the empty string for anything else."""
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    return ":".join(digits[i : i + 2] for i in range(0, 12, 2)) if len(digits) == 12 else ""


def normal_role(word: str) -> str:
    """Return one word for a role: newer releases say conductor where older ones say master."""
    plain = " ".join(word.lower().split())
    return _ROLES.get(plain, plain)


def read_flash_space(text: str) -> FlashSpace | None:
    """Add up the /flash lines of `show storage`, or return None if there is none."""
    found = [(_bytes(match["size"]), _bytes(match["available"])) for match in _FLASH.finditer(text)]
    if not found:
        return None
    return FlashSpace(size=sum(size for size, _ in found), available=sum(free for _, free in found))


def read_redundancy(text: str) -> Redundancy:
    """Read `show master-redundancy` or `show conductor-redundancy`."""
    state = _search(r"current state is\s+(?P<value>\w+)", text)
    peer = _search(r"Peer'?s? IP(?:v[46])? Address is\s+(?P<value>[0-9A-Fa-f.:]+)", text)
    return Redundancy(role=normal_role(state), peer=peer)


def read_switch_role(rows: Iterable[Row], *, hostname: str) -> str:
    """Return the role of the device with this name in the table of `show switches`."""
    for row in rows:
        if hostname and row.get("Name") == hostname:
            return normal_role(row.get("Type", ""))
    return ""


def read_switch_peer(rows: Iterable[Row], *, hostname: str) -> str:
    """Return the address of the one other conductor that `show switches` lists, if any."""
    others = [
        row.get("IP Address", "")
        for row in rows
        if row.get("Name") != hostname
        and normal_role(row.get("Type", "")) in {"conductor", "standby"}
    ]
    return others[0] if len(others) == 1 else ""


def read_sys_info(body: Mapping[str, object]) -> Identity:
    """Read the object sys_info: role, version and hardware address."""
    return Identity(
        hostname=_path(body, "_local", "_hostname") or _path(body, "_global", "_hostname"),
        mac=normal_mac(_path(body, "_local", "_hardware", "_mac")),
        serial=_path(body, "_local", "_hardware", "_serial"),
        version=read_version(_path(body, "_global", "_version", "_image_version")),
        role=normal_role(_path(body, "_global", "_switch_role")),
    )


def _path(body: object, *keys: str) -> str:
    for key in keys:
        body = body.get(key) if isinstance(body, Mapping) else None
    return body.strip() if isinstance(body, str) else ""


def _search(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE | re.IGNORECASE)
    return match["value"] if match else ""


def _bytes(figure: str) -> int:
    number = figure.rstrip("BKMGT")
    return int(float(number) * _UNITS[figure[len(number) :]])
