"""Calls: who is called, user functions followed into their bodies, library calls handed to their role."""

import ast
from collections.abc import Callable, Sequence

from nb2pkg.facts import builtin, handing, learners, methods, paths, roles, states
from nb2pkg.facts.arguments import Arguments, by_name, evaluate_arguments
from nb2pkg.facts.attributes import bound, decorated
from nb2pkg.facts.combining import combine, contents_of
from nb2pkg.facts.events import Call
from nb2pkg.facts.machine import CALL_DEPTH, Machine
from nb2pkg.facts.site import Site
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Content,
    Data,
    Either,
    Estimator,
    Frame,
    Function,
    Instance,
    Library,
    Unknown,
    UserClass,
    Value,
    parts_of,
)


def call(machine: Machine, node: ast.Call) -> Value:
    """The value of a call."""
    if isinstance(node.func, ast.Attribute):
        receiver = machine.evaluate(node.func.value)
        if machine.keep and not machine.call_stack:
            machine.values[node.func] = Unknown((receiver,))
        return _method(machine, receiver, node.func.attr, node)
    callee = machine.evaluate(node.func)
    return call_value(machine, callee, evaluate_arguments(machine, node), node)


def _method(machine: Machine, receiver: Value, name: str, node: ast.Call) -> Value:
    if isinstance(receiver, Library):
        states.drawn_from(machine, receiver)
        return _library(machine, f"{receiver.name}.{name}", evaluate_arguments(machine, node), node)
    return _called_method(machine, receiver, name, evaluate_arguments(machine, node), node)


def _called_method(machine: Machine, receiver: Value, name: str, arguments: Arguments, node: ast.Call) -> Value:
    match receiver:
        case Either():
            return each(machine, receiver, lambda one: _called_method(machine, one, name, arguments, node))
        case Instance() | UserClass():
            return _user_method(machine, receiver, name, arguments, node)
        case _:
            return methods.method(machine, receiver, name, arguments, node)


def call_value(machine: Machine, callee: Value, arguments: Arguments, node: ast.Call) -> Value:
    """Call whatever the value is."""
    match callee:
        case Library():
            return _library(machine, callee.name, arguments, node)
        case Function():
            return inline(machine, callee, arguments, node)
        case UserClass():
            return _instantiate(machine, callee, arguments, node)
        case Instance():
            return _user_method(machine, callee, "__call__", arguments, node)
        case Either():
            return each(machine, callee, lambda one: call_value(machine, one, arguments, node))
        case _:
            return unknown_call(machine, arguments, node, callee)


def each(machine: Machine, either: Either, run: Callable[[Value], Value]) -> Value:
    """What running any of these gives, each from the same state."""
    found: list[Value] = []

    def arm(option: Value) -> Callable[[], bool]:
        def follow() -> bool:
            found.append(run(option))
            return False

        return follow

    machine.branch([arm(option) for option in either.of])
    return _joined(machine, found)


def unknown_call(machine: Machine, arguments: Arguments, node: ast.AST, *of: Value) -> Value:
    """A call nobody knows: the first argument's rows, the learnings of all, and any of them may have been changed."""
    machine.events.unknown_calls += 1
    values = arguments.values()
    if machine.keep:
        machine.maybe.update((id(part), part) for value in (*of, *values) for part in parts_of(value))
    handing.over(machine, (*of, *values))
    paths.record_hints(machine, values, node)
    contents = contents_of(values)
    machine.charge(_escape((*of, *values), contents))
    return Data(combine(contents)) if contents else Unknown((*of, *values))


def _escape(values: Sequence[Value], contents: Sequence[Content]) -> int:
    """Models handed to unknown code, themselves or as predictions, may be evaluated there. How many parts were looked at."""
    looked_at = 0
    for value in values:
        for part in parts_of(value):
            looked_at += 1
            if isinstance(part, Estimator):
                part.marks |= {"escaped"}
    for content in contents:
        if content.predicted is not None:
            content.predicted.estimator.marks |= {"escaped"}
    return looked_at


