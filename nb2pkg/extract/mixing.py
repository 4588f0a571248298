"""Does code treat each column of a table by itself? Then a column that the result has not may be missing from the start.

``df.loc[df.age < 30, "age"] = 30`` and ``pd.get_dummies(df)`` do; ``df.sum(axis=1)`` mixes columns, so a column less is another sum.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from enum import IntEnum

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.stretch import stored

SAME_COLUMNS = frozenset(
    {
        "abs",
        "assign",
        "astype",
        "clip",
        "copy",
        "drop",
        "drop_duplicates",
        "dropna",
        "fillna",
        "head",
        "isna",
        "isnull",
        "notna",
        "notnull",
        "rename",
        "replace",
        "reset_index",
        "round",
        "select_dtypes",
        "sort_index",
        "sort_values",
    }
)
EACH_COLUMN = SAME_COLUMNS | {"filter", "groupby", "insert", "join", "pop", "query"}
STATISTICS = frozenset({"mean", "median", "min", "max", "std", "mode", "quantile"})
FILLING = frozenset({"fillna", "replace"})
MIXING = frozenset(
    {"values", "to_numpy", "iloc", "iterrows", "itertuples", "apply", "sum", "any", "all", "corr", "dot"}
)
WHOLE_TABLES = frozenset({"get_dummies", "concat", "len", "DataFrame", "isinstance", "print", "display"})
NAMING = frozenset({"drop", "rename"})
LISTING = frozenset({"tolist", "to_list"})
COLUMN_AXES = frozenset({1, "columns"})


class Mixing(IntEnum):
    """How sure it is that columns are treated one by one."""

    NO = 0
    UNKNOWN = 1
    YES = 2


class Uses:
    """What code does with tables that have a column of these names; ``around`` are the functions beside it."""

    def __init__(self, names: AbstractSet[str], columns: Columns, around: Iterable[ast.AST]) -> None:
        self.names = names
        self.columns = columns
        self.functions = {node.name: node for node in around if isinstance(node, ast.FunctionDef)}
        self.seen: set[tuple[str, str]] = set()
        self.lists: set[str] = set()
        """The variables that hold names of columns."""

    def of(self, root: ast.AST, tables: AbstractSet[str]) -> Iterator[Mixing]:
        """How every use of one of the tables below a node treats its columns."""
        above = {child: node for node in ast.walk(root) for child in ast.iter_child_nodes(node)}
        tables = tables | _turns(root, tables - self.lists)
        for node in ast.walk(root):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in tables:
                yield from self._use(node, above)

    def after(self, node: ast.AST, tables: AbstractSet[str]) -> set[str]:
        """The variables that hold one of the tables, whole, once a statement has run."""
        bound = stored(node)
        value = node.value if isinstance(node, ast.Assign) else node
        whole = any(name.id in tables for name in _whole(value))
        return set(tables) | bound if whole else set(tables) - bound

    def _use(self, node: ast.expr, above: Mapping[ast.AST, ast.AST]) -> Iterator[Mixing]:
        if isinstance(node, ast.Name) and node.id in self.lists:
            yield Mixing.NO if _each_name(node, above) else Mixing.UNKNOWN
            return
        match above.get(node):
            case None | ast.Assign() | ast.Return() | ast.For() | ast.Expr():
                return
            case ast.Subscript(value=value, slice=index) if value is node:
                yield from self._part(above[node], index, above)
            case ast.Attribute() as attribute:
                yield self._attribute(attribute, above)
                yield from self._what_comes_of(above.get(attribute), attribute.attr, above)
            case ast.BinOp() | ast.Compare() | ast.UnaryOp() as cells:
                yield Mixing.UNKNOWN
                yield from self._use(cells, above)
            case ast.keyword() as keyword:
                yield from self._use_as(above[keyword], node)
            case ast.List() | ast.Tuple() as several:
                yield from self._use(several, above)
            case ast.Call() as call:
                yield from self._given(call, node)
            case _:
                yield Mixing.UNKNOWN

    def _use_as(self, call: ast.AST, node: ast.expr) -> Iterator[Mixing]:
        """A table that is handed over by name."""
        if isinstance(call, ast.Call):
            yield from self._given(call, node)

    def _part(self, node: ast.AST, index: ast.expr, above: Mapping[ast.AST, ast.AST]) -> Iterator[Mixing]:
        """Some columns of a table, or some rows: what is done with them counts where the column is still among them."""
        if _is_position(index):
            yield Mixing.UNKNOWN
            return
        listed = self.columns.chosen(index)
        single = isinstance(index, ast.Constant) or (listed is not None and not self.names & set(listed))
        single = single or _is_turn(index, above)
        if not single and isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", None), ast.Load):
            yield from self._use(node, above)

    def _attribute(self, node: ast.Attribute, above: Mapping[ast.AST, ast.AST]) -> Mixing:
        if self.columns.is_column(node.value, node.attr) or node.attr == "index":
            return Mixing.NO
        outer = above.get(node)
        if node.attr in ("loc", "at"):
            return Mixing.NO if isinstance(outer, ast.Subscript) and not _is_range(outer.slice) else Mixing.UNKNOWN
        if node.attr == "columns":
            outer = above.get(_listed(node, above))
            self.lists |= stored(outer) if isinstance(outer, ast.Assign) else set()
            alone = isinstance(outer, ast.For | ast.comprehension | ast.Compare | ast.Assign)
            return Mixing.NO if alone else Mixing.UNKNOWN
        if node.attr in MIXING:
            return Mixing.YES
        if not isinstance(outer, ast.Call):
            return Mixing.UNKNOWN
        if node.attr not in NAMING and any(_along_columns(keyword) for keyword in outer.keywords):
            return Mixing.YES
        if node.attr in STATISTICS:
            if outer.args and _is_column_axis(outer.args[0]):
                return Mixing.YES
            return Mixing.NO if _fills(above.get(outer)) else Mixing.UNKNOWN
        return Mixing.NO if node.attr in EACH_COLUMN else Mixing.UNKNOWN

    def _what_comes_of(self, call: ast.AST | None, method: str, above: Mapping[ast.AST, ast.AST]) -> Iterator[Mixing]:
        """``df.notna().sum(axis=1)``: the same columns again, and how they are used, unless this one was dropped."""
        if isinstance(call, ast.Call) and method in SAME_COLUMNS:
            dropped = self.columns.dropped(call)
            if dropped is None or not self.names & set(dropped[1]):
                yield from self._use(call, above)

    def _given(self, call: ast.Call, node: ast.expr) -> Iterator[Mixing]:
        """A table, or a list with one, as an argument."""
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        function = self.functions.get(name) if isinstance(call.func, ast.Name) else None
        if function is not None and node in call.args:
            parameters = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
            place = call.args.index(node)
            parameter = parameters[place] if place < len(parameters) else ""
            if (name, parameter) not in self.seen:
                self.seen.add((name, parameter))
                yield from self.of(function, {parameter})
        elif name not in WHOLE_TABLES:
            along = name not in NAMING and any(_along_columns(keyword) for keyword in call.keywords)
            yield Mixing.YES if along else Mixing.UNKNOWN


def _whole(node: ast.AST) -> Iterator[ast.Name]:
    """The names of which an expression takes more than some columns."""
    match node:
        case ast.Subscript(value=value, slice=ast.Constant() | ast.List()) if not isinstance(value, ast.Attribute):
            return
        case ast.Call(func=ast.Attribute(value=value), args=arguments, keywords=keywords):
            for part in (value, *arguments, *keywords):
                yield from _whole(part)
        case ast.Attribute(value=ast.Name()):
            return
        case ast.Name():
            yield node
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _whole(child)


def _turns(root: ast.AST, tables: AbstractSet[str]) -> set[str]:
    """The variables that are a table in some turn of ``for table in [train, test]``."""
    loops = (node for node in ast.walk(root) if isinstance(node, ast.For))
    return {
        name for loop in loops if any(one.id in tables for one in _whole(loop.iter)) for name in stored(loop.target)
    }


def _is_turn(index: ast.expr, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Is it the variable of a loop, so that one column is taken in each turn?"""
    loops = (node for node in above.values() if isinstance(node, ast.For | ast.comprehension))
    return isinstance(index, ast.Name) and any(index.id in stored(loop.target) for loop in loops)


