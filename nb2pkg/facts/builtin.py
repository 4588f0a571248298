"""Python's own functions that matter for following values: zip, enumerate, range, open, list, len."""

import ast
from collections.abc import Callable

from nb2pkg.facts import attributes, paths, states
from nb2pkg.facts.arguments import Arguments
from nb2pkg.facts.combining import combine, contents_of, lists_columns, record_score
from nb2pkg.facts.flows import EXEC
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.subscripts import elements
from nb2pkg.facts.values import Collection, Constant, Content, Data, Function, Library, Unknown, Value

LONGEST_CODE = 4000  # of a text given to exec
CallValue = Callable[[Machine, Value, Arguments, ast.Call], Value]


def _zip(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    columns = [elements(machine, value, node) for _, value in arguments.positional]
    count = max((len(column) for column in columns), default=0)
    items = [Collection("tuple", tuple(column[min(i, len(column) - 1)] for column in columns)) for i in range(count)]
    return (
        Collection("list", tuple(items)) if count > 1 else Collection("list", None, element=items[0] if items else None)
    )


def _enumerate(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    values = elements(machine, arguments.values()[0], node) if arguments.values() else []
    return Collection("list", tuple(Collection("tuple", (Unknown(), value)) for value in values))


def _range(_machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    return Collection("list", None, element=Unknown(tuple(arguments.values())))


def _same(machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    """``list(x)``, ``sorted(x)``: what it was given, as a list of its own where it was one."""
    values = arguments.values()
    if not values:
        return Collection("list", ())
    first = values[0]
    if isinstance(first, Collection):
        items = first.keys if first.form == "dict" else first.items
        return Collection("list", items, element=first.element)
    return Data(first.content, mask=first.mask, index=first.index) if isinstance(first, Data) else Unknown((first,))


def _next(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    values = arguments.values()
    return elements(machine, values[0], node)[0] if values else Unknown()


def _dict(_machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    """``dict(a=1)``, ``dict(pairs)``; of data (``dict(df.groupby("a")["b"].mean())``) it holds what the data holds."""
    first = arguments.positional[0][1] if arguments.positional else None
    if isinstance(first, Data):
        return Collection("dict", None, element=Data(first.content))
    if isinstance(first, Collection) and (first.items is None or first.form != "dict") and not arguments.keywords:
        return _of_pairs(first)
    keys: tuple[Value, ...] = tuple(Constant(name) for name in arguments.keywords)
    items = tuple(value for _, value in arguments.keywords.values())
    if isinstance(first, Collection):
        keys, items = (*first.keys, *keys), (*(first.items or ()), *items)
    return Collection("dict", items, keys=keys)


def _of_pairs(pairs: Collection) -> Collection:
    """A dict of listed (key, value) pairs, or of one pair that stands for all."""
    listed = [pair.items for pair in pairs.items or () if isinstance(pair, Collection) and pair.items is not None]
    listed = [pair for pair in listed if len(pair) == 2]
    if pairs.items is not None and len(listed) == len(pairs.items):
        return Collection("dict", tuple(pair[1] for pair in listed), keys=tuple(pair[0] for pair in listed))
    one = pairs.element
    value = one.items[1] if isinstance(one, Collection) and one.items is not None and len(one.items) == 2 else one
    return Collection("dict", None, element=value)


def _open(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    first = arguments.values()[0] if arguments.values() else None
    paths.record(machine, first, node, "open")
    return paths.joined("open", [first] if first is not None else [])


def _map(machine: Machine, arguments: Arguments, node: ast.Call, call: CallValue) -> Value:
    values = arguments.values()
    if len(values) < 2:
        return Unknown(tuple(values))
    results = [
        call(machine, values[0], Arguments(((node, element),), {}, loose=False), node)
        for element in elements(machine, values[1], node)
    ]
    return Collection("list", tuple(results)) if len(results) > 1 else Collection("list", None, element=results[0])


def _number(_machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    """``float(x)``, ``round(x)``: the number, with what it learned."""
    values = arguments.values()
    if values and isinstance(values[0], Constant):
        return values[0]
    contents = contents_of(values)
    return Data(combine(contents)._replace(rows=NOTHING)) if contents else Unknown(tuple(values))


def _count(_machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    """``len(x)``: a number that learned nothing worth the name."""
    return Unknown(tuple(arguments.values()))


def _aggregate(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    """``sum(x)``, ``max(x)`` of data is a statistic."""
    contents = contents_of(arguments.values())
    if not contents or not contents[0].rows:
        return Unknown(tuple(arguments.values()))
    content = combine(contents)
    if content.single or lists_columns(arguments.values()[0]):
        return Data(content)
    predicted = content.predicted
    if predicted is not None:
        if content.compared:
            label = ast.unparse(node)
            record_score(machine, node, predicted.estimator, predicted.fits, predicted.rows, label, weak=False)
        return Data(Content(NOTHING))
    learning = machine.learn("statistic", content.rows, node, ast.unparse(node), data=content, verb="statistic")
    return Data(Content(NOTHING, content.taught() | {learning}))


def _print(machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    for value in arguments.values():
        states.shown(machine, value)
    return Constant(None)


def _getattr(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    values = arguments.values()
    if len(values) > 1 and isinstance(values[0], Library) and isinstance(values[1], Constant):
        return Library(f"{values[0].name}.{values[1].value}")
    return Unknown(tuple(values))


def _setattr(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    """``setattr(owner, "name", value)`` says the same as ``owner.name = value``."""
    values = arguments.values()
    name = values[1].value if len(node.args) == 3 == len(values) and isinstance(values[1], Constant) else None
    if isinstance(name, str):
        target = ast.copy_location(ast.Attribute(node.args[0], name, ast.Store()), node)
        attributes.store(machine, target, values[2])
    elif values:
        machine.touched(values[0])
    return Constant(None)


def _exec(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    """``exec`` and ``globals()`` may define anything: from here on a missing name is no finding. Written-out code is run."""
    tree = _written_out(arguments, node)
    if tree is not None:
        machine.block(tree.body)
        return Constant(None)
    machine.star = True
    if machine.flows is not None:
        machine.flows.open(machine.statement, machine.cell, EXEC, after=machine.statement - 1)
    return Unknown(tuple(arguments.values()))


def _eval(machine: Machine, arguments: Arguments, node: ast.Call, _call: CallValue) -> Value:
    tree = _written_out(arguments, node)
    if tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
        return machine.evaluate(tree.body[0].value)
    return Unknown(tuple(arguments.values()))


def _written_out(arguments: Arguments, node: ast.Call) -> ast.Module | None:
    """The code that stands as a text in the only argument, every part of it placed where the call stands."""
    values = arguments.values()
    code = values[0].value if len(values) == 1 and isinstance(values[0], Constant) else None
    if not isinstance(code, str) or len(code) > LONGEST_CODE:
        return None
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for part in ast.walk(tree):
        ast.copy_location(part, node)
    return tree


def _super(machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    return Unknown(tuple(arguments.values()))


def _function_like(_machine: Machine, arguments: Arguments, _node: ast.Call, _call: CallValue) -> Value:
    values = arguments.values()
    return values[0] if values and isinstance(values[0], Function) else Unknown(tuple(values))


BUILTINS: dict[str, Callable[[Machine, Arguments, ast.Call, CallValue], Value]] = {
    "zip": _zip,
    "enumerate": _enumerate,
    "range": _range,
    "list": _same,
    "tuple": _same,
    "set": _same,
    "sorted": _same,
    "reversed": _same,
    "iter": _same,
    "next": _next,
    "dict": _dict,
    "open": _open,
    "map": _map,
    "float": _number,
    "int": _number,
    "round": _number,
    "abs": _number,
    "len": _count,
    "sum": _aggregate,
    "max": _aggregate,
    "min": _aggregate,
    "print": _print,
    "display": _print,
    "getattr": _getattr,
    "setattr": _setattr,
    "exec": _exec,
    "eval": _eval,
    "globals": _exec,
    "locals": _exec,
    "vars": _exec,
    "super": _super,
    "staticmethod": _function_like,
    "classmethod": _function_like,
    "property": _function_like,
}
