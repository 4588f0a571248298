"""Method calls: on data, groups, estimators, lists and dicts, text, and on what is unknown."""

import ast

from nb2pkg.apis import Row
from nb2pkg.facts import learners, paths, roles, sources
from nb2pkg.facts.arguments import Arguments, by_name
from nb2pkg.facts.combining import as_data, combine, contents_of
from nb2pkg.facts.events import Call
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import source
from nb2pkg.facts.site import Site
from nb2pkg.facts.subscripts import column_of, keyed
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Content,
    Data,
    Estimator,
    Function,
    Group,
    Indexer,
    Library,
    Unknown,
    Value,
)

OF_LISTS = frozenset(
    {"append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort"}
)  # which all change the list


def method(machine: Machine, receiver: Value, name: str, arguments: Arguments, node: ast.Call) -> Value:
    """``receiver.name(arguments)``."""
    match receiver:
        case Data():
            return _data(machine, receiver, name, arguments, node)
        case Estimator():
            return learners.call(machine, receiver, name, arguments, node)
        case Group():
            return _group(machine, receiver, name, arguments, node)
        case Collection():
            return _collection(machine, receiver, name, arguments, node)
        case Constant():
            return _constant(machine, receiver, name, arguments)
        case Indexer():
            return Data(receiver.data.content)
        case _:
            return _unknown(machine, receiver, name, arguments, node)


def _data(machine: Machine, receiver: Data, name: str, arguments: Arguments, node: ast.Call) -> Value:
    row = _accessor_row(machine, name, node) or machine.table.receiver("data", name)
    if row is None:
        return _unknown_data(machine, receiver, name, arguments)
    named = by_name(arguments, row)
    machine.events.calls.setdefault(id(node), Call(node, f"data.{name}", row, receiver, named))
    return roles.perform(machine, Site(node, f"data.{name}", row, named, arguments, receiver))


def _accessor_row(machine: Machine, name: str, node: ast.Call) -> Row | None:
    """The row of ``x.str.count`` and its like, where it is not that of ``x.count``."""
    through = node.func.value if isinstance(node.func, ast.Attribute) else None
    return machine.table.receiver("data", f"{through.attr}.{name}") if isinstance(through, ast.Attribute) else None


def _unknown_data(machine: Machine, receiver: Data, name: str, arguments: Arguments) -> Value:
    machine.events.unknown_calls += 1
    machine.maybe[id(receiver)] = receiver
    if name in OF_LISTS - {"append", "insert", "pop"}:  # which tables have, too
        machine.touched(receiver)
    return Data(combine(contents_of([receiver, *arguments.values()])))


def _group(machine: Machine, receiver: Group, name: str, arguments: Arguments, node: ast.Call) -> Value:
    """Statistics of groups have rows of their own; ``transform`` gives them back to the rows they came from."""
    row = machine.table.receiver("group", name)
    content = receiver.data.content
    if row is None:
        return Data(content._replace(names=None), base=None) if name in (content.names or ()) else receiver
    named = by_name(arguments, row)
    machine.events.calls.setdefault(id(node), Call(node, f"group.{name}", row, receiver, named))
    if receiver.window:
        return Data(content)
    if row.role not in ("statistic", "learns"):
        return roles.perform(machine, Site(node, f"group.{name}", row, named, arguments, receiver.data))
    learning = machine.learn(
        "statistic", content.rows, node, ast.unparse(node.func), data=content, verb=f"group.{name}"
    )
    rows = content.rows if row.role == "learns" else source(("groups", content.rows, receiver.by))
    return Data(Content(rows, content.taught() | {learning}))


def _collection(machine: Machine, receiver: Collection, name: str, arguments: Arguments, node: ast.Call) -> Value:
    values = arguments.values()
    match name:
        case "append" | "add" | "insert" | "extend" | "update" | "appendleft":
            _grow(machine, receiver, name, values, arguments)
            return Constant(None)
        case "items":
            return _pairs(receiver)
        case "values":
            return Collection("list", receiver.items, element=receiver.element)
        case "keys":
            return Collection("list", receiver.keys or None, element=Unknown())
        case "get" | "pop" | "setdefault":
            if name != "get":
                machine.touched(receiver)
            return _got(receiver, values)
        case "tolist" | "to_list":
            return Collection("list", receiver.items, element=receiver.element)
        case "copy":
            return Collection(receiver.form, receiver.items, keys=receiver.keys, element=receiver.element)
        case "sort" | "reverse" | "remove" | "clear":
            machine.touched(receiver)
            return Constant(None)
        case _:
            row = machine.table.receiver("data", name)
            data = as_data(receiver) if row is not None and contents_of((receiver,)) else None
            return _data(machine, data, name, arguments, node) if data is not None else Unknown((receiver, *values))


