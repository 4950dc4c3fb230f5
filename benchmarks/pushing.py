"""All bytes of a fleet through the receiver and nothing else, by the emulator's own SCP client.

`python -m benchmarks.pushing FLEET.yaml ACCOUNTS.json WORKERS RESULT`; RESULT gets the seconds of
the pushes alone, from the first to the end of the last, with archives made beforehand.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.site import CONFIG_NAME, FLASH_NAME, RECEIVER
from emulator.archive import ArchiveStore
from emulator.fleet_file import load_fleet
from emulator.running_config import running_config
from emulator.scp import Peer, ScpClient
from emulator.scp_wire import Sending
from emulator.spec import ConductorSpec

Files = Mapping[str, tuple[bytes, ...]]


def main() -> None:
    """Push everything that the accounts file has tickets for."""
    fleet, accounts, workers, result = sys.argv[1:]
    hosts = json.loads(Path(accounts).read_text(encoding="utf-8"))
    specs = {spec.name: spec for spec in load_fleet(fleet)}
    archives = ArchiveStore()
    files = {host: _files(specs[host], archives) for host in hosts}
    client = ScpClient()
    client.start()

    def push(host: str) -> None:
        for name, chunks in files[host].items():
            username, password = hosts[host]["files"][name]
            peer = Peer(
                RECEIVER,
                username,
                password,
                specs[host].scp_port,
                hosts[host]["address"],
                algorithms=specs[host].behaviour.scp_algorithms,
            )
            client.push(peer, Sending(name, chunks), target=name)

    started = time.monotonic()
    with ThreadPoolExecutor(int(workers)) as pool:
        list(pool.map(push, hosts))
    Path(result).write_text(f"{time.monotonic() - started}\n", encoding="utf-8")
    client.stop()


def _files(spec: ConductorSpec, archives: ArchiveStore) -> Files:
    content = spec.content
    archive = archives.build(
        "flash", seed=content.seed, size=content.archive_bytes, identity=spec.identity
    )
    return {CONFIG_NAME: (running_config(spec).encode(),), FLASH_NAME: archive}


if __name__ == "__main__":
    main()
