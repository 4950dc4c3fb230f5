"""How the receiver listens and what it allows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ReceiverOptions:
    """Settings of one receiver.

    `address` is the literal IP that conductors are told; `listen` the addresses that are bound, and
    port 0 lets the system choose one. `host_key` is the RSA key's file, made when it is missing; an
    Ed25519 key lies beside it with `.ed25519` appended. Sizes are bytes, times seconds.
    `min_free_bytes` is what must stay free on the file system after an upload.
    `connections_per_peer` counts an address: raise it when conductors share one through NAT.
    """

    address: str
    listen: tuple[str, ...] | str
    host_key: Path
    max_file_bytes: int
    min_free_bytes: int
    port: int = 22
    legacy_algorithms: bool = False
    idle_seconds: float = 60.0
    connections_per_peer: int = 4
    login_tries: int = 3

    @property
    def listen_addresses(self) -> tuple[str, ...]:
        """The addresses to bind, always as a tuple."""
        return (self.listen,) if isinstance(self.listen, str) else self.listen
