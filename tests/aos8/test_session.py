"""Login, tokens, expiry and logout, against a real server."""

from __future__ import annotations

import logging
from urllib.parse import parse_qs

import pytest

from aos8 import (
    Aos8Client,
    Aos8Error,
    BadReply,
    DeviceBusy,
    DeviceError,
    LoginRefused,
    NotPermitted,
    SessionExpired,
    SessionLimit,
    Unsupported,
)
from tests.aos8.conftest import PASSWORD, MakeClient
from tests.aos8.test_transport import assert_silent
from tests.support.scripted_device import (
    CSRF,
    LOGGED_OUT,
    UID,
    Answer,
    Asked,
    ScriptedDevice,
    logged_in,
    success,
)

REFUSED = {
    "_global_result": {
        "status": "1",
        "status_str": "Unauthorized request, authentication failed",
    }
}
LOGIN_PAGE = '<!DOCTYPE html><html><form><input type="password" name="password"></form></html>'


def test_login_posts_a_form_and_nothing_in_the_url(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    (asked,) = device.asked
    assert (asked.method, asked.path, asked.query) == ("POST", "/v1/api/login", {})
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert parse_qs(asked.body.decode()) == {"username": ["backup"], "password": [PASSWORD]}


@pytest.mark.parametrize(
    "password", ["a&b=c", "100%25", "a+b c", "#hash?x=1", "süß€", "'\"\\", " lead trail "]
)
def test_login_any_password_arrives_intact(
    make_client: MakeClient, device: ScriptedDevice, password: str
) -> None:
    make_client(password=password).login()
    assert parse_qs(device.asked[0].body.decode())["password"] == [password]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(REFUSED, status=401),
        Answer("", status=401),
        Answer("<html>Unauthorized</html>", status=401, content_type="text/html"),
        Answer(REFUSED),
        Answer({"_global_result": REFUSED["_global_result"] | {"UIDARUBA": "(null)"}}),
        Answer({"_global_result": {"status": 1, "status_str": f"no: {PASSWORD}"}}),
        Answer(
            {
                "_global_result": {
                    "status": "1",
                    "status_str": "account locked, session limit exceeded",
                }
            }
        ),
        Answer({"Error": "authentication failed", "_global_result": {"status": "1"}}),
        Answer({"Error": "authentication failed"}),
    ],
)
def test_login_refused_in_any_shape_is_login_refused_once(
    make_client: MakeClient, device: ScriptedDevice, answer: Answer
) -> None:
    device["login"] = answer
    client = make_client()
    with pytest.raises(LoginRefused) as caught:
        client.login()
    assert caught.value.code == "login-refused"
    assert len(device.asked) == 1
    assert not client.is_open
    assert_silent(caught.value)


BUSY = {"_global_result": {"status": "1", "status_str": "Module is busy. Please try later"}}


@pytest.mark.parametrize("status", [200, 401, 403, 503])
@pytest.mark.parametrize(
    "words", ["Maximum number of sessions reached", "Session limit exceeded", "too many clients"]
)
def test_login_session_table_full_is_session_limit(
    make_client: MakeClient, device: ScriptedDevice, status: int, words: str
) -> None:
    body = {"_global_result": {"status": "1", "status_str": words}}
    device["login"] = Answer(body, status=status)
    with pytest.raises(SessionLimit, match=words) as caught:
        make_client().login()
    assert caught.value.code == "session-limit"


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (Answer(""), BadReply, "no JSON object"),
        (Answer("[]"), BadReply, "no JSON object"),
        (Answer("<html>Portal</html>"), BadReply, "a web page"),
        (Answer({}), BadReply, "without a status"),
        (Answer({"_global_result": {"status": "zero"}}), BadReply, "without a status"),
        (Answer({"_global_result": {"status": "0"}}), BadReply, "gave no session"),
        (logged_in("(null)", cookie=False), BadReply, "gave no session"),
        (logged_in("a\r\nInjected: b", cookie=False), BadReply, "gave no session"),
        (Answer("", status=302, headers={"Location": "/screens"}), BadReply, "HTTP 302"),
        (Answer("", status=404), BadReply, "HTTP 404"),
        (Answer("", status=503), DeviceError, "HTTP 503"),
        (Answer({"ERROR": "Internal failure"}), DeviceError, "Internal failure"),
        (Answer(BUSY), DeviceBusy, "Module is busy"),
        (Answer("<html><b>Module is busy</b></html>", status=500), DeviceBusy, "Module is busy"),
    ],
)
def test_login_odd_answer_is_no_session(
    make_client: MakeClient,
    device: ScriptedDevice,
    answer: Answer,
    error: type[Aos8Error],
    words: str,
) -> None:
    device["login"] = answer
    client = make_client()
    with pytest.raises(error, match=words):
        client.login()
    assert not client.is_open
    assert len(device.asked) == 1


