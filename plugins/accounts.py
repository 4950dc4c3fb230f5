"""Keep an account from being locked: stop using it when the first conductors all refuse it."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SCOUTS = 3
"""How many conductors are tried before an account that none of them accepts is given up."""

SCOUT_SECONDS = 5.0
"""How long others wait for a scout: one that takes longer is hardly at the password yet."""


class AccountSuspended(Exception):
    """The account was refused by other conductors; this one was not tried."""

    code = "login-refused"


@dataclass(slots=True)
class _Account:
    accepted: bool = False
    refused_by: list[str] = field(default_factory=list)
    trying: list[float] = field(default_factory=list)


class Accounts:
    """What this run knows of each user name with its password; shared by all its conductors.

    Until an account was accepted once, at most `SCOUTS` conductors try it at the same time and the
    others wait for them, so that a wrong password in the settings costs a few attempts, not one
    for each conductor. Scouts that cannot be reached hold nobody up for long.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._accounts: dict[str, _Account] = {}

    @contextmanager
    def attempt(self, username: str, password: str, name: str) -> Iterator[Callable[[bool], None]]:
        """Wait for the right to log in to conductor `name`; call the yielded with the answer.

        The answer is True for accepted and False for refused; not calling it says nothing of the
        account, as when the conductor could not be reached. Raises `AccountSuspended`.
        """
        account, since = self._take(username, password)

        def note(accepted: bool) -> None:
            with self._changed:
                account.accepted = account.accepted or accepted
                if not accepted:
                    account.refused_by.append(name)

        try:
            yield note
        finally:
            with self._changed:
                account.trying.remove(since)
                self._changed.notify_all()

    def _take(self, username: str, password: str) -> tuple[_Account, float]:
        with self._changed:
            account = self._accounts.setdefault(_key(username, password), _Account())
            while not (_may_try(account) or _is_suspended(account)):
                self._changed.wait(SCOUT_SECONDS / 5)
            if _is_suspended(account):
                raise AccountSuspended(
                    f"not tried: {', '.join(account.refused_by)} refused the user name "
                    f'"{username}" with the same password'
                )
            since = time.monotonic()
            account.trying.append(since)
            return account, since


def _may_try(account: _Account) -> bool:
    recent = [t for t in account.trying if time.monotonic() - t < SCOUT_SECONDS]
    return account.accepted or len(recent) + len(account.refused_by) < SCOUTS


def _is_suspended(account: _Account) -> bool:
    return not account.accepted and len(account.refused_by) >= SCOUTS


def _key(username: str, password: str) -> str:
    """Return what tells accounts apart without keeping the password once more."""
    return hashlib.sha256(f"{username}\0{password}".encode()).hexdigest()