def _library(machine: Machine, name: str, arguments: Arguments, node: ast.Call) -> Value:
    if name.startswith("builtins."):
        known = builtin.BUILTINS.get(name[9:])
        if known is not None:
            return known(machine, arguments, node, call_value)
    out = arguments.keywords.get("out")
    if out is not None:
        machine.touched(out[1])
    row = machine.table.get(name)
    if row is None:
        return _unknown_library(machine, name, arguments, node)
    named = by_name(arguments, row)
    if machine.keep or row.role:
        machine.events.calls.setdefault(
            id(node), Call(node, row.name if "*" not in row.name else name, row, None, named)
        )
    return roles.perform(machine, Site(node, name, row, named, arguments, None))


def _unknown_library(machine: Machine, name: str, arguments: Arguments, node: ast.Call) -> Value:
    """A library function without a row: data in gives data out, as for an unknown call, but nothing of the notebook changes."""
    machine.events.unknown_calls += 1
    contents = contents_of(arguments.values())
    paths.record_hints(machine, arguments.values(), node)
    _escape(arguments.values(), contents)
    handing.over(machine, arguments.values())
    if machine.flows is not None:
        machine.flows.use(states.family_of(name))
        for value in arguments.values():
            machine.maybe.update((id(part), part) for part in parts_of(value))
    if contents:
        return Data(combine(contents))
    return Unknown((Library(name), *arguments.values()))


def _user_method(
    machine: Machine, receiver: Instance | UserClass, name: str, arguments: Arguments, node: ast.Call
) -> Value:
    cls = receiver.cls if isinstance(receiver, Instance) else receiver
    own = receiver.attributes.get(name) if isinstance(receiver, Instance) else None
    found = own or cls.attributes.get(name)
    if isinstance(found, Function):
        static = decorated(found, "staticmethod")
        if decorated(found, "classmethod"):
            return inline(machine, bound(found, cls), arguments, node)
        unbound = isinstance(receiver, UserClass) or static or own is not None
        return inline(machine, found if unbound else bound(found, receiver), arguments, node)
    if name == "fit_transform" and "fit" in cls.attributes and "transform" in cls.attributes:
        _user_method(machine, receiver, "fit", arguments, node)
        return _user_method(
            machine, receiver, "transform", arguments._replace(positional=arguments.positional[:1], keywords={}), node
        )
    if found is not None:
        return call_value(machine, found, arguments, node)
    network = receiver.attributes.get(cls.library.name) if isinstance(receiver, Instance) and cls.library else None
    if isinstance(network, Estimator) and machine.table.receiver(network.kind, name) is not None:
        result = learners.call(machine, network, name, arguments, node)
        return receiver if result is network else result
    return unknown_call(machine, arguments, node, receiver)


def _instantiate(machine: Machine, cls: UserClass, arguments: Arguments, node: ast.Call) -> Value:
    row = machine.table.get(cls.library.name) if cls.library is not None else None
    if row is not None and row.kind not in ("", "network") and "fit" not in cls.attributes:
        return Estimator(cls.name, row, row.kind, place=machine.place(node), node=node)
    instance = Instance(cls)
    if row is not None and row.kind == "network":
        assert cls.library is not None
        own = Estimator(cls.name, row, row.kind, place=machine.place(node), node=node)
        instance.attributes[cls.library.name] = own
    start = cls.attributes.get("__init__")
    if isinstance(start, Function):
        inline(machine, bound(start, instance), arguments, node)
    else:
        fields = [
            item.target.id
            for item in cls.node.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        ]
        instance.attributes.update(zip(fields, (value for _, value in arguments.positional), strict=False))
        instance.attributes.update({name: value for name, (_, value) in arguments.keywords.items()})
    return instance


def defaults_of(machine: Machine, parameters: ast.arguments) -> tuple[Value | None, ...]:
    """Default values, evaluated where the function is defined: one for each positional parameter, then each keyword-only one."""
    positional = [*parameters.posonlyargs, *parameters.args]
    values: list[Value | None] = [None] * (len(positional) - len(parameters.defaults))
    values += [machine.evaluate(default) for default in parameters.defaults]
    values += [None if default is None else machine.evaluate(default) for default in parameters.kw_defaults]
    return tuple(values)


