"""Changes in place of what is constant: ``names.append("age")``, ``depth += 1``, ``options["depth"] = 3``, one after the other."""

import ast
import operator
from collections.abc import Callable, Mapping

LARGEST_BASE, LARGEST_EXPONENT = 1_000_000, 64


def _power(base: object, exponent: object) -> object:
    """``10 ** 9.5``, ``2 ** -3``; TypeError or ValueError where that is no plain number, or one that takes long."""
    if not isinstance(base, int | float) or not isinstance(exponent, int | float):
        raise TypeError("a power of something else than a number")
    if abs(base) > LARGEST_BASE or abs(exponent) > LARGEST_EXPONENT or (base < 0 and isinstance(exponent, float)):
        raise ValueError("a power that is too large")
    return float(base**exponent) if isinstance(exponent, float) or exponent < 0 else base**exponent


OPERATORS: Mapping[type[ast.operator], Callable[[object, object], object]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
LIST_METHODS = frozenset({"append", "extend", "insert", "remove", "reverse", "sort", "clear"})
DICT_METHODS = frozenset({"update", "clear"})
Evaluate = Callable[[ast.expr], object]


class NotConstantError(ValueError):
    """The expression depends on something that only running the notebook tells."""


def changed(value: object, name: str, node: ast.stmt, evaluate: Evaluate) -> object:
    """The value that a variable holds after one statement changed it. Raises NotConstantError where that is not this simple."""
    match node:
        case ast.AugAssign(target=ast.Name(id=target), op=op, value=given) if target == name and type(op) in OPERATORS:
            return OPERATORS[type(op)](value, evaluate(given))
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=own), attr=method), args=given, keywords=[])):
            known = LIST_METHODS if isinstance(value, list) else DICT_METHODS if isinstance(value, dict) else ()
            if own == name and method in known:
                getattr(value, method)(*map(evaluate, given))
                return value
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=own), slice=key)], value=given) if own == name:
            if isinstance(value, dict):
                value[evaluate(key)] = evaluate(given)
                return value
        case _:
            pass
    raise NotConstantError(f"`{name}`")
