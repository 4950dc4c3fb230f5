"""What pydantic finds is said in our words: what is wanted, what was found, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml.comments import CommentedMap

from settings.inventory import Element, HostEntry
from settings.nornir_file import NornirFile
from settings.policy import HostPolicy
from settings.secrets_file import SecretsFile
from settings.wording import CHOICES, DEMANDS, KINDS, OWN, sentence
from settings.yaml_file import YamlFile, models_in

WRITTEN: tuple[Any, ...] = (
    *(3, -1, 10**6, 2.5, float("nan"), float("inf"), True, None, date(2026, 1, 1)),
    *("", "x", "a b", "x" * 300, "9" * 5000, "-1", b"\xff", object()),
    *([], [1], ["x"], [None], {}, {"a": 1}, {1: {}}, {"a": "x"}, {"a": {"b": {}}}),
)
"""What somebody may have written in a value's place, rightly or wrongly."""


def _models(*roots: type[BaseModel]) -> set[type[BaseModel]]:
    found: set[type[BaseModel]] = set()
    todo = list(roots)
    while todo:
        model = todo.pop()
        if model not in found:
            found.add(model)
            for field in model.model_fields.values():
                todo += models_in(field.annotation)
    return found


MODELS = sorted(
    _models(NornirFile, HostPolicy, SecretsFile, Element, HostEntry), key=lambda m: m.__name__
)


def _errors(model: type[BaseModel]) -> Iterator[ValidationError]:
    documents = [*WRITTEN, *({key: value} for key in model.model_fields for value in WRITTEN)]
    for document in documents:
        try:
            model.model_validate(document)
        except ValidationError as error:
            yield error


def _findings() -> dict[str, ErrorDetails]:
    return {
        finding["type"]: finding
        for model in MODELS
        for error in _errors(model)
        for finding in error.errors()
    }


def test_wording_has_words_for_every_error_that_the_settings_can_raise() -> None:
    ours = {*KINDS, *DEMANDS, *CHOICES, OWN}
    raised = set(_findings())
    assert raised - ours == {"extra_forbidden"}
    assert ours - raised == set(), "words that nothing uses"


@pytest.mark.parametrize("model", MODELS, ids=lambda model: str(model.__name__))
def test_wording_of_any_wrong_value_is_never_pydantics(model: type[BaseModel]) -> None:
    nowhere = YamlFile(Path("x.yaml"), CommentedMap())
    texts = [p.text for error in _errors(model) for p in nowhere.problems_of(error, model)]
    raw = ("Input", "String", "List", "valid ", "Extra", "Field", "Value", "Keys", "class", "{")
    assert texts
    assert not [text for text in texts if any(word in text for word in raw)]


def test_wording_of_an_unforeseen_error_names_the_reference() -> None:
    [finding] = [f for kind, f in _findings().items() if kind == "missing"]
    unforeseen: ErrorDetails = {**finding, "type": "date_type", "msg": "s3cret"}
    assert sentence([unforeseen]) == "cannot be used: see docs/settings.md"


@pytest.mark.parametrize(
    ("model", "document", "said"),
    [
        (HostPolicy, {"pair": 3}, "must be text; found a number: put it into quotes"),
        (HostPolicy, {"site": date(2026, 1, 1)}, "must be text; found a date: put it into quotes"),
        (HostPolicy, {"site": None}, "must be text; found nothing: fill it in, or leave the key"),
        (HostPolicy, {"site": ["x"]}, "must be text; found a list"),
        (
            HostEntry,
            {"hostname": 127.1},
            "must be text; found a number with a decimal point: put it into quotes",
        ),
        (
            SecretsFile,
            {"defaults": {"password": 12345678}},
            "must be text; found a number: put it into quotes",
        ),
        (SecretsFile, {"hosts": {"a": "x"}}, "must be a mapping of keys to values; found text"),
        (SecretsFile, {"hosts": {7: {}}}, "a key must be text: put it into quotes"),
        (
            HostPolicy,
            {"read_timeout": "30s"},
            "must be a number; found text: give the number alone, without a unit",
        ),
        (HostPolicy, {"read_timeout": float("inf")}, "must be a finite number"),
        (HostPolicy, {"tls_verify": "perhaps"}, "must be true or false"),
        (HostPolicy, {"artefacts": "flash"}, "must be a list; found text: put it into brackets"),
        (HostPolicy, {"clean_up": "never"}, 'must be "delete" or "tar-clean"'),
        (HostPolicy, {"keep_floor": 0}, "must be at least 1"),
        (HostPolicy, {"config_path": "md"}, "must be a node such as /md/hq"),
        (
            HostPolicy,
            {"pushes_from": "there"},
            'must be "same", "any", an IPv4 address or an IPv6 address',
        ),
        (NornirFile, {"logging": {"enabled": True}}, "must be false$"),
        (
            NornirFile,
            {"user_defined": {"receiver": {"port": 2.5}}},
            "must be a whole number; found a number with a decimal point",
        ),
        (NornirFile, {"user_defined": {"vault": {"path": " "}}}, "is empty; give a path"),
    ],
)
def test_wording_says_what_is_wanted_and_what_was_found(
    model: type[BaseModel], document: dict[str, object], said: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        model.model_validate(document)
    nowhere = YamlFile(Path("x.yaml"), CommentedMap())
    [problem] = nowhere.problems_of(caught.value, model)
    assert f"{problem.text}$".startswith(said)
