"""Read nornir_config.yaml and the inventory it names; say everything that is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from settings.base import Strict
from settings.inventory import Inventory, check_inventory
from settings.model import SecretsSettings, Settings
from settings.nornir_file import (
    INVENTORY_FILES,
    InventorySection,
    NornirFile,
    inventory_paths,
)
from settings.problems import ConfigurationError, Problem
from settings.receiving import ServerSettings
from settings.secrets_file import check_secrets
from settings.wording import kind_of
from settings.yaml_file import YamlFile, plain
from settings.yaml_reader import read_yaml

Part = TypeVar("Part", bound=Strict)

SIMPLE: Final = "SimpleInventory"
NAMES_INVENTORY: Final = re.compile(rb"^inventory\s*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Configuration:
    """Checked settings; every path in them is absolute. `nornir` is what `InitNornir` takes."""

    file: Path
    settings: Settings
    nornir: dict[str, Any]


def load_configuration(file: Path, *, with_secrets: bool = True) -> Configuration:
    """Read and check `file`, the inventory and the secrets file; contact nobody.

    `with_secrets=False` leaves the secrets file alone: who only looks into the vault needs none.
    Raises `ConfigurationError` with all problems at once, each with file, line and key.
    """
    file = file.expanduser().absolute()
    try:
        source = read_yaml(file)
    except ConfigurationError as err:
        raise ConfigurationError([*err.problems, *_usual_inventory_problems(file)]) from None
    problems = list(source.repeated())
    try:
        parsed = NornirFile.model_validate(plain(source.content))
    except ValidationError as err:
        problems += source.problems_of(err, NornirFile)
        problems += _problems_beside(source, file.parent, with_secrets=with_secrets)
        raise ConfigurationError(problems) from None
    settings = _with_absolute_paths(parsed.user_defined, file.parent)
    if not with_secrets:
        settings = settings.model_copy(update={"secrets": SecretsSettings()})
    problems += _file_problems(source, settings)
    problems += _named_file_problems(source, parsed.inventory, settings.secrets.file, file.parent)
    if problems:
        raise ConfigurationError(problems)
    options: dict[str, Any] = dict(parsed.inventory.options)
    if parsed.inventory.plugin == SIMPLE:
        paths = inventory_paths(parsed.inventory, file.parent)
        options = {name: str(path) for name, path in paths.items()}
    return Configuration(file, settings, _nornir_arguments(parsed, settings, options))


def _named_file_problems(
    source: YamlFile, section: InventorySection, secrets: Path | None, folder: Path
) -> Iterator[Problem]:
    """Check the inventory and the secrets file that the settings name."""
    inventory = Inventory()
    if section.plugin == SIMPLE:
        yield from _option_problems(source, section.options)
        inventory = check_inventory(**inventory_paths(section, folder), folder=folder)
        yield from inventory.problems
    if secrets:
        yield from check_secrets(secrets, inventory.hosts, inventory.groups)


def _problems_beside(source: YamlFile, folder: Path, *, with_secrets: bool) -> Iterator[Problem]:
    """Check the other files beside settings that are wrong, as far as these name them."""
    content = plain(source.content)
    user_defined = content.get("user_defined")
    secrets = _valid(SecretsSettings, user_defined, "secrets") if with_secrets else None
    section = _valid(InventorySection, content, "inventory")
    path = folder / secrets.file.expanduser() if secrets and secrets.file else None
    if section:
        yield from _named_file_problems(source, section, path, folder)
    elif path:
        yield from check_secrets(path)


def _valid(model: type[Part], content: Any, key: str) -> Part | None:
    """Return the part of `content` at `key`, or None when something is wrong with it."""
    try:
        return model.model_validate((content.get(key) if isinstance(content, dict) else None) or {})
    except ValidationError:
        return None


def _usual_inventory_problems(file: Path) -> Iterator[Problem]:
    """Check the inventory beside settings that are no YAML, unless they name another one."""
    paths = inventory_paths(InventorySection(), file.parent)
    if not paths["host_file"].is_file():
        return
    try:
        settings = file.read_bytes()
    except OSError:
        return
    if not NAMES_INVENTORY.search(settings):
        yield from check_inventory(**paths, folder=file.parent).problems


def _nornir_arguments(
    parsed: NornirFile, settings: Settings, options: dict[str, Any]
) -> dict[str, Any]:
    secrets = {"file": str(settings.secrets.file)} if settings.secrets.file else {}
    return {
        "inventory": {
            "plugin": parsed.inventory.plugin,
            "options": options,
            "transform_function": parsed.inventory.transform_function,
            "transform_function_options": parsed.inventory.transform_function_options | secrets,
        },
        "runner": parsed.runner.model_dump(),
        "logging": parsed.logging.model_dump(),
        "user_defined": {"settings": settings},
    }


def _option_problems(source: YamlFile, options: Mapping[str, Any]) -> Iterator[Problem]:
    for option, value in options.items():
        if option not in INVENTORY_FILES:
            text = f"unknown key; known: {', '.join(sorted(INVENTORY_FILES))}"
            yield source.problem(["inventory", "options", option], text)
        elif not isinstance(value, str) or not value.strip():
            text = f"must be a path; found {kind_of(value)}"
            yield source.problem(["inventory", "options", option], text)


def _with_absolute_paths(settings: Settings, folder: Path) -> Settings:
    def absolute(path: Path | None) -> Path | None:
        return None if path is None else folder / path.expanduser()

    vault_path = folder / settings.vault.path.expanduser()
    if ".." in vault_path.parts:
        vault_path = vault_path.resolve()
    receiver, mail, secrets, log = (
        settings.receiver,
        settings.mail,
        settings.secrets,
        settings.log,
    )
    host_key = absolute(receiver.host_key) or vault_path / "receiver" / "ssh_host_rsa_key"
    return settings.model_copy(
        update={
            "vault": settings.vault.model_copy(update={"path": vault_path}),
            "receiver": receiver.model_copy(update={"host_key": host_key}),
            "server": _server_with_absolute_paths(settings.server, absolute),
            "mail": mail and mail.model_copy(update={"ca_file": absolute(mail.ca_file)}),
            "secrets": secrets.model_copy(update={"file": absolute(secrets.file)}),
            "log": log.model_copy(update={"file": absolute(log.file)}),
        }
    )


def _server_with_absolute_paths(
    server: ServerSettings | None, absolute: Callable[[Path | None], Path | None]
) -> ServerSettings | None:
    if server is None:
        return None
    account = server.read_back
    keys = {"known_hosts", "private_key"}
    read_back = account and account.model_copy(
        update={key: absolute(getattr(account, key)) for key in keys}
    )
    landing_folder = absolute(server.landing_folder)
    return server.model_copy(update={"landing_folder": landing_folder, "read_back": read_back})


def _file_problems(source: YamlFile, settings: Settings) -> Iterator[Problem]:
    if settings.mail and settings.mail.ca_file and not settings.mail.ca_file.is_file():
        keys = ["user_defined", "mail", "ca_file"]
        yield source.problem(keys, f"no such file: {settings.mail.ca_file}")
    account = settings.server and settings.server.read_back
    for key in ("known_hosts", "private_key") if account else ():
        path: Path | None = getattr(account, key)
        if path is not None and not path.is_file():
            yield source.problem(
                ["user_defined", "server", "read_back", key], f"no such file: {path}"
            )
