"""Transform function `load_secrets`: gives every host its user name and password.

Looked for in this order, user name and password each on its own:

1. environment, for the host: AOS8_USERNAME_MM_HQ_1, AOS8_PASSWORD_MM_HQ_1
2. secrets file, for the host
3. environment, for a group of the host, nearest first
4. secrets file, for a group
5. environment, for all: AOS8_USERNAME, AOS8_PASSWORD
6. secrets file, defaults
7. what the inventory says (user name only)
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from nornir.core.inventory import Host

from settings.secrets_file import Credentials, SecretsFile, ServerCredentials, read_secrets

logger = logging.getLogger(__name__)

Part = Literal["username", "password"]


def load_secrets(host: Host, **options: Any) -> None:
    """Set `host.username` and `host.password`; never raises.

    The one option is `file`, the secrets file. A host whose secret is found nowhere keeps none,
    and its connection says so when it is opened.
    """
    secrets = _secrets_or_none(str(options.get("file", "")))
    username = find(host, "username", secrets)
    password = find(host, "password", secrets)
    if username:
        host.username = username
    if password:
        host.password = password


def find(host: Host, part: Part, secrets: SecretsFile) -> str | None:
    """Return the first value of `part` in the documented order, or None."""
    return next((value for value in _candidates(host, part, secrets) if value), None)


def variable(part: Part, name: str = "") -> str:
    """Return the environment variable of `part` for a host or group, or for all without name."""
    suffix = "_" + re.sub(r"[^A-Z0-9]", "_", name.upper()) if name else ""
    return f"AOS8_{part.upper()}{suffix}"


def mail_credentials(file: Path | None) -> tuple[str, str]:
    """Return user name and password for the mail relay, each "" where it is set nowhere."""
    secrets = _secrets_or_none(str(file or ""))
    username = os.environ.get("AOS8_MAIL_USERNAME") or secrets.mail.username or ""
    return username, _password("AOS8_MAIL_PASSWORD", secrets.mail)


def scp_password(file: Path | None) -> str:
    """Return the password that conductors push with to a server, "" where it is set nowhere."""
    return _password("AOS8_SCP_PASSWORD", _secrets_or_none(str(file or "")).scp)


def readback_password(file: Path | None) -> str:
    """Return the password of the account that reads back, "" where it is set nowhere."""
    return _password("AOS8_READBACK_PASSWORD", _secrets_or_none(str(file or "")).readback)


def _password(name: str, stored: Credentials | ServerCredentials) -> str:
    secret = stored.password.get_secret_value() if stored.password else ""
    return os.environ.get(name) or secret


def _candidates(host: Host, part: Part, secrets: SecretsFile) -> Iterator[str | None]:
    yield os.environ.get(variable(part, host.name))
    yield _value(secrets.hosts.get(host.name), part)
    groups = [group.name for group in host.extended_groups()]
    for group in groups:
        yield os.environ.get(variable(part, group))
    for group in groups:
        yield _value(secrets.groups.get(group), part)
    yield os.environ.get(variable(part))
    yield _value(secrets.defaults, part)


def _value(credentials: Credentials | None, part: Part) -> str | None:
    if credentials is None:
        return None
    if part == "username":
        return credentials.username
    return credentials.password.get_secret_value() if credentials.password else None


def _secrets_or_none(file: str) -> SecretsFile:
    if not file:
        return SecretsFile()
    try:
        return read_secrets(Path(file))
    except Exception as err:  # noqa: BLE001 - one host's secret must not stop the whole inventory
        logger.error("secrets file %s cannot be used: %s", file, type(err).__name__)  # noqa: TRY400
        return SecretsFile()
