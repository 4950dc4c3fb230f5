"""The side of the receiver's process: do what the run asks, and end with it."""

from __future__ import annotations

import contextlib
import logging
import socket
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from vault.processes.link import Link, Message
from vault.receiver import Receipt, ReceiverError, Ticket
from vault.receiver.receiver import Receiver
from vault.receiver_process.words import error_to_words, options_from_words, receipt_to_words

_REVOKERS: Final = 4


class Clerk:
    """Keep the tickets by the numbers that the run gives them; `perform` is for one thread."""

    def __init__(self, receiver: Receiver, link: Link) -> None:
        self._receiver: Final = receiver
        self._link: Final = link
        self._tickets: dict[int, Ticket] = {}
        self._revokers = ThreadPoolExecutor(_REVOKERS, "receiver-revoke")

    def perform(self, message: Message) -> None:
        """Do what a message asks; breaking off an upload takes a while and holds up no other."""
        number = message.pop("id")
        match message.pop("do"):
            case "issue":
                self._issue(number, **message)
            case "error":
                error = self._tickets[number].error()
                self._link.send({"id": number, "found": error and error_to_words(error)})
            case "revoke":
                self._revokers.submit(self._revoke, number, self._tickets[number])

    def close(self) -> None:
        """End the threads once their work is done."""
        self._revokers.shutdown()

    def _issue(
        self, number: int, file_name: str, folder: str, peer: str | None, lifetime: float
    ) -> None:
        try:
            ticket = self._receiver.issue(file_name, Path(folder), peer, lifetime=lifetime)
        except (ReceiverError, ValueError) as error:
            self._link.send({"id": number, "failed": error_to_words(error)})
            return
        ticket.when_stored(lambda receipt: self._stored(number, receipt))
        self._tickets[number] = ticket
        self._link.send(
            {"id": number, "username": ticket.username, "password": ticket.password},
        )

    def _stored(self, number: int, receipt: Receipt) -> None:
        self._link.send({"stored": number, "receipt": receipt_to_words(receipt)})

    def _revoke(self, number: int, ticket: Ticket) -> None:
        ticket.revoke()
        self._link.send({"id": number})


class _LinkHandler(logging.Handler):
    """Hands log records to the run, which knows where they go."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def emit(self, record: logging.LogRecord) -> None:
        """Send the record as text."""
        text = self.format(record)
        self._link.send({"log": record.name, "level": record.levelno, "text": text})


def serve(descriptor: int) -> None:
    """Receive until the other end of the socket `descriptor` is closed, by whatever cause.

    What is under way then is broken off, and no part of it stays.
    """
    link = Link(socket.socket(fileno=descriptor))
    _hand_over_log(link)
    messages = iter(link)
    first = next(messages, None)
    if first is None:
        return
    receiver = Receiver(options_from_words(first["options"]))
    try:
        receiver.start([socket.socket(fileno=number) for number in first["listening"]])
    except ReceiverError as error:
        link.send({"down": str(error)})
        return
    clerk = Clerk(receiver, link)
    with contextlib.closing(link), contextlib.closing(clerk):
        try:
            for message in messages:
                clerk.perform(message)
        finally:
            receiver.stop()


def _hand_over_log(link: Link) -> None:
    logging.getLogger().addHandler(_LinkHandler(link))
    logging.getLogger("vault").setLevel(logging.DEBUG)
