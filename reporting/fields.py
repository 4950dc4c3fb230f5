"""Read the keys of a document that somebody else may have written, each with its type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from reporting.errors import ReportUnreadable

_LARGEST: Final = 2**63
"""What bytes and seconds of a run are below."""


class Fields:
    """A JSON object; `where` says in errors which one it is, "" for the whole document.

    Each method returns the value of a key, or its default where an older program wrote none. All
    raise `ReportUnreadable` for a value of another type, and for a missing one without a default.
    """

    def __init__(self, value: object, where: str) -> None:
        if not isinstance(value, Mapping):
            raise ReportUnreadable(f"{where or 'the whole'} is no object")
        self._value: Mapping[str, Any] = value
        self._where = where

    def __contains__(self, key: str) -> bool:
        """Say whether there is a value that is not null."""
        return self._value.get(key) is not None

    def text(self, key: str, default: str | None = None) -> str:
        """Return a text."""
        value = self._get(key, default)
        if not isinstance(value, str):
            self._refuse(key, "is no text")
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """Return true or false."""
        value = self._get(key, default)
        if not isinstance(value, bool):
            self._refuse(key, "is neither true nor false")
        return value

    def whole(self, key: str) -> int:
        """Return a whole number from 0 on."""
        value = self._get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _LARGEST:
            self._refuse(key, "is no whole number from 0 on")
        return value

    def seconds(self, key: str, default: float | None = None) -> float:
        """Return a duration in seconds."""
        value = self._get(key, default)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value < _LARGEST:
            self._refuse(key, "is no number of seconds")
        return float(value)

    def time(self, key: str) -> datetime:
        """Return a time in UTC."""
        text = self.text(key)
        try:
            moment = datetime.fromisoformat(text)
            if moment.utcoffset() is None:
                self._refuse(key, "is a time without its zone")
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            self._refuse(key, "is no time")

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty by default."""
        found = self._list(key)
        if not all(isinstance(each, str) for each in found):
            self._refuse(key, "is no list of texts")
        return tuple(found)

    def inner(self, key: str) -> Fields:
        """Return the object that it holds."""
        return Fields(self._get(key), self._path(key))

    def objects(self, key: str) -> tuple[Fields, ...]:
        """Return the objects of a list, empty by default."""
        return tuple(
            Fields(each, f"{self._path(key)}[{number}]")
            for number, each in enumerate(self._list(key))
        )

    def durations(self, key: str) -> dict[str, float]:
        """Return an object of durations in seconds, empty by default."""
        found = Fields(self._get(key, {}), self._path(key))
        return {name: found.seconds(name) for name in found._value}

    def _list(self, key: str) -> list[Any]:
        found = self._get(key, [])
        if not isinstance(found, list):
            self._refuse(key, "is no list")
        return found

    def _get(self, key: str, default: object = None) -> Any:
        if key in self._value:
            return self._value[key]
        if default is None:
            self._refuse(key, "is missing")
        return default

    def _refuse(self, key: str, why: str) -> NoReturn:
        raise ReportUnreadable(f"{self._path(key)} {why}")

    def _path(self, key: str) -> str:
        return f"{self._where}.{key}" if self._where else key
