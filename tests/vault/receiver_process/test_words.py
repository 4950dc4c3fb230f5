"""What is said comes across as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vault.receiver import Receipt, ReceiverDown, ReceiverError, ReceiverOptions, StorageFull
from vault.receiver_process.words import (
    error_from_words,
    error_to_words,
    options_from_words,
    options_to_words,
    receipt_from_words,
    receipt_to_words,
)


@pytest.mark.parametrize("listen", ["::1", ("127.0.0.1", "::1")])
def test_options_come_back_equal(listen: str | tuple[str, ...]) -> None:
    """All of them, by way of JSON."""
    options = ReceiverOptions(
        "192.0.2.1", listen, Path("keys/k\udce4"), 5, 6, 2222, legacy_algorithms=True
    )
    assert options_from_words(json.loads(json.dumps(options_to_words(options)))) == options


def test_receipt_comes_back_at_the_place_that_the_run_knows() -> None:
    """Its path is never said."""
    receipt = Receipt(Path("/staging/f"), 7, "ab", 0.5, "192.0.2.2", "SSH-2.0-x", "aes")
    words = json.loads(json.dumps(receipt_to_words(receipt)))
    assert "path" not in words
    assert receipt_from_words(words, Path("/staging/f")) == receipt


@pytest.mark.parametrize("error", [StorageFull("full"), ReceiverDown("down"), ValueError("bad")])
def test_error_comes_back_as_the_same_kind(error: ReceiverError | ValueError) -> None:
    """So does its text."""
    back = error_from_words(error_to_words(error))
    assert (type(back), str(back)) == (type(error), str(error))


def test_error_of_a_kind_that_is_not_ours_stays_an_error() -> None:
    """It is the least that can be said."""
    assert type(error_from_words(["SystemExit", "x"])) is ReceiverError
