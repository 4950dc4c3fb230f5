"""Questions to the receiver's process that wait for their answers."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import Final

from vault.processes.link import Link, Message
from vault.receiver import ReceiverDown
from vault.receiver_process.words import error_from_words

_ANSWER_SECONDS: Final = 60.0


class Calls:
    """Ask from any thread; one thread brings the answers."""

    def __init__(self, link: Link) -> None:
        self._link: Final = link
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Message]] = {}
        self._down: str | None = None

    def ask(self, number: int, verb: str, **words: object) -> Message:
        """Return the answer to a question about ticket `number`, one at a time for each ticket.

        Raises ReceiverDown when the process has ended or does not answer, and what it answers with.
        """
        answer: Future[Message] = Future()
        with self._lock:
            if self._down is not None:
                raise ReceiverDown(self._down)
            self._waiting[number] = answer
        self._link.send({"id": number, "do": verb, **words})
        try:
            return answer.result(_ANSWER_SECONDS)
        except TimeoutError:
            raise ReceiverDown("the receiver's process does not answer") from None
        finally:
            with self._lock:
                self._waiting.pop(number, None)

    def answer(self, message: Message) -> None:
        """Bring an answer to whoever waits for it."""
        with self._lock:
            waiting = self._waiting.pop(message["id"], None)
        if waiting is None:
            return
        if "failed" in message:
            waiting.set_exception(error_from_words(message["failed"]))
        else:
            waiting.set_result(message)

    def end(self, why: str) -> None:
        """Fail all that is asked, and all that will be."""
        with self._lock:
            self._down = why
            waiting = list(self._waiting.values())
            self._waiting.clear()
        for one in waiting:
            one.set_exception(ReceiverDown(why))
