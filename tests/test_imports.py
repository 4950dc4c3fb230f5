"""The direction of imports, so that no package learns what it should not know."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = {
    "aos8",
    "benchmarks",
    "commands",
    "demo",
    "emulator",
    "finding",
    "fleet",
    "outcome",
    "plugins",
    "reasons",
    "reporting",
    "runbook",
    "scope",
    "settings",
    "tasks",
    "tests",
    "vault",
    "version",
}
WORDS = {"finding", "outcome", "reasons", "version"}
ALLOWED = {
    "aos8": WORDS,
    "emulator": set[str](),
    "plugins": {"aos8", "settings", *WORDS},
    "reporting": WORDS,
    "settings": {"vault", *WORDS},
    "tasks": {"aos8", "fleet", "plugins", "settings", "vault", *WORDS},
    "vault": WORDS,
}
WITHOUT_NORNIR = ("aos8", "vault", "reporting", "emulator")


def imported(package: str) -> Iterator[tuple[Path, str]]:
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield path, node.module


@pytest.mark.parametrize("package", sorted(ALLOWED))
def test_package_imports_only_what_it_may(package: str) -> None:
    found = list(imported(package))
    assert len(found) > 10
    strangers = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path, name in found
        if name.split(".")[0] in OURS - ALLOWED[package] - {package}
    }
    assert strangers == set()


@pytest.mark.parametrize("package", WITHOUT_NORNIR)
def test_package_knows_no_nornir(package: str) -> None:
    assert [p for p, name in imported(package) if name.split(".")[0].startswith("nornir")] == []


def test_every_package_of_the_project_is_known_here() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= OURS
