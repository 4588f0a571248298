"""The notebook's own functions: which of them only choose rows of the table they are given, and which may not be copied as they are."""

import ast
from collections.abc import Iterator

from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.text import Sources

CHOOSING = frozenset(
    {
        "dropna",
        "drop_duplicates",
        "query",
        "head",
        "tail",
        "sample",
        "sort_values",
        "sort_index",
        "nlargest",
        "nsmallest",
        "drop",
    }
)
INDEXERS = frozenset({"loc", "iloc"})
OTHER_ROWS = frozenset({"select", "sample", "resample", "random"})


def chooses_only(function: ast.FunctionDef) -> bool:
    """Does a function give back rows of its first parameter, with every column as it was?"""
    parameters = [one.arg for one in function.args.args]
    if not parameters:
        return False
    body = list(_statements(function.body))
    returned = [one.value for one in body if isinstance(one, ast.Return)]
    own = {name for name, value in _bound(function) if isinstance(value, ast.Dict | ast.List)}
    if not returned or any(_writes(one, own) for one in body):
        return False
    tables = _tables(function, parameters[0])
    plain = all(value is not None and _is_choice(value, tables) for value in returned)
    return plain and any(_chosen(value) for one in body for value in ast.walk(one))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        for field in ("body", "orelse"):
            yield from _statements(getattr(statement, field, []))


def _writes(statement: ast.stmt, own: set[str]) -> bool:
    """Does a statement write into something, other than the function's own dictionaries and lists?"""
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name))]) if name in own:
            return False
        case ast.Assign(targets=targets):
            return any(
                isinstance(part, ast.Subscript | ast.Attribute) for target in targets for part in ast.walk(target)
            )
        case ast.AugAssign(target=target):
            return not isinstance(target, ast.Name)
        case ast.Expr(value=ast.Call() as call):
            return any(k.arg == "inplace" for k in call.keywords)
        case ast.Delete():
            return True
        case _:
            return False


def _tables(function: ast.FunctionDef, first: str) -> set[str]:
    """The variables of a function that hold rows of its first parameter and nothing else."""
    found = {first}
    bound = list(_bound(function))
    for _ in range(len(bound) + 1):
        for name in {name for name, _ in bound} - found:
            values = [value for other, value in bound if other == name]
            if values and all(_is_choice(value, found | {name}) or _is_empty(value) for value in values):
                found.add(name)
    rebound = {name for name, value in bound if not (_is_choice(value, found) or _is_empty(value))}
    return found - rebound


def _bound(function: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in _statements(function.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.For(
                target=ast.Tuple(elts=[_, ast.Name(id=name)]),
                iter=ast.Call(func=ast.Attribute(value=value, attr="groupby")),
            ):
                yield name, value
            case _:
                pass


def _is_empty(node: ast.expr) -> bool:
    """``pd.DataFrame()``, to which chosen rows are added."""
    match node:
        case ast.Call(func=ast.Attribute(attr="DataFrame"), args=[], keywords=[]):
            return True
        case _:
            return False


def _is_choice(node: ast.expr, tables: set[str]) -> bool:
    match node:
        case ast.Name(id=name):
            return name in tables
        case ast.Call(func=ast.Attribute(value=value, attr=attribute), keywords=keywords) if attribute in CHOOSING:
            columns = attribute == "drop" and any(
                k.arg == "columns" or (k.arg == "axis" and ast.unparse(k.value) in ("1", "'columns'")) for k in keywords
            )
            return not columns and len(node.args) < (2 if attribute == "drop" else 9) and _is_choice(value, tables)
        case ast.Call(func=ast.Attribute(value=value, attr="copy" | "reset_index")):
            return _is_choice(value, tables)
        case ast.Call(func=ast.Attribute(attr="concat"), args=[ast.List(elts=elements)]):
            return all(_is_choice(one, tables) for one in elements)
        case ast.Subscript(value=ast.Attribute(value=value, attr=attribute), slice=index) if attribute in INDEXERS:
            return not isinstance(index, ast.Tuple) and _is_choice(value, tables)
        case ast.Subscript(value=value, slice=index):
            return _is_mask(index) and _is_choice(value, tables)
        case _:
            return False


def _is_mask(index: ast.expr) -> bool:
    """Is this a condition rather than the name of a column?"""
    return any(isinstance(part, ast.Compare | ast.BitAnd | ast.BitOr | ast.Invert) for part in ast.walk(index)) or (
        isinstance(index, ast.Call)
        and isinstance(index.func, ast.Attribute)
        and index.func.attr in ("isin", "notna", "notnull", "between")
    )


def _chosen(node: ast.AST) -> bool:
    match node:
        case ast.Subscript(slice=index, ctx=ast.Load()):
            return _is_mask(index)
        case ast.Call(func=ast.Attribute(attr=attribute)):
            return attribute in CHOOSING and attribute != "drop"
        case _:
            return False


class Functions:
    """Judges the functions that a stretch of code calls."""

    def __init__(self, lowering: Lowering, sources: Sources) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources

    def check(self, function: ast.FunctionDef, at: int) -> dict[ast.AST, str]:
        """The edits of a function that is copied. Raises RefusedError where its copy would not serve single rows."""
        if chooses_only(function):
            return self._labels(function)
        for node in ast.walk(function):
            if self._other_rows(node):
                text = ast.unparse(node)[:50]
                raise refused(
                    self.lowering.statement(at),
                    f"`{function.name}` chooses or reorders rows (`{text}`) and does more; write the choice out in the cell",
                )
        return {}

    def _other_rows(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Subscript):
            return isinstance(node.ctx, ast.Load) and _is_mask(node.slice)
        call = self.facts.call(node)
        row = call.row if call is not None else None
        role = getattr(row, "role", "")
        plain = (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("loc", "iloc", "at", "head", "drop")
        )
        return (
            (role in OTHER_ROWS and not plain)
            or bool(getattr(row, "neighbours", False))
            or bool(getattr(row, "reorders", False))
        )

    def _labels(self, function: ast.FunctionDef) -> dict[ast.AST, str]:
        """Chosen rows keep their labels, by which the raw rows are found again."""
        edits: dict[ast.AST, str] = {}
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                for keyword in node.keywords:
                    if keyword.arg == "ignore_index":
                        edits[keyword.value] = "False"
                if isinstance(node.func, ast.Attribute) and node.func.attr == "reset_index":
                    edits[node] = self.sources.of(node.func.value)
        return edits
