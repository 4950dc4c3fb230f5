"""Questions find their answers, and nobody waits for ever."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from itertools import islice

import pytest

from vault.processes.link import Link
from vault.receiver import ReceiverDown
from vault.receiver_process.calls import Calls


@pytest.fixture
def ends() -> Iterator[tuple[Link, Link]]:
    """Return both ends of a link."""
    one, other = socket.socketpair()
    links = Link(one), Link(other)
    yield links
    for link in links:
        link.close()


def test_answers_find_their_questions_in_any_order(ends: tuple[Link, Link]) -> None:
    """Each has the number of its question."""
    ours, theirs = ends
    calls = Calls(ours)
    found: dict[int, str] = {}

    def ask(number: int) -> None:
        found[number] = calls.ask(number, "error", of=f"t{number}")["found"]

    askers = [threading.Thread(target=ask, args=(number,)) for number in (1, 2, 3)]
    for asker in askers:
        asker.start()
    questions = list(islice(theirs, len(askers)))
    for question in reversed(questions):
        calls.answer({"id": question["id"], "found": question["of"]})
    for asker in askers:
        asker.join()

    assert found == {1: "t1", 2: "t2", 3: "t3"}


def test_missing_answer_is_receiver_down(
    ends: tuple[Link, Link], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that comes too late is nobody's."""
    monkeypatch.setattr("vault.receiver_process.calls._ANSWER_SECONDS", 0.01)
    calls = Calls(ends[0])

    with pytest.raises(ReceiverDown, match="does not answer"):
        calls.ask(1, "error")

    calls.answer({"id": 1, "found": None})


def test_end_refuses_what_is_asked_later(ends: tuple[Link, Link]) -> None:
    """In the words of the end."""
    calls = Calls(ends[0])
    calls.end("gone")
    with pytest.raises(ReceiverDown, match=r"^gone$"):
        calls.ask(1, "error")
