"""Copies by SCP between a conductor's flash and a server."""

from __future__ import annotations

import ipaddress
from typing import Final

from emulator.conductor import Conductor, Pushed
from emulator.errors import RefusedError, ScpError
from emulator.messages import Json
from emulator.outcomes import Outcome, checked_name
from emulator.scp import Peer
from emulator.scp_faults import SCP_KINDS, Push, struck
from emulator.scp_wire import Sending

DOWNLOADED: Final = "File downloaded successfully"


def copy_flash_scp(conductor: Conductor, members: Json) -> Outcome:
    """Push a file; the success text is given only when the server acknowledged it."""
    source = members["srcfilename"]
    file = conductor.disk.get(source)
    push = Push(_peer(conductor, members), Sending(source, file.chunks), members["destfilename"])
    fault = conductor.faults.take(("scp",), SCP_KINDS)
    if fault is not None:
        push = struck(conductor, push, fault)
    conductor.stop.wait(conductor.spec.delays.scp_connect)
    for _ in range(push.times):
        conductor.scp.push(push.peer, push.sending, push.target)
        sent = Pushed(source, push.sending.chunks, push.peer.username, push.peer.password)
        conductor.pushed.append(sent)
    if push.complaint:
        raise ScpError(push.complaint)
    return Outcome(push.words)


def copy_scp_flash(conductor: Conductor, members: Json) -> Outcome:
    """Fetch a file into flash, as a restore begins."""
    name = checked_name(members["destfilename"])
    peer = _peer(conductor, members)
    conductor.stop.wait(conductor.spec.delays.scp_connect)
    room = conductor.disk.size - conductor.disk.used
    conductor.disk.write(name, (conductor.scp.pull(peer, members["filename"], room),))
    return Outcome(DOWNLOADED)


def _peer(conductor: Conductor, members: Json) -> Peer:
    """Build the SCP peer; a host name is refused, as devices take addresses only."""
    try:
        ipaddress.ip_address(members["scphost"])
    except ValueError:
        raise RefusedError(f"Invalid IP address {members['scphost']}") from None
    spec = conductor.spec
    ignored = conductor.knobs.known_hosts == "ignored"
    return Peer(
        host=members["scphost"],
        port=spec.scp_port,
        username=members["username"],
        password=members["passwd"],
        source=conductor.address,
        known_hosts=None if ignored else conductor.known_hosts,
        algorithms=conductor.knobs.scp_algorithms,
        connect_seconds=spec.scp_connect_timeout,
        bytes_per_second=spec.delays.scp_bytes_per_second,
    )
