"""Who may try an account, and what an answer that never came says about it."""

from __future__ import annotations

import math

import pytest

from plugins.account import SCOUTS, SLOW_SECONDS, Account, Answer, Attempt


def begun(account: Account, name: str, *, at: float = 0.0) -> Attempt:
    attempt = Attempt(name, since=at, waited=0.0)
    account.under_way.append(attempt)
    return attempt


def answered(account: Account, *answers: Answer) -> None:
    for number, answer in enumerate(answers):
        attempt = begun(account, f"mm-{number}")
        attempt.answer = answer
        account.settle(attempt)


def may_try(account: Account, at: float = 0.0) -> bool:
    account.waiting = [waiter := object()]
    return account.is_turn_of(waiter, at)


def test_place_taken_by_scouts_is_not_there_for_more() -> None:
    account = Account()
    for number in range(SCOUTS):
        assert may_try(account)
        begun(account, f"mm-{number}")
    assert not may_try(account)


@pytest.mark.parametrize("left", [0, 1, SCOUTS - 1])
def test_place_of_a_refusal_is_used_up(left: int) -> None:
    account = Account()
    answered(account, *[Answer.REFUSED] * (SCOUTS - left))
    for number in range(left):
        assert may_try(account)
        begun(account, f"mm-more-{number}")
    assert not may_try(account)
    assert not may_try(account, at=SLOW_SECONDS + 1)
    assert account.is_given_up is (left == 0)


def test_place_of_an_attempt_that_judged_nothing_is_free_again() -> None:
    account = Account()
    answered(account, *[Answer.NONE] * 10)
    assert may_try(account)
    assert (account.refused_by, account.lost_by) == ([], [])


def test_answer_accepted_opens_the_account_to_all_whatever_was_refused() -> None:
    account = Account()
    answered(account, Answer.REFUSED, Answer.UNKNOWN, Answer.ACCEPTED, *[Answer.REFUSED] * 9)
    for number in range(20):
        begun(account, f"mm-more-{number}")
    assert may_try(account)
    assert not account.is_given_up


def test_answer_unknown_counts_as_a_refusal_beside_one() -> None:
    account = Account()
    answered(account, Answer.UNKNOWN, Answer.REFUSED, Answer.UNKNOWN)
    assert account.is_given_up
    assert not may_try(account)
    assert account.why_given_up("backup") == (
        'not tried: mm-1 refused the user name "backup" with the same password, '
        "and mm-0, mm-2 gave no clear answer"
    )


def test_answers_unknown_alone_leave_one_place() -> None:
    account = Account()
    answered(account, *[Answer.UNKNOWN] * 7)
    assert not account.is_given_up
    assert may_try(account)
    begun(account, "mm-next")
    assert not may_try(account)


def test_answer_that_is_slow_lets_one_more_try() -> None:
    account = Account()
    for number in range(SCOUTS):
        begun(account, f"mm-{number}")
    assert account.seconds_to_change(1.0) == SLOW_SECONDS - 1.0
    assert not may_try(account, at=SLOW_SECONDS - 0.1)
    assert may_try(account, at=SLOW_SECONDS)
    begun(account, "mm-next", at=SLOW_SECONDS)
    assert not may_try(account, at=SLOW_SECONDS)
    assert may_try(account, at=2 * SLOW_SECONDS)
    assert account.seconds_to_change(2 * SLOW_SECONDS) == math.inf


def test_answer_that_is_slow_is_waited_for_beside_a_refusal() -> None:
    account = Account()
    answered(account, Answer.REFUSED)
    slow = [begun(account, f"mm-slow-{number}") for number in range(SCOUTS - 1)]
    assert not may_try(account, at=10 * SLOW_SECONDS)
    assert not account.is_given_up
    slow[0].answer = Answer.ACCEPTED
    account.settle(slow[0])
    assert may_try(account)


def test_turn_goes_to_who_came_last() -> None:
    account = Account(waiting=[first := object(), last := object()])
    assert account.is_turn_of(last, 0.0)
    assert not account.is_turn_of(first, 0.0)
    account.accepted = True
    assert account.is_turn_of(first, 0.0)
