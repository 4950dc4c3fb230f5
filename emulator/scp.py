"""The device's SCP client: pushes a file to a server, or pulls one, over real SSH.

SCP1 is spoken by hand on an SSH session, so that a push can be cut at any byte. One event loop in
one thread serves the whole fleet.
"""

from __future__ import annotations

import asyncio
import ipaddress
import shlex
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import CancelledError
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import asyncssh

from emulator.errors import ScpError
from emulator.knobs import ScpAlgorithms
from emulator.scp_wire import Sending, Wire, pull_file, push_file
from emulator.ssh import Login, connect

STDERR_SECONDS: Final = 0.5
GOING_DOWN: Final = "Error: the system is going down"
ALGORITHMS: Final[dict[ScpAlgorithms, dict[str, Any]]] = {
    "modern": {
        "kex_algs": [
            "curve25519-sha256",
            "curve25519-sha256@libssh.org",
            "ecdh-sha2-nistp256",
            "ecdh-sha2-nistp384",
            "ecdh-sha2-nistp521",
        ],
        "encryption_algs": [
            "chacha20-poly1305@openssh.com",
            "aes128-gcm@openssh.com",
            "aes256-gcm@openssh.com",
            "aes128-ctr",
            "aes192-ctr",
            "aes256-ctr",
        ],
        "mac_algs": [
            "hmac-sha2-256-etm@openssh.com",
            "hmac-sha2-512-etm@openssh.com",
            "hmac-sha1-etm@openssh.com",
            "hmac-sha2-256",
            "hmac-sha2-512",
            "hmac-sha1",
        ],
        "server_host_key_algs": [
            "ssh-ed25519",
            "ecdsa-sha2-nistp256",
            "ecdsa-sha2-nistp384",
            "ecdsa-sha2-nistp521",
            "rsa-sha2-512",
            "rsa-sha2-256",
        ],
    },
    "old": {
        "kex_algs": ["ecdh-sha2-nistp256", "diffie-hellman-group14-sha1"],
        "encryption_algs": ["aes128-ctr", "aes256-ctr"],
        "mac_algs": ["hmac-sha1", "hmac-sha2-256"],
        "server_host_key_algs": ["rsa-sha2-256", "ssh-rsa"],
    },
    "fips": {
        "kex_algs": ["diffie-hellman-group14-sha1"],
        "encryption_algs": ["aes128-cbc", "aes256-cbc"],
        "mac_algs": ["hmac-sha1", "hmac-sha1-96"],
        "server_host_key_algs": ["ssh-rsa"],
    },
    "ancient": {
        "kex_algs": ["diffie-hellman-group1-sha1"],
        "encryption_algs": ["3des-cbc"],
        "mac_algs": ["hmac-sha1-96"],
        "server_host_key_algs": ["ssh-rsa"],
    },
}


@dataclass(slots=True)
class KnownHosts:
    """Host keys that one device remembers, as fingerprints by address: trust on first use."""

    fingerprints: dict[str, str] = field(default_factory=dict)

    def accepts(self, address: str, fingerprint: str) -> bool:
        """Remember the first key of an address; refuse another one later."""
        return self.fingerprints.setdefault(address, fingerprint) == fingerprint

    def forget(self, address: str | None = None) -> None:
        """Forget one address, or all of them."""
        if address is None:
            self.fingerprints.clear()
        else:
            self.fingerprints.pop(address, None)


@dataclass(frozen=True, slots=True)
class Peer:
    """An SCP server with the account to use, and how this device connects to it."""

    host: str
    username: str
    password: str = field(repr=False)
    port: int = 22
    source: str = ""
    known_hosts: KnownHosts | None = None
    algorithms: ScpAlgorithms = "modern"
    connect_seconds: float = 10.0
    bytes_per_second: int = 0


