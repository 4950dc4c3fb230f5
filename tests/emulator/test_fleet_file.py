from __future__ import annotations

from pathlib import Path

import pytest

from emulator import ConductorSpec, FleetFileError, load_fleet

FULL = """
defaults:
  credentials: {username: admin, password: secret}
  profile: "8.6"
  delays: {show: 0.1, flash_backup: 2}
  knobs: {rotate: same}
conductors:
  - name: mm1
    hostname: hq-1
    delays: {show: 0.2}
  - name: mm2
    profile: "8.10"
    role: standby
    knobs: {csrf: required}
    flash: {size_mb: 2000, used_mb: 100, files: {left.cfg: 12}}
    content: {running_config_file: mm2.cfg}
    faults:
      - {step: scp, kind: cut, after: 1000, times: 1}
"""


def _load(folder: Path, text: str) -> tuple[ConductorSpec, ...]:
    file = folder / "fleet.yaml"
    file.write_text(text, encoding="utf-8")
    return load_fleet(file)


def _complaint(folder: Path, text: str) -> str:
    with pytest.raises(FleetFileError) as caught:
        _load(folder, text)
    assert "fleet.yaml" in str(caught.value)
    return str(caught.value)


def test_load_merges_each_conductor_over_the_defaults(tmp_path: Path) -> None:
    (tmp_path / "mm2.cfg").write_text("text\n", encoding="utf-8")

    one, two = _load(tmp_path, FULL)

    assert (one.delays.show, one.delays.flash_backup) == (0.2, 2.0)
    assert one.identity.hostname == "hq-1"
    assert (one.behaviour.rotate, one.behaviour.csrf) == ("same", "absent")
    assert (two.behaviour.rotate, two.behaviour.csrf) == ("same", "required")
    assert two.credentials.username == "admin"
    assert two.faults[0].after == 1000
    assert two.flash.files == {"left.cfg": 12}
    assert two.content.running_config_file == str(tmp_path / "mm2.cfg")
    assert (one.address, two.address, one.port) == ("127.0.1.1", "127.0.1.2", 4343)


def test_load_profile_sets_the_knobs(tmp_path: Path) -> None:
    (spec,) = _load(tmp_path, 'conductors: [{name: a, profile: "8.2"}]')

    assert spec.behaviour.filename == "ignored"
    assert spec.identity.version == "8.2.2.2_66002"


def test_load_listen_puts_all_on_one_address(tmp_path: Path) -> None:
    text = "listen: {address: 127.0.0.1, first_port: 14343}\nconductors: [{name: a}, {name: b}]"

    specs = _load(tmp_path, text)

    assert [(spec.address, spec.port) for spec in specs] == [
        ("127.0.0.1", 14343),
        ("127.0.0.1", 14344),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("conductors: [{name: a, colour: red}]", "conductors[0].colour"),
        ("conductors: [{name: a, knobs: {csrf: maybe}}]", "conductors[0].knobs.csrf"),
        ("conductors: [{name: a, knobs: {csfr: absent}}]", "conductors[0].knobs.csfr"),
        ("conductors: [{name: a, delays: {shw: 1}}]", "conductors[0].delays.shw"),
        ("conductors: [{name: a, profile: 8.10}]", 'write it in quotes, as in profile: "8.10"'),
        ("conductors: [{name: a, profile: '9.1'}]", "conductors[0].profile"),
        ("conductors: [{name: a, port: high}]", "conductors[0].port"),
        ("conductors: [{name: a, port: 70000}]", "between 1 and 65535"),
        ("conductors: [{name: a, address: mm1.example}]", "mm1.example"),
        ("conductors: [{hostname: a}]", "conductors[0].name"),
        ("conductors: [{name: ''}]", "name must not be empty"),
        ("conductors: [{name: a}, {name: a}]", "given more than once: a"),
        (
            "conductors: [{name: a, address: 127.0.0.9}, {name: b, address: 127.0.0.9}]",
            "given more than once: 127.0.0.9 port 4343",
        ),
        (
            "conductors: [{name: a, faults: [{step: show, kind: melt}]}]",
            "conductors[0].faults[0].kind",
        ),
        (
            "conductors: [{name: a, faults: [{step: show, kind: cut}]}]",
            "belongs to the steps ['scp']",
        ),
        (
            "conductors: [{name: a, faults: [{step: shwo, kind: reset}]}]",
            "conductors[0].faults[0]: Value error, fault 'reset' belongs to the steps",
        ),
        (
            "conductors: [{name: a, faults: [{step: show, kind: html}, {step: show, kind: hang, "
            "http: 500}]}]",
            "conductors[0].faults[1]: Value error, 'hang' at 'show' takes",
        ),
        (
            "defaults: {faults: [{step: scp, kind: tls-fail}]}\nconductors: [{name: a}]",
            "defaults.faults[0]: Value error, fault 'tls-fail' belongs to the steps ['connect']",
        ),
        (
            "conductors: [{name: a, content: {running_config_file: none.cfg}}]",
            "none.cfg is not a file",
        ),
        ("defaults: {colour: red}\nconductors: [{name: a}]", "defaults.colour"),
        ("defaults: 3\nconductors: [{name: a}]", "defaults: must be a mapping"),
        ("conductors: []", "conductors: must be a list"),
        ("conductors: [a]", "every entry must be a mapping"),
        ("listen: {address: 127.0.0.1}\nconductors: [{name: a}]", "listen: must be a mapping"),
        (
            "listen: {address: 127.0.0.1, first_port: x}\nconductors: [{name: a}]",
            "listen.first_port",
        ),
        ("devices: []\nconductors: [{name: a}]", "unknown key 'devices'"),
        ("- a", "must hold the keys"),
        ("a: [", "not valid YAML"),
    ],
)
def test_load_refuses_naming_file_and_key(tmp_path: Path, text: str, complaint: str) -> None:
    assert complaint in _complaint(tmp_path, text)


def test_load_names_every_fault_at_once(tmp_path: Path) -> None:
    text = "conductors: [{name: a, colour: red}, {name: b, port: high}]"

    complaint = _complaint(tmp_path, text)

    assert "conductors[0].colour" in complaint
    assert "conductors[1].port" in complaint


def test_load_never_shows_a_password(tmp_path: Path) -> None:
    text = "conductors: [{name: a, credentials: {username: u, password: [hidden-word]}}]"

    assert "hidden-word" not in _complaint(tmp_path, text)


def test_load_of_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FleetFileError, match="cannot be read"):
        load_fleet(tmp_path / "none.yaml")
