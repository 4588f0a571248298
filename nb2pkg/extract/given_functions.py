"""Functions that ``agg``, ``apply`` and ``transform`` are handed: do they give one value, or one for each row that it has alone?

``df.age.agg("mean")`` is learned and ``df.age.apply(str)`` goes row by row; ``df.age.agg(lambda s: s - s.mean())`` is neither.
"""

import ast
from collections.abc import Iterator

from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import refused
from nb2pkg.facts.values import Data, Function, Library

AGGREGATES = frozenset({"data.agg", "data.aggregate"})
APPLIED = frozenset({"data.apply", "data.transform"})
BUILT_IN = frozenset({"len", "max", "min", "sum"})
ALONG = (1, "columns")


def check_given_functions(lowering: Lowering, node: ast.AST, at: int) -> None:
    """Raise RefusedError for a function that is handed over and would give something else for one row alone."""
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
        known = lowering.facts.call(call)
        name = known.name if known is not None else ""
        given = known.args.get("func") if known is not None and name in AGGREGATES | APPLIED else None
        if given is None or _along(call):
            continue
        reader = _Reader(lowering)
        if name in AGGREGATES and not reader.reduces(given[0]):
            reason = f"what `{ast.unparse(given[0])[:50]}` gives may be a value for each row"
            raise refused(lowering.statement(at), f"{reason}; write it out, without `{name.partition('.')[2]}`")
        if name in APPLIED and not reader.all_by_row(call, given[0]):
            reason = f"`{ast.unparse(given[0])[:50]}` is not worked out row by row"
            raise refused(lowering.statement(at), f"{reason}; call it as a method of the column")


def _along(call: ast.Call) -> bool:
    """Does each row get a value of its own columns?"""
    return any(k.arg == "axis" and isinstance(k.value, ast.Constant) and k.value.value in ALONG for k in call.keywords)


def _texts(given: ast.expr) -> Iterator[str]:
    """The methods that are named as texts."""
    for part in ast.walk(given):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and not isinstance(given, ast.Lambda):
            yield part.value


class _Reader:
    """Reads what a function is."""

    def __init__(self, lowering: Lowering) -> None:
        self.facts = lowering.facts

    def reduces(self, node: ast.expr) -> bool:
        """Does a function make one value of a column?"""
        match node:
            case ast.Constant(value=str(text)):
                return self._role(text) == "statistic"
            case ast.List(elts=several) | ast.Tuple(elts=several):
                return all(self.reduces(one) for one in several)
            case ast.Dict(values=several):
                return all(self.reduces(one) for one in several)
            case ast.Lambda(body=body):
                return self._is_one(body)
            case ast.Name(id=name) if name in BUILT_IN:
                return True
        value = self.facts.value(node)
        if isinstance(value, Library):
            return getattr(self.facts.table.get(value.name), "role", "") == "statistic"
        if isinstance(value, Function) and isinstance(value.node, ast.FunctionDef):
            first = value.node.body[0]
            return isinstance(first, ast.Return) and first.value is not None and self._is_one(first.value)
        return isinstance(value, Function) and isinstance(value.node, ast.Lambda) and self._is_one(value.node.body)

    def all_by_row(self, call: ast.Call, given: ast.expr) -> bool:
        """Do all methods named as texts go row by row, and a library's function that is given whole columns?"""
        owner = self.facts.value(call.func.value) if isinstance(call.func, ast.Attribute) else None
        value = self.facts.value(given)
        if isinstance(owner, Data) and owner.column is None and isinstance(value, Library):
            return getattr(self.facts.table.get(value.name), "role", "rowwise") == "rowwise"
        return all(self.goes_by_row(text) for text in _texts(given))

    def goes_by_row(self, text: str) -> bool:
        """Is a method that is named as a text one that each row can do alone?"""
        row = self.facts.table.receiver("data", text)
        return getattr(row, "role", "") == "rowwise" and not getattr(row, "neighbours", False)

    def _is_one(self, node: ast.expr) -> bool:
        """Is an expression one value, whatever column it is asked of?"""
        match node:
            case ast.Constant():
                return True
            case ast.Call(func=ast.Attribute(attr=method)):
                return self._role(method) == "statistic"
            case ast.BinOp(left=left, right=right):
                return self._is_one(left) and self._is_one(right)
            case _:
                return False

    def _role(self, method: str) -> str:
        return getattr(self.facts.table.receiver("data", method), "role", "")
