"""Make two running configurations comparable: secrets masked, what changes by itself left out.

ArubaOS 8 writes secrets hashed or encrypted, and with a fresh salt each time, so the same password
reads differently in every backup. A masked value is therefore equal to every other masked value:
that a secret was changed does not show here.
"""

from __future__ import annotations

import re
from typing import Final

MASK: Final = "<masked>"

_QUOTED: Final = r'(?:"[^"]*"|\S+)'
_WORDS: Final = (
    r"(?:[\w-]*(?:passw(?:or)?d|passphrase|hexkey|secret|psk)s?|key|ipsec|key-string|shared-key|"
    r"community|encrypted|hash(?:ed)?|auth-key|authentication-key|priv-passwd|ike-psk)"
)
_AFTER_WORD: Final = re.compile(rf"(?<!\S)(?P<word>{_WORDS})\s+(?P<value>{_QUOTED})", re.IGNORECASE)
_MGMT_USER: Final = re.compile(rf"^(?P<head>\s*mgmt-user\s+{_QUOTED}\s+\S+\s+){_QUOTED}")
_TRAP_HOST: Final = re.compile(
    r"^(?P<head>\s*snmp-server\s+host\s+\S+\s+version\s+\S+\s+)" + _QUOTED, re.IGNORECASE
)
_HEX: Final = re.compile(r"(?<![0-9A-Za-z])[0-9A-Fa-f]{16,}(?![0-9A-Za-z])")
_TIMES: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?|\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\w*,?\s.*\d\d:\d\d.*|"
    r"\b\d\d:\d\d:\d\d\b"
)
_COMMENT: Final = re.compile(r"^\s*[!#].*")
_HEADINGS: Final = ("Building Configuration",)
_CONTROL: Final = dict.fromkeys((*range(9), *range(10, 32), *range(127, 160)), "?")


def lines_of(text: str) -> list[str]:
    """Return the lines without headings, fit for a terminal: control characters become "?"."""
    lines = (line.rstrip().translate(_CONTROL) for line in text.splitlines())
    return [line for line in lines if not line.startswith(_HEADINGS)]


def mask(line: str) -> str:
    """Return one line without the values that look like secrets."""
    if _COMMENT.match(line):
        return _TIMES.sub("<time>", line)
    line = _MGMT_USER.sub(rf"\g<head>{MASK}", line)
    line = _TRAP_HOST.sub(rf"\g<head>{MASK}", line)
    line = _AFTER_WORD.sub(_masked, line)
    return _HEX.sub(MASK, line)


def _masked(found: re.Match[str]) -> str:
    """Mask the value, unless it is a number alone: `key 5` says which key, not what it is."""
    value = found["value"]
    return found[0] if value.isdigit() and len(value) < 6 else f"{found['word']} {MASK}"
