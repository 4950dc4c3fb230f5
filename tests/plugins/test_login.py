"""What reaching a conductor and logging in to it tries again, and whom it makes wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest

from aos8 import (
    Aos8Client,
    ConnectionLost,
    DeviceBusy,
    LoginRefused,
    SessionLimit,
    TimedOut,
    Timeouts,
    Tls,
    Unreachable,
)
from plugins.account import SCOUTS, Account, Answer, Attempt
from plugins.deadline import Deadline
from plugins.login import Login
from plugins.shared import Shared
from tests.support.certificates import ServerCertificate, make_certificate
from tests.support.fleets import free_port
from tests.support.processes import until
from tests.support.scripted_device import Answer as Reply
from tests.support.scripted_device import ScriptedDevice, logged_in

USERNAME, PASSWORD = "backup", "Login-Pass-1"
TIMEOUTS = Timeouts(connect=5, read=5, backup=5, copy=5, logout=5)
BUSY = Reply({"_global_result": {"status": 1, "status_str": "Module is busy. Please try later"}})
FULL = Reply({"_global_result": {"status": 1, "status_str": "Max sessions reached"}}, status=503)

Make = Callable[..., Login]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerCertificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture
def device(certificate: ServerCertificate) -> Iterator[ScriptedDevice]:
    with ScriptedDevice(certificate.chain) as server:
        yield server


@pytest.fixture
def shared() -> Shared:
    return Shared()


@pytest.fixture
def make(device: ScriptedDevice, certificate: ServerCertificate, shared: Shared) -> Iterator[Make]:
    clients: list[Aos8Client] = []

    def made(name: str = "mm-1", port: int = 0, ca: Path | None = None, **changes: Any) -> Login:
        clients.append(
            Aos8Client(
                device.host,
                port or device.port,
                username=USERNAME,
                password=PASSWORD,
                tls=Tls(ca=ca or certificate.ca),
                timeouts=TIMEOUTS,
            )
        )
        options: dict[str, Any] = {
            "name": name,
            "username": USERNAME,
            "password": PASSWORD,
            "retry_seconds": 0,
            "timeouts": TIMEOUTS,
        }
        return Login(clients[-1], shared, **(options | changes))

    yield made
    for client in clients:
        client.close()


def account(shared: Shared) -> Account:
    """Return what is known of the account of these tests."""
    (found,) = shared.accounts._accounts.values()
    return found


@contextmanager
def scouts(shared: Shared, count: int = SCOUTS) -> Iterator[list[Attempt]]:
    """Have all the places taken."""
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                shared.accounts.attempt(
                    USERNAME, PASSWORD, f"scout-{n}", stop=shared.stop, deadline=Deadline()
                )
            )
            for n in range(count)
        ]


def tried(login: Login, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have each attempt to connect noted."""
    moments: list[float] = []
    connect = login._client.connect

    def noting() -> None:
        moments.append(time.monotonic())
        connect()

    monkeypatch.setattr(login._client, "connect", noting)
    return moments


