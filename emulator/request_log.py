"""The request log: one JSON line for each request, with every known secret masked.

Queries and bodies are logged as they came, so that a test sees where a client puts a token; only
the secret values are replaced, by `<token>` and `<password>`.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final
from urllib.parse import quote, quote_plus

from emulator.conductor import Conductor
from emulator.messages import Request

IN_FORM: Final = re.compile(r"(^|&)(password|passwd)=[^&]*")
APPEND: Final = os.O_WRONLY | os.O_CREAT | os.O_APPEND
PASSWORD_KEYS: Final = frozenset({"password", "passwd"})


class RequestLog:
    """Appends to one file from many threads; without a path it does nothing."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._file: IO[str] | None = None
        if path is not None:
            self._file = os.fdopen(os.open(path, APPEND, 0o600), "a", encoding="utf-8")

    def write(self, conductor: Conductor, request: Request, status: int) -> None:
        """Log one request with the status that it got (0: the connection was reset)."""
        if self._file is None:
            return
        line = json.dumps(entry(conductor, request, status))
        with self._lock:
            if not self._file.closed:
                self._file.write(line + "\n")
                self._file.flush()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()


def entry(conductor: Conductor, request: Request, status: int) -> dict[str, Any]:
    """Return what is logged of a request; `time` is UTC in ISO 8601."""
    body = _mask_json(request.body.decode(errors="replace"))
    account = conductor.spec.credentials
    secrets = [(account.password, "<password>")]
    secrets += [(token, "<token>") for token in conductor.sessions.tokens]
    return {
        "conductor": conductor.spec.name,
        "time": datetime.now(UTC).isoformat(),
        "method": request.method,
        "path": mask(request.path, secrets),
        "query": mask(IN_FORM.sub(r"\1\2=<password>", request.query_text), secrets),
        "headers": sorted(request.headers),
        "body": mask(IN_FORM.sub(r"\1\2=<password>", body), secrets),
        "status": status,
    }


def mask(text: str, secrets: Iterable[tuple[str, str]]) -> str:
    """Replace each secret, written plainly, percent-encoded or in JSON, by its placeholder."""
    for secret, placeholder in secrets:
        for written in _ways_to_write(secret) - {""}:
            text = text.replace(written, placeholder)
    return text


def _ways_to_write(secret: str) -> set[str]:
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, quote(secret, safe=""), quote(secret), quote_plus(secret), *in_json}


def _mask_json(text: str) -> str:
    try:
        content = json.loads(text)
    except ValueError:
        return text
    return json.dumps(_masked(content))


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "<password>" if key in PASSWORD_KEYS else _masked(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_masked(item) for item in value]
    return value
