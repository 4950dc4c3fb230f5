"""Flash archives: real tar.gz files of an asked size, reproducible from a seed.

The big part of an archive depends on seed and size only. It is built once and shared in memory by
every conductor; a short last part with the device's identity is compressed behind it. The joined
file is one ordinary gzip member: the check sum is carried on over the seam.
"""

from __future__ import annotations

import io
import random
import struct
import tarfile
import threading
import zlib
from dataclasses import dataclass
from typing import Final, Literal

from isal import isal_zlib

from emulator.flash_tree import EPOCH, config_members, flash_members
from emulator.spec import Identity

ArchiveKind = Literal["flash", "config"]
GZIP_HEADER: Final = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
FILLERS: Final = 12
RECORD: Final = 10240


@dataclass(frozen=True, slots=True)
class _Body:
    """The shared part: deflated bytes up to a flush, check sum and length of what they hold."""

    deflated: bytes
    crc: int
    length: int


class ArchiveStore:
    """Archives by kind, seed and size; the shared part of each exists once in memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bodies: dict[tuple[str, int, int], _Body] = {}

    def build(
        self, kind: ArchiveKind, *, seed: int, size: int, identity: Identity, edition: int = 0
    ) -> tuple[bytes, ...]:
        """Return one archive of about `size` bytes as chunks that belong one after the other.

        Archives of another `edition` differ in the member with the identity.
        """
        body = self._body(kind, seed, size)
        tail = _identity_tail(identity, edition, body.length)
        packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
        deflated: bytes = packer.compress(tail) + packer.flush()
        length = (body.length + len(tail)) & 0xFFFFFFFF
        trailer = struct.pack("<II", zlib.crc32(tail, body.crc), length)
        return GZIP_HEADER, body.deflated, deflated + trailer

    def _body(self, kind: ArchiveKind, seed: int, size: int) -> _Body:
        with self._lock:
            key = (kind, seed, size)
            if key not in self._bodies:
                self._bodies[key] = _build_body(kind, seed, size)
            return self._bodies[key]


def _build_body(kind: ArchiveKind, seed: int, size: int) -> _Body:
    rng = random.Random(f"{kind}/{seed}/{size}")
    members = flash_members(rng, size) if kind == "flash" else config_members(rng)
    plain = _tar(members)
    packer = isal_zlib.compressobj(1, isal_zlib.DEFLATED, -15)
    deflated: bytes = packer.compress(plain) + packer.flush(isal_zlib.Z_FULL_FLUSH)
    missing = size - len(deflated) - FILLERS * 200
    filler = _tar(_filler_members(rng, kind, missing)) if missing > 0 else b""
    deflated += packer.compress(filler) + packer.flush(isal_zlib.Z_FULL_FLUSH)
    return _Body(deflated, zlib.crc32(filler, zlib.crc32(plain)), len(plain) + len(filler))


def _filler_members(rng: random.Random, kind: ArchiveKind, size: int) -> list[tuple[str, bytes]]:
    share = size // FILLERS
    folder = "db" if kind == "flash" else "config"
    return [
        (f"./{folder}/wms-{number:02d}.dump", rng.randbytes(share)) for number in range(FILLERS)
    ]


def _tar(members: list[tuple[str, bytes]]) -> bytes:
    """Return tar blocks of the members without the end of archive."""
    out = io.BytesIO()
    for name, content in members:
        info = tarfile.TarInfo(name.rstrip("/"))
        info.uname = info.gname = "root"
        info.mtime = EPOCH
        if name.endswith("/"):
            info.type, info.mode = tarfile.DIRTYPE, 0o755
        else:
            info.size, info.mode = len(content), 0o644
        out.write(info.tobuf(tarfile.USTAR_FORMAT))
        out.write(content)
        out.write(bytes(-len(content) % 512))
    return out.getvalue()


def _identity_tail(identity: Identity, edition: int, before: int) -> bytes:
    text = (
        f"hostname {identity.hostname}\nmac {identity.mac}\nserial {identity.serial}\n"
        f"model {identity.model}\nversion {identity.version}\n"
    )
    if edition:
        text += f"backup {edition}\n"
    blocks = _tar([("./config/device-identity.txt", text.encode())]) + bytes(1024)
    return blocks + bytes(-(before + len(blocks)) % RECORD)
