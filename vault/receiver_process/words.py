"""Options, receipts and errors as JSON, and back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from vault.receiver import Receipt, ReceiverError, ReceiverOptions

Words = dict[str, Any]


def options_to_words(options: ReceiverOptions) -> Words:
    """Return all options; the host key as a path, never as a key."""
    return asdict(options) | {"host_key": str(options.host_key)}


def options_from_words(words: Words) -> ReceiverOptions:
    """Return the options that `options_to_words` was given."""
    listen = words["listen"]
    return ReceiverOptions(
        **words
        | {
            "host_key": Path(words["host_key"]),
            "listen": listen if isinstance(listen, str) else tuple(listen),
        }
    )


def receipt_to_words(receipt: Receipt) -> Words:
    """Return a receipt without its path, which the run knows and takes from nobody."""
    words = asdict(receipt)
    del words["path"]
    return words


def receipt_from_words(words: Words, path: Path) -> Receipt:
    """Return the receipt of the file at `path`."""
    return Receipt(path=path, **words)


def error_to_words(error: ReceiverError | ValueError) -> list[str]:
    """Return kind and text of an error."""
    kind = type(error).__name__ if isinstance(error, ReceiverError) else ValueError.__name__
    return [kind, str(error)]


def error_from_words(words: list[str]) -> ReceiverError | ValueError:
    """Return an error of the same kind, with the same text."""
    kind, text = words
    return _KINDS.get(kind, ReceiverError)(text)


def _with_all_below(kind: type[ReceiverError]) -> Iterator[type[ReceiverError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _with_all_below(below)


_KINDS: Final[dict[str, type[ReceiverError] | type[ValueError]]] = {
    ValueError.__name__: ValueError,
    **{kind.__name__: kind for kind in _with_all_below(ReceiverError)},
}
