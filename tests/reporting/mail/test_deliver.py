from __future__ import annotations

import base64
import socket
import traceback
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from outcome import Verdict
from reporting.errors import (
    MailDataRefused,
    MailLoginFailed,
    MailNotSent,
    MailRecipientsRefused,
    MailSenderRefused,
    MailServerNotReached,
    MailTlsFailed,
)
from reporting.mail.deliver import MailOptions, Security, probe, send
from reporting.mail.message import compose
from tests.reporting.samples import HOSTILE, ended, mixed_report, passed, report_of, run_info
from tests.support.certificates import ServerCertificate, make_certificate
from tests.support.smtp import PASSWORD, USER, SmtpServer, server_context

TO = ["team@example.net", "Jürgen Groß <j.gross@example.net>"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerCertificate:
    return make_certificate(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture
def plain() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def starttls(certificate: ServerCertificate) -> Iterator[SmtpServer]:
    with SmtpServer(starttls=server_context(certificate)) as server:
        yield server


@pytest.fixture
def tls(certificate: ServerCertificate) -> Iterator[SmtpServer]:
    with SmtpServer(implicit_tls=server_context(certificate)) as server:
        yield server


def _mail(*recipients: str, sender: str = "Backup <backup@example.net>") -> EmailMessage:
    return compose(mixed_report(), sender=sender, recipients=recipients or TO)


def _options(
    server: SmtpServer,
    security: Security,
    *,
    ca_file: Path | None = None,
    username: str = "",
    password: str = "",
    host: str = "127.0.0.1",
) -> MailOptions:
    return MailOptions(host, server.port, security, username, password, ca_file, timeout=20)


def _whole_text(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))


def test_send_plain_every_recipient_gets_the_mail(plain: SmtpServer) -> None:
    delivery = send(_mail(), _options(plain, Security.NONE))
    assert delivery.accepted == ("team@example.net", "j.gross@example.net")
    assert delivery.refused == {}
    assert plain.box.recipients == [["team@example.net", "j.gross@example.net"]]


def test_send_delivered_mail_reads_back_with_umlauts_and_short_lines(plain: SmtpServer) -> None:
    report = report_of(
        ended("hq-mc1", Verdict.FAIL, "device-error", "Gerät meldet: Größe überschritten " * 60),
        passed("hq-mc2"),
        run=run_info(selection="site Zürich"),
    )
    send(
        compose(report, sender="Sicherung Süd <b@example.net>", recipients=TO),
        _options(plain, Security.NONE),
    )
    (raw,), (mail,) = plain.box.raw, plain.box.mails
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert mail["Subject"] == (
        "[conductor backup] 1 FAIL, 1 PASS of 2 - site Zürich - 2026-11-23 02:00Z"
    )
    assert mail["From"] == "Sicherung Süd <b@example.net>"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        assert "Gerät meldet: Größe" in body.get_content()


def test_send_hostile_words_add_no_header_and_no_recipient(plain: SmtpServer) -> None:
    report = report_of(
        ended("hq-mc1", Verdict.FAIL, "device-error", HOSTILE), run=run_info(selection=HOSTILE)
    )
    mail = compose(
        report, sender="b@example.net", recipients=TO[:1], subject_prefix="x\r\nBcc: y@z"
    )
    send(mail, _options(plain, Security.NONE))
    assert plain.box.recipients == [["team@example.net"]]
    assert plain.box.mails[0]["Bcc"] is None


def test_send_starttls_with_login_delivers(
    starttls: SmtpServer, certificate: ServerCertificate
) -> None:
    options = _options(
        starttls, Security.STARTTLS, ca_file=certificate.ca, username=USER, password=PASSWORD
    )
    assert len(send(_mail(), options).accepted) == 2
    assert starttls.box.logins == [USER.encode()]
    assert PASSWORD not in repr(options)


def test_send_implicit_tls_with_login_delivers(
    tls: SmtpServer, certificate: ServerCertificate
) -> None:
    options = _options(tls, Security.TLS, ca_file=certificate.ca, username=USER, password=PASSWORD)
    assert len(send(_mail(), options).accepted) == 2
    assert tls.box.logins == [USER.encode()]


def test_send_wrong_password_is_an_error_without_the_password(
    starttls: SmtpServer, certificate: ServerCertificate
) -> None:
    secret = "wr0ng-s3cret"
    in_base64 = base64.b64encode(f"\0{USER}\0{secret}".encode()).decode()
    starttls.box.login_answer = f"535 5.7.8 bad password {secret} in {in_base64}"
    options = _options(
        starttls, Security.STARTTLS, ca_file=certificate.ca, username=USER, password=secret
    )
    with pytest.raises(MailLoginFailed, match=r"login: the server said 535 5\.7\.8 bad") as caught:
        send(_mail(), options)
    shown = _whole_text(caught.value)
    assert secret not in shown
    assert in_base64 not in shown
    assert starttls.box.raw == []


def test_send_password_that_smtp_cannot_carry_is_an_error_without_the_password(
    starttls: SmtpServer, certificate: ServerCertificate
) -> None:
    options = _options(
        starttls, Security.STARTTLS, ca_file=certificate.ca, username=USER, password="schlüssel"
    )
    with pytest.raises(MailLoginFailed, match="characters that SMTP cannot carry") as caught:
        send(_mail(), options)
    assert "schl" not in _whole_text(caught.value)


def test_send_login_without_encryption_is_refused_before_the_password_leaves(
    plain: SmtpServer,
) -> None:
    options = _options(plain, Security.NONE, username=USER, password=PASSWORD)
    with pytest.raises(MailLoginFailed, match="never sent over an unencrypted connection"):
        send(_mail(), options)
    assert plain.box.logins == []
    assert plain.box.raw == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
def test_send_untrusted_certificate_is_refused(
    security: Security, starttls: SmtpServer, tls: SmtpServer
) -> None:
    server = tls if security is Security.TLS else starttls
    options = _options(server, security, username=USER, password=PASSWORD)
    with pytest.raises(MailTlsFailed, match="TLS: the server's certificate was not trusted"):
        send(_mail(), options)
    assert server.box.logins == []
    assert server.box.raw == []


def test_send_certificate_of_another_name_is_refused(
    starttls: SmtpServer, certificate: ServerCertificate
) -> None:
    options = _options(starttls, Security.STARTTLS, ca_file=certificate.ca, host="localhost")
    with pytest.raises(MailTlsFailed, match="localhost"):
        send(_mail(), options)


def test_send_starttls_not_offered_is_refused_not_downgraded(plain: SmtpServer) -> None:
    with pytest.raises(MailTlsFailed, match="STARTTLS extension not supported") as caught:
        send(_mail(), _options(plain, Security.STARTTLS))
    assert "by server. Use the name" in str(caught.value)
    assert plain.box.raw == []


def test_mail_options_unknown_security_is_refused() -> None:
    with pytest.raises(ValueError, match="ssl"):
        MailOptions("mail.example.net", security="ssl")  # type: ignore[arg-type]
    assert MailOptions("m", security="tls").security is Security.TLS  # type: ignore[arg-type]


def test_send_tls_to_a_plain_port_is_refused(plain: SmtpServer) -> None:
    with pytest.raises(MailTlsFailed):
        send(_mail(), _options(plain, Security.TLS))


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_send_unusable_ca_file_is_named(
    content: str | None, starttls: SmtpServer, tmp_path: Path
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(MailTlsFailed, match=r"ca\.pem cannot be used"):
        send(_mail(), _options(starttls, Security.STARTTLS, ca_file=path))


def test_send_one_recipient_refused_is_part_of_the_delivery(plain: SmtpServer) -> None:
    delivery = send(_mail("team@example.net", "nobody@example.net"), _options(plain, Security.NONE))
    assert delivery.accepted == ("team@example.net",)
    assert delivery.refused == {"nobody@example.net": "550 5.1.1 no such user"}
    assert plain.box.recipients == [["team@example.net"]]


def test_send_every_recipient_refused_is_an_error_that_names_them(plain: SmtpServer) -> None:
    with pytest.raises(MailRecipientsRefused) as caught:
        send(_mail("nobody@example.net"), _options(plain, Security.NONE))
    assert caught.value.refused == {"nobody@example.net": "550 5.1.1 no such user"}
    assert "nobody@example.net (550 5.1.1 no such user)" in str(caught.value)


def test_send_sender_refused_is_an_error(plain: SmtpServer) -> None:
    with pytest.raises(MailSenderRefused, match=r"sender: the server said 553 5\.7\.1"):
        send(_mail(sender="banned@example.net"), _options(plain, Security.NONE))


def test_send_message_refused_is_an_error(plain: SmtpServer) -> None:
    plain.box.data_answer = "552 5.3.4 message too \x1b[31mlarge"
    with pytest.raises(
        MailDataRefused, match=r"data: the server said 552 5\.3\.4 message too large"
    ):
        send(_mail(), _options(plain, Security.NONE))


def test_send_server_down_says_host_port_phase_and_remedy() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(MailServerNotReached) as caught:
        send(_mail(), MailOptions("127.0.0.1", port, Security.NONE, timeout=20))
    assert str(caught.value) == (
        f"mail not sent: 127.0.0.1 port {port}, connect: Connection refused. "
        "Check host, port and security of the mail settings, and the firewall."
    )
    assert isinstance(caught.value, MailNotSent)
    assert caught.value.phase == "connect"


@pytest.mark.parametrize("security", list(Security))
def test_send_server_that_never_answers_ends_at_the_timeout(security: Security) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options = MailOptions("127.0.0.1", listener.getsockname()[1], security, timeout=0.2)
        with pytest.raises(MailServerNotReached, match=r"no answer within 0\.2 s"):
            send(_mail(), options)


def test_send_unknown_host_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_name(*args: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_name)
    with pytest.raises(MailServerNotReached, match="connect: Name or service not known"):
        send(_mail(), MailOptions("mail.invalid", 25, Security.NONE, timeout=20))


def test_probe_goes_as_far_as_a_mail_and_sends_none(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "127.0.0.1")
    with SmtpServer(starttls=server_context(certificate)) as server:
        options = MailOptions(
            "127.0.0.1", server.port, username=USER, password=PASSWORD, ca_file=certificate.ca
        )
        probe(options)
        assert server.box.logins == [USER.encode()]
        with pytest.raises(MailLoginFailed):
            probe(replace(options, password="wrong"))
        assert server.box.raw == []
