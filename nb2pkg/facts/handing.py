"""Functions handed to code nobody knows: a callback of a widget, a decorator, a scheduler. It may call them, then or later."""

import ast
from collections.abc import Iterable

from nb2pkg.facts.flows import HANDED
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.values import Collection, Data, Either, Estimator, Function, Instance, Value, parts_of
from nb2pkg.names import names_of


def over(machine: Machine, values: Iterable[Value]) -> None:
    """What each function among the values binds may be bound from here on; what it reads may be read and changed here."""
    for value in values:
        if isinstance(value, Function):
            _may_be_called(machine, value)
        elif isinstance(value, Either) or (isinstance(value, Collection) and machine.keep):
            over(machine, [part for part in parts_of(value) if isinstance(part, Function)])


def _may_be_called(machine: Machine, function: Function) -> None:
    declared = [name for node in ast.walk(function.node) if isinstance(node, ast.Global) for name in node.names]
    machine.unknown_cells |= frozenset(declared)
    if machine.flows is None:
        return
    for name in declared:
        machine.flows.may_bind(name, machine.statement, machine.cell, HANDED)
    node = function.node
    used = names_of(ast.Expr(node) if isinstance(node, ast.Lambda) else node)
    for name in (used.deferred | used.reads) & machine.globals.keys():
        value = machine.globals[name]
        machine.flows.handed(name, value, machine.bound_at.get(name, frozenset()))
        if isinstance(value, Data | Collection | Estimator | Instance):
            machine.maybe[id(value)] = value
