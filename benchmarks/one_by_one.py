"""One conductor after the other with plain `requests`, believing every answer.

The usual script, made as quick as it can be: one TLS connection for each conductor, no pauses, no
checks. `python -m benchmarks.one_by_one ACCOUNTS.json CA.pem RESULT`; RESULT gets the seconds of
the conductors without the start of the script.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from benchmarks.site import CONFIG_NAME, FLASH_NAME, PASSWORD, RECEIVER, USERNAME


def main() -> None:
    """Back up every conductor of the accounts file."""
    accounts, ca_file, result = sys.argv[1:]
    started = time.monotonic()
    for host in json.loads(Path(accounts).read_text(encoding="utf-8")).values():
        back_up(host["address"], host["files"], ca_file)
    Path(result).write_text(f"{time.monotonic() - started}\n", encoding="utf-8")


def back_up(address: str, files: Mapping[str, tuple[str, str]], ca_file: str) -> None:
    """Write both files on one conductor, have them pushed, clean up."""
    base = f"https://{address}:4343/v1"
    with requests.Session() as session:
        login = {"username": USERNAME, "password": PASSWORD}
        reply = session.post(f"{base}/api/login", data=login, verify=ca_file, timeout=600)
        tokens = reply.json()["_global_result"]
        session.headers["X-CSRF-Token"] = tokens["X-CSRF-Token"]

        def post(name: str, members: Mapping[str, Any]) -> None:
            url = f"{base}/configuration/object/{name}"
            answer = session.post(url, json=members, verify=ca_file, timeout=600)
            answer.raise_for_status()
            result = answer.json()["_global_result"]
            if result["status"] != 0:
                raise SystemExit(f"{address}: {name}: {result['status_str']}")

        post("copy_running_flash", {"filename": CONFIG_NAME})
        post("flash_backup", {"backup_flash": "flash", "filename": "flash"})
        for name in (CONFIG_NAME, FLASH_NAME):
            username, password = files[name]
            copy = {"srcfilename": name, "scphost": RECEIVER, "destfilename": name}
            post("copy_flash_scp", copy | {"username": username, "passwd": password})
        post("tar_flash_clean", {})
        session.get(f"{base}/api/logout", verify=ca_file, timeout=600)


if __name__ == "__main__":
    main()
