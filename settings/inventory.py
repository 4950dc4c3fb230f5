"""Check the inventory files: names, addresses, groups, and every key of every entry."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from settings.addresses import address_problems
from settings.base import Port
from settings.policy import HostPolicy
from settings.problems import ConfigurationError, Problem, closest
from settings.yaml_file import YamlFile, plain
from settings.yaml_reader import read_yaml
from vault.store import UnsafeName, check_host


class Element(BaseModel):
    """What Nornir's SimpleInventory knows of the defaults."""

    model_config = ConfigDict(extra="forbid")

    hostname: str | None = None
    port: Port | None = None
    username: str | None = None
    password: None = None
    platform: str | None = None
    data: HostPolicy | None = None
    connection_options: None = None


class Entry(Element):
    """What Nornir's SimpleInventory knows of a host or a group."""

    groups: list[str] = Field(default_factory=list)


class HostEntry(Entry):
    """A host, which needs an address."""

    hostname: str


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is wrong with the inventory, and the names in it; None where a file cannot be read."""

    problems: tuple[Problem, ...] = ()
    hosts: frozenset[str] | None = None
    groups: frozenset[str] | None = None


def check_inventory(
    host_file: Path, group_file: Path, defaults_file: Path, *, folder: Path
) -> Inventory:
    """Return everything wrong with the three files; group and defaults file may be absent.

    Relative paths inside the files count from `folder`.
    """
    problems: list[Problem] = []
    hosts = _read(host_file, problems)
    groups = _read(group_file, problems) if group_file.exists() else None
    defaults = _read(defaults_file, problems) if defaults_file.exists() else None
    if defaults:
        problems += _entry_problems(defaults, (), defaults.content, Element, folder)
    for file, model in ((groups, Entry), (hosts, HostEntry)):
        if file:
            problems += _named_problems(file, model, folder)
    known_groups = None if group_file.exists() and not groups else _names_in(groups)
    for file in (groups, hosts):
        if file and known_groups is not None:
            problems += _group_problems(file, known_groups)
    if groups:
        problems += _cycles(groups)
    if hosts:
        problems += _names(hosts)
        problems += address_problems(hosts, groups, defaults)
    return Inventory(tuple(problems), _names_in(hosts) if hosts else None, known_groups)


def _names_in(file: YamlFile | None) -> frozenset[str]:
    return frozenset(str(name) for name in file.content) if file else frozenset()


def _read(path: Path, problems: list[Problem]) -> YamlFile | None:
    try:
        file = read_yaml(path)
    except ConfigurationError as err:
        problems.extend(err.problems)
        return None
    problems.extend(file.repeated())
    return file


def _named_problems(file: YamlFile, model: type[Element], folder: Path) -> Iterator[Problem]:
    for name, entry in file.content.items():
        if not isinstance(name, str):
            yield file.problem([name], "a name must be text: put it into quotes")
        yield from _entry_problems(file, (name,), entry, model, folder)


def _entry_problems(
    file: YamlFile, keys: tuple[str, ...], entry: Any, model: type[Element], folder: Path
) -> Iterator[Problem]:
    if entry is not None and not isinstance(entry, Mapping):
        yield file.problem(keys, "must be a mapping of keys to values")
        return
    values = plain(entry or {})
    yield from _kept_out(file, keys, values)
    try:
        model.model_validate(values)
    except ValidationError as err:
        yield from file.problems_of(err, model, keys)
    yield from _missing_files(file, keys, values, folder)


def _kept_out(file: YamlFile, keys: tuple[str, ...], values: dict[str, Any]) -> Iterator[Problem]:
    if values.pop("password", None) is not None:
        text = "passwords do not belong into the inventory; use an environment variable or the"
        yield file.problem([*keys, "password"], f"{text} secrets file (docs/operating.md, Secrets)")
    options = values.pop("connection_options", None)
    if options:
        text = "not used: TLS and timeouts are keys of data (tls_ca, connect_timeout, ...)"
        yield file.problem([*keys, "connection_options"], text)


def _missing_files(
    file: YamlFile, keys: tuple[str, ...], values: dict[str, Any], folder: Path
) -> Iterator[Problem]:
    data = values.get("data")
    path = data.get("tls_ca") if isinstance(data, dict) else None
    if not isinstance(path, str):
        return
    where = folder / Path(path).expanduser()
    if not where.is_file():
        yield file.problem([*keys, "data", "tls_ca"], f"no such file: {path}")
    elif trouble := _no_certificates(where):
        yield file.problem([*keys, "data", "tls_ca"], f"{path}: {trouble}")


def _no_certificates(path: Path) -> str:
    """Say why no certificate can be had from `path`, "" when one can."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        return "holds no certificate; a PEM file of the authority is needed"
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _group_problems(file: YamlFile, known: frozenset[str]) -> Iterator[Problem]:
    for name, entry in file.content.items():
        groups = entry.get("groups") if isinstance(entry, Mapping) else None
        for index, group in enumerate(groups if isinstance(groups, list) else []):
            if isinstance(group, str) and group not in known:
                hint = closest(group, known)
                yield file.problem([name, "groups", index], f'no group "{group}"{hint}')


def _cycles(groups: YamlFile) -> Iterator[Problem]:
    def parents(name: str) -> list[str]:
        entry = groups.content.get(name)
        above = entry.get("groups") if isinstance(entry, Mapping) else None
        return [each for each in above if isinstance(each, str)] if isinstance(above, list) else []

    for name in groups.content:
        if _reaches(name, name, parents):
            yield groups.problem([name, "groups"], "the group is its own parent")


def _reaches(start: str, goal: str, parents: Callable[[str], list[str]]) -> bool:
    seen: set[str] = set()
    todo = parents(start)
    while todo:
        name = todo.pop()
        if name == goal:
            return True
        if name not in seen:
            seen.add(name)
            todo += parents(name)
    return False


def _names(hosts: YamlFile) -> Iterator[Problem]:
    if not hosts.content:
        yield Problem(hosts.path, 0, "", "holds no conductor")
    seen: dict[str, str] = {}
    for name in hosts.content:
        try:
            check_host(str(name))
        except UnsafeName as err:
            yield hosts.problem([name], str(err))
            continue
        if str(name).lower() in seen:
            text = (
                f'differs from "{seen[str(name).lower()]}" only in case; they would share a folder'
            )
            yield hosts.problem([name], text)
        seen.setdefault(str(name).lower(), str(name))
