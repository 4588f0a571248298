"""Which expressions may be evaluated once more, and for all rows at once, and give what they gave."""

import ast

from nb2pkg.apis import Row
from nb2pkg.facts import Facts

GIVING = frozenset({"to", "cuda", "cpu", "float", "double", "long", "int", "type", "contiguous", "detach", "clone"})
SHAPING = frozenset({"view", "reshape"})
LATER = frozenset({"unsqueeze", "squeeze", "flatten"})  # by an axis that is not that of the rows
MADE_AGAIN = frozenset({"frame", "rowwise", "columns"})


def row_of(facts: Facts, node: ast.AST) -> Row | None:
    """What the API tables say of a call."""
    found = facts.call(node)
    return found.row if found is not None and isinstance(found.row, Row) else None


def computed(facts: Facts, wanted: ast.expr) -> ast.Call | None:
    """The first call in an expression that may not be made once more for all rows at once; None where there is none."""
    for call in (one for one in ast.walk(wanted) if isinstance(one, ast.Call)):
        row = row_of(facts, call)
        known = row is not None and row.role in MADE_AGAIN and not row.name.endswith("*")
        acts = row is not None and bool(row.stochastic or row.mutates or row.function)
        known = known and not acts and not any(one.arg == "inplace" for one in call.keywords)
        shaping = isinstance(call.func, ast.Attribute) and call.func.attr in SHAPING | LATER
        if not _keeps_rows(call) and (shaping or not known):
            return call
    return None


def _keeps_rows(call: ast.Call) -> bool:
    """Does a method give the same rows, for a batch as for all of them?"""
    if not isinstance(call.func, ast.Attribute):
        return False
    method, given = call.func.attr, call.args[0] if call.args else None
    if isinstance(given, ast.Tuple) and given.elts:
        given = given.elts[0]
    if method in SHAPING:
        return given is not None and (ast.unparse(given) == "-1" or _counts_rows(given))
    if method in LATER:
        return given is not None and ast.unparse(given) in ("1", "-1", "2")
    return method in GIVING or _counts_rows(call)


def _counts_rows(node: ast.expr) -> bool:
    """``x.size(0)``, ``x.shape[0]``"""
    match node:
        case ast.Call(func=ast.Attribute(attr="size"), args=[ast.Constant(value=0)]):
            return True
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant(value=0)):
            return True
        case _:
            return False
