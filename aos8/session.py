"""One session on one conductor: log in, exchange, log out."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Mapping
from typing import Final

from aos8.body import (
    as_object,
    is_login_page,
    looks_like_html,
    means_no_session,
    page_words,
    status_of,
    status_words,
)
from aos8.errors import (
    Aos8Error,
    BadReply,
    ConnectionLost,
    LoginRefused,
    NotPermitted,
    SessionExpired,
    Unreachable,
    Unsupported,
    failure,
)
from aos8.login import Tokens, read_login
from aos8.options import Timeouts
from aos8.redact import Redactor
from aos8.transport import RawReply, Transport

logger = logging.getLogger(__name__)

OBJECT_LIMIT: Final = 4 * 1024 * 1024
SHOW_LIMIT: Final = 64 * 1024 * 1024
_LOGOUT_PAUSES: Final = (1.0, 2.0)


class Session:
    """Authenticate every request, follow the tokens, and say what a refusal means."""

    def __init__(self, transport: Transport, timeouts: Timeouts, redactor: Redactor) -> None:
        self.where = transport.where
        self.redactor = redactor
        self._transport = transport
        self._timeouts = timeouts
        self._tokens: Tokens | None = None
        self._refused: LoginRefused | None = None

    def __repr__(self) -> str:
        return f"Session({self.where}, {'open' if self.is_open else 'closed'})"

    @property
    def is_open(self) -> bool:
        """Whether a login succeeded and no logout followed."""
        return self._tokens is not None

    def open(self, username: str, password: str, *, within: float) -> None:
        """Log in by a form in a POST body; once refused, the password is never sent again.

        A session that is still held, expired or not, is given back first. The answer may take
        `within` seconds.
        """
        if self._refused is not None:
            raise LoginRefused(str(self._refused))
        if self.is_open:
            self.close_quietly()
        reply = self._transport.send(
            "POST",
            "/v1/api/login",
            form={"username": username, "password": password},
            within=within,
            limit=OBJECT_LIMIT,
        )
        try:
            self._tokens = read_login(reply, self.where, username, self.redactor)
        except LoginRefused as refused:
            self._refused = refused
            raise
        self._learn(self._tokens)
        logger.debug("%s: logged in as %s", self.where, username)

    def close(self) -> None:
        """Log out; the session counts as closed whatever the device answers."""
        if not self.is_open:
            return
        try:
            reply = self._ask_to_leave()
        finally:
            self._tokens = None
        body = as_object(reply.text)
        if body is None or status_of(body) != 0:
            raise BadReply(f"{self.where}: the logout was not confirmed")
        logger.debug("%s: logged out", self.where)

    def close_quietly(self) -> None:
        """Log out if possible; a failure is only logged, at debug level."""
        try:
            self.close()
        except Aos8Error as exc:
            logger.debug("%s: logout failed: %s", self.where, exc)

    def _ask_to_leave(self) -> RawReply:
        """Ask again where nobody was reached: a session that is held counts against a limit."""
        ends_at = time.monotonic() + self._timeouts.logout
        pauses = iter(_LOGOUT_PAUSES)
        while True:
            left = max(0.001, ends_at - time.monotonic())
            try:
                return self.exchange(
                    "GET", "/v1/api/logout", what="logout", within=left, limit=OBJECT_LIMIT
                )
            except (Unreachable, ConnectionLost) as error:
                pause = next(pauses, math.inf)
                if time.monotonic() + pause >= ends_at:
                    raise
                logger.debug("%s: %s; logging out once more", self.where, error)
            threading.Event().wait(pause)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        what: str,
        within: float,
        limit: int,
        params: Mapping[str, str] | None = None,
        content: object = None,
    ) -> RawReply:
        """Send one authenticated request; return the answer if its HTTP status is 200.

        A device that answers 401 or 403 although it got the CSRF token is asked once more with
        UIDARUBA in the query, since it refused without doing anything.
        """
        if self._tokens is None:
            raise SessionExpired(f"{self.where}: not logged in")

        def send(tokens: Tokens, *, in_query: bool) -> RawReply:
            uid = {"UIDARUBA": tokens.session} if in_query else {}
            started = time.monotonic()
            reply = self._transport.send(
                method,
                path,
                headers=tokens.headers(),
                params={**(params or {}), **uid},
                content=content,
                within=within,
                limit=limit,
            )
            seconds = time.monotonic() - started
            logger.debug(
                "%s: %s %s: HTTP %s, %.2f s", self.where, method, what, reply.status, seconds
            )
            tokens.follow(reply)
            self._learn(tokens)
            return reply

        tokens = self._tokens
        reply = send(tokens, in_query=tokens.in_query)
        if reply.status in {401, 403} and not (tokens.in_query or tokens.asked):
            tokens.asked = True
            reply = send(tokens, in_query=True)
            tokens.in_query = reply.status == 200
        self._admit(reply, f"{self.where}: {what}")
        return reply

    def _learn(self, tokens: Tokens) -> None:
        self.redactor.learn(tokens.session)
        self.redactor.learn(tokens.csrf)

    def _admit(self, reply: RawReply, what: str) -> None:
        if reply.status == 200:
            self._reject_page(reply, what)
            return
        body = as_object(reply.text)
        told = page_words(reply.text) if body is None else status_words(body)
        words = self.redactor.words(told)
        said = f": {words}" if words else ""
        gone = means_no_session(reply.text) or is_login_page(reply.text)
        if reply.status == 401 or (reply.status == 403 and gone):
            raise SessionExpired(f"{what}: the session is gone (HTTP {reply.status}){said}")
        if reply.status == 403:
            raise NotPermitted(f"{what}: refused (HTTP 403){said}")
        if reply.status == 404:
            raise Unsupported(f"{what}: unknown to this release (HTTP 404){said}")
        if reply.status >= 400:
            raise failure(f"{what}: HTTP {reply.status}{said}", words)
        raise BadReply(f"{what}: HTTP {reply.status}, redirects are not followed")

    def _reject_page(self, reply: RawReply, what: str) -> None:
        if not looks_like_html(reply.text):
            return
        if is_login_page(reply.text) or means_no_session(reply.text):
            raise SessionExpired(f"{what}: a login page came instead of an answer")
        raise BadReply(f"{what}: a web page came instead of an answer")
