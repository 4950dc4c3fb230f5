"""Every error has a known code, and every code is in use."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reasons import MEANINGS

ROOT = Path(__file__).parents[2]
PACKAGES = ("aos8", "vault", "tasks", "plugins")
ELSEWHERE = ("commands", "reporting")


def error_classes(package: str) -> dict[str, type[BaseException]]:
    """Return every exception that a module of `package` defines, by its full name."""
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        importlib.import_module(found.name)
    return {
        f"{cls.__module__}.{cls.__name__}": cls
        for cls in _below(Exception)
        if cls.__module__.partition(".")[0] == package
    }


def _below(cls: type[BaseException]) -> Iterator[type[BaseException]]:
    for inner in cls.__subclasses__():
        yield inner
        yield from _below(inner)


def texts(place: str) -> Iterator[str]:
    """Yield every string constant of a module or of all modules of a package."""
    path = ROOT / place
    for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


@pytest.mark.parametrize("package", PACKAGES)
def test_every_error_has_a_known_code(package: str) -> None:
    found = error_classes(package)
    assert len(found) > 1
    unknown = {name for name, cls in found.items() if getattr(cls, "code", None) not in MEANINGS}
    assert unknown == set()


def test_every_code_is_in_use() -> None:
    used = {text for place in (*PACKAGES, *ELSEWHERE) for text in texts(place)}
    assert set(MEANINGS) - used == set()
