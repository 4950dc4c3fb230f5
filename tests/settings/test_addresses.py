"""The same address twice is refused, however it is written and wherever its port is given."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import ConfigurationError, load_configuration
from tests.support.projects import Project

HERE = "192.0.2.1"


def problems(
    folder: Path, first: str, second: str, *, groups: str = "", defaults: str = ""
) -> list[str]:
    """Return what is said of two hosts, whose entries are these."""
    project = Project(folder)
    project.hosts.write_text(f"a: {{hostname: {first}}}\nb: {{hostname: {second}}}\n")
    project.groups.write_text(groups or "{}\n")
    project.defaults.write_text(defaults or "{}\n")
    try:
        load_configuration(project.config)
    except ConfigurationError as error:
        return [str(each).partition("inventory/")[2] for each in error.problems]
    return []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (HERE, f"'::ffff:{HERE}'"),
        ("'::FFFF:C000:0201'", HERE),
        ("'0:0:0:0:0:ffff:192.0.2.1'", "'::ffff:c000:201'"),
        ("'2001:db8::1'", "'2001:0DB8:0:0:0:0:0:1'"),
        (HERE, f"{HERE}, port: 4343"),
        (f"'::ffff:{HERE}', port: 4343", HERE),
        ("mm.example.org", "MM.Example.org., port: 4343"),
    ],
)
def test_load_same_address_written_otherwise_is_refused(
    tmp_path: Path, first: str, second: str
) -> None:
    assert problems(tmp_path, first, second) == [
        'hosts.yaml:2: b.hostname: the same address as "a"'
    ]


@pytest.mark.parametrize(
    ("second", "groups", "defaults"),
    [
        (f"{HERE}, port: 8443", "", "port: 8443\n"),
        (f"{HERE}, groups: [lab]", "lab: {port: 8443}\n", "port: 8443\n"),
        (f"{HERE}, groups: [lab]", "lab: {groups: [all]}\nall: {port: 8443}\n", "port: 8443\n"),
    ],
)
def test_load_same_address_and_port_is_refused_wherever_the_port_is_given(
    tmp_path: Path, second: str, groups: str, defaults: str
) -> None:
    found = problems(tmp_path, HERE, second, groups=groups, defaults=defaults)
    assert found == ['hosts.yaml:2: b.hostname: the same address as "a"']


@pytest.mark.parametrize(
    ("second", "groups", "defaults"),
    [
        (f"{HERE}, port: 8443", "", ""),
        (f"{HERE}, port: 4343", "", "port: 8443\n"),
        (f"{HERE}, groups: [far, near]", "far: {port: 1}\nnear: {port: 4343}\n", ""),
        ("192.0.2.2", "", ""),
        ("'::ffff:192.0.2.2'", "", ""),
    ],
)
def test_load_another_port_or_address_is_fine(
    tmp_path: Path, second: str, groups: str, defaults: str
) -> None:
    assert problems(tmp_path, HERE, second, groups=groups, defaults=defaults) == []


def test_load_groups_that_make_no_sense_are_named_and_hold_nothing_up(tmp_path: Path) -> None:
    circle = "one: {groups: [two]}\ntwo: {groups: [one, 3]}\nthree: {groups: all}\n"
    found = problems(
        tmp_path, f"{HERE}, groups: [one, three, gone]", f"{HERE}, port: 4343", groups=circle
    )
    assert 'hosts.yaml:2: b.hostname: the same address as "a"' in found
    assert any("its own parent" in each for each in found)
