"""A project folder for each test, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from settings import ConfigurationError, load_configuration
from tests.support.projects import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return small valid files."""
    return Project(tmp_path)


def problems_of(project: Project) -> list[str]:
    """Return all that is wrong with the settings, with paths from the project's folder on."""
    with pytest.raises(ConfigurationError) as caught:
        load_configuration(project.config)
    return [str(problem).removeprefix(f"{project.folder}/") for problem in caught.value.problems]
