"""Names and texts of a believable flash tree. What a real archive holds is not documented."""

from __future__ import annotations

import random
from typing import Final

EPOCH: Final = 1_760_000_000
SMALL: Final = 40_000

FOLDERS: Final = (
    "./",
    "./config/",
    "./config/nodes/",
    "./db/",
    "./certmgr/",
    "./certmgr/trustedCAs/",
    "./logs/",
    "./upload/",
    "./upgrade/",
    "./fpsettings/",
    "./ap-provisioning/",
    "./captive-portal/",
)
VOCABULARY: Final = (
    "profile default interface vlan station ap-group access session permit deny any role user "
    "wlan aaa radius server host authentication tunnel mobility cluster heartbeat license switch "
    "controller upgrade image checksum verified started stopped process restart watchdog"
)
WORDS: Final = VOCABULARY.split()


def flash_members(rng: random.Random, size: int) -> list[tuple[str, bytes]]:
    """Return folders and text files of a flash archive, fewer for a small archive."""
    scale = 1 if size >= SMALL * 4 else 8
    members = [(name, b"") for name in FOLDERS]
    members += _texts(rng, "./config/nodes/node-{:03d}.cfg", 96 // scale, 1800)
    members += _texts(rng, "./certmgr/trustedCAs/ca-{:02d}.pem.placeholder", 24 // scale, 300)
    members += _texts(rng, "./logs/messages.{}", 16 // scale, 2400)
    members += _texts(rng, "./upgrade/history-{:02d}.log", 24 // scale, 500)
    members += _texts(rng, "./ap-provisioning/ap-{:03d}.json", 64 // scale, 400)
    members += _texts(rng, "./captive-portal/page-{:02d}.html", 16 // scale, 700)
    return members


def config_members(rng: random.Random) -> list[tuple[str, bytes]]:
    """Return folders and text files of a `backup config` archive."""
    members = [(name, b"") for name in FOLDERS[:3]]
    return members + _texts(rng, "./config/nodes/node-{:03d}.cfg", 12, 1200)


def _texts(rng: random.Random, pattern: str, count: int, length: int) -> list[tuple[str, bytes]]:
    return [(pattern.format(number), _text(rng, length)) for number in range(count)]


def _text(rng: random.Random, length: int) -> bytes:
    words = rng.choices(WORDS, k=max(4, length // 8))
    lines = [" ".join(words[start : start + 8]) for start in range(0, len(words), 8)]
    return ("\n".join(lines) + "\n").encode()
