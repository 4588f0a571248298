"""The arguments of a call, by position and by name."""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2pkg.apis import Row
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.values import Collection, Constant, Value

Given = tuple[ast.expr, Value]
UNSPREAD = "**"


class Arguments(NamedTuple):
    """What a call was given; ``loose`` where ``*args`` or ``**kwargs`` of unknown length take part."""

    positional: tuple[Given, ...]
    keywords: dict[str, Given]
    loose: bool

    def values(self) -> list[Value]:
        """All values, positional ones first."""
        return [value for _, value in self.positional] + [value for _, value in self.keywords.values()]


NO_ARGUMENTS = Arguments((), {}, loose=False)


def evaluate_arguments(machine: Machine, node: ast.Call) -> Arguments:
    """Evaluate the arguments in order; listed stars are spread out."""
    positional: list[Given] = []
    keywords: dict[str, Given] = {}
    loose = False
    for argument in node.args:
        value = machine.evaluate(argument)
        if not isinstance(argument, ast.Starred):
            positional.append((argument, value))
        elif isinstance(value, Collection) and value.items is not None:
            positional.extend((argument, item) for item in value.items)
        else:
            loose = True
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = (keyword.value, value)
        elif isinstance(value, Collection) and value.items is not None:
            keywords.update(_spread(keyword.value, value))
        else:
            keywords[UNSPREAD] = (keyword.value, value)
            loose = True
    return Arguments(tuple(positional), keywords, loose)


def _spread(node: ast.expr, value: Collection) -> Iterator[tuple[str, Given]]:
    for key, item in zip(value.keys, value.items or (), strict=False):
        if isinstance(key, Constant) and isinstance(key.value, str):
            yield key.value, (node, item)


def by_name(arguments: Arguments, row: Row | None) -> dict[str, Given]:
    """Arguments by the names the API table gives to positions; a variadic name keeps the first of its values."""
    named = dict(arguments.keywords)
    names: Sequence[str] = row.args if row is not None else ()
    for position, given in enumerate(arguments.positional):
        if position < len(names) and not names[position].startswith("*"):
            named.setdefault(names[position], given)
        elif names and names[-1].startswith("*"):
            named.setdefault(names[-1][1:], given)
        else:
            named.setdefault(str(position), given)
    return named
