"""Kinds of stanza in a running configuration."""

from __future__ import annotations

import pytest

from tasks.stanzas import kind_of, stanza_kinds

TEXT = """\
version 8.10
hostname "mm-1"
!
vlan 2
interface vlan 2
  ip address 192.0.2.1 255.255.255.0
!
wlan ssid-profile "one"
  essid "x"
!
wlan ssid-profile "two"
  essid "y"
!
! a comment
  with a tail
end
"""


def test_stanza_kinds_counts_heads_with_a_body_only() -> None:
    assert stanza_kinds(TEXT) == {"interface vlan": 1, "wlan ssid-profile": 2}


def test_stanza_kinds_of_nothing_is_nothing() -> None:
    assert stanza_kinds("") == stanza_kinds("\n\n") == {}


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ('aaa authentication-server radius "radius 2"', "aaa authentication-server radius"),
        ("user-role guest", "user-role"),
        ("user-role role-0001", "user-role"),
        ("ip access-list session v6-control", "ip access-list session"),
        ("interface gigabitethernet 0/0/1", "interface gigabitethernet"),
        ('wlan dot11k-profile "default"', "wlan dot11k-profile"),
        ("conductor-redundancy", "conductor-redundancy"),
        ("crypto isakmp policy 20", "crypto isakmp policy"),
        ('"odd"', '"odd"'),
    ],
)
def test_kind_of_leaves_out_the_name(head: str, kind: str) -> None:
    assert kind_of(head) == kind
