"""A conductor's flash: files in memory, with the space that they take."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from emulator.errors import RefusedError
from emulator.spec import FlashSpec

MEGABYTE: Final = 1024 * 1024
ALWAYS_THERE: Final[Mapping[str, int]] = {
    "default.cfg": 16283,
    "default.cfg.sha": 65,
    "AP_crash_info.txt": 512,
    "upgradelog.txt": 2048,
}


@dataclass(frozen=True, slots=True)
class FlashFile:
    """One file: its content as chunks (shared between conductors where possible) and its time.

    With `grows` it is still being written: it reaches its whole length after so many seconds.
    """

    whole: tuple[bytes, ...]
    modified: datetime
    grows: float = 0.0
    began: float = field(default_factory=time.monotonic)

    @property
    def chunks(self) -> tuple[bytes, ...]:
        """Return the content as it is now."""
        done = self._share_done
        if done >= 1.0:
            return self.whole
        content = b"".join(self.whole)
        return (content[: int(done * len(content))],)

    @property
    def size(self) -> int:
        """Return the length in bytes as it is now."""
        length = sum(map(len, self.whole))
        return min(length, int(self._share_done * length))

    @property
    def _share_done(self) -> float:
        if not self.grows:
            return 1.0
        return min(1.0, (time.monotonic() - self.began) / self.grows)

    def read(self) -> bytes:
        """Return the whole content."""
        return b"".join(self.chunks)


class Flash:
    """The files of one conductor by name; every name is only a key, never a path."""

    def __init__(self, spec: FlashSpec, clock: Callable[[], datetime]) -> None:
        self._lock = threading.Lock()
        self._clock = clock
        self.size = spec.size_mb * MEGABYTE
        self._system = spec.used_mb * MEGABYTE
        started = clock()
        self._files = {
            name: FlashFile((bytes(size),), started)
            for name, size in {**ALWAYS_THERE, **spec.files}.items()
        }

    @property
    def files(self) -> Mapping[str, FlashFile]:
        """Return the files as they are now."""
        with self._lock:
            return MappingProxyType(dict(self._files))

    @property
    def used(self) -> int:
        """Return the bytes taken, the system's own included."""
        with self._lock:
            return self._system + sum(file.size for file in self._files.values())

    def write(
        self, name: str, chunks: tuple[bytes, ...], *, grows: float = 0.0, age: float = 0.0
    ) -> None:
        """Store a file, replacing one of the same name; RefusedError when it does not fit.

        `grows`: seconds until it is complete; `age`: seconds since it was last changed.
        """
        new = FlashFile(chunks, self._clock() - timedelta(seconds=age), grows)
        with self._lock:
            others = sum(file.size for key, file in self._files.items() if key != name)
            if self._system + others + sum(map(len, chunks)) > self.size:
                raise RefusedError(f"Error writing {name}: No space left on device")
            self._files[name] = new

    def get(self, name: str) -> FlashFile:
        """Return a file; RefusedError when there is none."""
        with self._lock:
            if name not in self._files:
                raise RefusedError(f"File {name} not found in flash")
            return self._files[name]

    def delete(self, name: str) -> None:
        """Remove a file; RefusedError when there is none."""
        with self._lock:
            if self._files.pop(name, None) is None:
                raise RefusedError(f"Cannot delete {name}: No such file or directory")

    def rename(self, name: str, new_name: str) -> None:
        """Give a file another name; RefusedError when there is none or the new name is taken."""
        with self._lock:
            if name not in self._files:
                raise RefusedError(f"Cannot rename {name}: No such file or directory")
            if new_name in self._files:
                raise RefusedError(f"Cannot rename {name}: {new_name} exists")
            self._files[new_name] = self._files.pop(name)

    def listing(self, order: Literal["name", "date", "size"] = "name", keyword: str = "") -> str:
        """Return the lines that `dir` prints."""
        keys: dict[str, Callable[[tuple[str, FlashFile]], tuple[object, str]]] = {
            "name": lambda item: ("", item[0]),
            "date": lambda item: (item[1].modified, item[0]),
            "size": lambda item: (item[1].size, item[0]),
        }
        found = [item for item in self.files.items() if keyword in item[0]]
        return "\n".join(
            f"-rw-r--r--    1 root     root {file.size:>8} "
            f"{file.modified:%b} {file.modified.day:>2} {file.modified:%H:%M} {name}"
            for name, file in sorted(found, key=keys[order])
        )
