"""A plain client of a pretend conductor, and a stock SCP server for it to push to."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import asyncssh
import requests

from emulator import Conductor, Credentials, Fleet

PASSWORD = Credentials().password
API = "/v1/configuration/object"


class Client:
    """Speaks to one conductor as plainly as possible."""

    def __init__(self, fleet: Fleet, name: str = "mm1") -> None:
        self.fleet = fleet
        self.conductor: Conductor = fleet.conductor(name)
        self.base = f"https://{self.conductor.address}:{self.conductor.port}"
        self.http = requests.Session()
        self.http.verify = str(fleet.ca_file)
        self.http.trust_env = False
        self.query: dict[str, str] = {}

    def login(self, password: str = PASSWORD) -> requests.Response:
        form = {"username": "backup", "password": password}
        reply = self.http.post(f"{self.base}/v1/api/login", data=form, timeout=20)
        if reply.headers["Content-Type"] == "application/json":
            tokens = reply.json()["_global_result"]
            self.query = {}
            if "X-CSRF-Token" in tokens:
                self.http.headers["X-CSRF-Token"] = tokens["X-CSRF-Token"]
            elif "UIDARUBA" in tokens:
                self.query = {"UIDARUBA": tokens["UIDARUBA"]}
        return reply

    def get(self, path: str, **query: str) -> requests.Response:
        return self.http.get(f"{self.base}{path}", params={**self.query, **query}, timeout=20)

    def show(self, command: str) -> requests.Response:
        return self.get("/v1/configuration/showcommand", command=command)

    def raw(self, name: str, **members: Any) -> requests.Response:
        url = f"{self.base}{API}/{name}"
        return self.http.post(url, json=members, params=self.query, timeout=20)

    def post(self, name: str, **members: Any) -> dict[str, Any]:
        content = self.raw(name, **members).json()
        assert isinstance(content, dict)
        return content


class ScpServer:
    """asyncssh's stock server with one account; files land below `folder`."""

    username, password = "drop", "Drop-Pass-1"

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.port = 0
        self.peers: list[str] = []
        self._options = options
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> ScpServer:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self) -> None:
        server = self

        class Account(asyncssh.SSHServer):
            def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
                server.peers.append(conn.get_extra_info("peername")[0])

            def password_auth_supported(self) -> bool:
                return True

            def validate_password(self, username: str, password: str) -> bool:
                return (username, password) == (server.username, server.password)

        self._server = await asyncssh.create_server(
            Account,
            "127.0.0.1",
            0,
            server_host_keys=[asyncssh.generate_private_key("ssh-rsa", key_size=2048)],
            **{**self._stock(), **self._options},
        )
        self.port = self._server.get_port()

    def _stock(self) -> dict[str, Any]:
        if "process_factory" in self._options:
            return {}
        return {
            "sftp_factory": lambda chan: asyncssh.SFTPServer(chan, chroot=bytes(self.folder)),
            "allow_scp": True,
        }

    async def _close(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def push(client: Client, server: ScpServer, source: str, **members: str) -> dict[str, Any]:
    """Let the conductor push one file."""
    given = {
        "srcfilename": source,
        "scphost": "127.0.0.1",
        "username": server.username,
        "destfilename": source,
        "passwd": server.password,
    }
    return client.post("copy_flash_scp", **{**given, **members})
