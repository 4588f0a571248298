"""Comparisons: decided where both sides are known, else the rows they choose when used as an index."""

import ast
import operator as operators
from collections.abc import Callable, Hashable

from nb2pkg.facts.combining import combine, combined, compare_with_truth, contents_of
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import EQUALS, SPAN, Choice, Part, Rows
from nb2pkg.facts.values import Collection, Constant, Data, Estimator, Function, Instance, Unknown, UserClass, Value


def compare(machine: Machine, node: ast.Compare) -> Value:
    left = machine.evaluate(node.left)
    rights = [machine.evaluate(right) for right in node.comparators]
    if len(rights) == 1:
        right = rights[0]
        if isinstance(left, Constant | Collection) and isinstance(right, Constant | Collection):
            one, other = _plain(left), _plain(right)
            if (one is not None or isinstance(left, Constant)) and (other is not None or isinstance(right, Constant)):
                return _compare_known(one, node.ops[0], other)
        there = _is_something(machine, left, node.ops[0], right)
        if there is not None:
            return there
        if isinstance(left, Data) and isinstance(right, Data) and compare_with_truth(machine, node, left, right):
            return Data(combine(contents_of((left, right)))._replace(compared=True))
        if isinstance(left, Data):
            content = combine(contents_of((left, right)))
            return Data(content, mask=_mask(node, left, right))
    return combined([left, *rights])


def _is_something(machine: Machine, left: Value, operator: ast.cmpop, right: Value) -> Constant | None:
    """``x is None`` where x is surely something; what a branch may have left as None is not decided."""
    if not isinstance(operator, ast.Is | ast.IsNot) or not isinstance(right, Constant) or right.value is not None:
        return None
    if not isinstance(left, SOMETHING) or id(left) in machine.optional:
        return None
    return Constant(isinstance(operator, ast.IsNot))


SOMETHING = (Data, Estimator, Collection, Function, Instance, UserClass)


def _plain(value: Value) -> object:
    """A number, text, or tuple of them as Python has it; None for anything else."""
    if isinstance(value, Constant):
        return value.value
    if isinstance(value, Collection) and value.form == "tuple" and value.items:
        items = [_plain(item) for item in value.items]
        return None if None in items else tuple(items)
    return None


def _compare_known(left: object, operator: ast.cmpop, right: object) -> Value:
    """Version tests, switches and default arguments; what cannot be compared is not decided."""
    if isinstance(operator, ast.Eq | ast.Is):
        return Constant(left == right)
    if isinstance(operator, ast.NotEq | ast.IsNot):
        return Constant(left != right)
    ordered = ORDERS.get(type(operator))
    comparable = isinstance(left, int | float | tuple) and isinstance(right, int | float | tuple)
    if ordered is not None and comparable and isinstance(left, tuple) == isinstance(right, tuple):
        return Constant(ordered(left, right))
    return Unknown()


ORDERS: dict[type[ast.cmpop], Callable[..., object]] = {
    ast.Lt: operators.lt,
    ast.LtE: operators.le,
    ast.Gt: operators.gt,
    ast.GtE: operators.ge,
}


def _mask(node: ast.Compare, left: Data, right: Value) -> tuple[Choice, ...]:
    """The choice that a comparison makes when it is used as an index: ``<`` and ``>=`` of the same things are complements."""
    operator = node.ops[0]
    subject = (left.content.rows, ast.dump(node.left) if left.base is None else (left.column, id(left.base)))
    if isinstance(right, Constant):
        bound: Hashable = right.value if isinstance(right.value, Hashable) else None
    elif isinstance(right, Data):
        bound = ast.dump(node.comparators[0])
    else:
        bound = right
    if not isinstance(bound, int | float | str | bool | Value | None):
        return ()
    return _chosen(operator, subject, bound)


def in_words(text: str, rows: Rows | None) -> tuple[Choice, ...]:
    """The choice that a comparison written as text makes: ``df.query("year < 2014")``; none for anything longer."""
    try:
        node = ast.parse(text.strip().replace("@", "").replace("`", ""), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return ()
    right = node.comparators[0]
    bound = right.value if isinstance(right, ast.Constant) else ast.dump(right)
    return _chosen(node.ops[0], (rows, ast.dump(node.left)), bound)


def _chosen(operator: ast.cmpop, subject: Hashable, bound: Hashable) -> tuple[Choice, ...]:
    match operator:
        case ast.Eq() | ast.NotEq():
            return (Choice(("is", subject), Part(EQUALS, bound, out=isinstance(operator, ast.NotEq))),)
        case ast.Lt() | ast.GtE():
            return (Choice(("below", subject, bound), Part(SPAN, None, None, out=isinstance(operator, ast.GtE))),)
        case ast.LtE() | ast.Gt():
            return (Choice(("up to", subject, bound), Part(SPAN, None, None, out=isinstance(operator, ast.Gt))),)
        case _:
            return ()
