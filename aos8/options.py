"""How a conductor is trusted and how long it may take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tls:
    """Say whose certificate is accepted.

    By default a chain to the system's or certifi's roots and the right host name. `ca` is a PEM
    bundle that replaces certifi's roots. `fingerprint` is the SHA-256 of the certificate in hex,
    with or without colons; alone it replaces chain and name, together with `ca` both must hold.
    `verify=False` accepts anybody unless there is a fingerprint.
    """

    verify: bool = True
    ca: Path | None = None
    fingerprint: str | None = None

    def __post_init__(self) -> None:
        if self.fingerprint is None:
            return
        digits = self.fingerprint.replace(":", "").strip().lower()
        if not re.fullmatch(r"[0-9a-f]{64}", digits):
            raise ValueError("fingerprint must be a SHA-256 of 64 hex digits, colons allowed")
        object.__setattr__(self, "fingerprint", digits)

    @property
    def verify_chain(self) -> bool:
        """Whether chain and host name are checked (a lone pin takes their place)."""
        return self.verify and (self.ca is not None or self.fingerprint is None)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Bound what may take time, in seconds.

    `connect` bounds connection and handshake; each of the others bounds one whole call of its
    kind, from the request to the last byte of the answer.
    """

    connect: float = 10.0
    read: float = 60.0
    backup: float = 600.0
    copy: float = 600.0
    logout: float = 15.0