def _grow(machine: Machine, receiver: Collection, name: str, values: list[Value], arguments: Arguments) -> None:
    machine.touched(receiver)
    if not values and not arguments.keywords:
        return
    added: tuple[Value, ...] = tuple(values[-1:])
    if name in ("extend", "update") and values:
        given = values[0]
        if isinstance(given, Collection) and given.items is not None:
            added = given.items
            if receiver.form == "dict":
                machine.set_field(receiver, "keys", receiver.keys + given.keys)
    if (
        receiver.items is not None
        and not machine.conditional
        and len(receiver.items) < 64
        and receiver.form != "dict"
        or receiver.form == "dict"
        and receiver.items is not None
    ):
        machine.set_field(receiver, "items", receiver.items + added)
    elif added:
        machine.set_field(receiver, "element", added[-1])


def _pairs(receiver: Collection) -> Collection:
    if receiver.items is None or len(receiver.keys) != len(receiver.items):
        return Collection(
            "list", None, element=Collection("tuple", (Unknown(), receiver.element or Unknown((receiver,))))
        )
    return Collection(
        "list", tuple(Collection("tuple", pair) for pair in zip(receiver.keys, receiver.items, strict=True))
    )


def _got(receiver: Collection, values: list[Value]) -> Value:
    found = keyed(receiver, values[0].value) if values and isinstance(values[0], Constant) else None
    if found is not None:
        return found
    return receiver.element or (receiver.items[-1] if receiver.items else Unknown((receiver,)))


def _constant(machine: Machine, receiver: Constant, name: str, arguments: Arguments) -> Value:
    """Text methods: what is formatted or joined keeps its known beginning."""
    if name == "format" and isinstance(receiver.value, str):
        head = receiver.value.partition("{")[0]
        return Unknown((Constant(head, receiver.node, receiver.place), *arguments.values()))
    contents = contents_of(arguments.values())
    return Data(combine(contents)) if contents else Unknown((receiver, *arguments.values()))


def _unknown(machine: Machine, receiver: Value, name: str, arguments: Arguments, node: ast.Call) -> Value:
    """Something unknown with ``fit`` is an estimator; with a method of tables it is a table; a path makes paths."""
    if name in OF_LISTS and not isinstance(receiver, Function | Library):
        machine.touched(receiver)
    if isinstance(receiver, Unknown):
        if _draws(machine, receiver):
            return _drawn(machine, receiver, arguments, node)
        table = receiver.of[0] if receiver.of else None
        if isinstance(table, Data) and _accessor_row(machine, name, node) is not None:
            return _data(machine, table, name, arguments, node)
        if paths.is_path(receiver):
            return _path(machine, receiver, name, arguments, node)
        if receiver.estimator is None and name in learners.TELLING and _fits(name, arguments):
            receiver.estimator = learners.from_unknown(machine, receiver, node)
        if receiver.estimator is not None:
            return learners.call(machine, receiver.estimator, name, arguments, node)
        if machine.table.receiver("trainer", name) is not None:
            learners.stepped(machine, receiver, node)
        row = machine.table.receiver("data", name)
        if row is not None and (
            receiver.data is not None or row.role not in ("read", "plain", "display", "plot", "save")
        ):
            data = as_data(receiver)
            if data is not None:
                return _data(machine, data, name, arguments, node)
    if isinstance(receiver, Function | Library):
        return Unknown((receiver,))
    return machine.call_unknown(machine, arguments, node, receiver)


def _draws(machine: Machine, value: Value) -> bool:
    """Is it a figure, or what came out of one?"""
    while isinstance(value, Unknown) and len(value.of) == 1:
        value = value.of[0]
    row = machine.table.get(value.name) if isinstance(value, Library) else None
    return row is not None and row.role == "plot"


def _drawn(machine: Machine, receiver: Unknown, arguments: Arguments, node: ast.Call) -> Value:
    """A method of a figure: what it is given may be looked at there, and is not changed."""
    before = dict(machine.maybe)
    machine.call_unknown(machine, arguments, node, receiver)
    machine.maybe = before
    return Unknown((receiver,))


def _fits(name: str, arguments: Arguments) -> bool:
    return bool(contents_of(arguments.values())) or (name in ("predict", "transform") and bool(arguments.positional))


def _path(machine: Machine, receiver: Unknown, name: str, arguments: Arguments, node: ast.Call) -> Value:
    row = machine.table.receiver("path", name)
    if name in ("joinpath", "with_name", "with_suffix"):
        return paths.joined(name, [receiver, *arguments.values()])
    if row is not None or name in ("open", "read_text", "write_text", "mkdir", "exists", "glob"):
        paths.record(machine, receiver, node, f"path.{name}")
    if row is not None and row.role == "save":
        return sources.write(machine, receiver, row, arguments, node)
    return receiver if name in ("open", "resolve", "absolute", "expanduser") else Unknown((receiver,))


def column(machine: Machine, data: Data, name: str) -> Data:
    """One column of the data."""
    return column_of(data, name)
