"""The side of a process that proves: answer one question after the other, and end with the run."""

from __future__ import annotations

import os
import socket
import threading
from queue import SimpleQueue

from vault.processes.link import Link, Message
from vault.proof import ProofError
from vault.provers.words import error_to_words, proof_to_words, question_from_words


def serve(descriptor: int) -> None:
    """Prove what is asked over the socket `descriptor` until its other end is closed.

    That ends the process at once, also in the middle of a proof: nobody waits for it any more.
    """
    link = Link(socket.socket(fileno=descriptor))
    questions: SimpleQueue[Message] = SimpleQueue()
    threading.Thread(target=_listen, args=(link, questions), daemon=True).start()
    while True:
        link.send(answer(questions.get()))


def answer(words: Message) -> Message:
    """Return the proof that was asked for, or why there is none; other errors end the process."""
    question = question_from_words(words)
    try:
        return proof_to_words(question.prove())
    except (ProofError, OSError) as error:
        return error_to_words(error)


def _listen(link: Link, questions: SimpleQueue[Message]) -> None:
    for message in link:
        questions.put(message)
    os._exit(0)
