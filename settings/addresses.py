"""Check the addresses of an inventory: each must be one, and no two hosts may have the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from typing import Any, Final

from settings.problems import Problem
from settings.yaml_file import YamlFile

API_PORT: Final = 4343
HOST_NAME: Final = re.compile(
    r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*\.?"
)


def address_problems(
    hosts: YamlFile, groups: YamlFile | None, defaults: YamlFile | None
) -> Iterator[Problem]:
    """Yield what is no address, and the same address and port a second time, however written."""
    seen: dict[tuple[str, str], str] = {}
    ports = _Ports(groups.content if groups else {}, defaults.content if defaults else {})
    for name, entry in hosts.content.items():
        address = entry.get("hostname") if isinstance(entry, Mapping) else None
        if not isinstance(address, str):
            continue
        keys = [name, "hostname"]
        plain = _plain(address)
        if plain is None:
            yield hosts.problem(keys, f'"{address}" is neither an address nor a host name')
            continue
        place = (plain, ports.of(entry))
        if place in seen:
            yield hosts.problem(keys, f'the same address as "{seen[place]}"')
        seen.setdefault(place, name)


class _Ports:
    """Which port an entry has: its own, else that of its groups in their order, else the default.

    The files may be wrong in any way; what makes no sense counts as not there.
    """

    def __init__(self, groups: Mapping[Any, Any], defaults: Mapping[Any, Any]) -> None:
        self._groups = groups
        self._default = defaults.get("port") or API_PORT

    def of(self, entry: Mapping[Any, Any]) -> str:
        """Return the port of a host, "4343" where none is given."""
        return str(self._inherited(entry, set()) or self._default)

    def _inherited(self, entry: Any, seen: set[str]) -> Any:
        if not isinstance(entry, Mapping):
            return None
        if port := entry.get("port"):
            return port
        parents = entry.get("groups")
        for name in parents if isinstance(parents, list) else ():
            if isinstance(name, str) and name not in seen:
                seen.add(name)
                if port := self._inherited(self._groups.get(name), seen):
                    return port
        return None


def _plain(address: str) -> str | None:
    """Return the one way to write an address or a host name, None for what is neither.

    An IPv4 address within IPv6 (`::ffff:192.0.2.1`) is that IPv4 address.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address.lower().rstrip(".") if _is_host_name(address) else None
    return str((found.version == 6 and found.ipv4_mapped) or found)


def _is_host_name(text: str) -> bool:
    all_numeric = all(part.isdigit() for part in text.rstrip(".").split("."))
    return len(text) <= 253 and not all_numeric and bool(HOST_NAME.fullmatch(text))
