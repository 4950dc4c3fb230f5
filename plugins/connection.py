"""Connection plugin `aos8`: open is login, close is logout."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Host

from aos8 import Aos8Client, Timeouts, Tls
from plugins.login import Login
from plugins.secrets import Part, variable
from plugins.shared import Shared
from settings import HostPolicy

API_PORT = 4343
NAME = "aos8"


class SecretMissing(Exception):
    """No user name or no password was found for this conductor; nothing was contacted."""

    code = "secret-missing"


class Aos8Connection:
    """One session on one conductor, opened lazily by Nornir and closed on every path."""

    def __init__(self) -> None:
        self.connection: Aos8Client | None = None

    def open(
        self,
        hostname: str | None,
        username: str | None,
        password: str | None,
        port: int | None,
        platform: str | None,
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,
    ) -> None:
        """Log in, as `Login` does; one that fails leaves neither a session nor a socket behind.

        Raises `SecretMissing`, one of the errors of `plugins.accounts`, or one of `aos8`'s.
        """
        options = dict(extras or {})
        name, shared = str(options.get("name", hostname)), options["shared"]
        if not username or not password:
            raise SecretMissing(what_is_missing(username, password, name))
        client = Aos8Client(
            hostname or "",
            port or API_PORT,
            username=username,
            password=password,
            tls=options["tls"],
            timeouts=options["timeouts"],
            config_path=options["config_path"],
        )
        login = Login(
            client,
            shared,
            name=name,
            username=username,
            password=password,
            retry_seconds=options["retry_seconds"],
            timeouts=options["timeouts"],
        )
        try:
            login.perform()
        except BaseException:
            client.close()
            raise
        self.connection = client

    def close(self) -> None:
        """Log out, as well as the conductor lets us; never raises."""
        client, self.connection = self.connection, None
        if client is not None:
            client.close()


def timeouts_of(policy: HostPolicy) -> Timeouts:
    """Return the timeouts that apply to a conductor."""
    return Timeouts(
        connect=policy.connect_timeout,
        read=policy.read_timeout,
        backup=policy.backup_timeout,
        copy=policy.transfer_timeout,
    )


def connection_options(host: Host, policy: HostPolicy, shared: Shared) -> ConnectionOptions:
    """Return what the plugin needs to know of `host`; relative paths are already resolved."""
    extras: Mapping[str, Any] = {
        "name": host.name,
        "shared": shared,
        "retry_seconds": policy.retry_seconds,
        "tls": Tls(verify=policy.tls_verify, ca=policy.tls_ca, fingerprint=policy.tls_fingerprint),
        "timeouts": timeouts_of(policy),
        "config_path": policy.config_path,
    }
    return ConnectionOptions(extras=dict(extras))


def what_is_missing(username: str | None, password: str | None, name: str) -> str:
    """Say which parts of a conductor's account are set nowhere, and where to set them."""
    parts: list[Part] = []
    if not username:
        parts.append("username")
    if not password:
        parts.append("password")
    places = "; ".join(f"{variable(part, name)} or {variable(part)}" for part in parts)
    return f"no {' and no '.join(parts)} for {name}: set {places}, or an entry in the secrets file"
