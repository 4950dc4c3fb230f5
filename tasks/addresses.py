"""Addresses between a conductor and the receiver."""

from __future__ import annotations

import socket
from ipaddress import ip_address

DISCARD_PORT = 9


def resolve(host_name: str) -> str:
    """Return the address of `host_name`; raises `OSError` when it has none."""
    try:
        return str(ip_address(host_name))
    except ValueError:
        return str(socket.getaddrinfo(host_name, None, type=socket.SOCK_STREAM)[0][4][0])


def local_address_towards(address: str) -> str:
    """Return the local address from which `address` is reached; nothing is sent."""
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect((address, DISCARD_PORT))
        return str(probe.getsockname()[0])
