"""Calls to a pretend conductor whose faults are tested."""

from __future__ import annotations

import time

import requests

from tests.support.emulated import Client

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)


def call(client: Client, step: str) -> requests.Response:
    if step == "login":
        return client.login()
    if step == "logout":
        return client.get("/v1/api/logout")
    if step == "show":
        return client.show("show version")
    if step == "get":
        return client.get("/v1/configuration/object/sys_info")
    return client.raw(step)


def until_answered(client: Client) -> requests.Response:
    deadline = time.monotonic() + 20
    while True:
        try:
            return client.show("show version")
        except requests.ConnectionError:
            assert time.monotonic() < deadline
            time.sleep(0.02)
