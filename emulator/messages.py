"""A request as it came and an answer as it goes, with nothing of sockets in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import parse_qsl

Ending = Literal["whole", "half", "close", "reset"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request; header names are in lower case, repeated ones joined by "; "."""

    method: str
    path: str
    query_text: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        """Return the query's members, the last of a repeated one."""
        return dict(parse_qsl(self.query_text, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """Return the body read as a form, whatever its content type says."""
        return dict(parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True))

    @property
    def session_values(self) -> list[str]:
        """Return every SESSION cookie; clients that send it twice are tolerated."""
        pairs = (part.strip().partition("=") for part in self.headers.get("cookie", "").split(";"))
        return [value for name, _, value in pairs if name == "SESSION"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `ending` other than `whole` breaks the connection in that way.

    `bytes_per_second` makes the answer drip; 0 sends it at once.
    """

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    cookie: str | None = None
    ending: Ending = "whole"
    bytes_per_second: int = 0

    def with_cookie(self, value: str | None) -> Reply:
        """Return the same answer, setting the SESSION cookie unless the value is None."""
        if value is None:
            return self
        return replace(self, cookie=f"SESSION={value}; HttpOnly; Path=/; Secure")


def json_reply(content: Json, status: int = 200) -> Reply:
    """Return an answer with JSON in it."""
    return Reply(status, json.dumps(content).encode())


def global_reply(
    code: int | str, text: str, status: int = 200, *, tokens: Mapping[str, str] | None = None
) -> Reply:
    """Return an answer with a `_global_result` only, as login and logout give it."""
    return json_reply(
        {"_global_result": {"status": code, "status_str": text, **(tokens or {})}}, status
    )


def html_reply(status: int, title: str) -> Reply:
    """Return a small HTML page."""
    page = f"<!DOCTYPE html>\n<html><head><title>{title}</title></head><body>{title}</body></html>"
    return Reply(status, page.encode(), content_type="text/html")
