"""Connection plugin `aos8`: open is login, close is logout."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nornir.core.configuration import Config
from nornir.core.inventory import ConnectionOptions, Host
from tenacity import (
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    stop_after_delay,
    stop_when_event_set,
    wait_exponential_jitter,
)

from aos8 import (
    Aos8Client,
    DeviceBusy,
    LoginRefused,
    NameUnresolved,
    SessionLimit,
    Timeouts,
    Tls,
    Unreachable,
)
from plugins.deadline import Deadline
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
        """Log in; a login that fails leaves neither a session nor a socket behind.

        Reaching the conductor is tried again for as long as `retry_seconds` says, also one that
        says it is busy, and one without a free session once more; a refused login never.
        Raises `SecretMissing`, `AccountSuspended` or one of `aos8`'s errors.
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
            timeouts=capped(options["timeouts"], shared.deadline(name)),
            config_path=options["config_path"],
        )
        try:
            with shared.accounts.attempt(username, password, name) as note:
                retry_seconds = shared.deadline(name).cap(options["retry_seconds"])
                _log_in(client, note, retry_seconds, shared)
        except BaseException:
            client.close()
            raise
        self.connection = client

    def close(self) -> None:
        """Log out, as well as the conductor lets us; never raises."""
        client, self.connection = self.connection, None
        if client is not None:
            client.close()


def _log_in(
    client: Aos8Client, note: Callable[[bool], None], retry_seconds: float, shared: Shared
) -> None:
    """Log in once it can be reached; only what judged no password is sent again."""
    attempts = Retrying(
        retry=retry_if_exception_type((Unreachable, NameUnresolved, DeviceBusy)),
        stop=stop_after_delay(retry_seconds) | stop_when_event_set(shared.stop),
        wait=wait_exponential_jitter(multiplier=1, max=15),
        sleep=sleep_using_event(shared.stop),
        reraise=True,
    )
    try:
        try:
            attempts(client.login)
        except SessionLimit:
            if shared.stop.wait(retry_seconds / 3):
                raise
            attempts(client.login)
    except LoginRefused:
        note(False)
        raise
    note(True)


def capped(timeouts: Timeouts, deadline: Deadline) -> Timeouts:
    """Return `timeouts` with none of them longer than what is left."""
    return Timeouts(
        connect=deadline.cap(timeouts.connect),
        read=deadline.cap(timeouts.read),
        backup=deadline.cap(timeouts.backup),
        copy=deadline.cap(timeouts.copy),
        logout=timeouts.logout,
    )


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
