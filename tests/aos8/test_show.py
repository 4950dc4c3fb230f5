"""The five shapes of a show answer, with live captures."""

from __future__ import annotations

import json

import pytest

from aos8.show import read_show


def test_show_text_in_one_string() -> None:
    reply = read_show('{"_data":["Sun Sep 13 03:11:21 PDT 2020"]}')
    assert reply.text == "Sun Sep 13 03:11:21 PDT 2020"
    assert not reply.empty


def test_show_text_one_string_a_line_is_joined_and_unescaped() -> None:
    reply = read_show(
        '{"_data":["L2 Periodic synchronization is disabled",'
        '"Synchronization doesn&#39;t include Captive Portal Custom data"]}'
    )
    assert reply.text == (
        "L2 Periodic synchronization is disabled\n"
        "Synchronization doesn't include Captive Portal Custom data"
    )


def test_show_table_has_rows_and_empty_cells() -> None:
    body = {
        "License Table": [{"Key": "a&amp;b", "Flags": None, "Installed": "2020-07-02 02:28:12[3]"}],
        "_data": ["1"],
        "_meta": ["Key", "Flags", "Installed"],
    }
    reply = read_show(json.dumps(body))
    assert dict(reply.tables) == {
        "License Table": ({"Key": "a&b", "Flags": "", "Installed": "2020-07-02 02:28:12[3]"},)
    }
    assert reply.rows == reply.tables["License Table"]
    assert reply.text == "1"


@pytest.mark.parametrize(
    "text", ["", " \n", "{}", '{"_data": []}', '{"_data": [null]}', '{"T": [], "_meta": ["A"]}']
)
def test_show_nothing_is_empty(text: str) -> None:
    assert read_show(text).empty


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain log\nline 2", "plain log\nline 2"),
        ("<my_xml_tag3xxx>\nlog\n</my_xml_tag3xxx>", "\nlog\n"),
        ("doesn&#39;t\r\nx", "doesn't\nx"),
        ("[1, 2]", "[1, 2]"),
        ('{"_data": "one string"}', "one string"),
    ],
)
def test_show_raw_text_is_kept(text: str, expected: str) -> None:
    assert read_show(text).text == expected


def test_show_odd_members_are_left_out() -> None:
    reply = read_show('{"T": [1, {"a": 2}], "n": 3, "_data": [4, "x"], "_x": [{"b": "c"}]}')
    assert dict(reply.tables) == {"T": ({"a": "2"},)}
    assert reply.text == "x"
