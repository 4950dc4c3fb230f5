"""The secrets file: every mistake is named, and nothing in it that may be a password is quoted."""

from __future__ import annotations

import pytest

from settings import ConfigurationError, load_configuration
from settings.secrets_file import read_secrets
from tests.settings.conftest import problems_of
from tests.support.projects import Project


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_load_secrets_open_to_others_is_refused(project: Project, mode: int) -> None:
    project.secrets("defaults: {username: backup, password: s3cret}\n", mode=mode)
    [problem] = problems_of(project)
    assert f"chmod 600 {project.folder / 'secrets.yaml'}" in problem


@pytest.mark.parametrize(
    "text",
    [
        "defaults: {username: backup, pasword: s3cret}\n",
        "hosts: {a: s3cret}\n",
        "defaults: {password: [s3cret]}\n",
        "defaults: {password: 's3cret}\n",
        "mail: {password: s3cret\n",
    ],
)
def test_load_bad_secrets_is_refused_without_quoting_any(project: Project, text: str) -> None:
    project.secrets(text)
    found = problems_of(project)
    assert found
    assert all("secrets.yaml" in problem and "s3cret" not in problem for problem in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("defaults: {password: %s3cret}\n", "put a password with special characters into quotes"),
        ("defaults: {password: *s3cret}\n", "put a password with special characters into quotes"),
        ("hosts: {a: {}}\nhosts: {b: {password: s3cret}}\n", 'duplicate key "hosts"'),
    ],
)
def test_load_broken_secrets_says_what_helps(project: Project, text: str, words: str) -> None:
    project.secrets(text)
    found = problems_of(project)
    assert any(words in problem for problem in found)
    assert not any("s3cret" in problem for problem in found)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "groups:\n  labb: {password: s3cret}\n",
            "secrets.yaml:2: groups.labb: the inventory has no group of this name, so that its "
            'secret is never used; did you mean "lab"?',
        ),
        (
            "hosts: {mm-hq-3: {password: s3cret}}\n",
            "secrets.yaml:1: hosts.mm-hq-3: the inventory has no host of this name, so that its "
            'secret is never used; did you mean "mm-hq-2"?',
        ),
        (
            "hosts: {lab: {password: s3cret}}\n",
            "secrets.yaml:1: hosts.lab: the inventory has no host of this name, so that its secret "
            "is never used; correct the name or remove it",
        ),
        (
            "hosts: {nothere: {password: s3cret}}\n",
            "secrets.yaml:1: hosts.***: the inventory has no host of this name, so that its secret "
            "is never used; correct the name or remove it",
        ),
    ],
)
def test_load_secret_of_nobody_is_refused(project: Project, text: str, said: str) -> None:
    project.secrets(text)
    assert problems_of(project) == [said]


def test_load_secrets_of_the_inventory_are_taken(project: Project) -> None:
    project.secrets("hosts: {mm-hq-1: {password: x}}\ngroups: {everywhere: {password: y}}\n")
    assert load_configuration(project.config).settings.secrets.file is not None


def test_load_secrets_beside_an_unreadable_inventory_names_no_host_unknown(
    project: Project,
) -> None:
    project.secrets("hosts: {mm-hq-1: {password: x}}\n")
    project.hosts.write_text("a: [\n")
    [problem] = problems_of(project)
    assert problem.startswith("inventory/hosts.yaml:")


@pytest.mark.parametrize(
    "text",
    [
        "defaults: {username: backup, s3cret}\n",
        "s3cret: x\n",
        "s3cret\n",
        "defaults: {s3cret: 1, s3cret: 2}\n",
        "hosts: {s3cret: }\n",
        "hosts: {s3cret: {password: 3}}\n",
        "hosts: {mm-hq-1: {s3cret: x}}\n",
        "groups: {hq: {password: {s3cret: x}}}\n",
        "defaults: {password: 53, [s3cret]: 3}\n",
        "mail: {? {s3cret: 1} : 2}\n",
    ],
)
def test_load_secret_in_the_place_of_a_key_is_not_quoted(project: Project, text: str) -> None:
    project.secrets(text)
    found = problems_of(project)
    assert found
    assert all("secrets.yaml:1" in problem and "s3cret" not in problem for problem in found)


@pytest.mark.parametrize("text", ["87654321: x\n", "hosts: {87654321: {}}\n"])
def test_load_number_in_the_place_of_a_key_is_not_quoted(project: Project, text: str) -> None:
    project.secrets(text)
    [problem] = problems_of(project)
    assert "a key must be text: put it into quotes" in problem
    assert "87654321" not in problem


def test_load_key_that_is_nearly_a_known_one_is_quoted(project: Project) -> None:
    project.secrets("defaults: {pasword: s3cret}\n")
    assert problems_of(project) == [
        'secrets.yaml:1: defaults.pasword: unknown key; did you mean "password"?'
    ]


def test_load_secrets_with_a_key_twice_names_the_other_mistakes(project: Project) -> None:
    project.secrets("hosts: {}\nhosts: {}\ndefaults: {password: 12345678}\n")
    assert problems_of(project) == [
        'secrets.yaml:2: duplicate key "hosts": it is there twice',
        "secrets.yaml:3: defaults.password: must be text; found a number: put it into quotes",
    ]


def test_read_secrets_with_a_key_twice_are_refused(project: Project) -> None:
    path = project.secrets("defaults: {password: a, password: b}\n")
    with pytest.raises(ConfigurationError, match="duplicate key"):
        read_secrets(path)
