"""Answers whose results contradict themselves, made from plain ones."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from emulator.messages import Json, Reply


def with_nested(reply: Reply, name: str, code: int, text: str) -> Reply:
    """Put another `_result` below the object of this name."""
    content: Json = json.loads(reply.body)
    member = content.setdefault(name, {})
    member["_result"] = {"status": _typed(content, code), "status_str": text}
    return _carrying(reply, content)


def other_status_type(reply: Reply) -> Reply:
    """Turn every `status` that is a number into a string, and the other way round."""
    if not reply.body.startswith(b"{"):
        return reply
    return _carrying(reply, _turned(json.loads(reply.body)))


def _typed(content: Json, code: int) -> int | str:
    beside = content.get("_global_result", {}).get("status", 0)
    return str(code) if isinstance(beside, str) else code


def _turned(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    turned = {key: _turned(below) for key, below in value.items()}
    status = turned.get("status")
    if isinstance(status, str) and status.isdigit():
        turned["status"] = int(status)
    elif isinstance(status, int):
        turned["status"] = str(status)
    return turned


def _carrying(reply: Reply, content: Json) -> Reply:
    return replace(reply, body=json.dumps(content).encode())
