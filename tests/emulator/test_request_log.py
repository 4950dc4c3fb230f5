from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator import ConductorSpec, Credentials, Fleet
from emulator.request_log import mask
from tests.support.emulated import Client

PASSWORD = "p&s %+#\u00e4 word"


@pytest.fixture
def logged(tmp_path: Path) -> Iterator[tuple[Client, Path]]:
    log = tmp_path / "requests.jsonl"
    spec = ConductorSpec(
        "mm1", address="127.0.0.1", port=0, credentials=Credentials("backup", PASSWORD)
    )
    with Fleet([spec], request_log=log) as fleet:
        client = Client(fleet)
        yield client, log
        client.http.close()


def _entries(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_log_has_one_line_for_each_request(logged: tuple[Client, Path]) -> None:
    client, log = logged
    client.login(PASSWORD)
    client.show("show version")
    client.post("no_such_object")

    first, second, third = _entries(log)

    assert (first["method"], first["path"], first["status"]) == ("POST", "/v1/api/login", 200)
    assert second["query"] == "command=show+version"
    assert "x-csrf-token" in second["headers"]
    assert (third["conductor"], third["body"]) == ("mm1", "{}")
    assert third["time"].endswith("+00:00")


def test_log_masks_login_passwords_right_and_wrong(logged: tuple[Client, Path]) -> None:
    client, log = logged
    client.login("not-the-password")
    client.login(PASSWORD)
    client.get("/v1/api/login", username="backup", password=PASSWORD)

    assert [entry["body"] for entry in _entries(log)] == [
        "username=backup&password=<password>",
        "username=backup&password=<password>",
        "",
    ]
    assert "password=<password>" in _entries(log)[2]["query"]
    assert "not-the" not in log.read_text(encoding="utf-8")


def test_log_masks_scp_passwords_in_bodies(logged: tuple[Client, Path]) -> None:
    client, log = logged
    client.login(PASSWORD)
    client.post("copy_flash_scp", passwd="Drop-Pass-1", username="drop")

    entry = _entries(log)[-1]

    assert json.loads(entry["body"]) == {"passwd": "<password>", "username": "drop"}


def test_log_shows_where_a_token_leaks_but_not_the_token(logged: tuple[Client, Path]) -> None:
    client, log = logged
    token = client.login(PASSWORD).json()["_global_result"]["UIDARUBA"]
    client.get("/v1/configuration/showcommand", command="show version", UIDARUBA=token)
    client.get(f"/v1/{token}")

    entries = _entries(log)

    assert entries[1]["query"] == "command=show+version&UIDARUBA=<token>"
    assert entries[2]["path"] == "/v1/<token>"
    assert token not in log.read_text(encoding="utf-8")


def test_log_shows_a_password_used_elsewhere_as_placeholder(
    logged: tuple[Client, Path],
) -> None:
    client, log = logged
    client.login(PASSWORD)
    client.show(f"show {PASSWORD}")
    client.post("copy_running_flash", filename=PASSWORD)

    assert _entries(log)[1]["query"] == "command=show+<password>"
    assert "<password>" in _entries(log)[2]["body"]


def test_log_is_for_its_owner_only(logged: tuple[Client, Path]) -> None:
    assert stat.S_IMODE(logged[1].stat().st_mode) == 0o600


def test_mask_replaces_every_way_of_writing() -> None:
    text = "a b / a%20b / a+b"

    assert mask(text, [("a b", "<x>")]) == "<x> / <x> / <x>"
    assert mask(text, [("", "<x>")]) == text
