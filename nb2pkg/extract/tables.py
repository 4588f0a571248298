"""Tell whether the statements of a stretch end with a table, by their own words: an array has no names of columns."""

import ast
from collections.abc import Iterable, Sequence

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.stretch import Line, stored

MAKERS = frozenset({"pandas.DataFrame", "pandas.get_dummies", "pandas.merge"})
SIDE_BY_SIDE = frozenset({"1", "'columns'"})
METHODS = frozenset(
    {
        *("abs", "assign", "astype", "clip", "copy", "drop", "fillna", "join", "merge", "rename", "replace", "round"),
        "select_dtypes",
    }
)
Known = frozenset[str]


def gives_table(lines: Sequence[Line], given: str, columns: Columns) -> bool:
    """Is the result of the last line surely a table, where ``given`` is one at the start?"""
    *before, last = lines
    words = _Words(columns)
    return words.is_table(last.node, words.after([line.node for line in before], frozenset({given})))


class _Words:
    """Reads statements in their order; what is ``known`` are the variables that hold tables, and lists as ``[name]``."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns

    def after(self, nodes: Iterable[ast.AST], known: Known) -> Known:
        """What is known after statements."""
        for node in nodes:
            known = self._after(node, known)
        return known

    def _after(self, node: ast.AST, known: Known) -> Known:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                others = known - {name, _list(name)}
                if self.is_table(value, known):
                    return others | {name}
                return others | {_list(name)} if isinstance(value, ast.List | ast.ListComp) else others
            case ast.For(body=body, orelse=[]) if not _leaves_early(node):
                while (once := known & self.after(body, known - stored(node.target))) != known:
                    known = once
                return known
            case ast.If(body=body, orelse=orelse):
                return self.after(body, known) & self.after(orelse, known)
            case _:
                gone = stored(node)
                return known - gone - {_list(name) for name in gone}

    def is_table(self, node: ast.AST, known: Known) -> bool:
        """Is an expression surely a table?"""
        match node:
            case ast.Name(id=name):
                return name in known
            case ast.Subscript(
                value=ast.Attribute(value=inner, attr="loc" | "iloc"), slice=ast.Tuple(elts=[_, wanted])
            ):
                return self._lists(wanted, known) and self.is_table(inner, known)
            case ast.Subscript(value=inner, slice=wanted):
                return self._lists(wanted, known) and self.is_table(inner, known)
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in METHODS and self.is_table(
                inner, known
            ):
                return True
            case ast.Call():
                call = self.columns.facts.call(node)
                beside = any(k.arg == "axis" and ast.unparse(k.value) in SIDE_BY_SIDE for k in node.keywords)
                return call is not None and (call.name in MAKERS or (call.name == "pandas.concat" and beside))
            case _:
                return False

    def _lists(self, index: ast.expr, known: Known) -> bool:
        """Does an index choose several columns?"""
        named = isinstance(index, ast.Name) and _list(index.id) in known
        return named or isinstance(index, ast.List | ast.ListComp | ast.Slice) or self.columns.chosen(index) is not None


def _leaves_early(loop: ast.For) -> bool:
    return any(isinstance(part, ast.Break | ast.Continue) for part in ast.walk(loop))


def _list(name: str) -> str:
    return f"[{name}]"
