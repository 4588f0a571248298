"""Find values that each row gets of its group: ``df.groupby("city")["age"].transform("median")`` is a median learned for each city."""

import ast
from typing import NamedTuple

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake
from nb2pkg.extract.text import Sources
from nb2pkg.facts.values import Constant, Data
from nb2pkg.syntax import Program

AGGREGATES = frozenset({"count", "max", "mean", "median", "min", "nunique", "size", "std", "sum", "var"})
ALIKE = frozenset({"by", "observed", "sort"})  # options of groupby that change no group's aggregate
OF_CATEGORIES = frozenset({"Categorical", "CategoricalDtype", "cut", "qcut"})


class Way(NamedTuple):
    """What ``transform`` is given: the aggregate, and whether it only ``fills`` what is missing."""

    verb: str
    fills: bool = False


def of_groups(call: ast.Call, lowering: Lowering, columns: Columns) -> Learnt | None:
    """What ``call`` learns, where it gives each row an aggregate of one column over the rows with the same keys."""
    match call:
        case ast.Call(func=ast.Attribute(value=given, attr="transform"), args=[function], keywords=[]):
            way = _way(function) if lowering.name(call) == "group.transform" else None
        case _:
            return None
    keys, column = _keys(given, lowering, columns), _column(given, lowering)
    if way is None or not keys or not column or column in keys:
        return None
    what = f"the {way.verb} of {column} by {' and '.join(keys)}"
    name = snake(f"{column}_{way.verb}_by_{'_and_'.join(keys)}")
    return Learnt(call, "groups", f"{name}_", given, what, keys=tuple(keys))


def _way(function: ast.expr) -> Way | None:
    """``"median"``, ``lambda ages: ages.median()`` or ``lambda ages: ages.fillna(ages.median())``."""
    match function:
        case ast.Constant(value=str(verb)) if verb in AGGREGATES:
            return Way(verb)
        case ast.Lambda(
            args=ast.arguments(posonlyargs=[], args=[ast.arg(arg=rows)], vararg=None, kwonlyargs=[], kwarg=None),
            body=body,
        ):
            return _of_rows(body, rows)
        case _:
            return None


def _of_rows(body: ast.expr, rows: str) -> Way | None:
    match body:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="fillna"), args=[value], keywords=[]):
            inner = _of_rows(value, rows)
            return Way(inner.verb, fills=True) if inner is not None and name == rows and not inner.fills else None
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=verb), args=[], keywords=[]):
            return Way(verb) if name == rows and verb in AGGREGATES - {"size"} else None
        case _:
            return None


def _keys(given: ast.expr, lowering: Lowering, columns: Columns) -> list[str] | None:
    """The columns of ``df.groupby([...])["age"]``, where each row's group is that of its own values there."""
    match given:
        case (
            ast.Subscript(value=ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="groupby")) as grouped)
            | ast.Attribute(value=ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="groupby")) as grouped)
        ):
            pass
        case _:
            return None
    by = [*grouped.args, *(one.value for one in grouped.keywords if one.arg == "by")]
    plain = len(by) == 1 and {one.arg for one in grouped.keywords} <= ALIKE
    return columns.names(by[0]) if plain and isinstance(lowering.facts.value(table), Data) else None


def _column(given: ast.expr, lowering: Lowering) -> str | None:
    """The column of ``df.groupby("city")["age"]`` by name, or the variable of a loop that holds it."""
    match given:
        case ast.Attribute(attr=name):
            return name if lowering.facts.table.receiver("group", name) is None else None
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            return name
        case ast.Subscript(slice=ast.Name(id=name) as key):
            value = lowering.facts.value(key)
            return name if isinstance(value, Constant) and isinstance(value.value, str) else None
        case _:
            return None


def aggregated(learnt: Learnt, given: str) -> str:
    """How ``fit`` learns the aggregate of every group."""
    return f"{given}.{_used(learnt).verb}()"


def of_each_row(learnt: Learnt, attribute: str, sources: Sources, program: Program) -> str:
    """The aggregate of each row's own group: a missing value where it has no group, or one that nobody has seen."""
    given = learnt.given
    assert isinstance(given, ast.Subscript | ast.Attribute) and isinstance(given.value, ast.Call)
    assert isinstance(given.value.func, ast.Attribute)
    table = sources.of(given.value.func.value)
    column = sources.of(given.slice) if isinstance(given, ast.Subscript) else f'"{given.attr}"'
    keys = ", ".join(f'"{key}"' for key in learnt.keys)
    if len(learnt.keys) == 1 and not _has_categories(program):
        text, known = f"{table}[{keys}].map({attribute})", f"{table}[{keys}].notna()"
    else:
        text, known = (
            f"{table}[[{keys}]].join({attribute}, on=[{keys}])[{column}]",
            f"{table}[[{keys}]].notna().all(axis=1)",
        )
    return f"{table}[{column}].fillna({text}).where({known})" if _used(learnt).fills else text


def _has_categories(program: Program) -> bool:
    """May a column hold categories? What they are mapped to would be categories, too."""
    parts = [part for one in program.statements for part in ast.walk(one.node)]
    return any(
        (isinstance(part, ast.Attribute) and part.attr in OF_CATEGORIES)
        or (isinstance(part, ast.Constant) and part.value == "category")
        for part in parts
    )


def _used(learnt: Learnt) -> Way:
    assert isinstance(learnt.node, ast.Call)
    way = _way(learnt.node.args[0])
    assert way is not None
    return way
