"""The secrets file: user names and passwords, by host, by group, and for all.

defaults: {username: backup, password: ...}
groups:
  lab: {password: ...}
hosts:
  mm-hq-1: {username: admin, password: ...}
mail: {username: backup@example.org, password: ...}
scp: {password: ...}
readback: {password: ...}
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import Field, SecretStr, ValidationError

from settings.base import Strict
from settings.problems import ConfigurationError, Problem, closest
from settings.yaml_file import YamlFile, plain
from settings.yaml_reader import read_yaml

MASK: Final = "***"
LIKE_A_KNOWN_ONE: Final = 0.75
"""Likeness, up to 1, from which a key is taken for a misspelt one and said as it is written."""


class Credentials(Strict):
    """A user name, a password, or both."""

    username: str | None = None
    password: SecretStr | None = None


class ServerCredentials(Strict):
    """The password of an account that the settings name."""

    password: SecretStr | None = None


class SecretsFile(Strict):
    """The content of the secrets file."""

    defaults: Credentials = Field(default_factory=Credentials)
    groups: dict[str, Credentials] = Field(default_factory=dict)
    hosts: dict[str, Credentials] = Field(default_factory=dict)
    mail: Credentials = Field(default_factory=Credentials)
    scp: ServerCredentials = Field(default_factory=ServerCredentials)
    readback: ServerCredentials = Field(default_factory=ServerCredentials)


KEYS: Final = frozenset(SecretsFile.model_fields) | frozenset(Credentials.model_fields)


def check_secrets(
    path: Path, hosts: frozenset[str] | None = None, groups: frozenset[str] | None = None
) -> list[Problem]:
    """Return everything wrong with the secrets file; no value of it is ever quoted.

    `hosts` and `groups` are the names in the inventory, None where nobody knows them. A key that is
    not like a known one is not quoted either: it may be a password in the wrong place.
    """
    try:
        source = read_yaml(path)
    except ConfigurationError as err:
        return [_without_values(problem) for problem in err.problems]
    source = replace(source, said=_masking(KEYS | (hosts or set()) | (groups or set())))
    problems = [*_open_to_others(path), *source.repeated()]
    try:
        SecretsFile.model_validate(plain(source.content))
    except ValidationError as err:
        problems += source.problems_of(err, SecretsFile)
    for part, known in (("hosts", hosts), ("groups", groups)):
        if known is not None:
            problems += _unknown_names(source, part, known)
    return problems


def _masking(known: frozenset[str]) -> Callable[[str | int], str | int]:
    lowered = [name.lower() for name in known]

    def said(key: str | int) -> str | int:
        near = get_close_matches(str(key).lower(), lowered, n=1, cutoff=LIKE_A_KNOWN_ONE)
        return str(key) if near else MASK

    return said


def _unknown_names(source: YamlFile, part: str, known: frozenset[str]) -> Iterator[Problem]:
    named = source.content.get(part)
    for name in named if isinstance(named, Mapping) else ():
        if isinstance(name, str) and name not in known:
            text = f"the inventory has no {part.removesuffix('s')} of this name, so that its secret"
            hint = closest(name, known) or "; correct the name or remove it"
            yield source.problem([part, name], f"{text} is never used{hint}")


def _without_values(problem: Problem) -> Problem:
    """Keep what cannot hold a secret; the parser quotes what it stumbled over."""
    known = ("no such file", "cannot be read", "must be a mapping")
    if problem.text.startswith(known):
        return problem
    text = "not valid YAML; put a password with special characters into quotes"
    return replace(problem, text=text)


@lru_cache(maxsize=4)
def _read(path: Path, _changed_ns: int) -> SecretsFile:
    source = replace(read_yaml(path), said=_masking(KEYS))
    if source.repeats:
        raise ConfigurationError(list(source.repeated()))
    return SecretsFile.model_validate(plain(source.content))


def read_secrets(path: Path) -> SecretsFile:
    """Return the secrets of `path`, read again only when the file has changed.

    Raises `ConfigurationError`, `ValidationError` or `OSError`.
    """
    return _read(path, path.stat().st_mtime_ns)


def _open_to_others(path: Path) -> Iterator[Problem]:
    if os.name != "posix":
        return
    status = path.stat()
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        mode = stat.S_IMODE(status.st_mode)
        yield Problem(path, 0, "", f"mode is {mode:04o}, must be 0600: chmod 600 {path}")
    if status.st_uid not in (os.geteuid(), 0):
        yield Problem(path, 0, "", f"belongs to user id {status.st_uid}, not to who runs this")
