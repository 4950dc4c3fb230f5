"""The secrets file: every mistake is named, and nothing in it that may be a password is quoted."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import ConfigurationError, load_configuration
from settings.secrets_file import read_secrets
from tests.support.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def problems_of(project: Project) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(project.config)
    return [str(problem).removeprefix(f"{project.folder}/") for problem in caught.value.problems]


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_load_secrets_open_to_others_is_refused(project: Project, mode: int) -> None:
    project.secrets("defaults: {username: backup, password: s3cret}\n", mode=mode)
    [problem] = problems_of(project)
    assert "chmod 600 secrets.yaml" in problem


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
