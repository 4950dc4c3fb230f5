"""Keep secrets out of every text that leaves this package."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote, quote_plus

MASK: Final = "***"
MAX_WORDS: Final = 300

_SECRET_MEMBER: Final = re.compile(r"passw|secret|token|uidaruba", re.IGNORECASE)
_TOKEN_LIKE: Final = re.compile(
    r"\b(UIDARUBA|SESSION|X-CSRF-?Token|passwd|password)(\\?[\"']?\s*[=:]\s*\\?[\"']?)"
    r"([^\s\"'&;,}\\]+)",
    re.IGNORECASE,
)


def mask_tokens(text: str) -> str:
    """Mask whatever follows the name of a token or password in any text."""
    return _TOKEN_LIKE.sub(rf"\1\2{MASK}", text)


def one_line(text: str, limit: int = MAX_WORDS) -> str:
    """Put foreign words on one printable line of at most `limit` characters."""
    printable = "".join(char if char.isprintable() else " " for char in text[: limit * 8])
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


class Redactor:
    """Knows the secrets of one client and masks them in texts and in echoed members."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        for secret in secrets:
            self.learn(secret)

    def __repr__(self) -> str:
        return "Redactor()"

    def learn(self, secret: str | None) -> None:
        """Mask this secret from now on, in each encoding in which it may come back."""
        if secret and secret not in self._forms:
            as_json = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
            quoted = (quote(secret, safe=""), quote(secret), quote_plus(secret))
            self._forms.update((secret, html.escape(secret), *quoted, *as_json))

    def text(self, text: str) -> str:
        """Return the text with every known secret and everything token-like masked."""
        for form in sorted(self._forms, key=len, reverse=True):
            text = text.replace(form, MASK)
        return mask_tokens(text)

    def words(self, text: str) -> str:
        """Return a device's words fit for an error: redacted, one line, clipped."""
        return one_line(self.text(text))

    def members(self, value: object) -> object:
        """Return a copy of a JSON value in which secret members and texts are masked."""
        if isinstance(value, Mapping):
            return {
                str(key): MASK if _SECRET_MEMBER.search(str(key)) else self.members(item)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self.members(item) for item in value]
        return self.text(value) if isinstance(value, str) else value
