"""Raw columns that are only taken away on the way to the model: rows that are predicted may come without them.

Below ``df = pd.get_dummies(df)`` the name in ``df.drop("id", axis=1)`` is no dummy's, for those have an underscore; where nothing else
makes columns it was in the file, and nothing but the drop ever looked at it.
"""

import ast
from collections.abc import Iterable

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.departures import departures
from nb2pkg.extract.stretch import Line
from nb2pkg.facts.values import Data

DUMMIES = "pandas.get_dummies"
BETWEEN = "_"
KEEPING = frozenset({"astype", "copy", "drop", "drop_duplicates", "dropna", "fillna", "head", "replace", "sample"})
NAMING = frozenset({"prefix", "prefix_sep", None})


def taken_away(lines: Iterable[Line], columns: Columns) -> frozenset[str]:
    """The columns of the file that the lines drop by name, where those cannot be columns that they made."""
    lines = list(lines)
    if not all(_makes_named_columns(line.node, columns) for line in lines):
        return frozenset()
    made = {read[1] for line in lines if (read := columns.assigned(line.node)) is not None}
    return frozenset(name for name in departures(lines, columns) if BETWEEN not in name) - made


def _makes_named_columns(node: ast.stmt | ast.expr, columns: Columns) -> bool:
    """Are all columns that a statement makes dummies of a whole table, or named where they are assigned?"""
    if columns.assigned(node) is not None:
        return True
    match node:
        case ast.Assign(targets=[ast.Name()], value=value) | ast.Expr(value=value):
            return _keeps_names(value, columns)
        case ast.expr():
            return _keeps_names(node, columns)
        case _:
            return False


def _keeps_names(node: ast.expr, columns: Columns) -> bool:
    """Has a table the columns of the one it is made of, but for some that are gone, and dummies?"""
    match node:
        case ast.Name():
            return True
        case ast.Subscript(value=table):
            return _keeps_names(table, columns)
        case ast.Call(args=[table], keywords=keywords) if columns.lowering.name(node) == DUMMIES:
            value = columns.facts.value(table)
            whole = isinstance(value, Data) and isinstance(table, ast.Name) and value.column is None
            return whole and not any(keyword.arg in NAMING for keyword in keywords)
        case ast.Call(func=ast.Attribute(value=table, attr=attr)):
            return attr in KEEPING and _keeps_names(table, columns)
        case _:
            return False
