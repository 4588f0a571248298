"""Work out constants that the notebook computes from literals: ``c[i]`` in the last turn of ``for i in range(len(c))``."""

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence

from nb2pkg.extract.folding import OPERATORS, NotConstantError, changed
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts import Facts

LARGEST = 100_000
FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "len": len,
    "range": range,
    "list": list,
    "enumerate": enumerate,
    "zip": zip,
}
FUNCTIONS = {
    **FUNCTIONS,
    "int": int,
    "float": float,
    "str": str,
    "max": max,
    "min": min,
    "sorted": sorted,
    "round": round,
}


def evaluate(node: ast.expr, facts: Facts, *, at: int) -> object:
    """The value of an expression that statement ``at`` evaluates. Raises NotConstantError."""
    try:
        return _evaluate(node, facts, at, 0)
    except (TypeError, ValueError, IndexError, KeyError, ZeroDivisionError, OverflowError) as error:
        raise NotConstantError(str(error)) from error


def _evaluate(node: ast.expr, facts: Facts, at: int, depth: int) -> object:
    if depth > 20:
        raise NotConstantError("too deep")

    def inner(one: ast.expr) -> object:
        return _evaluate(one, facts, at, depth + 1)

    match node:
        case ast.Constant():
            return node.value
        case ast.List() | ast.Tuple():
            items = [inner(one) for one in node.elts]
            return items if isinstance(node, ast.List) else tuple(items)
        case ast.Dict(keys=keys, values=values) if None not in keys:
            return {inner(key): inner(one) for key, one in zip(keys, values, strict=True) if key is not None}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return 0 - inner(operand)  # type: ignore[operator]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](inner(left), inner(right))
        case ast.Subscript(value=value, slice=index):
            return inner(value)[inner(index)]  # type: ignore[index]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            return _call(name, [inner(one) for one in arguments])
        case ast.Name(id=name):
            return _variable(name, facts, at, depth)
        case _:
            raise NotConstantError(f"`{ast.unparse(node)[:40]}`")


def _call(name: str, arguments: list[object]) -> object:
    if name == "range" and len(range(*arguments)) > LARGEST:  # type: ignore[call-overload]
        raise NotConstantError("a range too long")
    return FUNCTIONS[name](*arguments)


def _variable(name: str, facts: Facts, at: int, depth: int) -> object:
    statement = facts.program.statements[at].node
    if isinstance(statement, ast.For):
        found = _loop_variable(statement, name, facts, at, depth)
        if found is not ...:
            return found
    found_at = writers(facts, name, before=at)
    if len(found_at) > 1:
        return _changed(name, found_at, facts, depth)
    binding = facts.program.statements[found_at[0]] if found_at else None
    if binding is not None and isinstance(binding.node, ast.For):
        found = _loop_variable(binding.node, name, facts, binding.index, depth)
        if found is not ...:
            return found
    bound = bound_by(binding, name) if binding is not None else None
    if binding is None or bound is None:
        raise NotConstantError(f"`{name}`")
    value = _evaluate(bound.value, facts, binding.index, depth + 1)
    return value if bound.position is None else _item(value, bound.position)


def _changed(name: str, found_at: Sequence[int], facts: Facts, depth: int) -> object:
    """The value of a variable that was bound to a constant and changed by constants since."""
    bound = bound_by(facts.program.statements[found_at[0]], name)
    if bound is None or bound.position is not None:
        raise NotConstantError(f"`{name}`")
    value = _evaluate(bound.value, facts, found_at[0], depth + 1)
    for index in found_at[1:]:
        node = facts.program.statements[index].node
        value = changed(value, name, node, lambda one, at=index: _evaluate(one, facts, at, depth + 1))  # type: ignore[misc]
    return value


def _loop_variable(loop: ast.For, name: str, facts: Facts, at: int, depth: int) -> object:
    """What a loop variable holds in the last turn; ``...`` where the loop does not set it."""
    if any(isinstance(part, ast.Break) for part in ast.walk(loop)):
        raise NotConstantError("a loop that breaks off")
    match loop.target:
        case ast.Name(id=own) if own == name:
            return _last_turn(loop, facts, at, depth)
        case ast.Tuple(elts=elements):
            for position, one in enumerate(elements):
                if isinstance(one, ast.Name) and one.id == name:
                    return _item(_last_turn(loop, facts, at, depth), position)
        case _:
            pass
    return ...


def _last_turn(loop: ast.For, facts: Facts, at: int, depth: int) -> object:
    turns = _evaluate(loop.iter, facts, at, depth + 1)
    if not isinstance(turns, Iterable) or not (listed := list(turns)):
        raise NotConstantError("a loop over nothing that is listed")
    return listed[-1]


def _item(value: object, position: int) -> object:
    if not isinstance(value, Sequence) or len(value) <= position:
        raise NotConstantError("a loop variable that is unpacked")
    return value[position]
