"""Addresses between a conductor and the receiver."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

from nornir.core.inventory import Host

from settings import HostPolicy, Settings

DISCARD_PORT = 9
SCP_PORT = 22
"""Where conductors push to; they have no setting for it."""


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


def push_address(host: Host, policy: HostPolicy, settings: Settings) -> str:
    """Return the literal address that the conductor is told to push to."""
    configured = policy.receiver_address or settings.push_address
    if isinstance(configured, IPv4Address | IPv6Address):
        return str(configured)
    return local_address_towards(resolve(host.hostname or ""))
