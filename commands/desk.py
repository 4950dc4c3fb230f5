"""What the verbs work on: settings, conductors and vault, each read when first asked for."""

from __future__ import annotations

import argparse
import getpass
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from nornir.core import Nornir
from rich.console import Console

from commands.logs import configure_logging
from commands.options import filters_of
from commands.run_ids import LATEST, run_meant
from fleet import SelectionError, nobody, nornir_of, select_by, unknown
from scope import Filters
from settings import Configuration, ConfigurationError, Settings, load_configuration
from settings.model import LogSettings
from vault.lock import VaultLock
from vault.on_demand import OnDemand
from vault.place import Place
from vault.store import Generation, UnsafeName, Vault, VaultReader, VaultUnwritable
from vault.store.errors import from_os_error
from vault.store.names import Layout
from vault.store.presence import check_foreign
from version import VERSION


def open_fleet(
    options: argparse.Namespace,
    errors: Console,
    *,
    workers: int | None = None,
    log_file: bool = True,
) -> Nornir:
    """Return the inventory with its secrets, for what contacts conductors, and begin the log.

    Without `log_file` the log goes to stderr alone, whatever file the settings name.
    Raises `ConfigurationError`, and `OSError` when the log file cannot be opened.
    """
    configuration = load_configuration(options.config)
    nr = nornir_of(configuration, workers=workers)
    passwords = [host.password for host in nr.inventory.hosts.values() if host.password]
    log = configuration.settings.log if log_file else LogSettings()
    configure_logging(options.verbose, log, errors, passwords)
    return nr


def open_reader(settings: Settings) -> VaultReader:
    """Return the vault, to look into; raise `SelectionError` when there is none."""
    reader = VaultReader(settings.vault.path)
    try:
        reader.layout.marker.lstat()
    except (FileNotFoundError, NotADirectoryError):
        raise SelectionError(_no_vault(reader.layout)) from None
    except OSError as error:
        raise from_os_error(error, f"look into the vault {reader.root}") from None
    return reader


class Desk:
    """Gives a verb what it needs; no device secret is read, nobody is contacted.

    Its errors are `ConfigurationError` for settings and inventory, `SelectionError` for a
    conductor, a generation or a vault that is not there, and `VaultUnwritable` for a vault that
    this account may not look into.
    """

    def __init__(self, options: argparse.Namespace, errors: Console) -> None:
        self._options = options
        self.errors = errors

    @cached_property
    def configuration(self) -> Configuration:
        """The settings, without the secrets file."""
        return load_configuration(self._options.config, with_secrets=False)

    @cached_property
    def nr(self) -> Nornir:
        """The inventory."""
        return nornir_of(self.configuration)

    @cached_property
    def fleet(self) -> Nornir:
        """The inventory with its secrets: only the one verb that contacts conductors asks."""
        return open_fleet(self._options, self.errors, workers=self._options.workers)

    @cached_property
    def reader(self) -> VaultReader:
        """The vault, to look into; raises `SelectionError` when there is none."""
        return open_reader(self.configuration.settings)

    @cached_property
    def vault(self) -> Vault:
        """The vault, to change; what is done to it goes into the log file of the settings."""
        root = self.reader.root
        configure_logging(self._options.verbose, self.configuration.settings.log, self.errors)
        return Vault(root, program=f"conductor-backup {VERSION}")

    def place(self) -> OnDemand:
        """Return where archives lie that stayed on the server; contacted when one is asked for."""
        return OnDemand(self._place)

    def lock(self) -> VaultLock:
        """Return the lock that whoever changes the vault has to hold."""
        return VaultLock(self.vault.root, command=f"runbook.py {self._options.verb}")

    @contextmanager
    def changing(self, undone: str) -> Iterator[None]:
        """Hold the lock for the block; a vault that cannot be written is an error with `undone`."""
        try:
            with self.lock():
                yield
        except VaultUnwritable as error:
            raise VaultUnwritable(f"{undone}: {error}") from None

    def hosts(self) -> list[str]:
        """Return the conductors that the filters mean: inventory order, then those of the vault.

        One that is only in the vault has no site and no group.
        """
        filters = filters_of(self._options)
        for name in filters.hosts:
            self.host(name)
        inventory = self.nr.inventory.hosts
        retired = [name for name in self.reader.hosts() if name not in inventory]
        named = tuple(name for name in filters.hosts if name in inventory)
        chosen: list[str] = []
        if named or not filters.hosts:
            within = Filters(filters.sites, filters.groups, named)
            chosen += select_by(self.nr, within).inventory.hosts
        if not (filters.sites or filters.groups):
            chosen += [name for name in retired if not filters.hosts or name in filters.hosts]
        if not chosen:
            raise SelectionError(nobody(filters))
        return chosen

    def host(self, name: str) -> str:
        """Return `name` when inventory or vault know it."""
        known = {*self.nr.inventory.hosts, *self.reader.hosts()}
        if name in known:
            return name
        raise SelectionError(unknown("conductor", name, sorted(known)))

    def generation(self, host: str, text: str) -> Generation:
        """Return the generation that `text` means: a run id, its unique beginning, or `latest`."""
        self.host(host)
        if text == LATEST:
            latest = self.reader.latest(host)
            if latest is None:
                raise SelectionError(f"{host} has no proven generation; try runbook.py list")
            return latest
        found = {generation.run_id: generation for generation in self._generations(host)}
        return found[run_meant(text, [*found], "generation", "generations", host)]

    def _place(self) -> Place:
        from tasks.server import place_of
        from vault.server import PasswordMissing

        settings = self.configuration.settings
        account = settings.server and settings.server.read_back
        if account and not account.private_key:
            try:
                settings = load_configuration(self._options.config).settings
            except ConfigurationError as error:
                raise PasswordMissing(str(error)) from None
        return place_of(settings)

    def _generations(self, host: str) -> tuple[Generation, ...]:
        try:
            return self.reader.generations(host)
        except UnsafeName as error:
            raise SelectionError(str(error)) from None


def _no_vault(layout: Layout) -> str:
    """Say what is where a vault should be, as a run says it."""
    try:
        check_foreign(layout)
    except VaultUnwritable as error:
        return f"no vault at {error}"
    except NotADirectoryError:
        return f"no vault at {layout.root}: it is no folder"
    except OSError:
        pass
    return f"no vault at {layout.root}: nothing was backed up yet, or it is not mounted"


def whoami() -> str:
    """Return who types this, as `user@host`."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return f"{user}@{socket.gethostname()}"
