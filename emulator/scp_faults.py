"""What can go wrong with a push, as changes to a push that was to go well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from emulator.conductor import Conductor
from emulator.damage import corrupted
from emulator.errors import ScpError
from emulator.fault_kinds import kinds_where
from emulator.faults import Fault
from emulator.scp import KnownHosts, Peer
from emulator.scp_wire import Sending

UPLOADED: Final = "File uploaded successfully"
LOST: Final = "Error: lost connection"
OTHER_FILE: Final = "default.cfg"
SCP_KINDS: Final = kinds_where("scp")


@dataclass(frozen=True, slots=True)
class Push:
    """One push: to whom, what, under which name, how often, and what is answered after it."""

    peer: Peer
    sending: Sending
    target: str
    times: int = 1
    words: str = UPLOADED
    complaint: str = ""


def struck(conductor: Conductor, push: Push, fault: Fault) -> Push:
    """Return the push as the fault leaves it; ScpError where it never begins."""
    return CHANGES[fault.kind](conductor, push, fault)


def _refuse(_conductor: Conductor, push: Push, _fault: Fault) -> Push:
    raise ScpError(f"Error: scp to {push.peer.host} failed: Connection refused")


def _hang(conductor: Conductor, push: Push, fault: Fault) -> Push:
    conductor.stop.wait(fault.seconds)
    return push


def _slow(_conductor: Conductor, push: Push, fault: Fault) -> Push:
    return replace(push, peer=replace(push.peer, bytes_per_second=fault.bytes_per_second or 0))


def _cut(_conductor: Conductor, push: Push, fault: Fault) -> Push:
    half = sum(map(len, push.sending.chunks)) // 2
    cut = half if fault.after is None else fault.after
    return replace(push, sending=replace(push.sending, cut=cut, reset=fault.kind == "reset"))


def _corrupted(_conductor: Conductor, push: Push, fault: Fault) -> Push:
    return _with_content(push, corrupted(push.sending.chunks, fault.after))


def _declares(_conductor: Conductor, push: Push, fault: Fault) -> Push:
    sign = 1 if fault.kind == "declares-more" else -1
    return replace(push, sending=replace(push.sending, announced=sign * (fault.after or 0)))


def _other_file(conductor: Conductor, push: Push, _fault: Fault) -> Push:
    return _with_content(push, conductor.disk.get(OTHER_FILE).chunks)


def _other_name(_conductor: Conductor, push: Push, _fault: Fault) -> Push:
    folder, slash, name = push.target.rpartition("/")
    other = f"other-{name}"
    sending = replace(push.sending, name=other)
    return replace(push, sending=sending, target=f"{folder}{slash}{other}")


def _wrong_password(_conductor: Conductor, push: Push, _fault: Fault) -> Push:
    return replace(push, peer=replace(push.peer, password="not-the-password"))


def _host_key(_conductor: Conductor, push: Push, _fault: Fault) -> Push:
    remembered = KnownHosts({push.peer.host: "SHA256:another"})
    return replace(push, peer=replace(push.peer, known_hosts=remembered))


def _old_algorithms(_conductor: Conductor, push: Push, _fault: Fault) -> Push:
    return replace(push, peer=replace(push.peer, algorithms="ancient"))


def _with_content(push: Push, chunks: tuple[bytes, ...]) -> Push:
    return replace(push, sending=replace(push.sending, chunks=chunks))


CHANGES: Final[dict[str, Callable[[Conductor, Push, Fault], Push]]] = {
    "silent": lambda _conductor, push, _fault: replace(push, times=0),
    "failure-words": lambda _conductor, push, _fault: replace(push, times=0, words=LOST),
    "lost-success": lambda _conductor, push, _fault: replace(push, complaint=LOST),
    "twice": lambda _conductor, push, _fault: replace(push, times=2),
    "refuse": _refuse,
    "hang": _hang,
    "slow": _slow,
    "cut": _cut,
    "reset": _cut,
    "corrupted": _corrupted,
    "declares-more": _declares,
    "declares-less": _declares,
    "other-file": _other_file,
    "other-name": _other_name,
    "wrong-password": _wrong_password,
    "host-key": _host_key,
    "old-algorithms": _old_algorithms,
}
