"""Read mail addresses strictly: one text, one address."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.utils import getaddresses
from typing import Final

from reporting.errors import AddressError

_FORBIDDEN: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")


def read_address(text: str) -> Address:
    """Return the address in "name@example.com" or "Name <name@example.com>".

    A name without a domain ("root") is what a relay on this machine understands, so it is allowed.
    Raises `AddressError` for anything else: line breaks, lists, blanks in the address.
    """
    problem = f"not one mail address: {text!r}. Write name@example.com."
    if _FORBIDDEN.search(text):
        raise AddressError(problem)
    found = getaddresses([text])
    if len(found) != 1 or not found[0][1] or re.search(r"[\s,;<>]", found[0][1]):
        raise AddressError(problem)
    name, plain = found[0]
    user, _, domain = plain.rpartition("@") if "@" in plain else (plain, "", "")
    if not user or ("@" in plain and not domain):
        raise AddressError(problem)
    return Address(name, user, domain)
