"""Read a YAML file, and go on after what can be gone on after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from settings.problems import ConfigurationError, Problem
from settings.yaml_file import Repeat, YamlFile


class _Constructor(RoundTripConstructor):
    """Ruamel's constructor that notes a key which is there twice, and keeps its first value."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.repeats: list[Repeat] = []

    def check_mapping_key(
        self, node: Any, key_node: Any, mapping: Any, key: Any, value: Any
    ) -> bool:
        """Return whether `key` is new in `mapping`."""
        del node, value
        if key not in mapping:
            return True
        self.repeats.append(Repeat(key_node.start_mark.line + 1, str(key)))
        return False


def read_yaml(path: Path) -> YamlFile:
    """Parse `path`, which must hold one mapping; an empty file is an empty mapping.

    A key that is there twice is noted in `YamlFile.repeats`. Raises `ConfigurationError` for a file
    that is missing, unreadable, not YAML, or not a mapping.
    """
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    try:
        content = yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError([Problem(path, 0, "", "no such file")]) from None
    except (OSError, UnicodeDecodeError) as err:
        raise ConfigurationError([Problem(path, 0, "", f"cannot be read: {err}")]) from None
    except MarkedYAMLError as err:
        raise ConfigurationError([_syntax_problem(path, err)]) from None
    except YAMLError as err:
        text = " ".join(str(err).split())
        raise ConfigurationError([Problem(path, 0, "", f"not valid YAML: {text}")]) from None
    if content is None:
        content = CommentedMap()
    if not isinstance(content, CommentedMap):
        raise ConfigurationError([Problem(path, 1, "", "must be a mapping of keys to values")])
    return YamlFile(path, content, tuple(yaml.constructor.repeats))


def _syntax_problem(path: Path, error: MarkedYAMLError) -> Problem:
    """Say where and what, and never quote a value: it may be a password."""
    mark = error.problem_mark or error.context_mark
    words = " ".join((error.problem or error.context or "not valid YAML").split())
    return Problem(path, mark.line + 1 if mark else 0, "", words)
