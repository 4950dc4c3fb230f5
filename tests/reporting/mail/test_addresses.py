from __future__ import annotations

import pytest

from reporting.errors import AddressError
from reporting.mail.addresses import read_address


@pytest.mark.parametrize(
    ("text", "name", "plain"),
    [
        ("team@example.net", "", "team@example.net"),
        ("Jürgen Groß <j@example.net>", "Jürgen Groß", "j@example.net"),
        ('"Team, Netz" <t@example.net>', "Team, Netz", "t@example.net"),
        ("root", "", "root"),
    ],
)
def test_read_address_one_address_is_split(text: str, name: str, plain: str) -> None:
    address = read_address(text)
    assert (address.display_name, address.addr_spec) == (name, plain)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "a@example.net, b@example.net",
        "a@example.net\r\nBcc: b@example.net",
        "a@example.net\n",
        "Name\u2028 <a@example.net>",
        "a b@example.net c",
        "@example.net",
        "a@",
        "a@b@example.net",
        "<a@example.net> <b@example.net>",
    ],
)
def test_read_address_anything_else_is_refused(text: str) -> None:
    with pytest.raises(AddressError, match="not one mail address"):
        read_address(text)