def _listed(node: ast.AST, above: Mapping[ast.AST, ast.AST]) -> ast.AST:
    """``df.columns`` or the list that is made of it at once: ``df.columns.tolist()``, ``list(df.columns)``."""
    match above.get(node):
        case ast.Attribute(attr=attr) as method if attr in LISTING and isinstance(above.get(method), ast.Call):
            return above[method]
        case ast.Call(func=ast.Name(id="list")) as call:
            return call
        case _:
            return node


def _each_name(node: ast.Name, above: Mapping[ast.AST, ast.AST]) -> bool:
    """Is it ``for name in names`` or ``df[names]``, where which names there are matters for each alone?"""
    match above.get(node):
        case ast.For(iter=names) | ast.comprehension(iter=names) | ast.Subscript(slice=names):
            return names is node
        case _:
            return False


def _fills(outer: ast.AST | None) -> bool:
    match outer:
        case ast.Call(func=ast.Attribute(attr=attr)):
            return attr in FILLING
        case _:
            return False


def _along_columns(keyword: ast.keyword) -> bool:
    return keyword.arg == "axis" and _is_column_axis(keyword.value)


def _is_column_axis(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value in COLUMN_AXES


def _is_position(index: ast.expr) -> bool:
    """Is a table indexed with something taken by its place, as in ``df[df.columns[0]]``?"""
    return any(isinstance(part, ast.Attribute) and part.attr == "columns" for part in ast.walk(index)) and any(
        isinstance(part, ast.Subscript) for part in ast.walk(index)
    )


def _is_range(index: ast.expr) -> bool:
    """``df.loc[:, "a":"c"]`` counts the columns between two."""
    if not (isinstance(index, ast.Tuple) and len(index.elts) == 2 and isinstance(index.elts[1], ast.Slice)):
        return False
    columns = index.elts[1]
    return columns.lower is not None or columns.upper is not None
