"""The rule by which the answer to an object call is a success; nothing else counts as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from aos8.body import (
    as_object,
    as_status,
    error_words,
    means_no_session,
    status_of,
    status_words,
)
from aos8.errors import BadReply, DeviceError, SessionExpired, Unsupported, failure
from aos8.redact import Redactor

_UNKNOWN_OBJECT: Final = re.compile(r"\b(invalid|unknown|no such)\s+object", re.IGNORECASE)
_COPIED: Final = re.compile(r"\bsuccessfully\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ObjectReply:
    """What a device says about a call that succeeded, secrets masked.

    `members` are the submitted members as it echoes them, `pending` tells staged configuration
    that was not written, `texts` are all strings of the answer.
    """

    status_str: str
    members: Mapping[str, object] = field(default_factory=dict)
    pending: bool = False
    texts: tuple[str, ...] = ()


def read_object_reply(
    text: str, name: str, where: str, redactor: Redactor, *, copies: bool = False
) -> ObjectReply:
    """Return the reply of a call that succeeded in every respect, or raise.

    Success is: a JSON object, no error key, `_global_result.status` 0, every `_result.status` at
    any depth 0 (2 means skipped, so nothing was done), and for copies the word "successfully" in
    a status text. Raises `Unsupported`, `DeviceError`, `SessionExpired` or `BadReply`.
    """
    what = f"{where}: {name}"
    body = as_object(text)
    if body is None:
        raise BadReply(f"{what}: {'no JSON object' if text.strip() else 'an empty answer'} came")
    words = redactor.words(status_words(body))
    error = error_words(body)
    if error is not None and _UNKNOWN_OBJECT.search(error):
        raise Unsupported(f"{what}: unknown to this release: {words}")
    if error is None and status_of(body) is None:
        raise BadReply(f"{what}: the answer has no status")
    results = tuple(_results(body))
    failed = error is not None or status_of(body) != 0
    bad = [result for result in results if as_status(result.get("status")) != 0]
    if failed or bad:
        nested = redactor.words("; ".join(_texts_of(bad)))
        raise _failure(what, words if failed or not nested else nested)
    if copies and not _COPIED.search(
        " ".join(_texts_of((*results, _mapping(body, "_global_result"))))
    ):
        raise failure(f"{what}: not confirmed: {words or 'no words'}", words)
    return _reply(body, name, words, redactor)


def _reply(body: Mapping[str, object], name: str, words: str, redactor: Redactor) -> ObjectReply:
    members = {key: item for key, item in _mapping(body, name).items() if key != "_result"}
    masked = redactor.members(members)
    return ObjectReply(
        status_str=words,
        members=masked if isinstance(masked, dict) else {},
        pending=_mapping(body, "_global_result").get("_pending") is True,
        texts=tuple(_strings(redactor.members(body))),
    )


def _failure(what: str, words: str) -> DeviceError | SessionExpired:
    if means_no_session(words):
        return SessionExpired(f"{what}: the session is gone: {words}")
    return failure(f"{what}: failed: {words or 'the device gives no reason'}", words)


def _mapping(body: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = body.get(key)
    return value if isinstance(value, Mapping) else {}


def _texts_of(
    results: Iterator[Mapping[str, object]]
    | tuple[Mapping[str, object], ...]
    | list[Mapping[str, object]],
) -> list[str]:
    return [text for result in results if isinstance(text := result.get("status_str"), str)]


def _results(body: object) -> Iterator[Mapping[str, object]]:
    """Yield each `_result` below a value; one that is no object counts as having no status."""
    if isinstance(body, Mapping):
        for key, value in body.items():
            if key == "_result":
                yield value if isinstance(value, Mapping) else {}
            else:
                yield from _results(value)
    elif isinstance(body, list):
        for value in body:
            yield from _results(value)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
