from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from vault.inbox import Answer
from vault.receiver import NotReceived, StorageFull, TooLarge, TransferCut, TransferRefused
from vault.server import Landing, ReadBackFailed, Seen, Server, ServerOptions
from vault.server.ticket import ServerTicket

FILE = "bk-20261123T020000Z-3f9c-flash.tar.gz"
OPTIONS = ServerOptions(
    "drop", "Drop-Pass-1", appears_within=0.3, still=0.05, still_unanswered=0.2, poll=0.02
)


class Growing(Landing):
    """A landing folder in which something happens at each look."""

    def __init__(self, folder: Path, happens: Callable[[Path, int], None]) -> None:
        super().__init__(folder)
        self.folder = folder
        self.looks = -2  # the one at issue is not counted, nor the one before any push
        self._happens = happens

    def look(self, name: str) -> Seen | None:
        self.looks += 1
        if self.looks >= 0:
            self._happens(self.folder / name, self.looks)
        return super().look(name)


@pytest.fixture
def staging(tmp_path: Path) -> Path:
    folder = tmp_path / "mm-1"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def server(landed: Path) -> Iterator[Server]:
    with Server(OPTIONS, Landing(landed)) as running:
        yield running


def issue(server: Server, staging: Path) -> ServerTicket:
    return server.issue(FILE, staging, None, lifetime=60)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_issue_names_differ_and_say_the_host(server: Server, staging: Path) -> None:
    first, second = issue(server, staging), issue(server, staging)
    assert first.destination != second.destination
    assert first.destination.startswith("mm-1-")
    assert first.destination.endswith(FILE)


def test_issue_folder_goes_before_the_name(landed: Path, staging: Path) -> None:
    with Server(replace(OPTIONS, folder="incoming/aos/"), Landing(landed)) as server:
        assert issue(server, staging).destination.startswith("incoming/aos/mm-1-")


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".hidden", "-rf", "a b", "a\n"])
def test_issue_unsafe_name_is_refused(server: Server, staging: Path, name: str) -> None:
    with pytest.raises(ValueError, match="unsafe"):
        server.issue(name, staging, None, lifetime=60)


