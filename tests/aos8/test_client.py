"""The client as a whole: context, representation, imports."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

import aos8
from aos8 import DeviceError, LoginRefused
from tests.aos8.conftest import PASSWORD, MakeClient
from tests.support.scripted_device import CSRF, UID, Answer, ScriptedDevice


def test_context_logs_out_on_success_and_on_error(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    with make_client() as client:
        assert client.is_open
    device["write_memory"] = Answer("", status=500)
    with pytest.raises(DeviceError), make_client() as client:
        client.write_memory()
    assert [asked.name for asked in device.asked] == [
        "login",
        "logout",
        "login",
        "write_memory",
        "logout",
    ]


def test_context_refused_login_leaves_nothing_open(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    device["login"] = Answer("", status=401)
    client = make_client()
    with pytest.raises(LoginRefused):
        client.__enter__()
    assert not client.is_open
    assert not device.of("logout")


def test_repr_shows_no_secret(make_client: MakeClient) -> None:
    with make_client() as client:
        parts = (client, client._session, client._transport, client._session._tokens)
        shown = "".join(repr(part) for part in parts)
        assert not [secret for secret in (PASSWORD, UID, CSRF) if secret in shown]
        assert f"Aos8Client({client._session.where}, open)" in shown


def test_package_imports_nothing_else_of_the_project() -> None:
    folder = Path(aos8.__file__).parent
    allowed = {"aos8", "cryptography", "requests", "urllib3"}
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text())):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            roots = {name.split(".")[0] for name in names}
            assert roots <= allowed | sys.stdlib_module_names, module
