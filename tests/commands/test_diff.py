"""The verb `diff`, and what it masks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from commands.diff import diff_configs
from commands.masking import MASK, lines_of, mask
from tests.support.generations import HOST, VerbProject, config_of

WEEK = timedelta(weeks=1)


def test_diff_shows_lines_and_members(verbs: VerbProject) -> None:
    verbs.publish(WEEK, config=config_of(HOST, "vlan 2", "vlan 3"))
    verbs.publish(
        members={"config/one": "other\n", "db/three": "3\n"},
        config=config_of(HOST, "vlan 2", "vlan 4"),
    )
    answer = verbs.run("diff", HOST)
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert "-vlan 3" in lines
    assert "+vlan 4" in lines
    assert any(line.startswith("+ db/three") for line in lines)
    assert any(line.startswith("- db/two") for line in lines)
    assert any(line.startswith("~ config/one") for line in lines)
    assert answer.json["archives"]["flash"]["added"] == ["db/three"]


def test_diff_of_two_boxes_says_so(verbs: VerbProject) -> None:
    before = verbs.publish(2 * WEEK)
    verbs.publish(WEEK, serial="S2")
    verbs.publish(serial="S2")
    replaced = verbs.run("diff", HOST, before.run_id)
    assert "of another box: serial S2 instead of S1" in replaced.out.splitlines()
    assert replaced.json["other_box"] == ["serial S2 instead of S1"]
    same = verbs.run("diff", HOST)
    assert "another box" not in same.out
    assert same.json["other_box"] == []


def test_diff_exit_code_is_asked_for(verbs: VerbProject) -> None:
    same, _ = verbs.weekly(2)
    assert verbs.run("diff", HOST, "--exit-code").code == 0
    changed = verbs.publish(-WEEK, config=config_of(HOST, "vlan 999"))
    assert verbs.run("diff", HOST, same.run_id, changed.run_id, "--exit-code").code == 1
    assert verbs.run("diff", HOST, same.run_id, changed.run_id).code == 0


def test_diff_never_shows_a_secret(verbs: VerbProject) -> None:
    line = "aaa authentication-server radius x key"
    verbs.publish(WEEK, config=config_of(HOST, f"{line} Old-Secret-1", "vlan 2"))
    verbs.publish(config=config_of(HOST, f"{line} New-Secret-2", "vlan 3"))
    answer = verbs.run("diff", HOST)
    assert "Secret" not in answer.out + str(answer.json)
    assert "1 line differs only in masked values" in answer.out


def test_diff_one_generation_ends_with_2(verbs: VerbProject) -> None:
    verbs.publish()
    answer = verbs.run("diff", HOST)
    assert answer.code == 2
    assert "only one proven generation" in answer.err


def test_diff_one_name_is_compared_with_the_newest_proven_one(verbs: VerbProject) -> None:
    newest, middle, oldest = verbs.weekly(3)
    for name, pair in (
        (oldest.run_id, (oldest.run_id, newest.run_id)),
        (middle.run_id, (middle.run_id, newest.run_id)),
        (newest.run_id, (middle.run_id, newest.run_id)),
        ("latest", (middle.run_id, newest.run_id)),
    ):
        answer = verbs.run("diff", HOST, name)
        assert (answer.json["before"], answer.json["after"]) == pair


def test_diff_latest_that_is_the_only_one_ends_with_2(verbs: VerbProject) -> None:
    verbs.publish()
    answer = verbs.run("diff", HOST, "latest")
    assert answer.code == 2
    assert "only one proven generation" in answer.err


def test_diff_two_names_are_compared_as_they_are_given(verbs: VerbProject) -> None:
    newest, oldest = verbs.weekly(2)
    answer = verbs.run("diff", HOST, "latest", oldest.run_id)
    assert (answer.json["before"], answer.json["after"]) == (newest.run_id, oldest.run_id)


def test_diff_more_members_than_shown_are_counted(verbs: VerbProject) -> None:
    verbs.publish(WEEK)
    verbs.publish(members={f"f{n}": "x" for n in range(9)})
    assert "+ and 7 more" in verbs.run("diff", HOST, "--members", "2").out


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ('mgmt-user admin root "0123abcd9876"', "0123abcd9876"),
        ("mgmt-user admin root 52c88c0e01", "52c88c0e01"),
        ('enable secret "ab12ab12ab"', "ab12ab12ab"),
        ("  key 9f86d081884c7d659a2feaa0", "9f86d081884c7d659a2feaa0"),
        ("  key Plain-Words", "Plain-Words"),
        ("  wpa-passphrase correct-horse", "correct-horse"),
        ('  wpa-passphrase "two words"', "two words"),
        ("  wpa-hexkey 00ff", "00ff"),
        ("  peer-ip-address 192.0.2.1 ipsec s3cret!", "s3cret!"),
        ("snmp-server community public-ish view ALL", "public-ish"),
        ("snmp-server host 192.0.2.9 version 2c trapword udp-port 162", "trapword"),
        ("ntp authentication-key 5 md5 0123456789abcdef0123", "0123456789abcdef0123"),
        ("  ap-console-password deadbeef11", "deadbeef11"),
        ("  bkup-passwords swordfish9", "swordfish9"),
        ("crypto isakmp key xyzzy address 192.0.2.1", "xyzzy"),
        ("  auth-psk-name 0123456789ABCDEF0123456789ABCDEF", "0123456789ABCDEF"),
    ],
)
def test_mask_hides_the_secret(line: str, secret: str) -> None:
    masked = mask(line)
    assert secret not in masked
    assert MASK in masked


@pytest.mark.parametrize(
    "line",
    [
        'wlan ssid-profile "guest"',
        "interface vlan 7",
        "  ip address 192.0.2.1 255.255.255.0",
        "ip access-list session acl-0001",
        "  opmode wpa2-aes",
    ],
)
def test_mask_leaves_everything_else(line: str) -> None:
    assert mask(line) == line


def test_diff_configs_times_in_comments_are_no_change() -> None:
    before = "! saved 2026-11-16 02:00:11\nBuilding Configuration...\nvlan 2\n"
    after = "! saved 2026-11-23 02:00:09\nvlan 2\n"
    found = diff_configs(before, after)
    assert found.lines == ()
    assert found.folded == 1


def test_lines_of_terminal_escapes_are_harmless() -> None:
    assert lines_of("banner \x1b[31mred\x9b0m\n") == ["banner ?[31mred?0m"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (1712, 1705, "1705 B, was 1712 B"),
        (1712, 2712, "2.7 kB, was 1.7 kB"),
        (1712, 1712, "1.7 kB, the same size"),
    ],
)
def test_diff_sizes_that_would_look_the_same_are_told_in_bytes(
    verbs: VerbProject, before: int, after: int, said: str
) -> None:
    verbs.publish(WEEK, members={"db": "a" * before})
    verbs.publish(members={"db": "b" * after})
    assert f"~ db  {said}" in verbs.run("diff", HOST).out.splitlines()