def test_issue_stale_file_of_that_name_is_refused_and_left_alone(
    server: Server, staging: Path, landed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vault.server.server.secrets.token_hex", lambda _: "0a1b2c3d")
    stale = landed / f"mm-1-0a1b2c3d-{FILE}"
    stale.write_bytes(b"last week's")
    with pytest.raises(TransferRefused, match="before it was sent"):
        issue(server, staging)
    assert stale.read_bytes() == b"last week's"


def test_wait_file_is_copied_durably_and_taken_away(
    server: Server, staging: Path, landed: Path
) -> None:
    content = os.urandom(300_000)
    with issue(server, staging) as ticket:
        (landed / ticket.destination).write_bytes(content)
        arrival = ticket.wait(5, Answer.SENT)
    assert arrival is not None
    assert ticket.error() is None
    assert (arrival.path, arrival.size) == (staging / FILE, len(content))
    assert arrival.sha256 == hashlib.sha256(content).hexdigest()
    assert arrival.left_behind == ""
    assert arrival.path.read_bytes() == content
    assert arrival.path.stat().st_mode & 0o777 == 0o600
    assert names(landed) == []
    assert names(staging) == [FILE]


def test_wait_copy_is_not_the_file_that_others_may_hold_open(
    server: Server, staging: Path, landed: Path
) -> None:
    with issue(server, staging) as ticket, (landed / ticket.destination).open("wb") as held:
        held.write(b"proven")
        held.flush()
        assert ticket.wait(5, Answer.SENT) is not None
        held.write(b" and changed behind the proof")
    assert (staging / FILE).read_bytes() == b"proven"


def test_wait_file_to_be_kept_stays(landed: Path, staging: Path) -> None:
    with (
        Server(replace(OPTIONS, remove=False), Landing(landed)) as server,
        issue(server, staging) as ticket,
    ):
        (landed / ticket.destination).write_bytes(b"x")
        arrival = ticket.wait(5, Answer.SENT)
    assert arrival is not None
    assert arrival.left_behind == ""
    assert len(names(landed)) == 1


@pytest.mark.parametrize("trouble", ["words", "error"])
def test_wait_file_that_cannot_be_removed_is_said(
    server: Server, staging: Path, landed: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    def refuse(_: Landing, name: str) -> str:
        if trouble == "error":
            raise ReadBackFailed("not permitted")
        return "not permitted"

    monkeypatch.setattr(Landing, "remove", refuse)
    with issue(server, staging) as ticket:
        (landed / ticket.destination).write_bytes(b"x")
        arrival = ticket.wait(5, Answer.SENT)
    assert arrival is not None
    assert arrival.left_behind == "not permitted"


def test_wait_sent_but_nothing_there_is_not_received(server: Server, staging: Path) -> None:
    with issue(server, staging) as ticket:
        assert ticket.wait(60, Answer.SENT) is None
    assert isinstance(ticket.error(), NotReceived)


def test_wait_file_that_shows_up_late_is_taken(landed: Path, staging: Path) -> None:
    def late(path: Path, looks: int) -> None:
        if looks == 4:
            path.write_bytes(b"late")

    with Server(OPTIONS, Growing(landed, late)) as server, issue(server, staging) as ticket:
        arrival = ticket.wait(5, Answer.SENT)
    assert arrival is not None
    assert arrival.size == 4


def test_wait_growing_file_is_taken_only_when_it_stands_still(landed: Path, staging: Path) -> None:
    def grow(path: Path, looks: int) -> None:
        if looks < 12:
            with path.open("ab") as file:
                file.write(bytes(1000))

    with Server(OPTIONS, Growing(landed, grow)) as server, issue(server, staging) as ticket:
        arrival = ticket.wait(30, Answer.LOST)
    assert arrival is not None
    assert arrival.size == 12_000


def test_wait_file_that_never_stands_still_is_cut(landed: Path, staging: Path) -> None:
    def grow(path: Path, looks: int) -> None:
        with path.open("ab") as file:
            file.write(bytes(1000))

    place = Growing(landed, grow)
    with Server(OPTIONS, place) as server, issue(server, staging) as ticket:
        assert ticket.wait(0.2, Answer.SENT) is None
        assert isinstance(ticket.error(), TransferCut)
    assert names(staging) == []


def test_wait_device_gave_up_with_a_rest_is_cut_and_cleared(
    server: Server, staging: Path, landed: Path
) -> None:
    with issue(server, staging) as ticket:
        (landed / ticket.destination).write_bytes(b"half")
        assert ticket.wait(60, Answer.REFUSED) is None
        assert isinstance(ticket.error(), TransferCut)
    assert names(landed) == []


def test_wait_device_gave_up_without_a_rest_is_not_received(server: Server, staging: Path) -> None:
    with issue(server, staging) as ticket:
        assert ticket.wait(60, Answer.REFUSED) is None
    assert isinstance(ticket.error(), NotReceived)


def test_wait_file_over_the_limit_is_refused(landed: Path, staging: Path) -> None:
    options = replace(OPTIONS, max_file_bytes=10)
    with Server(options, Landing(landed)) as server, issue(server, staging) as ticket:
        (landed / ticket.destination).write_bytes(bytes(11))
        with pytest.raises(TooLarge, match="11 bytes"):
            ticket.wait(5, Answer.SENT)
    assert names(landed) == []


def test_wait_no_room_in_the_vault_is_refused_and_the_file_removed(
    landed: Path, staging: Path
) -> None:
    options = replace(OPTIONS, min_free_bytes=1 << 60)
    with Server(options, Landing(landed)) as server, issue(server, staging) as ticket:
        (landed / ticket.destination).write_bytes(bytes(11))
        with pytest.raises(StorageFull, match="must stay free"):
            ticket.wait(5, Answer.SENT)
    assert names(staging) == []


def test_wait_file_changed_while_read_leaves_no_copy(
    server: Server, staging: Path, landed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vault.server.landing.BLOCK", 10)
    with issue(server, staging) as ticket:
        path = landed / ticket.destination
        path.write_bytes(bytes(30))
        read = Landing.read

        def interrupted(place: Landing, name: str, seen: Seen) -> Iterator[bytes]:
            for block in read(place, name, seen):
                os.truncate(path, 15)
                yield block

        monkeypatch.setattr(Landing, "read", interrupted)
        with pytest.raises(TransferCut, match="changed"):
            ticket.wait(5, Answer.SENT)
    assert names(staging) == []


def test_wait_ends_when_the_server_is_left(landed: Path, staging: Path) -> None:
    found: list[object] = []

    def wait(ticket: ServerTicket) -> None:
        with suppress(ReadBackFailed):
            found.append(ticket.wait(60, Answer.LOST))

    with Server(OPTIONS, Landing(landed)) as server:
        waiting = threading.Thread(target=wait, args=(issue(server, staging),))
        waiting.start()
    waiting.join(10)
    assert not waiting.is_alive()
    assert not any(found)


def test_repr_hides_the_password(server: Server, staging: Path) -> None:
    assert OPTIONS.password not in repr(issue(server, staging)) + repr(OPTIONS)
