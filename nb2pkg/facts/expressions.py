"""Evaluate expressions abstractly: one small function for each kind of node."""

import ast
from collections.abc import Callable, Iterable, Sequence

from nb2pkg.facts import attributes, calls, comparing, names, subscripts
from nb2pkg.facts.combining import combine, combined, compare_with_truth, contents_of
from nb2pkg.facts.conditions import decided
from nb2pkg.facts.joining import join_contents, join_values
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import complement
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Data,
    Estimator,
    Frame,
    Function,
    Instance,
    Library,
    Unknown,
    UserClass,
    Value,
)
from nb2pkg.source import Span


def _constant(machine: Machine, node: ast.Constant) -> Value:
    if node.value == 0 and (machine.cell, node.lineno, node.col_offset) in machine.program.magic_values:
        return Unknown()
    return Constant(node.value, node, machine.place(node) if isinstance(node.value, str) else None)


def _name(machine: Machine, node: ast.Name) -> Value:
    return names.lookup(machine, node)


def _attribute(machine: Machine, node: ast.Attribute) -> Value:
    return attributes.attribute(machine, machine.evaluate(node.value), node)


def _subscript(machine: Machine, node: ast.Subscript) -> Value:
    return subscripts.subscript(machine, machine.evaluate(node.value), node)


def _call(machine: Machine, node: ast.Call) -> Value:
    return calls.call(machine, node)


def _collection(machine: Machine, node: ast.List | ast.Tuple | ast.Set) -> Value:
    items: list[Value] | None = []
    for element in node.elts:
        value = machine.evaluate(element)
        if not isinstance(element, ast.Starred):
            if items is not None:
                items.append(value)
        elif isinstance(value, Collection) and value.items is not None and items is not None:
            items.extend(value.items)
        else:
            items = None
    return Collection(type(node).__name__.lower(), None if items is None else tuple(items))


def _dict(machine: Machine, node: ast.Dict) -> Value:
    keys, items = [], []
    for key, element in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(element)
        if key is not None:
            keys.append(machine.evaluate(key))
            items.append(value)
        elif isinstance(value, Collection) and value.items is not None:
            keys.extend(value.keys)
            items.extend(value.items)
    return Collection("dict", tuple(items), keys=tuple(keys))


def _binary(machine: Machine, node: ast.BinOp) -> Value:
    left, right = machine.evaluate(node.left), machine.evaluate(node.right)
    return binary(machine, node, left, node.op, right)


def binary(machine: Machine, node: ast.AST, left: Value, operator: ast.operator, right: Value) -> Value:
    """Arithmetic on two values: text and numbers are computed, data keeps its rows, masks meet."""
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _arithmetic(left, operator, right, node)
    if isinstance(operator, ast.Mod) and isinstance(left, Constant) and isinstance(left.value, str):
        return Unknown((Constant(left.value.partition("%")[0], left.node, left.place), right))
    if isinstance(operator, ast.Div) and (_is_path(left) or _is_path(right)):
        return join_path((left, right))
    if isinstance(operator, ast.Add) and isinstance(left, Collection) and isinstance(right, Collection):
        return _chain(left, right)
    if isinstance(left, Data) and isinstance(right, Data):
        if isinstance(operator, ast.BitAnd) and left.mask and right.mask:
            return Data(combine(contents_of((left, right))), mask=left.mask + right.mask)
        if isinstance(operator, ast.Sub) and compare_with_truth(machine, node, left, right):
            return Data(combine(contents_of((left, right)))._replace(compared=True))
    return combined((left, right))


def _chain(left: Collection, right: Collection) -> Collection:
    items = None if left.items is None or right.items is None else left.items + right.items
    return Collection(left.form, items, element=left.element or right.element)


def _arithmetic(left: Constant, operator: ast.operator, right: Constant, node: ast.AST) -> Value:
    one, other = left.value, right.value
    if isinstance(operator, ast.Add) and isinstance(one, str) and isinstance(other, str):
        return Constant(one + other, node, left.place)
    if isinstance(one, int | float) and isinstance(other, int | float) and not isinstance(one, complex):
        if isinstance(operator, ast.Add):
            return Constant(one + other, node)
        if isinstance(operator, ast.Sub):
            return Constant(one - other, node)
        if isinstance(operator, ast.Mult):
            return Constant(one * other, node)
    return Unknown((left, right))


