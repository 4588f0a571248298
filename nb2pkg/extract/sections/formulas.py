"""Formulas as text: ``"price ~ np.log(size) + rate"`` reads ``np``, and ``rate`` where it is a variable of the notebook."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

from nb2pkg.extract.sections.uses import Use
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Constant

NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


def formulas(facts: Facts) -> Mapping[int, frozenset[str]]:
    """The names in the formulas of each statement, by its number; what a formula is read by sees its caller's variables."""
    found: dict[int, frozenset[str]] = {}
    for statement in facts.program.statements:
        for node in ast.walk(statement.node):
            call = facts.call(node) if isinstance(node, ast.Call) else None
            value = call.args["formula"][1] if call is not None and "formula" in call.args else None
            if isinstance(value, Constant) and isinstance(value.value, str):
                found[statement.index] = found.get(statement.index, frozenset()) | {*NAME.findall(value.value)}
    return found


def reading_formulas(uses: Sequence[Use], names: Mapping[int, frozenset[str]]) -> list[Use]:
    """The uses, in which a formula's names are read where a statement above binds them."""
    bound: set[str] = set()
    read = []
    for use in uses:
        read.append(use._replace(reads=use.reads | names.get(use.number, frozenset()) & bound))
        bound |= use.binds
    return read


def with_readers(lines: Sequence[str], names: Mapping[int, frozenset[str]]) -> Iterator[str]:
    """Import lines; those that only a formula needs say so, or they would be taken away."""
    every = frozenset().union(*names.values())
    for line in lines:
        bound = {
            (one.asname or one.name).partition(".")[0]
            for node in ast.parse(line).body
            if isinstance(node, ast.Import | ast.ImportFrom)
            for one in node.names
        }
        yield f"{line}  # noqa: F401 - a formula reads it" if bound & every else line
