"""Look names up and bind them, with Python's scopes."""

import ast

from nb2pkg.facts import attributes, binding, subscripts
from nb2pkg.facts.events import Missing
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Estimator,
    Frame,
    Instance,
    Library,
    Unknown,
    Value,
)


def lookup(machine: Machine, node: ast.Name) -> Value:
    """The value of a name; a name that is not there is an event and an unknown value."""
    name = node.id
    frame = machine.frame
    while frame is not None:
        if name in frame.names and name not in frame.globals:
            local = frame.names[name]
            if machine.flows is not None:
                machine.flows.changes("", local)
            return local
        frame = frame.outer
    value = machine.globals.get(name)
    if value is not None:
        if name not in machine.bound:
            machine.names_read.add(name)
        machine.reads |= machine.bound_at.get(name, frozenset())
        if machine.flows is not None:
            machine.flows.read(name, value, machine.bound_at.get(name, frozenset()))
        return value
    if name in machine.builtins:
        return Library(f"builtins.{name}")
    if name not in machine.bound:
        machine.names_read.add(name)
    return _missing(machine, node)


def _missing(machine: Machine, node: ast.Name) -> Value:
    if machine.flows is not None:
        machine.flows.missing(node.id)
    muted = (
        machine.star or machine.mutes > 0 or node.id in machine.unknown_cells or _of_an_earlier_round(machine, node.id)
    )
    machine.events.missing.append(
        Missing(node.id, machine.place(node), machine.statement, muted, machine.call_stack, machine.static)
    )
    return Unknown()


def _of_an_earlier_round(machine: Machine, name: str) -> bool:
    """Is this reading one that a condition may keep from the first round of a loop, and does the loop bind the name?"""
    return machine.conditional > 0 and any(name in machine.bound_by(loop) for loop, _ in machine.loops)


def bind(machine: Machine, name: str, value: Value) -> None:
    """Bind a name where the current scope says."""
    frame = machine.frame
    if frame is None or name in frame.globals:
        machine.set_item(machine.globals, name, value)
        binding.bind(machine, name)
        machine.bound.add(name)
        return
    if name in frame.nonlocals:
        outer: Frame | None = frame.outer
        while outer is not None and name not in outer.names:
            outer = outer.outer
        machine.set_item((outer or frame).names, name, value)
        if outer is not None:
            machine.touched_frame(outer)
        return
    machine.set_item(frame.names, name, value)


def unbind(machine: Machine, target: ast.Name) -> None:
    """``del name``: later readings fail, and so does this one where there is no such name."""
    name = target.id
    lookup(machine, ast.copy_location(ast.Name(name, ast.Load()), target))
    if not machine.conditional:
        forget(machine, name)


def forget(machine: Machine, name: str) -> None:
    """The name is gone, as ``e`` is after ``except ... as e``."""
    scope = machine.frame.names if machine.frame is not None and name in machine.frame.names else machine.globals
    if name in scope:
        if machine.journal is not None:
            machine.journal.append((scope, name, scope[name]))
        del scope[name]


def assign(machine: Machine, target: ast.expr, value: Value) -> None:
    """Assign to any target: a name, a pattern of names, a column, an attribute."""
    match target:
        case ast.Name():
            bind(machine, target.id, value)
        case ast.Tuple() | ast.List():
            for part, item in zip(target.elts, unpack(value, target.elts), strict=True):
                assign(machine, part, item)
        case ast.Starred():
            assign(machine, target.value, value)
        case ast.Subscript():
            subscripts.store(machine, target, value)
        case ast.Attribute():
            attributes.store(machine, target, value)
        case _:
            pass


def unpack(value: Value, targets: list[ast.expr]) -> list[Value]:
    """The values that fall to each target; what is unknown gives distinct unknowns, never copies of one source."""
    count = len(targets)
    starred = next((i for i, target in enumerate(targets) if isinstance(target, ast.Starred)), None)
    if isinstance(value, Collection):
        items = value.items if value.form != "dict" else value.keys
        if items is not None and starred is None and len(items) == count:
            return list(items)
        if items is not None and starred is not None and len(items) >= count - 1:
            after = count - starred - 1
            middle = Collection("list", items[starred : len(items) - after])
            return [*items[:starred], middle, *items[len(items) - after :]]
        if value.element is not None:
            return [value.element] * count
    if isinstance(value, Estimator | Instance | Constant):
        return [Unknown() for _ in targets]
    return [Unknown((value,)) for _ in targets]