def test_login_without_retry_tries_once_and_pauses_never(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = make(port=free_port())
    moments = tried(login, monkeypatch)
    with pytest.raises(Unreachable):
        login.perform()
    assert len(moments) == 1
    assert time.monotonic() - moments[0] < 0.5


def test_login_retry_ends_with_its_seconds_not_with_a_pause_beyond(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    login = make(port=free_port(), retry_seconds=0.3)
    moments = tried(login, monkeypatch)
    with pytest.raises(Unreachable):
        login.perform()
    assert 0.3 <= moments[-1] - moments[0] < 0.9, "the last one comes when the time is over"


def test_login_retry_ends_with_the_deadline(make: Make, shared: Shared) -> None:
    shared.deadlines["mm-1"] = Deadline.after(0.2)
    began = time.monotonic()
    with pytest.raises(Unreachable):
        make(port=free_port(), retry_seconds=60).perform()
    assert time.monotonic() - began < 2


def test_login_retry_ends_with_the_run(make: Make, shared: Shared) -> None:
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(make(port=free_port(), retry_seconds=60).perform)
        shared.stop.set()
        with pytest.raises(Unreachable):
            ended.result(10)


def test_login_of_many_that_nobody_reaches_holds_no_place(make: Make, shared: Shared) -> None:
    with ThreadPoolExecutor(4 * SCOUTS) as pool:
        down = [
            pool.submit(make(f"mm-down-{n}", port=free_port(), retry_seconds=60).perform)
            for n in range(4 * SCOUTS)
        ]
        began = time.monotonic()
        make("mm-up").perform()
        assert time.monotonic() - began < 2
        assert not any(each.done() for each in down)
        assert account(shared).under_way == []
        shared.stop.set()
        assert all(isinstance(each.exception(10), Unreachable) for each in down)


def test_login_is_sent_when_the_turn_comes_over_the_connection_made_before(
    make: Make, device: ScriptedDevice, shared: Shared
) -> None:
    with ThreadPoolExecutor(1) as pool, scouts(shared) as held:
        ended = pool.submit(make().perform)
        assert until(lambda: bool(account(shared).waiting))
        assert (device.connections, device.asked) == (1, [])
        held[0].answer = Answer.ACCEPTED
    assert ended.result(10) is None
    assert (device.connections, len(device.of("login"))) == (1, 1)


def test_login_connection_closed_while_waiting_is_made_anew_and_the_password_sent_once(
    make: Make, device: ScriptedDevice, shared: Shared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("plugins.login.STALE_SECONDS", 0.0)
    login = make()
    holders: list[list[str]] = []
    connect = login._client.connect

    def noting() -> None:
        holders.append([attempt.name for attempt in account(shared).under_way])
        connect()

    monkeypatch.setattr(login._client, "connect", noting)
    with ThreadPoolExecutor(1) as pool, scouts(shared) as held:
        ended = pool.submit(login.perform)
        assert until(lambda: bool(account(shared).waiting))
        device.hang_up()
        for attempt in held:
            attempt.answer = Answer.NONE
    assert ended.result(10) is None
    assert (device.connections, len(device.of("login"))) == (2, 1)
    assert len(holders) == 2
    assert "mm-1" not in holders[1], "connecting anew holds no place"
    assert account(shared).lost_by == []


def test_login_waiting_for_a_turn_takes_nothing_of_the_time_for_trying_again(
    make: Make, device: ScriptedDevice, shared: Shared
) -> None:
    device["login"] = [BUSY, logged_in()]
    with ThreadPoolExecutor(1) as pool, scouts(shared) as held:
        ended = pool.submit(make(retry_seconds=0.4).perform)
        assert until(lambda: bool(account(shared).waiting))
        threading.Event().wait(0.5)
        held[0].answer = Answer.ACCEPTED
    assert ended.result(10) is None
    assert len(device.of("login")) == 2


def test_login_for_an_account_given_up_reaches_nobody(
    make: Make, device: ScriptedDevice, shared: Shared
) -> None:
    device["login"] = Reply("", status=401)
    for number in range(SCOUTS):
        with pytest.raises(LoginRefused):
            make(f"mm-{number}", retry_seconds=60).perform()
    with pytest.raises(Exception, match="not tried: mm-0, mm-1, mm-2 refused"):
        make("mm-next").perform()
    assert (device.connections, len(device.of("login"))) == (SCOUTS, SCOUTS)


@pytest.mark.parametrize(
    ("reply", "error"), [(BUSY, DeviceBusy), (FULL, SessionLimit)], ids=["busy", "session-full"]
)
def test_login_that_judged_no_password_gives_its_place_back(
    make: Make, device: ScriptedDevice, shared: Shared, reply: Reply, error: type[Exception]
) -> None:
    device["login"] = reply
    with pytest.raises(error):
        make().perform()
    assert len(device.of("login")) == 1
    known = account(shared)
    assert (known.under_way, known.refused_by, known.lost_by) == ([], [], [])


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(hang=True), TimedOut),
        (Reply(raw=b""), ConnectionLost),
    ],
    ids=["no-answer", "closed"],
)
def test_login_whose_answer_is_lost_is_never_sent_again_and_may_have_been_refused(
    make: Make, device: ScriptedDevice, shared: Shared, reply: Reply, error: type[Exception]
) -> None:
    device["login"] = reply
    shared.deadlines["mm-1"] = Deadline.after(1)
    with pytest.raises(error):
        make(retry_seconds=60).perform()
    assert len(device.of("login")) == 1
    assert account(shared).lost_by == ["mm-1"]
    assert account(shared).under_way == []
