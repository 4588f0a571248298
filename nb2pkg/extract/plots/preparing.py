"""Find the preparation that several figures share, so that it stands in one function of ``reports.py``.

Two figures below ``df = df.rename(...)`` and ``df["age"] = ...`` call ``prepared_df(df)`` instead of repeating the statements.
"""

import ast
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from nb2pkg.extract.names import unused
from nb2pkg.extract.plots.drawing import Figure
from nb2pkg.extract.plots.leaves import FRAME
from nb2pkg.extract.plots.slicing import Needed
from nb2pkg.extract.trace import free_names
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data

SHORT = 60
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Wanted = tuple[Figure, Needed]


@dataclass(frozen=True, slots=True)
class Preparation:
    """Statements that several figures begin with: what the function takes and gives, and its type."""

    name: str
    statements: tuple[int, ...]
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    returns: str


def preparations(facts: Facts, wanted: Sequence[Wanted]) -> dict[int, Preparation]:
    """The preparation of each figure, by its position; none where it shares nothing."""
    counted = Counter(prefix for one in wanted for prefix in _prefixes(facts, one))
    chosen: dict[int, tuple[int, ...]] = {}
    for position, one in enumerate(wanted):
        shared = [prefix for prefix in _prefixes(facts, one) if counted[prefix] > 1]
        if shared:
            chosen[position] = max(shared, key=len)
    return _named(facts, wanted, {at: one for at, one in chosen.items() if list(chosen.values()).count(one) > 1})


def _prefixes(facts: Facts, one: Wanted) -> list[tuple[int, ...]]:
    """The statements that a figure may begin with in a function of their own, longer ones last."""
    figure, needed = one
    own = {statement.index for statement in figure.statements}
    first = min(own, default=0)
    found: list[int] = []
    prefixes = []
    for index in sorted(needed.data):
        node = facts.program.statements[index].node
        read = {name.id for name in free_names(node)}
        foreign = any(leaf.of != FRAME and name in read for name, leaf in needed.leaves.items())
        if foreign or index > first or isinstance(node, DEFINITIONS):
            break
        found.append(index)
        if len(found) > 1 or len(ast.unparse(node)) > SHORT:
            prefixes.append(tuple(found))
    return prefixes


def _named(facts: Facts, wanted: Sequence[Wanted], chosen: Mapping[int, tuple[int, ...]]) -> dict[int, Preparation]:
    made: dict[tuple[int, ...], Preparation] = {}
    for statements in dict.fromkeys(chosen.values()):
        users = [wanted[at] for at, one in chosen.items() if one == statements]
        effects = [facts.effects[index] for index in statements]
        bound = frozenset().union(*(one.binds | one.mutates for one in effects))
        read = {name for one in users for name in _read_after(facts, one, statements)}
        gives = tuple(sorted(bound & read))
        takes = tuple(sorted(name for name, leaf in users[0][1].leaves.items() if leaf.of == FRAME))
        if gives:
            name = unused(f"prepared_{gives[0]}".lower(), {one.name for one in made.values()})
            made[statements] = Preparation(name, statements, takes, gives, _type(facts, users[0], gives))
    return {at: made[one] for at, one in chosen.items() if one in made}


def _read_after(facts: Facts, one: Wanted, statements: Sequence[int]) -> set[str]:
    figure, needed = one
    rest = (needed.data | {statement.index for statement in figure.statements}) - set(statements)
    return {name for index in rest for name in facts.effects[index].names}


def _type(facts: Facts, one: Wanted, gives: Sequence[str]) -> str:
    if len(gives) > 1:
        return f"tuple[{', '.join('object' for _ in gives)}]"
    figure, needed = one
    rest = [facts.program.statements[index].node for index in sorted(needed.data)] + [s.node for s in figure.statements]
    values = [facts.value(name) for node in rest for name in free_names(node) if name.id == gives[0]]
    table = values and isinstance(values[-1], Data) and values[-1].column is None
    return "pd.DataFrame" if table else "object"