def follow(machine: Machine, code: Function | Either, arguments: Arguments, node: ast.AST) -> Value:
    """Follow a function that is handed to a call of a library, or each of those that it may be."""
    if isinstance(code, Function):
        return inline(machine, code, arguments, node)

    def run(option: Value) -> Value:
        return inline(machine, option, arguments, node) if isinstance(option, Function) else Unknown((option,))

    return each(machine, code, run)


def inline(machine: Machine, function: Function, arguments: Arguments, node: ast.AST) -> Value:
    """Follow a user's function into its body with these arguments; beyond the depth limit it is an unknown call."""
    function.called = True
    if len(machine.open_functions) >= CALL_DEPTH or function.node in machine.open_functions:
        return unknown_call(machine, arguments, node, function)
    frame = Frame(function.frame)
    frame.names.update(_bound_parameters(function, arguments))
    return enter(machine, function, frame, calls=(*machine.call_stack, machine.place(node)))


def enter(machine: Machine, function: Function, frame: Frame, *, calls: tuple[object, ...]) -> Value:
    """Run the body of a function in a frame of its own; what it returns, all returns joined."""
    before = (machine.frame, machine.cell, machine.call_stack, machine.loops)
    machine.frame, machine.cell, machine.call_stack, machine.loops = frame, function.cell, calls, ()  # type: ignore[assignment]
    machine.open_functions.append(function.node)
    machine.returns.append([])
    try:
        if isinstance(function.node, ast.Lambda):
            return machine.evaluate(function.node.body)
        machine.block(function.node.body)
        return _joined(machine, machine.returns[-1])
    finally:
        machine.returns.pop()
        machine.open_functions.pop()
        machine.frame, machine.cell, machine.call_stack, machine.loops = before


def _joined(machine: Machine, values: Sequence[Value]) -> Value:
    if not values:
        return Constant(None)
    result = values[0]
    for value in values[1:]:
        both = machine.joined(result, value)
        assert isinstance(both, Value)
        result = both
    return result


def returned(machine: Machine, value: Value) -> None:
    """Note a value that the function being followed returns."""
    if machine.returns:
        machine.returns[-1].append(value)


def _bound_parameters(function: Function, arguments: Arguments) -> dict[str, Value]:
    """The parameters with what they were given, their defaults, or something unknown."""
    parameters = function.node.args
    names = [parameter.arg for parameter in (*parameters.posonlyargs, *parameters.args)]
    given = [value for _, value in arguments.positional]
    if function.owner is not None:
        given.insert(0, function.owner)
    bound_values: dict[str, Value] = dict(zip(names, given, strict=False))
    rest = dict(arguments.keywords)
    for name in (*names, *(parameter.arg for parameter in parameters.kwonlyargs)):
        if name in rest:
            bound_values[name] = rest.pop(name)[1]
    every = names + [parameter.arg for parameter in parameters.kwonlyargs]
    for name, default in zip(every, function.defaults, strict=False):
        bound_values.setdefault(name, default or Unknown(parameter=name))
    if parameters.vararg is not None:
        bound_values[parameters.vararg.arg] = Collection("tuple", tuple(given[len(names) :]))
    if parameters.kwarg is not None:
        keys = tuple(Constant(name) for name in rest)
        bound_values[parameters.kwarg.arg] = Collection("dict", tuple(value for _, value in rest.values()), keys=keys)
    return bound_values


def run_uncalled(machine: Machine, function: Function) -> None:
    """Read a function that nobody calls, with unknown arguments."""
    frame = Frame(function.frame)
    parameters = function.node.args
    extra = [p for p in (parameters.vararg, parameters.kwarg) if p is not None]
    for parameter in (*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs, *extra):
        frame.names[parameter.arg] = Unknown(parameter=parameter.arg)
    enter(machine, function, frame, calls=())
