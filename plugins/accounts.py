"""Keep accounts from being locked: conductors that share one wait until it was accepted once."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from plugins.account import Account, Attempt
from plugins.deadline import Deadline


class AccountSuspended(Exception):
    """The account was refused by other conductors; this one was not tried."""

    code = "login-refused"


class WaitCancelled(Exception):
    """The run was stopped while this conductor waited for its turn to log in."""

    code = "cancelled"


class WaitedTooLong(Exception):
    """The time for this conductor was over before its turn to log in came."""

    code = "deadline"


class Accounts:
    """What this run knows of each user name with its password; shared by all its conductors.

    Until an account was accepted once, a few conductors try it and the others wait for them, so
    that a wrong password in the settings costs a few attempts, not one for each conductor. Only
    who has a connection may wait for a turn, so that nobody waits for a conductor that is down.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._accounts: dict[str, Account] = {}

    def raise_if_given_up(self, username: str, password: str) -> None:
        """Raise `AccountSuspended` when it is of no use to reach a conductor for this account."""
        with self._changed:
            _raise_if_given_up(self._account(username, password), username)

    @contextmanager
    def attempt(
        self, username: str, password: str, name: str, *, stop: Event, deadline: Deadline
    ) -> Iterator[Attempt]:
        """Wait for the turn of conductor `name`; what the block says of its answer is learned.

        Whoever sets `stop` must call `wake`. Raises `AccountSuspended`, `WaitCancelled` or
        `WaitedTooLong`.
        """
        with self._changed:
            account = self._account(username, password)
            began = time.monotonic()
            self._wait(account, username, stop, deadline)
            now = time.monotonic()
            attempt = Attempt(name, since=now, waited=now - began)
            account.under_way.append(attempt)
        try:
            yield attempt
        finally:
            with self._changed:
                account.settle(attempt)
                self._changed.notify_all()

    def wake(self) -> None:
        """Have all who wait look whether they still should."""
        with self._changed:
            self._changed.notify_all()

    def _wait(self, account: Account, username: str, stop: Event, deadline: Deadline) -> None:
        waiter = object()
        account.waiting.append(waiter)
        try:
            while not account.is_turn_of(waiter, now := time.monotonic()):
                _raise_if_given_up(account, username)
                _raise_if_over(stop, deadline)
                seconds = min(deadline.left, account.seconds_to_change(now), threading.TIMEOUT_MAX)
                self._changed.wait(seconds)
        finally:
            account.waiting.remove(waiter)
            self._changed.notify_all()

    def _account(self, username: str, password: str) -> Account:
        return self._accounts.setdefault(_key(username, password), Account())


def _raise_if_given_up(account: Account, username: str) -> None:
    if account.is_given_up:
        raise AccountSuspended(account.why_given_up(username))


def _raise_if_over(stop: Event, deadline: Deadline) -> None:
    others = "while it waited for others to try the same account first"
    if stop.is_set():
        raise WaitCancelled(f"the run was stopped {others}")
    if deadline.passed:
        raise WaitedTooLong(f"the time for this conductor was over {others}")


def _key(username: str, password: str) -> str:
    """Return what tells accounts apart without keeping the password once more."""
    return hashlib.sha256(f"{username}\0{password}".encode()).hexdigest()
