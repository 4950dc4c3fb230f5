"""Read the answer to a show command, whichever of its five shapes it takes."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aos8.body import as_object

_PSEUDO_XML: Final = re.compile(r"</?my_xml_tag[^>\n]*>", re.IGNORECASE)

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ShowReply:
    """The text and the tables of a show command; a null cell of a table is an empty string."""

    text: str = ""
    tables: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether the device said nothing: unknown command, or not applicable here."""
        return not self.text.strip() and not any(self.tables.values())

    @property
    def rows(self) -> tuple[Row, ...]:
        """The rows of all tables, in order; titles change between releases."""
        return tuple(row for table in self.tables.values() for row in table)


def read_show(text: str) -> ShowReply:
    """Read JSON with text in one string or one a line, a table, raw text, or nothing at all."""
    body = as_object(text)
    if body is None:
        return ShowReply(text=_clean(_PSEUDO_XML.sub("", text)))
    return ShowReply(
        text=_text(body.get("_data")),
        tables={
            key: tuple(_row(row) for row in value if isinstance(row, Mapping))
            for key, value in body.items()
            if not key.startswith("_") and isinstance(value, list)
        },
    )


def _text(data: object) -> str:
    if isinstance(data, str):
        return _clean(data)
    lines = data if isinstance(data, list) else []
    return _clean("\n".join(line for line in lines if isinstance(line, str)))


def _row(row: Mapping[object, object]) -> dict[str, str]:
    return {str(key): "" if value is None else _clean(str(value)) for key, value in row.items()}


def _clean(text: str) -> str:
    return html.unescape(text).replace("\r\n", "\n")
