"""Loading the fleet and selecting from it, as at a Python prompt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from nornir.core import Nornir

from fleet import SelectionError
from plugins.connection import NAME
from runbook import build_nornir, select
from settings import ConfigurationError
from tests.support.projects import Project

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def nr(project: Project) -> Nornir:
    return build_nornir(project.config)


def test_import_runbook_does_no_work(tmp_path: Path) -> None:
    code = (
        "import threading, runbook; "
        "assert threading.active_count() == 1; "
        "from nornir.core.plugins.connections import ConnectionPluginRegister as r; "
        "assert 'aos8' not in r.available"
    )
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["mm-hq-1", "mm-hq-2", "mm-lab-1"]),
        ({"site": "hq"}, ["mm-hq-1", "mm-hq-2"]),
        ({"site": ["hq", "lab"]}, ["mm-hq-1", "mm-hq-2", "mm-lab-1"]),
        ({"site": "hq, lab"}, ["mm-hq-1", "mm-hq-2", "mm-lab-1"]),
        ({"group": "lab"}, ["mm-lab-1"]),
        ({"group": "everywhere"}, ["mm-hq-1", "mm-hq-2", "mm-lab-1"]),
        ({"group": "everywhere", "site": "lab"}, ["mm-lab-1"]),
        ({"host": "mm-hq-2,mm-lab-1"}, ["mm-hq-2", "mm-lab-1"]),
        ({"host": "mm-hq-2,mm-lab-1", "site": "hq"}, ["mm-hq-2"]),
    ],
)
def test_select_or_within_a_kind_and_between_kinds(
    nr: Nornir, filters: dict[str, str], expected: list[str]
) -> None:
    assert list(select(nr, **filters).inventory.hosts) == expected


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"site": "HQ"}, 'no site "HQ"; did you mean "hq"'),
        ({"site": "x"}, "known sites: hq, lab"),
        ({"group": "hqq"}, 'did you mean "hq"'),
        ({"host": "mm-hq-3"}, 'did you mean "mm-hq-'),
        (
            {"site": "hq", "group": "lab"},
            "matches site hq, group lab: both must match",
        ),
    ],
)
def test_select_unknown_or_nothing_is_refused(
    nr: Nornir, filters: dict[str, str], words: str
) -> None:
    with pytest.raises(SelectionError, match=words):
        select(nr, **filters)


def test_build_bad_settings_raises_before_anything(project: Project) -> None:
    project.config.write_text("user_defined: {volt: 1}\n")
    with pytest.raises(ConfigurationError, match=r"user_defined\.volt"):
        build_nornir(project.config)


def test_build_workers_override_the_file(project: Project) -> None:
    nr = build_nornir(project.config, workers=3)
    assert nr.runner.num_workers == 3  # type: ignore[attr-defined]


def test_build_connection_options_carry_inherited_policy(project: Project) -> None:
    project.defaults.write_text("data: {read_timeout: 7, tls_verify: false}\n")
    project.groups.write_text(
        "everywhere: {data: {read_timeout: 8}}\n"
        "hq: {groups: [everywhere], data: {site: hq, backup_timeout: 99}}\n"
        "lab: {data: {site: lab, tls_verify: true}}\n"
    )
    nr = build_nornir(project.config)
    hq, lab = (
        nr.inventory.hosts[n].connection_options[NAME].extras for n in ("mm-hq-1", "mm-lab-1")
    )
    assert hq is not None
    assert lab is not None
    assert (hq["timeouts"].read, hq["timeouts"].backup, hq["tls"].verify) == (8, 99, False)
    assert (lab["timeouts"].read, lab["tls"].verify) == (7, True)
    assert hq is not lab


def test_build_keeps_nornir_out_of_every_log(project: Project) -> None:
    code = (
        "import logging, sys; logging.basicConfig(level=0, stream=sys.stdout); "
        "from runbook import build_nornir; nr = build_nornir(sys.argv[1]); "
        "nr.run(task=lambda task, secret: 1 / 0, secret='s3cret'); print('done')"
    )
    command = [sys.executable, "-c", code, str(project.config)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "done"
    assert done.stderr == ""


def test_select_three_kinds_that_exclude_each_other_must_all_match(nr: Nornir) -> None:
    with pytest.raises(SelectionError, match="all three must match"):
        select(nr, site="hq", group="lab", host="mm-hq-1")


def test_select_nobody_in_a_group_says_nothing_of_others(nr: Nornir, project: Project) -> None:
    project.groups.write_text(project.groups.read_text() + "empty: {}\n")
    with pytest.raises(SelectionError, match=r"^no conductor matches group empty$"):
        select(build_nornir(project.config), group="empty")


def test_select_unknown_host_of_many_names_the_closest_and_few_others(project: Project) -> None:
    names = [f"mm-{number:03}" for number in range(300)]
    lines = (f"{n}: {{hostname: 10.0.{i // 100}.{i % 100 + 1}}}\n" for i, n in enumerate(names))
    project.hosts.write_text("".join(lines))
    with pytest.raises(SelectionError) as told:
        select(build_nornir(project.config), host="mm-2999")
    first, second = str(told.value).splitlines()
    assert first.startswith('no host "mm-2999"; did you mean "mm-299" or "mm-')
    assert first.count('"mm-') == 4
    assert second == f"  known hosts: {', '.join(names[:20])} and 280 more"