def _is_path(value: Value) -> bool:
    return isinstance(value, Unknown) and any(isinstance(part, Library) and part.name == "path" for part in value.of)


def join_path(parts: Sequence[Value]) -> Value:
    """A path joined of parts: text where all are text, else what is known of it, marked as a path."""
    texts = [path_text(part) for part in parts]
    marked = Library("path")
    if not texts or texts[0] is None:
        return Unknown((marked, *parts))
    joined, first = texts[0].value, texts[0]
    for text in texts[1:]:
        if text is None:
            return Unknown((marked, Constant(str(joined).rstrip("/") + "/", first.node, first.place), *parts))
        joined = str(text.value) if str(text.value).startswith("/") else f"{str(joined).rstrip('/')}/{text.value}"
    return Unknown((marked, Constant(joined, first.node, first.place)))


def path_text(value: Value) -> Constant | None:
    """The text of a path value where it is known."""
    if isinstance(value, Constant):
        return value if isinstance(value.value, str) else None
    if isinstance(value, Unknown) and len(value.of) == 2 and _is_path(value):
        inner = value.of[1]
        return inner if isinstance(inner, Constant) and isinstance(inner.value, str) else None
    return None


def _unary(machine: Machine, node: ast.UnaryOp) -> Value:
    value = machine.evaluate(node.operand)
    if isinstance(value, Data):
        mask = (
            tuple(complement(choice) for choice in value.mask)
            if len(value.mask) == 1 and isinstance(node.op, ast.Invert | ast.Not)
            else ()
        )
        return Data(value.content, mask=mask)
    if isinstance(value, Constant) and isinstance(node.op, ast.USub) and isinstance(value.value, int | float):
        return Constant(-value.value, node)
    if isinstance(value, Constant) and isinstance(node.op, ast.Not):
        return Constant(not value.value, node)
    return machine.unknown(value)


def _boolean(machine: Machine, node: ast.BoolOp) -> Value:
    values: list[Value] = []
    for part in node.values:
        values.append(machine.evaluate(part))
        test = decided(machine, part, values[-1])
        if test is not None and bool(test.value) is isinstance(node.op, ast.Or):
            break
    if contents_of(values):
        return combined(values)
    if all(isinstance(value, Constant) for value in values):
        return values[-1]
    held = (value for value in values if isinstance(value, Estimator | Function | Collection | Instance))
    return next(held, None) or machine.unknown(*values)


def _conditional(machine: Machine, node: ast.IfExp) -> Value:
    given = machine.evaluate(node.test)
    test = decided(machine, node.test, given)
    if test is not None:
        return machine.evaluate(node.body if test.value else node.orelse)
    values = [machine.evaluate(node.body), machine.evaluate(node.orelse)]
    contents = contents_of((*values, given))
    if isinstance(given, Constant) and all(isinstance(value, Data) for value in values):
        return Data(combine([join_contents(contents[0], contents[1]), *contents[2:]]))
    if contents:
        return Data(combine(contents))
    if any(isinstance(value, Function | UserClass | Instance) for value in values):
        return join_values(*values)
    for value in values:
        if isinstance(value, Estimator | Collection):
            return value
    return machine.unknown(given, *values)


def _lambda(machine: Machine, node: ast.Lambda) -> Value:
    defaults = calls.defaults_of(machine, node.args)
    function = Function(node, machine.frame, cell=machine.cell, statement=machine.statement, defaults=defaults)
    machine.functions.append(function)
    return function


def _starred(machine: Machine, node: ast.Starred) -> Value:
    return machine.evaluate(node.value)


