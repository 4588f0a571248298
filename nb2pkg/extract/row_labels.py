"""Row labels of a joined table: are they 0, 1, 2 and so on, and if not, does anything after the join read them?

The package numbers raw rows anew, so that each can be found again. Where the notebook's labels are others (two tables on top of
each other both begin with 0) code that reads them would find other rows.
"""

import ast
from collections.abc import Iterable

from nb2pkg.extract.lane import Code, Lane, Root
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.selection import Selections
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data

KEEPING = frozenset({"rename", "assign", "fillna", "astype", "copy", "replace", "round"})
NUMBERING = frozenset({"pandas.merge", "data.merge", "pandas.merge_asof", "pandas.merge_ordered"})
READING = frozenset({"reindex", "sort_index", "align", "join", "at", "xs"})
DEEPEST = 20


def numbered_anew(facts: Facts, root: Root) -> bool:
    """Does a joined table number its rows 0, 1, 2 and so on?"""
    return _name(facts, root.name, root.building[-1] + 1, DEEPEST)


def _name(facts: Facts, name: str, before: int, depth: int) -> bool:
    found = writers(facts, name, before=before)
    bound = bound_by(facts.program.statements[found[0]], name) if found else None
    if bound is None or bound.position is not None or depth == 0:
        return False
    fresh = _value(facts, bound.value, found[0], depth - 1)
    for index in found[1:]:
        fresh = _changed(facts.program.statements[index].node, fresh)
    return fresh


def _changed(node: ast.stmt, fresh: bool) -> bool:
    """The labels after a statement that changes a table in place."""
    match node:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name())]) | ast.Delete():
            return fresh
        case ast.Assign(targets=[ast.Attribute(attr="columns")]):
            return fresh
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="reset_index"))):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="rename" | "fillna" | "replace" | "insert"))):
            return fresh
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="drop")) as call):
            return fresh and _columns_only(call)
        case _:
            return False


def _value(facts: Facts, node: ast.expr, at: int, depth: int) -> bool:
    call = facts.call(node)
    name = call.name if call is not None else ""
    match node:
        case ast.Name(id=given):
            return _name(facts, given, at, depth)
        case ast.Subscript(value=inner, slice=ast.List()):
            return _value(facts, inner, at, depth)
        case ast.Call(func=ast.Attribute(attr="reset_index")):
            return True
        case ast.Call() if getattr(getattr(call, "row", None), "role", "") == "load":
            return not any(k.arg in ("index_col", None) for k in node.keywords)
        case ast.Call() if name in NUMBERING:
            return not any(k.arg in ("left_index", "right_index", None) for k in node.keywords)
        case ast.Call() if name in ("pandas.concat", "data.append"):
            return any(k.arg == "ignore_index" and _is_true(k.value) for k in node.keywords)
        case ast.Call(func=ast.Attribute(value=inner, attr=attribute)) if attribute in KEEPING:
            return _value(facts, inner, at, depth)
        case ast.Call(func=ast.Attribute(value=inner, attr="drop")) if _columns_only(node):
            return _value(facts, inner, at, depth)
        case _:
            return False


def _columns_only(call: ast.Call) -> bool:
    axis = next((k.value for k in call.keywords if k.arg == "axis"), call.args[1] if len(call.args) > 1 else None)
    by_axis = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
    return by_axis or any(k.arg == "columns" for k in call.keywords)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def check_labels(lowering: Lowering, lanes: Iterable[Lane | None]) -> None:
    """Raise RefusedError where code after the join reads labels that the package does not keep."""
    for lane in filter(None, lanes):
        if not lane.root.files or numbered_anew(lowering.facts, lane.root):
            continue
        for code in (stage for stage in lane.stages if isinstance(stage, Code)):
            nodes = [(index, lowering.statement(index).node) for index in code.statements]
            for at, node in (*nodes, (code.at, code.result)):
                _check(lowering, node, at)


def _check(lowering: Lowering, node: ast.AST, at: int) -> None:
    given = {
        id(k.value) for part in ast.walk(node) if isinstance(part, ast.Call) for k in part.keywords if k.arg == "index"
    }
    selections = Selections(lowering)
    for part in ast.walk(node):
        if id(part) not in given and _reads(lowering.facts, selections, part):
            reason = (
                f"`{ast.unparse(part)[:50]}` reads row labels, and those of the joined table are not 0, 1, 2 and so on"
            )
            raise refused(lowering.statement(at), f"{reason}; join with `reset_index(drop=True)`")


def _reads(facts: Facts, selections: Selections, node: ast.AST) -> bool:
    match node:
        case ast.Attribute(attr="index", value=table):
            return isinstance(facts.value(table), Data)
        case ast.Call(func=ast.Attribute(attr="drop")):
            return selections.chosen(node) is not None
        case ast.Call(func=ast.Attribute(attr="reset_index")):
            return selections.chosen(node) is None
        case ast.Subscript(value=ast.Attribute(attr="loc", value=table), slice=key):
            rows = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
            value = facts.value(rows)
            whole = isinstance(rows, ast.Slice) and rows.lower is None and rows.upper is None
            return (
                isinstance(facts.value(table), Data)
                and not whole
                and not (isinstance(value, Data) and bool(value.mask))
            )
        case ast.Attribute(attr=attribute, value=table):
            return attribute in READING and isinstance(facts.value(table), Data)
        case _:
            return False