def test_call_with_csrf_sends_cookie_and_header_and_no_query(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["write_memory"] = success("write_memory")
    client.write_memory()
    asked = device.asked[-1]
    assert asked.headers["cookie"] == f"SESSION={UID}"
    assert asked.headers["x-csrf-token"] == CSRF
    assert asked.query == {"config_path": ["/md"]}


def test_call_without_csrf_sends_the_query_too(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    device["login"] = logged_in(csrf=None)
    device["write_memory"] = success("write_memory")
    client = make_client()
    client.login()
    client.write_memory()
    asked = device.asked[-1]
    assert asked.headers["cookie"] == f"SESSION={UID}"
    assert "x-csrf-token" not in asked.headers
    assert asked.query["UIDARUBA"] == [UID]


def test_login_token_only_in_cookie_or_only_in_body_suffices(
    make_client: MakeClient, device: ScriptedDevice
) -> None:
    result = {"status": "0", "status_str": "ok"}
    device["login"] = [
        Answer({"_global_result": result}, headers={"Set-Cookie": "SESSION=abc; path=/v1/api"}),
        logged_in("def", cookie=False),
    ]
    device["write_memory"] = success("write_memory")
    for expected in ("SESSION=abc", "SESSION=def"):
        client = make_client()
        client.login()
        client.write_memory()
        assert device.asked[-1].headers["cookie"] == expected


@pytest.mark.parametrize("status", [401, 403])
def test_call_device_that_insists_on_the_query_is_remembered(
    client: Aos8Client, device: ScriptedDevice, status: int
) -> None:
    def insist(asked: Asked) -> Answer:
        if "UIDARUBA" in asked.query:
            return success("write_memory")
        return Answer({"_global_result": {"status": 1}}, status=status)

    device["write_memory"] = insist
    client.write_memory()
    client.write_memory()
    assert ["UIDARUBA" in asked.query for asked in device.of("write_memory")] == [
        False,
        True,
        True,
    ]


def test_call_refused_with_the_query_too_is_not_insisted_again(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["write_memory"] = Answer("", status=403)
    for _ in range(2):
        with pytest.raises(NotPermitted):
            client.write_memory()
    assert ["UIDARUBA" in asked.query for asked in device.of("write_memory")] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize("csrf", [CSRF, None])
def test_call_rotated_session_is_followed_in_cookie_and_query(
    make_client: MakeClient, device: ScriptedDevice, csrf: str | None
) -> None:
    count = iter(range(1, 9))

    def rotate(asked: Asked) -> Answer:
        number = next(count)
        headers = {"Set-Cookie": f"SESSION=turn-{number}; path=/v1/api; Secure"}
        return Answer(success("write_memory").body, headers=headers)

    device["login"] = logged_in(csrf=csrf)
    device["write_memory"] = rotate
    client = make_client()
    client.login()
    for _ in range(3):
        client.write_memory()
    client.close()
    cookies = [asked.headers["cookie"] for asked in device.asked[1:]]
    assert cookies == [f"SESSION={UID}", "SESSION=turn-1", "SESSION=turn-2", "SESSION=turn-3"]
    uids = [asked.query.get("UIDARUBA") for asked in device.asked[1:]]
    assert uids == ([None] * 4 if csrf else [[UID], ["turn-1"], ["turn-2"], ["turn-3"]])


@pytest.mark.parametrize(
    "cookie", ["SESSION=; Max-Age=0", "SESSION=deleted", "other=1; path=/", "SESSION", "=", "\x7f"]
)
def test_call_useless_cookie_changes_nothing(
    client: Aos8Client, device: ScriptedDevice, cookie: str
) -> None:
    device["write_memory"] = Answer(success("write_memory").body, headers={"Set-Cookie": cookie})
    client.write_memory()
    client.write_memory()
    assert device.asked[-1].headers["cookie"] == f"SESSION={UID}"


def test_call_new_csrf_token_in_a_header_is_followed(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["write_memory"] = Answer(
        success("write_memory").body, headers={"X-CSRF-Token": "next-token"}
    )
    client.write_memory()
    client.write_memory()
    assert device.asked[-1].headers["x-csrf-token"] == "next-token"


@pytest.mark.parametrize(
    "answer",
    [
        Answer("", status=401),
        Answer({"_global_result": {"status": 1, "status_str": "x"}}, status=401),
        Answer("you must authenticate yourself", status=403),
        Answer(LOGIN_PAGE, status=403),
        Answer(LOGIN_PAGE, content_type="text/html"),
        Answer(
            {
                "_global_result": {
                    "status": 1,
                    "status_str": "Invalid authentication token(UIDARUBA) in request URL",
                }
            }
        ),
    ],
)
@pytest.mark.parametrize("call", ["post", "show"])
def test_call_with_a_dead_session_is_session_expired(
    client: Aos8Client, device: ScriptedDevice, answer: Answer, call: str
) -> None:
    device["write_memory"] = device["showcommand"] = answer
    with pytest.raises(SessionExpired) as caught:
        client.write_memory() if call == "post" else client.show("show version")
    assert caught.value.code == "session-expired"
    assert_silent(caught.value)
    device["login"] = logged_in("second")
    device["write_memory"] = success("write_memory")
    client.login()
    client.write_memory()
    assert device.asked[-1].headers["cookie"] == "SESSION=second"


@pytest.mark.parametrize(
    ("answer", "error", "code"),
    [
        (Answer("", status=403), NotPermitted, "not-permitted"),
        (Answer("", status=404), Unsupported, "unsupported"),
        (Answer({"ERROR": "Invalid Object"}, status=404), Unsupported, "unsupported"),
        (Answer({"Error": "bad data"}, status=400), DeviceError, "device-error"),
        (Answer("", status=415), DeviceError, "device-error"),
        (Answer("<html>down</html>", status=503), DeviceError, "device-error"),
        (Answer("<html>Module is busy</html>", status=503), DeviceBusy, "device-busy"),
        (Answer("", status=204), BadReply, "bad-reply"),
        (Answer("", status=302, headers={"Location": "/login"}), BadReply, "bad-reply"),
        (Answer("<html><body>Portal</body></html>"), BadReply, "bad-reply"),
    ],
)
def test_call_http_answer_becomes_its_error(
    client: Aos8Client,
    device: ScriptedDevice,
    answer: Answer,
    error: type[Aos8Error],
    code: str,
) -> None:
    device["write_memory"] = answer
    with pytest.raises(error) as caught:
        client.write_memory()
    assert caught.value.code == code
    assert_silent(caught.value)


def test_call_redirect_is_not_followed(client: Aos8Client, device: ScriptedDevice) -> None:
    device["write_memory"] = Answer("", status=307, headers={"Location": "/elsewhere"})
    with pytest.raises(BadReply, match="redirects are not followed"):
        client.write_memory()
    assert not device.of("elsewhere")


def test_call_before_login_is_session_expired(make_client: MakeClient) -> None:
    with pytest.raises(SessionExpired, match="not logged in"):
        make_client().write_memory()


def test_login_again_gives_the_old_session_back(client: Aos8Client, device: ScriptedDevice) -> None:
    client.login()
    assert [asked.name for asked in device.asked] == ["login", "logout", "login"]


def test_logout_sends_the_same_proof_and_closes(client: Aos8Client, device: ScriptedDevice) -> None:
    client.logout()
    asked = device.asked[-1]
    assert (asked.method, asked.path) == ("GET", "/v1/api/logout")
    assert asked.headers["cookie"] == f"SESSION={UID}"
    assert asked.headers["x-csrf-token"] == CSRF
    client.logout()
    client.close()
    assert len(device.of("logout")) == 1


def test_logout_that_reaches_nobody_is_tried_again(
    client: Aos8Client, device: ScriptedDevice
) -> None:
    device["logout"] = [*[Answer(LOGGED_OUT.body, cut_at=0, reset=True)] * 3, LOGGED_OUT]
    client.logout()
    assert len(device.of("logout")) == 4


@pytest.mark.parametrize(
    "answer",
    [
        Answer("", status=401),
        Answer(""),
        Answer({"_global_result": {"status": "1"}}),
        Answer("", status=500),
        Answer(LOGGED_OUT.body, cut_at=3),
    ],
)
def test_logout_failure_raises_in_logout_and_is_only_logged_by_close(
    make_client: MakeClient,
    device: ScriptedDevice,
    answer: Answer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    device["logout"] = answer
    loud, quiet = make_client(), make_client()
    loud.login()
    with pytest.raises(Aos8Error):
        loud.logout()
    assert not loud.is_open
    quiet.login()
    with caplog.at_level(logging.DEBUG, logger="aos8"):
        quiet.close()
    assert [record.levelname for record in caplog.records if "logout failed" in record.message] == [
        "DEBUG"
    ]
    assert not quiet.is_open


def test_debug_log_of_this_package_shows_no_secret(
    make_client: MakeClient, device: ScriptedDevice, caplog: pytest.LogCaptureFixture
) -> None:
    device["login"] = logged_in(csrf=None)
    device["write_memory"] = success("write_memory")
    with caplog.at_level(logging.DEBUG, logger="aos8"), make_client() as client:
        client.write_memory()
    assert "POST write_memory: HTTP 200" in caplog.text
    assert not [secret for secret in (PASSWORD, UID, CSRF) if secret in caplog.text]