def _joined_text(machine: Machine, node: ast.JoinedStr) -> Value:
    """An f-string: text where every part is, else the known beginning and what went in."""
    values = [machine.evaluate(part) for part in node.values]
    texts = [value.value for value in values if isinstance(value, Constant)]
    if len(texts) == len(values):
        return Constant("".join(str(text) for text in texts), node, _written(machine, node, values))
    head = values[0]
    start = Constant(head.value, node, _written(machine, node, values)) if isinstance(head, Constant) else None
    return Unknown(((start,) if start else ()) + tuple(values))


def _written(machine: Machine, node: ast.JoinedStr, values: Sequence[Value]) -> Span:
    """Where the beginning of the text stands: in a variable's literal, else in the f-string itself."""
    head = values[0] if values else None
    if (
        node.values
        and isinstance(node.values[0], ast.FormattedValue)
        and isinstance(head, Constant)
        and head.place is not None
    ):
        return head.place
    return machine.place(node)


def _formatted(machine: Machine, node: ast.FormattedValue) -> Value:
    if node.format_spec is not None:
        machine.evaluate(node.format_spec)
    return machine.evaluate(node.value)


def _named(machine: Machine, node: ast.NamedExpr) -> Value:
    value = machine.evaluate(node.value)
    frame = machine.frame
    machine.frame = frame.beyond() if frame is not None else None
    names.bind(machine, node.target.id, value)
    machine.frame = frame
    return value


def _comprehension(machine: Machine, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> Value:
    elements = list(_elements(machine, node.generators, (node.elt,)))
    values = tuple(pair[0] for pair in elements)
    if len(values) == 1 and not _literal(machine, node.generators):
        return Collection("list", None, element=values[0])
    return Collection("list", values)


def _dict_comprehension(machine: Machine, node: ast.DictComp) -> Value:
    elements = list(_elements(machine, node.generators, (node.key, node.value)))
    return Collection("dict", tuple(pair[1] for pair in elements), keys=tuple(pair[0] for pair in elements))


def _literal(machine: Machine, generators: Sequence[ast.comprehension]) -> bool:
    return len(generators) == 1 and isinstance(generators[0].iter, ast.List | ast.Tuple)


def _elements(
    machine: Machine, generators: Sequence[ast.comprehension], wanted: tuple[ast.expr, ...]
) -> Iterable[tuple[Value, ...]]:
    """Evaluate ``wanted`` for each element of the first iterable (once where they are not listed), in a scope of its own."""
    first = machine.evaluate(generators[0].iter)
    frame, machine.frame = machine.frame, Frame(machine.frame, comprehension=True)
    try:
        for element in subscripts.elements(machine, first, generators[0].iter):
            names.assign(machine, generators[0].target, element)
            for condition in generators[0].ifs:
                machine.evaluate(condition)
            for generator in generators[1:]:
                inner = subscripts.elements(machine, machine.evaluate(generator.iter), generator.iter)
                names.assign(machine, generator.target, inner[0])
                for condition in generator.ifs:
                    machine.evaluate(condition)
            yield tuple(machine.evaluate(expression) for expression in wanted)
    finally:
        machine.frame = frame


def _slice(machine: Machine, node: ast.Slice) -> Value:
    for part in (node.lower, node.upper, node.step):
        if part is not None:
            machine.evaluate(part)
    return Unknown()


def _passing(machine: Machine, node: ast.Await | ast.YieldFrom) -> Value:
    return machine.evaluate(node.value)


def _yield(machine: Machine, node: ast.Yield) -> Value:
    if node.value is not None:
        calls.returned(machine, machine.evaluate(node.value))
    return Unknown()


def _template(machine: Machine, node: ast.expr) -> Value:
    return Unknown()


EXPRESSIONS: dict[type[ast.expr], Callable[..., Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Call: _call,
    ast.List: _collection,
    ast.Tuple: _collection,
    ast.Set: _collection,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.Compare: comparing.compare,
    ast.IfExp: _conditional,
    ast.Lambda: _lambda,
    ast.Starred: _starred,
    ast.JoinedStr: _joined_text,
    ast.FormattedValue: _formatted,
    ast.NamedExpr: _named,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.DictComp: _dict_comprehension,
    ast.Slice: _slice,
    ast.Await: _passing,
    ast.YieldFrom: _passing,
    ast.Yield: _yield,
}
