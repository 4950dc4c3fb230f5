"""Listening sockets: bound here, or handed over by systemd."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
import time
from typing import Final

from vault.printable import printable
from vault.receiver.errors import ReceiverDown

NAME: Final = "ConductorBackup"
"""What the receiver's greeting says."""

_FIRST_ACTIVATED: Final = 3
_BACKLOG: Final = 256
_PROBE_SECONDS: Final = 1.0
_ENDING_SECONDS: Final = 5.0
_SILENT_SECONDS: Final = 2.0
_PAUSE_SECONDS: Final = 0.2


def open_sockets(addresses: tuple[str, ...], port: int) -> list[socket.socket]:
    """Return systemd's sockets if there are any, else bind each address; close all on an error.

    The receiver of a run that was killed ends by itself; its port is waited for, for a moment. It
    may be too far gone to greet, so only a port where something else greets is given up at once.
    Raises ReceiverDown with what is in the way and what to do about it.
    """
    if activated := activated_sockets():
        return activated
    opened: list[socket.socket] = []
    try:
        for address in addresses:
            opened.append(_bind_when_free(address, port))
    except OSError as error:
        for one in opened:
            one.close()
        raise ReceiverDown(_explain(error, address, port)) from None
    if not opened:
        raise ReceiverDown("the receiver has no address to listen on")
    return opened


def activated_sockets() -> list[socket.socket]:
    """Return copies of the listening TCP sockets that systemd passed to this process."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    copies = [
        socket.socket(fileno=os.dup(number))
        for number in range(_FIRST_ACTIVATED, _FIRST_ACTIVATED + count)
    ]
    for one in copies:
        if one.type != socket.SOCK_STREAM or one.family not in (socket.AF_INET, socket.AF_INET6):
            for each in copies:
                each.close()
            raise ReceiverDown(
                "systemd passed a socket that is not TCP: use ListenStream=ADDRESS:22"
            )
        one.setblocking(False)
    return copies


def _bind_when_free(address: str, port: int) -> socket.socket:
    since = time.monotonic()
    patience = _SILENT_SECONDS
    while True:
        try:
            return _bind(address, port)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or time.monotonic() - since >= patience:
                raise
        if greeting := _greeting(address, port):
            patience = _ENDING_SECONDS if NAME in greeting else 0.0
        threading.Event().wait(_PAUSE_SECONDS)


def _bind(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setblocking(False)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _explain(error: OSError, address: str, port: int) -> str:
    where = f"cannot listen on {address} port {port}"
    if error.errno == errno.EADDRINUSE:
        return (
            f"{where}: {_holder(address, port)} holds it; give the receiver an address of its own, "
            "or bind the other server to one address (ListenAddress in sshd_config)"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return (
            f"{where}: ports below 1024 need a privilege; set sysctl "
            f"net.ipv4.ip_unprivileged_port_start={port}, or let systemd hand over the socket, "
            "or grant CAP_NET_BIND_SERVICE"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{where}: this machine does not have that address"
    return f"{where}: {error.strerror or error}"


def _holder(address: str, port: int) -> str:
    greeting = _greeting(address, port)
    return f"a server that greets with {greeting!r}" if greeting else "another program"


def _greeting(address: str, port: int) -> str:
    """Return the first line that is said there, "" where nothing is."""
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address, address)  # noqa: S104
    with (
        contextlib.suppress(OSError),
        socket.create_connection((target, port), _PROBE_SECONDS) as peer,
    ):
        line = peer.recv(256).split(b"\n")[0].strip()
        return printable(line.decode(errors="replace"))
    return ""
