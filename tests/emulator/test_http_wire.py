from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import pytest

from emulator.errors import BadRequestError
from emulator.http_wire import LARGEST_BODY, LARGEST_HEAD, Requests, written
from emulator.messages import Reply
from tests.emulator.conftest import Start
from tests.support.emulated import Client

POST = b"POST /p?a=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"


def _source(*pieces: bytes) -> Callable[[int], bytes]:
    left = list(pieces)
    return lambda _limit: left.pop(0) if left else b""


def test_request_has_its_parts() -> None:
    found = Requests(_source(POST)).next()

    assert found is not None
    request, more = found
    assert more
    assert (request.method, request.path, request.query_text) == ("POST", "/p", "a=1")
    assert dict(request.headers) == {"host": "h", "content-length": "4"}
    assert request.body == b"body"


@pytest.mark.parametrize("size", [1, 7, 1000])
def test_requests_are_cut_where_they_end_however_they_come(size: int) -> None:
    stream = POST + b"GET /g HTTP/1.1\r\n\r\n" + POST
    requests = Requests(_source(*(stream[at : at + size] for at in range(0, len(stream), size))))

    found = [requests.next() for _ in range(4)]

    assert [one and (one[0].method, one[0].body) for one in found] == [
        ("POST", b"body"),
        ("GET", b""),
        ("POST", b"body"),
        None,
    ]


@pytest.mark.parametrize("sent", [b"", b"GET / HT", POST[:-1]])
def test_client_that_goes_in_the_middle_has_asked_for_nothing(sent: bytes) -> None:
    assert Requests(_source(sent)).next() is None


def test_repeated_header_is_joined() -> None:
    found = Requests(_source(b"GET / HTTP/1.1\r\nCookie: a=1\r\ncookie:b=2 \r\n\r\n")).next()

    assert found is not None
    assert found[0].headers["cookie"] == "a=1; b=2"


@pytest.mark.parametrize(
    ("head", "more"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nConnection: Keep-Alive\r\n\r\n", True),
        (b"GET / HTTP/1.1\r\nConnection: Close\r\n\r\n", False),
        (b"GET / HTTP/1.0\r\n\r\n", False),
    ],
)
def test_client_says_whether_more_follows(head: bytes, more: bool) -> None:
    found = Requests(_source(head)).next()

    assert found is not None
    assert found[1] is more


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /\r\n\r\n", 400),
        (b"GET / with spaces HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/2\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: \xb2\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % (LARGEST_BODY + 1), 413),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nlong: " + b"x" * LARGEST_HEAD, 431),
    ],
)
def test_what_cannot_be_read_is_refused(sent: bytes, status: int) -> None:
    with pytest.raises(BadRequestError) as caught:
        Requests(_source(sent)).next()

    assert caught.value.status == status


def test_answer_is_written_whole_or_half() -> None:
    head = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n"
    reply = Reply(404, b"body", "text/plain")

    assert written(reply) == head + b"\r\nbody"
    assert written(Reply(404, b"body", "text/plain", ending="half")) == head + b"\r\nbo"


def test_answer_sets_the_session_as_a_cookie_for_https_only() -> None:
    content = written(Reply(200).with_cookie("abc"))

    assert b"\r\nSet-Cookie: SESSION=abc; HttpOnly; Path=/; Secure\r\n\r\n" in content


def _exchange(client: Client, sent: bytes) -> bytes:
    """Return everything that comes until the conductor ends the connection."""
    context = ssl.create_default_context(cafile=client.fleet.ca_file)
    address = client.conductor.address
    with (
        socket.create_connection((address, client.conductor.port), timeout=20) as sock,
        context.wrap_socket(sock, server_hostname=address) as stream,
    ):
        stream.sendall(sent)
        return b"".join(iter(lambda: stream.recv(65536), b""))


def test_connection_ends_after_a_request_that_cannot_be_read(start: Start) -> None:
    content = _exchange(start(login=False), b"nonsense\r\n\r\n" + POST)

    assert content.startswith(b"HTTP/1.1 400 ")
    assert content.count(b"HTTP/1.1") == 1


def test_connection_ends_when_the_client_asks_for_it(start: Start) -> None:
    asked = b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\nConnection: close\r\n\r\n"

    content = _exchange(start(login=False), asked + asked)

    assert content.count(b"HTTP/1.1 401 ") == 2


def test_other_methods_are_not_allowed(start: Start) -> None:
    content = _exchange(start(login=False), b"PUT / HTTP/1.0\r\n\r\n")

    assert content.startswith(b"HTTP/1.1 405 ")
