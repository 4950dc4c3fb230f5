"""Writing what a backup leaves in flash, whole or with the fault that is due."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from emulator import damage
from emulator.archive import ArchiveKind
from emulator.conductor import Conductor
from emulator.damage import Chunks
from emulator.errors import RefusedError
from emulator.faults import Fault
from emulator.messages import html_reply
from emulator.refusals import LOGIN_PAGE
from emulator.running_config import running_config


def store_archive(conductor: Conductor, step: str, kind: ArchiveKind, name: str) -> None:
    """Write a flash or config archive; RefusedError when it does not fit."""
    fault = conductor.faults.take((step,), STORING_KINDS)
    if fault is not None and fault.kind in ("shrunk", "bloated"):
        factor = 0.25 if fault.kind == "shrunk" else 4.0
        chunks = conductor.archive(kind, factor=factor)
    elif fault is not None and fault.kind == "foreign":
        chunks = conductor.archive(kind, of=conductor.identity.stranger)
    elif fault is not None and fault.kind == "stale":
        chunks = conductor.archive(kind, stale=True)
    else:
        chunks = conductor.archive(kind)
    _store(conductor, name, chunks, fault)


def store_running_config(conductor: Conductor, name: str) -> None:
    """Write the running configuration; RefusedError when it does not fit."""
    fault = conductor.faults.take(("copy_running_flash",), STORING_KINDS)
    text = conductor.config_text
    if fault is not None and fault.kind in TEXTS:
        text = TEXTS[fault.kind](conductor, fault)
    _store(conductor, name, (text.encode(),), fault)


def _store(conductor: Conductor, name: str, chunks: Chunks, fault: Fault | None) -> None:
    disk = conductor.disk
    if fault is None:
        disk.write(name, chunks)
    elif fault.kind == "early":
        disk.write(name, chunks, grows=fault.seconds or 0.0)
    elif fault.kind == "stale":
        disk.write(name, chunks, age=fault.seconds or 0.0)
    elif fault.kind == "flash-full":
        disk.write(name, damage.truncated(chunks, fault.after))
        raise RefusedError(f"Error writing {name}: No space left on device")
    else:
        disk.write(name, BYTES.get(fault.kind, _untouched)(chunks, fault))


def _untouched(chunks: Chunks, _fault: Fault) -> Chunks:
    return chunks


def _foreign_text(conductor: Conductor, _fault: Fault) -> str:
    return running_config(conductor.spec, conductor.identity.stranger)


BYTES: Final[dict[str, Callable[[Chunks, Fault], Chunks]]] = {
    "truncated": lambda chunks, fault: damage.truncated(chunks, fault.after),
    "corrupted": lambda chunks, fault: damage.corrupted(chunks, fault.after),
    "empty-file": lambda _chunks, _fault: (b"",),
}
TEXTS: Final[dict[str, Callable[[Conductor, Fault], str]]] = {
    "shrunk": lambda conductor, _: damage.shrunk_text(conductor.config_text),
    "bloated": lambda conductor, _: damage.bloated_text(conductor.config_text),
    "foreign": _foreign_text,
    "error-text": lambda _, fault: f"{fault.text}\n",
    "html-file": lambda _conductor, _fault: html_reply(200, LOGIN_PAGE).body.decode(),
    "no-end": lambda conductor, _: damage.without_end(conductor.config_text),
}
STORING_KINDS: Final = BYTES.keys() | TEXTS.keys() | {"early", "stale", "flash-full"}
