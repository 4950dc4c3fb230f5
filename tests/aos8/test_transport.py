"""Each way in which the wire can fail becomes one error of ours, without a secret in it."""

from __future__ import annotations

import select
import socket
import struct
import threading
import traceback
from contextlib import ExitStack
from random import Random

import pytest

from aos8 import (
    Aos8Client,
    Aos8Error,
    BadReply,
    ConnectionLost,
    NameUnresolved,
    TimedOut,
    Timeouts,
    Tls,
    TlsFailed,
    Unreachable,
)
from aos8.session import OBJECT_LIMIT
from tests.aos8.conftest import PASSWORD, MakeClient
from tests.support.certificates import ServerCertificate, make_certificate
from tests.support.processes import until
from tests.support.scripted_device import CSRF, UID, Answer, ScriptedDevice, logged_in, success

SECRETS = (PASSWORD, UID, CSRF, "s3cret", "UIDARUBA=")


def assert_silent(error: BaseException) -> None:
    """Look for secrets wherever an error may be printed."""
    printed = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
    assert not [secret for secret in SECRETS if secret in printed]
    assert error.__context__ is None
    assert error.__cause__ is None


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_login_refused_port_is_unreachable(make_client: MakeClient) -> None:
    with pytest.raises(Unreachable, match="no connection: Connection refused") as caught:
        make_client(port=closed_port()).login()
    assert caught.value.code == "unreachable"
    assert caught.value.outcome_known
    assert_silent(caught.value)


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a" * 70 + ".invalid", "bad..name"])
def test_login_unknown_name_is_name_unresolved(make_client: MakeClient, host: str) -> None:
    with pytest.raises(NameUnresolved) as caught:
        make_client(host=host).login()
    assert caught.value.code == "name-unresolved"
    assert_silent(caught.value)


def test_login_ca_of_somebody_else_is_tls_failed(
    make_client: MakeClient, tmp_path_factory: pytest.TempPathFactory, device: ScriptedDevice
) -> None:
    other = make_certificate(tmp_path_factory.mktemp("other"), "127.0.0.1")
    with pytest.raises(TlsFailed, match=r"unable to get local issuer|signature failure") as caught:
        make_client(tls=Tls(ca=other.ca)).login()
    assert caught.value.code == "tls-failed"
    assert not device.asked
    assert_silent(caught.value)


def test_login_default_roots_do_not_trust_a_private_ca(make_client: MakeClient) -> None:
    with pytest.raises(TlsFailed, match="unable to get local issuer"):
        make_client(tls=Tls()).login()


