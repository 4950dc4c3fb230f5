"""Running configurations: text as a conductor writes it, made from a seed.

No captured file of `copy running-config flash` was at hand. The lines follow live captures of
`show running-config`; that the file lacks its heading "Building Configuration..." and ends in a
line "end" is inferred.
"""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import Final

from emulator.spec import ConductorSpec, Identity

CACHED: Final = 16


def running_config(spec: ConductorSpec, identity: Identity | None = None) -> str:
    """Return the text that the specification asks for, ending in a newline.

    Text made from a seed is that of `identity`; None means the one of the specification.
    """
    content = spec.content
    if content.running_config is not None:
        return content.running_config
    if content.running_config_file is not None:
        return Path(content.running_config_file).read_text(encoding="utf-8")
    return _generated(spec, identity or spec.identity)


def _generated(spec: ConductorSpec, identity: Identity) -> str:
    content = spec.content
    opening = _opening(spec, identity, random.Random(content.seed))
    return "\n".join([*opening, _rest(content.seed, content.lines - len(opening))])


@lru_cache(maxsize=CACHED)
def _rest(seed: int, count: int) -> str:
    """Return about `count` lines, the last ones: devices of one seed share them."""
    rng = random.Random(f"rest/{seed}")
    closing = ["snmp-server enable trap", "process monitor log", "!", "end"]
    lines: list[str] = []
    number = 0
    while len(lines) < count - len(closing):
        lines += _stanza(rng, number)
        number += 1
    return "\n".join(lines + closing) + "\n"


def _opening(spec: ConductorSpec, identity: Identity, rng: random.Random) -> list[str]:
    offset = int(spec.utc_offset_hours)
    lines = [
        f"version {identity.train}",
        f'hostname "{identity.hostname}"',
        f"clock timezone {spec.time_zone} {offset:+03d} 00",
        "!",
        f'mgmt-user {spec.credentials.username} root "{_hash(rng, 42)}"',
        f'enable secret "{_hash(rng, 42)}"',
        "ntp server 192.0.2.123",
        "loginsession timeout 15",
        "!",
    ]
    if spec.peer:
        word = spec.behaviour.redundancy_command
        lines += [
            f"{word}-redundancy",
            f"  {word}-vrrp 20",
            f"  peer-ip-address {spec.peer} ipsec {_hash(rng, 32)}",
            "!",
        ]
    return lines


def _stanza(rng: random.Random, number: int) -> list[str]:
    makers = (_access_list, _role, _radius, _ssid, _ap_group, _vlan)
    return makers[number % len(makers)](rng, number)


def _access_list(rng: random.Random, number: int) -> list[str]:
    rules = [
        f"  user host 198.51.100.{rng.randrange(1, 255)} tcp {rng.randrange(20, 9000)} permit"
        for _ in range(rng.randrange(3, 9))
    ]
    return [f"ip access-list session acl-{number:04d}", *rules, "  any any any deny", "!"]


def _role(rng: random.Random, number: int) -> list[str]:
    return [
        f"user-role role-{number:04d}",
        f"  vlan {rng.randrange(2, 4000)}",
        "  access-list session global-sacl",
        f"  access-list session acl-{max(0, number - 1):04d}",
        "!",
    ]


def _radius(rng: random.Random, number: int) -> list[str]:
    return [
        f'aaa authentication-server radius "radius-{number:04d}"',
        f'  host "203.0.113.{rng.randrange(1, 255)}"',
        f"  key {_hash(rng, 48)}",
        "  timeout 5",
        "!",
    ]


def _ssid(rng: random.Random, number: int) -> list[str]:
    return [
        f'wlan ssid-profile "ssid-{number:04d}"',
        f'  essid "campus-{rng.randrange(100)}"',
        f"  wpa-passphrase {_hash(rng, 64)}",
        "  opmode wpa2-aes",
        "!",
    ]


def _ap_group(rng: random.Random, number: int) -> list[str]:
    return [
        f'ap-group "building-{number:04d}"',
        f'  virtual-ap "vap-{rng.randrange(100):03d}"',
        '  dot11a-radio-profile "default"',
        '  dot11g-radio-profile "default"',
        "!",
    ]


def _vlan(rng: random.Random, number: int) -> list[str]:
    return [
        f"vlan {2 + number % 4000}",
        f"interface vlan {2 + number % 4000}",
        f"  ip address 10.{rng.randrange(256)}.{rng.randrange(256)}.1 255.255.255.0",
        "!",
    ]


def _hash(rng: random.Random, length: int) -> str:
    return f"{rng.getrandbits(4 * length):0{length}x}"
