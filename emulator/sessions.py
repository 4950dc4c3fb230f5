"""The session table of one conductor."""

from __future__ import annotations

import base64
import threading
import time
import uuid
from dataclasses import dataclass, field

from emulator.knobs import Knobs


@dataclass(slots=True)
class Session:
    """One login: every session value that is still good, the newest last, and the CSRF token."""

    values: list[str]
    csrf: str | None
    used: float = field(default_factory=time.monotonic)


class SessionTable:
    """Sessions by value, with a cap and an idle time; remembers every token ever given out."""

    def __init__(self, knobs: Knobs, *, limit: int, idle_seconds: float) -> None:
        self._knobs = knobs
        self._limit = limit
        self._idle = idle_seconds
        self._lock = threading.Lock()
        self._sessions: list[Session] = []
        self._given: set[str] = set()

    @property
    def open(self) -> int:
        """Return how many sessions are open."""
        with self._lock:
            self._expire()
            return len(self._sessions)

    @property
    def tokens(self) -> frozenset[str]:
        """Return every session value and CSRF token ever given out."""
        with self._lock:
            return frozenset(self._given)

    def start(self) -> Session | None:
        """Open a session; None when the table is full."""
        with self._lock:
            self._expire()
            if len(self._sessions) >= self._limit:
                return None
            csrf = None if self._knobs.csrf == "absent" else self._token()
            session = Session([self._token()], csrf)
            self._sessions.append(session)
            return session

    def find(self, values: list[str]) -> Session | None:
        """Return the open session to which one of the values belongs, and mark it used."""
        with self._lock:
            self._expire()
            for session in self._sessions:
                if any(value in session.values for value in values):
                    session.used = time.monotonic()
                    return session
        return None

    def rotate(self, session: Session) -> str | None:
        """Return the session value that this answer sets as a cookie, or None."""
        way = self._knobs.rotate
        if way in ("new-keep-old", "new-drop-old"):
            return self.renew(session, keep_old=way == "new-keep-old")
        with self._lock:
            known = any(one is session for one in self._sessions)
            return session.values[-1] if known and way == "same" else None

    def renew(self, session: Session, *, keep_old: bool) -> str | None:
        """Give a session another value and return it; None when the session is gone."""
        with self._lock:
            if not any(one is session for one in self._sessions):
                return None
            session.values[:] = [*(session.values if keep_old else ()), self._token()]
            return session.values[-1]

    def end(self, session: Session) -> None:
        """Close one session."""
        with self._lock:
            if session in self._sessions:
                self._sessions.remove(session)

    def drop_all(self) -> None:
        """Close every session, as a reload does."""
        with self._lock:
            self._sessions.clear()

    def _expire(self) -> None:
        oldest = time.monotonic() - self._idle
        self._sessions = [session for session in self._sessions if session.used >= oldest]

    def _token(self) -> str:
        text = str(uuid.uuid4())
        if self._knobs.token == "base64":
            text = base64.b64encode(text[:27].encode()).decode()
        self._given.add(text)
        return text
