"""The conductors: load them from the inventory, and select some of them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

from nornir import InitNornir
from nornir.core import Nornir
from nornir.core.inventory import Host
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.plugins.inventory import TransformFunctionRegister
from pydantic import ValidationError

from plugins.connection import NAME, Aos8Connection, connection_options
from plugins.secrets import load_secrets
from plugins.sessions import CloseSessions
from plugins.shared import Shared
from reporting.words import listed
from scope import DEFAULT_CONFIG, Filters
from settings import (
    Configuration,
    ConfigurationError,
    HostPolicy,
    Problem,
    Settings,
    load_configuration,
    policy_of,
)
from settings.problems import closest

MOST_NEAR: Final = 3
MOST_KNOWN: Final = 20


class SelectionError(Exception):
    """The filters name something that does not exist, or select nothing."""


def build_nornir(config: Path | str = DEFAULT_CONFIG, *, workers: int | None = None) -> Nornir:
    """Return Nornir with our plugins, the checked settings and the whole inventory.

    Contacts nobody. Raises `ConfigurationError` with every problem of settings and inventory.
    """
    return nornir_of(load_configuration(Path(config)), workers=workers)


def nornir_of(configuration: Configuration, *, workers: int | None = None) -> Nornir:
    """Return Nornir for settings that are already loaded; `workers` overrides the runner's."""
    _quieten_nornir()
    ConnectionPluginRegister.register(NAME, Aos8Connection)
    TransformFunctionRegister.register("load_secrets", load_secrets)
    arguments = dict(configuration.nornir)
    if workers:
        arguments["runner"] = {"plugin": "threaded", "options": {"num_workers": workers}}
    nr = InitNornir(**arguments)
    shared = Shared(tuple(nr.inventory.hosts))
    nr.config.user_defined["shared"] = shared
    _bind_policies(nr, configuration, shared)
    return nr.with_processors([CloseSessions()])


def settings_of(nr: Nornir) -> Settings:
    """Return the settings that `build_nornir` put into Nornir."""
    settings: Settings = nr.config.user_defined["settings"]
    return settings


def shared_of(nr: Nornir) -> Shared:
    """Return what all conductors of `nr` share, whatever part of it is selected."""
    shared: Shared = nr.config.user_defined["shared"]
    return shared


def select(
    nr: Nornir,
    *,
    site: str | Iterable[str] = (),
    group: str | Iterable[str] = (),
    host: str | Iterable[str] = (),
) -> Nornir:
    """Return `nr` reduced to the conductors that match; each filter takes one name or several.

    Raises `SelectionError` for an unknown name, with the known ones, and for an empty selection.
    """
    return select_by(nr, Filters(_names(site), _names(group), _names(host)))


def select_by(nr: Nornir, filters: Filters) -> Nornir:
    """Return `nr` reduced to what `filters` mean; see `select`."""
    hosts = nr.inventory.hosts
    _check("site", filters.sites, {str(host.get("site", "")) for host in hosts.values()} - {""})
    _check("group", filters.groups, nr.inventory.groups)
    _check("host", filters.hosts, hosts)
    matches: Sequence[Callable[[Host], bool]] = (
        lambda host: not filters.sites or host.get("site", "") in filters.sites,
        lambda host: not filters.groups or any(map(host.has_parent_group, filters.groups)),
        lambda host: not filters.hosts or host.name in filters.hosts,
    )
    selected = nr.filter(filter_func=lambda host: all(match(host) for match in matches))
    if not selected.inventory.hosts:
        raise SelectionError(nobody(filters) if str(filters) else "no conductors")
    return selected


def nobody(filters: Filters) -> str:
    """Say that nobody matches, and that several kinds of filters must all match."""
    kinds = sum(map(bool, (filters.sites, filters.groups, filters.hosts)))
    rule = {2: ": both must match", 3: ": all three must match"}.get(kinds, "")
    return f"no conductor matches {filters}{rule}"


def unknown(what: str, name: str, known: Sequence[str], *, plural: str = "") -> str:
    """Say that `name` is no `what`, which ones it may have been, and which there are."""
    nearest = closest(name, known, most=MOST_NEAR)
    which = f"known {plural or what + 's'}: {listed(known, MOST_KNOWN)}"
    return f'no {what} "{name}"{nearest}\n  {which}'


def _check(kind: str, wanted: Sequence[str], known: Iterable[str]) -> None:
    names = sorted(known)
    for name in wanted:
        if name not in names:
            raise SelectionError(unknown(kind, name, names))


def _names(value: str | Iterable[str]) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else list(value)
    return tuple(name.strip() for item in values for name in item.split(",") if name.strip())


def _bind_policies(nr: Nornir, configuration: Configuration, shared: Shared) -> None:
    problems: list[Problem] = []
    for host in nr.inventory.hosts.values():
        try:
            policy = policy_of(host)
        except ValidationError as err:
            for finding in err.errors(include_url=False, include_input=False):
                key = ".".join([host.name, "data", *map(str, finding["loc"])])
                problems.append(Problem(configuration.file, 0, key, finding["msg"]))
            continue
        policy = _with_absolute_ca(policy, configuration.file.parent)
        host.connection_options[NAME] = connection_options(host, policy, shared)
    if problems:
        raise ConfigurationError(problems)


def _with_absolute_ca(policy: HostPolicy, folder: Path) -> HostPolicy:
    if policy.tls_ca is None:
        return policy
    return policy.model_copy(update={"tls_ca": folder / policy.tls_ca.expanduser()})


def _quieten_nornir() -> None:
    """Keep Nornir's records, which carry task arguments and tracebacks, from every handler."""
    logger = logging.getLogger("nornir")
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
