"""Keep an account from being locked: stop using it when the first conductors all refuse it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SCOUTS = 3
"""How many conductors are tried before an account that none of them accepts is given up."""


class AccountSuspended(Exception):
    """The account was refused by other conductors; this one was not tried."""

    code = "login-refused"


@dataclass(slots=True)
class _Account:
    accepted: bool = False
    refused_by: list[str] = field(default_factory=list)
    trying: int = 0


class Accounts:
    """What this run knows of each user name with its password; shared by all its conductors.

    Until an account was accepted once, at most `SCOUTS` conductors try it at the same time and the
    others wait for them, so that a wrong password in the settings costs a few attempts, not one
    for each conductor.
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
        account = self._take(username, password)

        def note(accepted: bool) -> None:
            with self._changed:
                account.accepted = account.accepted or accepted
                if not accepted:
                    account.refused_by.append(name)

        try:
            yield note
        finally:
            with self._changed:
                account.trying -= 1
                self._changed.notify_all()

    def _take(self, username: str, password: str) -> _Account:
        with self._changed:
            account = self._accounts.setdefault(_key(username, password), _Account())
            self._changed.wait_for(lambda: _may_try(account) or _is_suspended(account))
            if _is_suspended(account):
                raise AccountSuspended(
                    f"not tried: {', '.join(account.refused_by)} refused the user name "
                    f'"{username}" with the same password'
                )
            account.trying += 1
            return account


def _may_try(account: _Account) -> bool:
    return account.accepted or account.trying + len(account.refused_by) < SCOUTS


def _is_suspended(account: _Account) -> bool:
    return not account.accepted and len(account.refused_by) >= SCOUTS


def _key(username: str, password: str) -> str:
    """Return what tells accounts apart without keeping the password once more."""
    return hashlib.sha256(f"{username}\0{password}".encode()).hexdigest()
