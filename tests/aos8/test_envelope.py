"""The success rule of object calls: everything that is not a success in full is rejected."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aos8 import Aos8Error, BadReply, DeviceError, SessionExpired, Unsupported
from aos8.envelope import ObjectReply, read_object_reply
from aos8.redact import Redactor

OK = {"status": 0, "status_str": "Success", "_pending": False}


def read(body: object, *, copies: bool = False) -> ObjectReply:
    text = body if isinstance(body, str) else json.dumps(body)
    return read_object_reply(text, "thing", "mm1:4343", Redactor(["hunter22"]), copies=copies)


@pytest.mark.parametrize("status", [0, "0", " 0 "])
@pytest.mark.parametrize(
    "members",
    [
        {},
        {"thing": {"a": 1, "_result": {"status": 0, "status_str": "Success"}}},
        {"thing": [{"x": {"_result": {"status": "0"}}}]},
    ],
)
def test_reply_zero_everywhere_is_success(status: object, members: dict[str, Any]) -> None:
    assert read(members | {"_global_result": OK | {"status": status}}).status_str == "Success"


def test_reply_live_write_memory_is_success() -> None:
    reply = read(
        '{"write_memory": {"_result": {"status": 0, "status_str": "Success"}},'
        ' "_global_result": {"status": 0, "status_str": "Success", "_pending": false}}'
    )
    assert (reply.status_str, reply.pending) == ("Success", False)


@pytest.mark.parametrize(
    ("body", "error", "words"),
    [
        ("", BadReply, "an empty answer"),
        ("  \n", BadReply, "an empty answer"),
        ("plain text", BadReply, "no JSON object"),
        ("[]", BadReply, "no JSON object"),
        ("null", BadReply, "no JSON object"),
        ("[" * 5000, BadReply, "no JSON object"),
        ('{"thing": ' * 300 + "1" + "}" * 300, BadReply, "no JSON object"),
        ('{"thing": ' * 5000, BadReply, "no JSON object"),
        ({}, BadReply, "no status"),
        ({"_global_result": {}}, BadReply, "no status"),
        ({"_global_result": []}, BadReply, "no status"),
        ({"_global_result": {"status": None}}, BadReply, "no status"),
        ({"_global_result": {"status": False}}, BadReply, "no status"),
        ({"_global_result": {"status": 0.0}}, BadReply, "no status"),
        ({"_global_result": {"status": "ok"}}, BadReply, "no status"),
        ({"ERROR": "Invalid Object"}, Unsupported, "unknown to this release"),
        ({"error": "unknown object thing"}, Unsupported, "unknown to this release"),
        ({"Error": "internal failure"}, DeviceError, "internal failure"),
        ({"Error": None, "_global_result": OK}, DeviceError, "null"),
        ({"eRRoR": "x", "_global_result": OK}, DeviceError, "failed: x"),
        ({"_global_result": OK | {"status": 1, "status_str": "No space"}}, DeviceError, "No space"),
        ({"_global_result": OK | {"status": "1"}}, DeviceError, "failed"),
        ({"_global_result": OK | {"status": 2, "status_str": "skip"}}, DeviceError, "skip"),
        ({"_global_result": {"status": -1}}, DeviceError, "gives no reason"),
        (
            {"_global_result": OK, "thing": {"_result": {"status": 1, "status_str": "nested"}}},
            DeviceError,
            "nested",
        ),
        (
            {"_global_result": OK, "thing": [{"a": [{"_result": {"status": 2}}]}]},
            DeviceError,
            "failed",
        ),
        ({"_global_result": OK, "thing": {"_result": {}}}, DeviceError, "failed"),
        ({"_global_result": OK, "thing": {"_result": "0"}}, DeviceError, "failed"),
        ({"_global_result": OK, "thing": {"_result": [{"status": 0}]}}, DeviceError, "failed"),
        (
            {"_global_result": {"status": 1, "status_str": "session expired"}},
            SessionExpired,
            "session is gone",
        ),
    ],
)
def test_reply_anything_else_is_rejected(body: object, error: type[Aos8Error], words: str) -> None:
    with pytest.raises(error, match=words):
        read(body)


@pytest.mark.parametrize("text", ["File uploaded successfully", "...\nSUCCESSFULLY copied\n"])
def test_copy_with_the_success_words_is_success(text: str) -> None:
    assert read({"_global_result": OK | {"status_str": text}}, copies=True)
    nested = {"_global_result": OK, "thing": {"_result": {"status": 0, "status_str": text}}}
    assert read(nested, copies=True)


@pytest.mark.parametrize(
    "text", ["", "Success", "Permission denied", "unsuccessfully", "lost connection"]
)
def test_copy_without_the_success_words_is_rejected(text: str) -> None:
    with pytest.raises(DeviceError, match="not confirmed") as caught:
        read({"_global_result": OK | {"status_str": text}}, copies=True)
    assert caught.value.words == text


def test_reply_echoed_secrets_are_masked() -> None:
    reply = read(
        {
            "thing": {
                "passwd": "whatever",
                "password": "whatever",
                "deep": [{"Passwd": "whatever"}],
                "destfilename": "x-hunter22",
                "_result": {"status": 0, "status_str": "ok"},
            },
            "_global_result": OK | {"status_str": "copied for hunter22 successfully"},
        },
        copies=True,
    )
    assert reply.members == {
        "passwd": "***",
        "password": "***",
        "deep": [{"Passwd": "***"}],
        "destfilename": "x-***",
    }
    assert "hunter22" not in repr(reply)
    assert "whatever" not in repr(reply)


def test_reply_failure_words_are_redacted_clipped_and_on_one_line() -> None:
    body = {"_global_result": {"status": 1, "status_str": "bad\nhunter22\x1b[31m " + "x" * 900}}
    with pytest.raises(DeviceError) as caught:
        read(body)
    assert caught.value.words.startswith("bad *** [31m xxx")
    assert len(caught.value.words) <= 300
    assert str(caught.value).isprintable()


def test_reply_pending_is_told() -> None:
    assert read({"_global_result": OK | {"_pending": True}}).pending
