"""Log in to one conductor: reach it, wait for its turn with the account, send the password once."""

from __future__ import annotations

from contextlib import AbstractContextManager

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    sleep_using_event,
    wait_exponential_jitter,
)

from aos8 import (
    Aos8Client,
    DeviceBusy,
    LoginRefused,
    NameUnresolved,
    SessionLimit,
    Timeouts,
    TlsFailed,
    Unreachable,
)
from plugins.account import Answer, Attempt
from plugins.deadline import Deadline, capped
from plugins.shared import Shared

AGAIN = (Unreachable, NameUnresolved, DeviceBusy)
UNJUDGED = (*AGAIN, TlsFailed, SessionLimit)
STALE_SECONDS = 1.0
"""A wait for a turn after which it is looked whether the connection still holds."""


class Login:
    """The way to a session on one conductor, and what may be tried again on it.

    Reaching the conductor is tried again for `retry_seconds`, in which waiting for a turn does not
    count, and so is one that says it is busy; one without a free session is asked once more. A
    password that may have been judged is never sent again.
    """

    def __init__(
        self,
        client: Aos8Client,
        shared: Shared,
        *,
        name: str,
        username: str,
        password: str,
        retry_seconds: float,
        timeouts: Timeouts,
    ) -> None:
        self._client = client
        self._accounts = shared.accounts
        self._name = name
        self._account = (username, password)
        self._retry_seconds = retry_seconds
        self._timeouts = timeouts
        self._stop = shared.stop
        self._deadline = shared.deadline(name)
        self._patience = Deadline()

    def perform(self) -> None:
        """Log in, or raise why not."""
        try:
            self._persist()
        except SessionLimit:
            pause = min(self._retry_seconds / 3, self._deadline.left)
            if not pause or self._stop.wait(pause):
                raise
            self._persist()

    def _persist(self) -> None:
        self._patience = Deadline.after(self._retry_seconds)
        growing = wait_exponential_jitter(multiplier=1, max=15)

        def pause(state: RetryCallState) -> float:
            return min(growing(state), self._patience.left, self._deadline.left)

        attempts = Retrying(
            retry=retry_if_exception_type(AGAIN),
            stop=self._is_over,
            wait=pause,
            sleep=sleep_using_event(self._stop),
            reraise=True,
        )
        attempts(self._try)

    def _is_over(self, _: RetryCallState) -> bool:
        return self._stop.is_set() or self._patience.passed or self._deadline.passed

    def _try(self) -> None:
        """Connect, and log in when it is our turn; connect anew if that was too long to come."""
        sent = False
        while not sent:
            self._accounts.raise_if_given_up(*self._account)
            self._client.timeouts = capped(self._timeouts, self._deadline)
            self._client.connect()
            with self._take_turn() as attempt:
                self._patience = self._patience.later(attempt.waited)
                sent = attempt.waited < STALE_SECONDS or self._client.is_connected
                if sent:
                    self._send(attempt)
                else:
                    attempt.answer = Answer.NONE

    def _take_turn(self) -> AbstractContextManager[Attempt]:
        return self._accounts.attempt(
            *self._account, self._name, stop=self._stop, deadline=self._deadline
        )

    def _send(self, attempt: Attempt) -> None:
        self._client.timeouts = capped(self._timeouts, self._deadline)
        try:
            self._client.login()
        except LoginRefused:
            attempt.answer = Answer.REFUSED
            raise
        except UNJUDGED:
            attempt.answer = Answer.NONE
            raise
        attempt.answer = Answer.ACCEPTED
