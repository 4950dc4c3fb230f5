"""Tickets by themselves, and the register that issues them."""

from __future__ import annotations

import logging
import re
import traceback
from pathlib import Path

import pytest

from vault.receiver import (
    AlgorithmMismatch,
    NobodyConnected,
    NotReceived,
    TransferCut,
    TransferRefused,
)
from vault.receiver.register import Register
from vault.receiver.ticket import Ticket

NAME = "bk-20261123T020000Z-3f9c-flash.tar.gz"


@pytest.fixture
def register() -> Register:
    """Return a register that allows a thousand bytes."""
    return Register(1000)


def issue(register: Register, peer: str | None = "192.0.2.1", lifetime: float = 60) -> Ticket:
    """Issue a ticket for NAME."""
    return register.issue(NAME, Path("/nowhere"), peer, lifetime=lifetime)


def test_credentials_are_random_letters_and_digits(register: Register) -> None:
    """128 bits and nothing that a device's command line could misread."""
    tickets = [issue(register) for _ in range(50)]

    assert len({ticket.username for ticket in tickets}) == 50
    assert len({ticket.password for ticket in tickets}) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9]{22}", ticket.password) for ticket in tickets)
    assert all(re.fullmatch(r"bk[0-9a-f]{12}", ticket.username) for ticket in tickets)


def test_password_is_in_no_text(register: Register) -> None:
    """Neither repr, format nor a logged exception shows it."""
    ticket = issue(register)
    shown = "".join(traceback.format_exception(TransferRefused(f"about {ticket}")))
    record = logging.LogRecord("x", 20, "x", 1, "%s %r", (ticket, ticket), None).getMessage()

    assert ticket.password not in shown + record + repr([ticket])


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "../x", "a/b", "/x", "-x", ".hidden", "a b", "a\n", "a\0", "x" * 300, "é"],
)
def test_issue_of_an_unsafe_name_is_refused(register: Register, name: str) -> None:
    """A ticket's name reaches the file system, so it must be one that we would make."""
    with pytest.raises(ValueError, match="unsafe file name"):
        register.issue(name, Path("/nowhere"), None, lifetime=60)


def test_issue_for_something_that_is_no_address_is_refused(register: Register) -> None:
    """Peers are compared as addresses."""
    with pytest.raises(ValueError, match=r"conductor\.example"):
        issue(register, "conductor.example")


def test_peer_is_compared_in_canonical_form(register: Register) -> None:
    """An IPv4 client of an IPv6 socket is still itself."""
    ticket = issue(register, "::ffff:192.0.2.1")

    assert ticket.closed_because("192.0.2.1") is None
    assert ticket.closed_because("192.0.2.2") == "this ticket is not for 192.0.2.2"


def test_size_limit_of_a_ticket_never_exceeds_the_receivers(register: Register) -> None:
    """A caller can only ask for less."""
    small, large = (
        register.issue(NAME, Path("/nowhere"), None, lifetime=60, max_bytes=size)
        for size in (10, 5000)
    )

    assert (small.grant.max_bytes, large.grant.max_bytes) == (10, 1000)


def test_error_prefers_the_tickets_own_session_over_its_peer(register: Register) -> None:
    """A cut transfer explains more than a later stray connection."""
    ticket = issue(register)
    ticket.note("cut", TransferCut("cut at byte 3 of 5"))
    register.note_peer("192.0.2.1", "mismatch", AlgorithmMismatch("no common cipher"))

    assert isinstance(ticket.error(), TransferCut)
    assert ticket.diagnosis == ("cut", "mismatch")


def test_error_from_the_peer_counts_when_there_is_nothing_better(register: Register) -> None:
    """It is given to the peer's open tickets, and to nobody else's."""
    ticket, anyone = issue(register), issue(register, None)
    other, expired = issue(register, "192.0.2.9"), issue(register, lifetime=0)
    register.note_peer("192.0.2.1", "mismatch", AlgorithmMismatch("no common cipher"))

    assert isinstance(ticket.error(), AlgorithmMismatch)
    assert isinstance(anyone.error(), AlgorithmMismatch)
    assert isinstance(other.error(), NotReceived)
    assert isinstance(expired.error(), NotReceived)


def test_error_tells_whether_anybody_connected(register: Register) -> None:
    """Who connected and did not log in is seen, and who may not use the ticket is nobody."""
    seen, unseen = issue(register), issue(register, "192.0.2.9")
    register.note_peer("192.0.2.1", "192.0.2.1 connected but did not log in")

    assert type(seen.error()) is NotReceived
    assert isinstance(unseen.error(), NobodyConnected)


def test_diagnosis_is_bounded_and_does_not_repeat(register: Register) -> None:
    """A client that tries for hours does not fill the memory."""
    ticket = issue(register)
    for number in range(1000):
        ticket.note(f"try {number // 2}")

    assert len(ticket.diagnosis) == len(set(ticket.diagnosis)) == 32


def test_publish_after_revoke_does_not_happen(register: Register) -> None:
    """The last step asks once more."""
    ticket = issue(register)
    with ticket:
        ticket.begin("192.0.2.1", lambda: ticket.end())

    with pytest.raises(TransferRefused, match="revoked"):
        ticket.settle(lambda: pytest.fail("published"))
