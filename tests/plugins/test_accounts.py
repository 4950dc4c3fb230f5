"""An account that is refused everywhere is not tried until it is locked."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack

import pytest

from plugins.account import SCOUTS, Answer, Attempt
from plugins.accounts import Accounts, AccountSuspended, WaitCancelled, WaitedTooLong
from plugins.deadline import Deadline
from plugins.shared import Shared, StopEvent
from tests.support.processes import until

LONG = 30.0


def turn(
    accounts: Accounts, name: str, password: str = "wrong", deadline: Deadline | None = None
) -> AbstractContextManager[Attempt]:
    return accounts.attempt(
        "backup", password, name, stop=StopEvent(), deadline=deadline or Deadline()
    )


def try_once(accounts: Accounts, name: str, answer: Answer, password: str = "wrong") -> None:
    with turn(accounts, name, password) as attempt:
        attempt.answer = answer


def test_attempt_after_three_refusals_is_suspended_and_names_them() -> None:
    accounts = Accounts()
    for number in range(SCOUTS):
        try_once(accounts, f"mm-{number}", Answer.REFUSED)
    with pytest.raises(AccountSuspended) as caught:
        try_once(accounts, "mm-9", Answer.REFUSED)
    assert "mm-0, mm-1, mm-2 refused" in str(caught.value)
    assert "wrong" not in str(caught.value)
    with pytest.raises(AccountSuspended, match="mm-0, mm-1, mm-2 refused"):
        accounts.raise_if_given_up("backup", "wrong")


def test_attempt_with_another_password_is_another_account() -> None:
    accounts = Accounts()
    for number in range(SCOUTS):
        try_once(accounts, f"mm-{number}", Answer.REFUSED)
    accounts.raise_if_given_up("backup", "other")
    try_once(accounts, "mm-9", Answer.REFUSED, password="other")


def test_attempt_after_one_success_is_never_suspended() -> None:
    accounts = Accounts()
    try_once(accounts, "mm-0", Answer.ACCEPTED)
    for number in range(10):
        try_once(accounts, f"mm-{number}", Answer.REFUSED)
    accounts.raise_if_given_up("backup", "wrong")


def test_attempt_of_a_hundred_at_once_lets_only_scouts_go() -> None:
    accounts = Accounts()
    tried: list[str] = []
    together = threading.Barrier(100)
    all_scouts = threading.Barrier(SCOUTS)

    def log_in(number: int) -> str:
        together.wait(LONG)
        try:
            with turn(accounts, f"mm-{number}") as attempt:
                tried.append(f"mm-{number}")
                all_scouts.wait(LONG)
                attempt.answer = Answer.REFUSED
        except AccountSuspended:
            return "suspended"
        return "refused"

    with ThreadPoolExecutor(100) as pool:
        ends = sorted(pool.map(log_in, range(100)))
    assert ends == ["refused"] * SCOUTS + ["suspended"] * (100 - SCOUTS)
    assert len(tried) == SCOUTS


def test_attempt_that_judged_nothing_gives_its_place_to_the_next() -> None:
    accounts = Accounts()
    for _ in range(SCOUTS * 3):
        try_once(accounts, "mm-busy", Answer.NONE)
    with ExitStack() as stack:
        for number in range(SCOUTS):
            stack.enter_context(turn(accounts, f"mm-{number}"))


def test_attempt_that_ends_without_a_word_may_have_been_refused() -> None:
    accounts = Accounts()
    for _ in range(SCOUTS - 1):
        with pytest.raises(OSError, match="lost"), turn(accounts, "mm-lost"):
            raise OSError("lost")
    try_once(accounts, "mm-no", Answer.REFUSED)
    with pytest.raises(AccountSuspended, match="mm-lost, mm-lost gave no clear answer"):
        try_once(accounts, "mm-9", Answer.REFUSED)


def test_attempt_slow_answers_hold_the_others_up_only_shortly(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plugins.account.SLOW_SECONDS", 0.1)
    accounts = Accounts()
    with ExitStack() as slow:
        for number in range(SCOUTS):
            slow.enter_context(turn(accounts, f"mm-slow-{number}"))
        with turn(accounts, "mm-up") as attempt:
            assert attempt.waited >= 0.09
            attempt.answer = Answer.ACCEPTED
        with turn(accounts, "mm-next") as attempt:
            assert attempt.waited < 0.1


def test_attempt_that_comes_free_wakes_who_waits() -> None:
    with _WaitingOne() as one:
        one.scouts[0].answer = Answer.ACCEPTED
        one.release()
        assert one.ended.result(LONG) is None


def test_attempt_stop_while_waiting_is_cancelled_at_once() -> None:
    with _WaitingOne() as one:
        one.shared.stop.set()
        with pytest.raises(WaitCancelled, match="the run was stopped while it waited") as caught:
            one.ended.result(LONG)
        assert caught.value.code == "cancelled"


def test_attempt_deadline_while_waiting_ends_the_wait() -> None:
    with _WaitingOne(deadline=Deadline.after(0.1)) as one:
        with pytest.raises(WaitedTooLong, match="was over while it waited") as caught:
            one.ended.result(LONG)
        assert caught.value.code == "deadline"


class _WaitingOne:
    """One conductor that waits for its turn while scouts have all the places."""

    def __init__(self, deadline: Deadline | None = None) -> None:
        self.shared = Shared()
        self.scouts: list[Attempt] = []
        self._deadline = deadline or Deadline()
        self._held = ExitStack()
        self._pool = ThreadPoolExecutor(1)

    def __enter__(self) -> _WaitingOne:
        accounts = self.shared.accounts
        for number in range(SCOUTS):
            self.scouts.append(self._held.enter_context(turn(accounts, f"mm-{number}")))
        self.ended: Future[None] = self._pool.submit(self._wait)
        assert until(lambda: any(each.waiting for each in accounts._accounts.values()))
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._pool.shutdown()

    def release(self) -> None:
        self._held.close()

    def _wait(self) -> None:
        stop, deadline = self.shared.stop, self._deadline
        with self.shared.accounts.attempt(
            "backup", "wrong", "mm-waits", stop=stop, deadline=deadline
        ):
            pass