def test_login_certificate_for_another_address_is_tls_failed(
    make_client: MakeClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = make_certificate(tmp_path_factory.mktemp("other"), "127.0.0.9", "other.example")
    with ScriptedDevice(other.chain) as device:
        client = make_client(port=device.port, tls=Tls(ca=other.ca))
        with pytest.raises(TlsFailed, match="IP address mismatch") as caught:
            client.login()
        assert not device.asked
        assert_silent(caught.value)


def test_login_ipv6_address_matches_its_san(
    make_client: MakeClient, certificate: ServerCertificate
) -> None:
    try:
        server = ScriptedDevice(certificate.chain, "::1")
    except OSError:
        pytest.skip("no IPv6 loopback here")
    with server as device:
        client = make_client(host="::1", port=device.port)
        client.login()
        assert f"[::1]:{device.port}" in repr(client)
        client.close()


@pytest.mark.parametrize("colons", [True, False])
def test_login_right_pin_without_ca_is_accepted(
    make_client: MakeClient, certificate: ServerCertificate, colons: bool
) -> None:
    pin = certificate.fingerprint
    if colons:
        pin = ":".join(pin[i : i + 2] for i in range(0, 64, 2)).upper()
    client = make_client(tls=Tls(fingerprint=pin))
    client.login()
    assert client.is_open


@pytest.mark.parametrize("verify", [True, False])
def test_login_wrong_pin_is_tls_failed_before_the_password_is_sent(
    make_client: MakeClient, device: ScriptedDevice, verify: bool
) -> None:
    with pytest.raises(TlsFailed, match="Fingerprints did not match") as caught:
        make_client(tls=Tls(verify=verify, fingerprint="ab" * 32)).login()
    assert not device.asked
    assert_silent(caught.value)


def test_login_wrong_pin_with_right_ca_is_tls_failed(
    make_client: MakeClient, certificate: ServerCertificate
) -> None:
    with pytest.raises(TlsFailed, match="Fingerprints did not match"):
        make_client(tls=Tls(ca=certificate.ca, fingerprint="ab" * 32)).login()


def test_login_right_pin_with_wrong_ca_is_tls_failed(
    make_client: MakeClient,
    certificate: ServerCertificate,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    other = make_certificate(tmp_path_factory.mktemp("other"), "127.0.0.1")
    with pytest.raises(TlsFailed, match=r"issuer|signature"):
        make_client(tls=Tls(ca=other.ca, fingerprint=certificate.fingerprint)).login()


def test_login_without_verification_warns(make_client: MakeClient) -> None:
    client = make_client(tls=Tls(verify=False))
    with pytest.warns(match="Unverified HTTPS request"):
        client.login()


def test_client_unreadable_ca_is_tls_failed(
    make_client: MakeClient, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ca")
    with pytest.raises(TlsFailed, match=r"cannot load CA bundle .*No such file") as caught:
        make_client(tls=Tls(ca=folder / "absent.pem"))
    assert_silent(caught.value)
    (folder / "empty.pem").write_text("nothing")
    with pytest.raises(TlsFailed, match="cannot load CA bundle"):
        make_client(tls=Tls(ca=folder / "empty.pem"))


def test_login_plain_text_peer_is_tls_failed(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = make_client(port=listener.getsockname()[1], timeouts=Timeouts(connect=5, read=5))

        def greet() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")
                peer.recv(4096)

        thread = threading.Thread(target=greet)
        thread.start()
        with pytest.raises(TlsFailed) as caught:
            client.login()
        thread.join()
        assert_silent(caught.value)


def test_login_silent_handshake_ends_at_the_connect_timeout(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = make_client(
            port=listener.getsockname()[1], timeouts=Timeouts(connect=0.3, read=60)
        )
        with pytest.raises(TimedOut) as caught:
            client.login()
        assert_silent(caught.value)


def test_call_without_an_answer_is_timed_out(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    device["write_memory"] = Answer(hang=True)
    client = make_client()
    client.login()
    client.timeouts = Timeouts(read=0.3)
    with pytest.raises(TimedOut, match="the outcome is unknown") as caught:
        client.write_memory()
    assert caught.value.code == "timeout"
    assert not caught.value.outcome_known
    assert len(device.of("write_memory")) == 1
    assert_silent(caught.value)


@pytest.mark.parametrize("name", ["write_memory", "showcommand"])
def test_call_dripping_answer_ends_at_the_whole_timeout(
    make_client: MakeClient, device: ScriptedDevice, name: str
) -> None:
    device[name] = Answer({"_data": ["x" * 2000]}, drip=0.05)
    client = make_client()
    client.login()
    client.timeouts = Timeouts(read=0.5)
    with pytest.raises(TimedOut) as caught:
        client.write_memory() if name == "write_memory" else client.show("show version")
    assert_silent(caught.value)


@pytest.mark.parametrize("reset", [True, False])
def test_call_cut_in_mid_body_is_connection_lost(
    client: Aos8Client, device: ScriptedDevice, reset: bool
) -> None:
    device["flash_backup"] = Answer(success("flash_backup").body, cut_at=20, reset=reset)
    with pytest.raises(ConnectionLost, match="the outcome is unknown") as caught:
        client.flash_backup("flash", "x")
    assert caught.value.code == "unreachable"
    assert not caught.value.outcome_known
    assert len(device.of("flash_backup")) == 1
    assert_silent(caught.value)


@pytest.mark.parametrize("seed", range(120))
def test_call_mutated_answer_is_a_result_or_an_error_of_ours(
    client: Aos8Client, device: ScriptedDevice, seed: int
) -> None:
    random = Random(seed)
    body = success("write_memory").payload()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    head += random.choice(
        [
            b"Content-Length: %d" % len(body),
            b"Transfer-Encoding: chunked",
            b"Content-Encoding: gzip",
            b"Set-Cookie: SESSION=a\x01b; path=/",
        ]
    )
    data = bytearray(head + b"\r\n\r\n" + body)
    for _ in range(random.randrange(8)):
        data[random.randrange(len(data))] = random.randrange(256)
    device["write_memory"] = Answer(raw=bytes(data[: random.randrange(len(data) + 1)]))
    try:
        client.write_memory()
    except Aos8Error as error:
        assert_silent(error)


def test_login_full_backlog_is_unreachable_at_the_connect_timeout(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        client = make_client(port=listener.getsockname()[1], timeouts=Timeouts(connect=0.3))
        with pytest.raises(Unreachable, match="timed out") as caught:
            client.login()
        assert_silent(caught.value)


@pytest.mark.parametrize("host", ["", "mm1/x", "user@mm1", "mm1?x", "mm 1", "mm1#"])
def test_client_odd_host_is_name_unresolved(make_client: MakeClient, host: str) -> None:
    with pytest.raises(NameUnresolved, match="neither a host name nor an address"):
        make_client(host=host)


def test_call_after_a_cut_connects_anew(client: Aos8Client, device: ScriptedDevice) -> None:
    device["write_memory"] = [
        Answer(success("write_memory").body, cut_at=5),
        success("write_memory"),
    ]
    with pytest.raises(ConnectionLost):
        client.write_memory()
    assert client.write_memory().status_str == "Success"


@pytest.mark.parametrize("chunked", [True, False])
def test_call_oversized_answer_is_refused(
    client: Aos8Client, device: ScriptedDevice, chunked: bool
) -> None:
    device["write_memory"] = Answer(b" " * (OBJECT_LIMIT + 1), chunked=chunked)
    with pytest.raises(BadReply, match="larger than") as caught:
        client.write_memory()
    assert_silent(caught.value)


@pytest.mark.parametrize("cut_at", [5, 1500])
def test_call_cut_in_mid_chunk_is_connection_lost(
    client: Aos8Client, device: ScriptedDevice, cut_at: int
) -> None:
    device["showcommand"] = Answer({"_data": ["x" * 3000]}, chunked=True, cut_at=cut_at)
    with pytest.raises(ConnectionLost):
        client.show("show version")


def test_call_chunked_answer_is_read_whole(client: Aos8Client, device: ScriptedDevice) -> None:
    device["showcommand"] = Answer({"_data": ["x" * 3000]}, chunked=True)
    assert len(client.show("show version").text) == 3000


def test_calls_share_one_connection(client: Aos8Client, device: ScriptedDevice) -> None:
    device["write_memory"] = success("write_memory")
    for _ in range(5):
        client.write_memory()
    client.close()
    assert device.connections == 1


def something_came(client: Aos8Client) -> None:
    """Wait until there is something to read on the connection that the client keeps."""
    pool = client._transport._adapter._pool.pool
    assert pool is not None
    connection = pool.get()
    assert select.select([connection.sock], [], [], 5)[0]
    pool.put(connection)


def test_connect_sends_nothing_and_is_what_the_login_uses(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    client = make_client()
    assert not client.is_connected
    client.connect()
    something_came(client)  # the tickets of TLS 1.3, which do not mean that it was closed
    assert client.is_connected
    assert not client.is_open
    assert not device.asked
    client.connect()
    client.login()
    assert (device.connections, len(device.of("login"))) == (1, 1)


def test_connect_closed_meanwhile_is_noticed_and_made_anew(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    client = make_client()
    client.connect()
    something_came(client)
    assert client.is_connected
    device.hang_up()
    assert until(lambda: not client.is_connected)
    assert not device.asked
    client.connect()
    client.login()
    assert (device.connections, len(device.of("login"))) == (2, 1)


def test_connect_peer_that_talks_unasked_is_not_trusted_with_a_login(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    client = make_client()
    client.connect()
    something_came(client)
    assert client.is_connected
    device.blurt(b"HTTP/1.1 200 OK\r\n\r\n")
    assert until(lambda: not client.is_connected)


def test_connect_refused_port_is_unreachable(make_client: MakeClient) -> None:
    client = make_client(port=closed_port())
    with pytest.raises(Unreachable, match="no connection: Connection refused") as caught:
        client.connect()
    assert_silent(caught.value)
    assert not client.is_connected


def test_connect_certificate_not_trusted_is_tls_failed(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    with pytest.raises(TlsFailed, match="Fingerprints did not match") as caught:
        make_client(tls=Tls(fingerprint="0" * 64)).connect()
    assert not device.asked
    assert_silent(caught.value)


def test_connect_silent_handshake_ends_at_the_connect_timeout(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = make_client(
            port=listener.getsockname()[1], timeouts=Timeouts(connect=0.3, read=60)
        )
        with pytest.raises(TimedOut, match="nothing was sent") as caught:
            client.connect()
        assert_silent(caught.value)


def test_connect_reset_in_the_handshake_is_unreachable(make_client: MakeClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = make_client(port=listener.getsockname()[1])

        def slam() -> None:
            peer, _ = listener.accept()
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            peer.close()

        thread = threading.Thread(target=slam)
        thread.start()
        with pytest.raises(Unreachable) as caught:
            client.connect()
        thread.join()
        assert caught.value.outcome_known
        assert_silent(caught.value)


def test_get_without_a_connection_is_sent_once_more(
    client: Aos8Client, device: ScriptedDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def refuse(method: str) -> Unreachable:
        tried.append(method)
        return Unreachable("no connection")

    monkeypatch.setattr(
        client._transport, "_attempt", lambda request, *_: refuse(str(request.method))
    )
    with pytest.raises(Unreachable):
        client.show("show version")
    with pytest.raises(Unreachable):
        client.write_memory()
    assert tried == ["GET", "GET", "POST"]


def test_proxy_of_the_environment_is_ignored(
    make_client: MakeClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent/ca.pem")
    make_client().login()


@pytest.mark.parametrize("csrf", [CSRF, None])
def test_errors_with_a_token_in_the_query_stay_silent(
    make_client: MakeClient, device: ScriptedDevice, csrf: str | None
) -> None:
    device["login"] = logged_in(csrf=csrf)
    device["write_memory"] = Answer(hang=True)
    client = make_client()
    client.login()
    client.timeouts = Timeouts(read=0.3)
    with pytest.raises(Aos8Error) as caught:
        client.write_memory()
    assert_silent(caught.value)
