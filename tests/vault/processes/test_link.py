"""Whole messages come across, and the end of the other side is seen."""

from __future__ import annotations

import socket

from vault.processes.link import Link


def test_message_that_was_cut_off_is_left_out() -> None:
    """Half a message is none."""
    one, other = socket.socketpair()
    link = Link(other)
    with one:
        one.sendall(b'{"id": 1}\n{"id"')
    assert list(link) == [{"id": 1}]
    link.send({"id": 2})
    link.close()


def test_other_side_that_is_gone_is_the_end_not_an_error() -> None:
    """Also where it left without reading what it was sent."""
    one, other = socket.socketpair()
    link, theirs = Link(one), Link(other)
    theirs.send({"id": 1})
    link.send({"id": 2})
    theirs.close()
    assert link.receive() == {"id": 1}
    assert link.receive() is None
    link.close()
