from __future__ import annotations

from pathlib import Path

from emulator import ConductorSpec, ContentSpec
from emulator.running_config import running_config


def test_running_config_has_about_the_lines_asked_for() -> None:
    text = running_config(ConductorSpec("mm1", content=ContentSpec(lines=2000)))

    assert abs(text.count("\n") - 2000) < 15
    assert text.startswith('version 8.10\nhostname "mm1"\n')
    assert text.splitlines()[-1] == "end"


def test_running_config_depends_on_the_seed_only() -> None:
    one, again, other = (
        running_config(ConductorSpec("mm1", content=ContentSpec(seed=seed))) for seed in (1, 1, 2)
    )

    assert one == again != other


def test_running_configs_of_one_seed_differ_in_whose_they_are() -> None:
    one, other = (running_config(ConductorSpec(name)).splitlines() for name in ("mm1", "mm2"))

    assert {*one} ^ {*other} == {'hostname "mm1"', 'hostname "mm2"'}


def test_running_config_of_a_pair_names_the_peer() -> None:
    assert "peer-ip-address 192.0.2.2" in running_config(ConductorSpec("mm1", peer="192.0.2.2"))


def test_running_config_may_be_literal_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "mm1.cfg"
    file.write_text("from a file\n", encoding="utf-8")

    literal = ContentSpec(running_config="literal\n")
    from_file = ContentSpec(running_config_file=str(file))

    assert running_config(ConductorSpec("mm1", content=literal)) == "literal\n"
    assert running_config(ConductorSpec("mm1", content=from_file)) == "from a file\n"
