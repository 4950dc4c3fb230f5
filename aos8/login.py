"""Read what a conductor answers to a login; nothing here touches the network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from aos8.body import (
    as_object,
    error_words,
    looks_like_html,
    page_words,
    status_of,
    status_words,
)
from aos8.errors import (
    Aos8Error,
    BadReply,
    DeviceBusy,
    LoginRefused,
    SessionLimit,
    failure,
)
from aos8.redact import Redactor
from aos8.transport import RawReply

_TABLE_FULL: Final = re.compile(
    r"(max|too many|limit|exceed|full|no (more|free))[^.]*\b(session|client|connection)s?\b"
    r"|\b(session|client|connection)s?\b[^.]*(max|limit|exceed|full|exhaust)",
    re.IGNORECASE,
)
_LOCKED: Final = re.compile(r"lock|attempt|password", re.IGNORECASE)
_ACCOUNT: Final = re.compile(r"auth|login|user|password|denied|lock", re.IGNORECASE)
_TOKEN: Final = re.compile(r"[\x21\x23-\x3a\x3c-\x5b\x5d-\x7e]{1,512}")


@dataclass(slots=True, repr=False)
class Tokens:
    """What proves a session: the SESSION cookie's value, and the CSRF token of 8.7 and later.

    `in_query` says that the session must also go along as UIDARUBA in the query: always before
    8.7, and later only on a device that was seen to insist. `asked` remembers that it was tried.
    """

    session: str
    csrf: str | None
    in_query: bool
    asked: bool = False

    def headers(self) -> dict[str, str]:
        """Return the headers that authenticate a request."""
        headers = {"Cookie": f"SESSION={self.session}"}
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        return headers

    def follow(self, reply: RawReply) -> None:
        """Take over the tokens that an answer brings; 8.12 may rotate them on any answer."""
        self.session = usable_token(reply.session) or self.session
        self.csrf = usable_token(reply.csrf) or self.csrf


def usable_token(value: object) -> str | None:
    """Return a token that may stand in a header, or None for none, "(null)" and the unsafe."""
    if not isinstance(value, str) or value.lower() in {"(null)", "null", "deleted"}:
        return None
    return value if _TOKEN.fullmatch(value) else None


def read_login(reply: RawReply, where: str, username: str, redactor: Redactor) -> Tokens:
    """Return the session's tokens, or raise what the answer means.

    A refusal comes as 401 with JSON, as 401 without, or as 200 with a status other than 0.
    """
    body = as_object(reply.text)
    words = redactor.words(page_words(reply.text) if body is None else status_words(body))
    if reply.status != 200 or body is None or status_of(body) != 0:
        raise _refusal(reply, body, where, username, words)
    result = body.get("_global_result")
    tokens = result if isinstance(result, Mapping) else {}
    by_name = {str(key).lower().replace("-", ""): value for key, value in tokens.items()}
    session = usable_token(reply.session) or usable_token(by_name.get("uidaruba"))
    if session is None:
        raise BadReply(f"{where}: the login succeeded but gave no session")
    csrf = usable_token(by_name.get("xcsrftoken")) or usable_token(reply.csrf)
    return Tokens(session=session, csrf=csrf, in_query=csrf is None)


def _refusal(
    reply: RawReply, body: Mapping[str, object] | None, where: str, username: str, words: str
) -> Aos8Error:
    said = f": {words}" if words else ""
    if _TABLE_FULL.search(words) and not _LOCKED.search(words):
        return SessionLimit(f"{where}: no session left{said}")
    if reply.status in {401, 403}:
        return LoginRefused(f"{where}: login of {username} refused (HTTP {reply.status}){said}")
    if reply.status != 200:
        if body is not None or reply.status >= 500:
            return failure(f"{where}: login answered HTTP {reply.status}{said}", words)
        return BadReply(f"{where}: login answered HTTP {reply.status}; is this a conductor's API?")
    if body is None:
        kind = "a web page" if looks_like_html(reply.text) else "no JSON object"
        return BadReply(f"{where}: login answered {kind}; is this a conductor's API?")
    error = failure(f"{where}: login failed{said}", words)
    if isinstance(error, DeviceBusy):
        return error
    if status_of(body) is None and error_words(body) is not None:
        refused = LoginRefused(f"{where}: login of {username} refused{said}")
        return refused if _ACCOUNT.search(words) else error
    if status_of(body) is None:
        return BadReply(f"{where}: login answered without a status{said}")
    return LoginRefused(f"{where}: login of {username} refused{said}")