class ScpClient:
    """Runs transfers for many devices; methods block the calling thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()
        self._open = True
        self._thread = threading.Thread(target=self._run, name="emulator-scp", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Break off every transfer and end the thread."""
        with self._lock:
            self._open = False
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(_cancel_others(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()

    def push(self, peer: Peer, sending: Sending, target: str) -> None:
        """Send a file; ScpError unless the server acknowledged it."""
        self._wait(_with_session(peer, f"scp -t {shlex.quote(target)}", push_file(sending)))

    def pull(self, peer: Peer, source: str, limit: int) -> bytes:
        """Fetch a file of at most `limit` bytes; ScpError when that does not work."""
        return self._wait(_with_session(peer, f"scp -f {shlex.quote(source)}", pull_file(limit)))

    def _wait(self, work: Coroutine[Any, Any, bytes]) -> bytes:
        with self._lock:
            if not self._open:
                work.close()
                raise ScpError(GOING_DOWN)
            future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except CancelledError:
            raise ScpError(GOING_DOWN) from None

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


async def _cancel_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


async def _with_session(
    peer: Peer, command: str, transfer: Callable[[Wire], Awaitable[bytes]]
) -> bytes:
    try:
        async with asyncio.timeout(peer.connect_seconds):
            connection = await _connect(peer)
    except TimeoutError:
        raise ScpError(f"Error: connect to host {peer.host}: Connection timed out") from None
    except (OSError, asyncssh.Error) as exc:
        raise ScpError(f"Error: scp to {peer.host} failed: {_words(exc)}") from None
    try:
        return await _transfer(connection, command, transfer, peer.bytes_per_second)
    except (OSError, asyncssh.Error, asyncio.IncompleteReadError) as exc:
        raise ScpError(f"Error: scp to {peer.host} failed: {_words(exc)}") from None
    finally:
        connection.abort()
        await connection.wait_closed()


async def _connect(peer: Peer) -> asyncssh.SSHClientConnection:
    login = Login(peer.host, peer.port, _local(peer), peer.username, peer.password)
    return await connect(login, lambda: _Client(peer), _options(peer.algorithms))


@cache
def _options(algorithms: ScpAlgorithms) -> asyncssh.SSHClientConnectionOptions:
    """Return how every device with these algorithms connects; no file of this machine counts."""
    return asyncssh.SSHClientConnectionOptions(
        known_hosts=([], [], []),
        config=None,
        agent_path=None,
        client_keys=None,
        client_host_keys=None,
        preferred_auth="password",
        gss_host=None,
        client_version="OpenSSH_7.2",
        **ALGORITHMS[algorithms],
    )


async def _transfer(
    connection: asyncssh.SSHClientConnection,
    command: str,
    transfer: Callable[[Wire], Awaitable[bytes]],
    bytes_per_second: int,
) -> bytes:
    stdin, stdout, stderr = await connection.open_session(command, encoding=None)
    wire = Wire(connection, stdin, stdout, bytes_per_second)
    try:
        content = await transfer(wire)
    except (ScpError, asyncio.IncompleteReadError) as exc:
        own = str(exc) if isinstance(exc, ScpError) else "lost connection"
        raise ScpError("Error: " + "; ".join(_lines(await _drain(stderr), own))) from None
    if not stdin.is_closing():
        stdin.write_eof()
    channel = stdin.channel
    await channel.wait_closed()
    if not isinstance(channel, asyncssh.SSHClientChannel) or channel.get_exit_status() != 0:
        raise ScpError("Error: lost connection: the remote scp gave no clean exit status")
    return content


async def _drain(stderr: asyncssh.SSHReader[bytes]) -> str:
    try:
        async with asyncio.timeout(STDERR_SECONDS):
            return (await stderr.read(2000)).decode(errors="replace")
    except (TimeoutError, OSError, asyncssh.Error):
        return ""


def _lines(*texts: str) -> Iterator[str]:
    for text in texts:
        if text.strip():
            yield " ".join(text.split())


def _local(peer: Peer) -> tuple[str, int] | None:
    """Bind to the device's own address only where that can reach the server."""
    both = (peer.host, peer.source)
    if all(_is_loopback_v4(text) for text in both):
        return peer.source, 0
    return None


def _is_loopback_v4(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return address.version == 4 and address.is_loopback


def _words(exc: BaseException) -> str:
    if isinstance(exc, asyncssh.PermissionDenied):
        return "Permission denied, please try again."
    if isinstance(exc, asyncssh.HostKeyNotVerifiable):
        return "REMOTE HOST IDENTIFICATION HAS CHANGED! Host key verification failed."
    if isinstance(exc, ConnectionRefusedError):
        return "Connection refused"
    return " ".join(str(exc).split()) or type(exc).__name__


class _Client(asyncssh.SSHClient):
    def __init__(self, peer: Peer) -> None:
        self._peer = peer
        self._password: str | None = peer.password

    def validate_host_public_key(
        self, host: str, addr: str, port: int, key: asyncssh.SSHKey
    ) -> bool:
        del host, addr, port
        known = self._peer.known_hosts
        return known is None or known.accepts(self._peer.host, key.get_fingerprint())
