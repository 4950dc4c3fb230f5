"""An account that is refused everywhere is not tried until it is locked."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from plugins.accounts import SCOUTS, Accounts, AccountSuspended


def refuse(accounts: Accounts, name: str, password: str = "wrong") -> None:
    with accounts.attempt("backup", password, name) as note:
        note(False)


def test_attempt_after_three_refusals_is_suspended_and_names_them() -> None:
    accounts = Accounts()
    for number in range(SCOUTS):
        refuse(accounts, f"mm-{number}")
    with pytest.raises(AccountSuspended) as caught:
        refuse(accounts, "mm-9")
    assert "mm-0, mm-1, mm-2 refused" in str(caught.value)
    assert "wrong" not in str(caught.value)


def test_attempt_with_another_password_is_another_account() -> None:
    accounts = Accounts()
    for number in range(SCOUTS):
        refuse(accounts, f"mm-{number}")
    refuse(accounts, "mm-9", password="other")


def test_attempt_after_one_success_is_never_suspended() -> None:
    accounts = Accounts()
    with accounts.attempt("backup", "good", "mm-0") as note:
        note(True)
    for number in range(10):
        refuse(accounts, f"mm-{number}", password="good")


def test_attempt_many_at_once_lets_only_scouts_go_first() -> None:
    accounts = Accounts()
    tried: list[str] = []
    together = threading.Barrier(20)

    def log_in(number: int) -> str:
        together.wait()
        try:
            with accounts.attempt("backup", "wrong", f"mm-{number}") as note:
                tried.append(f"mm-{number}")
                note(False)
        except AccountSuspended:
            return "suspended"
        return "refused"

    with ThreadPoolExecutor(20) as pool:
        ends = sorted(pool.map(log_in, range(20)))
    assert ends == ["refused"] * SCOUTS + ["suspended"] * (20 - SCOUTS)
    assert len(tried) == SCOUTS


def test_attempt_that_says_nothing_gives_its_place_to_the_next() -> None:
    accounts = Accounts()
    for _ in range(SCOUTS * 3):
        with pytest.raises(OSError, match="down"), accounts.attempt("backup", "good", "mm-down"):
            raise OSError("down")
    with accounts.attempt("backup", "good", "mm-up") as note:
        note(True)


def test_attempt_scouts_that_reach_nobody_hold_the_others_up_only_shortly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugins.accounts.SCOUT_SECONDS", 0.1)
    accounts = Accounts()
    with ExitStack() as silent:
        for number in range(SCOUTS):
            silent.enter_context(accounts.attempt("backup", "good", f"mm-down-{number}"))
        with accounts.attempt("backup", "good", "mm-up") as note:
            note(True)
    with accounts.attempt("backup", "good", "mm-next") as note:
        note(True)
