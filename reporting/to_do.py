"""Draw what is to be done: each code with whom it concerns, its remedy, and what to type."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rich.text import Text

from reporting.columns import wrapped
from reporting.commands import Commands


@dataclass(frozen=True, slots=True)
class ToDo:
    """One code: `who` is concerned, `told` are paragraphs of which the last is the remedy.

    `commands` is what to type about it, `looks` how to look at what arrived without holding;
    `style` is that of the code.
    """

    code: str
    who: str
    style: str
    told: Sequence[str]
    commands: Commands
    looks: Commands = field(default_factory=Commands)


def to_do_lines(todos: Sequence[ToDo], width: int) -> Iterator[Text]:
    """Yield the section WHAT TO DO, nothing where there is nothing to do.

    No line is longer than `width` but for commands: broken in two, nobody could paste them.
    """
    if not todos:
        return
    yield Text()
    yield Text("WHAT TO DO", "bold")
    for todo in todos:
        yield from _head(todo, width)
        for text in todo.told:
            yield from _below(text, width)
        yield from _typed(todo.commands, width)
        if todo.looks.lines:
            yield from _below("What arrived can be looked at:", width)
            yield from _typed(todo.looks, width)


def _head(todo: ToDo, width: int) -> Iterator[Text]:
    for number, part in enumerate(wrapped(f"{todo.code} ({todo.who})", width - 2)):
        line = Text("  " + part)
        if number == 0:
            line.stylize(todo.style, 2, 2 + len(todo.code))
        yield line


def _below(text: str, width: int) -> Iterator[Text]:
    for part in wrapped(text, width - 6):
        yield Text("      " + part)


def _typed(commands: Commands, width: int) -> Iterator[Text]:
    for line in commands.lines:
        yield Text("        " + line)
    if commands.rest:
        yield from _below(f"  {commands.rest}", width)
