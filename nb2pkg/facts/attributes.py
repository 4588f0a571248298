"""Attributes that are not called: columns, indexers, properties of tables, fitted attributes, modules."""

import ast
import functools

from nb2pkg.facts import states
from nb2pkg.facts.arguments import NO_ARGUMENTS
from nb2pkg.facts.combining import as_data
from nb2pkg.facts.joining import join_values
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.subscripts import COLUMNS, column_of, keyed, named_parts
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Content,
    Data,
    Either,
    Estimator,
    Function,
    Group,
    Indexer,
    Instance,
    Library,
    Unknown,
    UserClass,
    Value,
)

PYTHON_3 = Collection("tuple", (Constant(3), Constant(99), Constant(0)))
INDEXERS = frozenset({"loc", "iloc", "at", "iat", "ix"})


def attribute(machine: Machine, value: Value, node: ast.Attribute) -> Value:
    """``value.name``."""
    name = node.attr
    match value:
        case Library():
            dotted = f"{value.name}.{name}"
            return PYTHON_3 if dotted == "sys.version_info" else Library(dotted)
        case Data():
            return table_attribute(machine, value, name, node)
        case Estimator():
            return _estimator_attribute(machine, value, name)
        case Instance():
            found = value.attributes.get(name)
            return found if found is not None else _class_attribute(machine, value.cls, name, value)
        case UserClass():
            return value.attributes.get(name) or Unknown((value,))
        case Collection():
            if value is PYTHON_3 and name == "major":
                return Constant(3)
            return keyed(value, name) or Unknown((value,))
        case Group():
            return value
        case Either():
            return functools.reduce(join_values, (attribute(machine, one, node) for one in value.of))
        case Unknown() if value.data is not None or machine.table.receiver("data", name) is not None:
            data = as_data(value)
            return table_attribute(machine, data, name, node) if data else Unknown((value,))
        case _:
            return Unknown((value,))


def _class_attribute(machine: Machine, cls: UserClass, name: str, owner: Value) -> Value:
    found = cls.attributes.get(name)
    if not isinstance(found, Function):
        return found or Unknown((owner,))
    if decorated(found, "property"):
        return machine.follow(machine, bound(found, owner), NO_ARGUMENTS, found.node)
    return bound(found, owner)


def decorated(function: Function, word: str) -> bool:
    """Does the function carry this plain decorator?"""
    decorators = function.node.decorator_list if not isinstance(function.node, ast.Lambda) else []
    return any(isinstance(one, ast.Name) and one.id == word for one in decorators)


def bound(function: Function, owner: Value) -> Function:
    """The function as a method of an object."""
    method = Function(
        function.node, function.frame, cell=function.cell, statement=function.statement, defaults=function.defaults
    )
    method.owner = owner
    function.called = True
    return method


def table_attribute(machine: Machine, data: Data, name: str, node: ast.AST) -> Value:
    """A column, an indexer, or a property of a table."""
    if data.content.names is not None and name in data.content.names:
        return column_of(data, name)
    if name in INDEXERS:
        return Indexer(data, name)
    row = machine.table.receiver("data", name)
    if row is None:
        return column_of(data, name)
    if row.role == "index":
        return Data(data.content._replace(names=None, by_column={}), index=True)
    if row.unit == "column" and row.role == "read":
        names = data.content.names or ()
        keys = tuple(Constant(one) for one in names)
        return Collection(COLUMNS, None, keys=keys, element=Unknown((data,)))
    if row.role in ("rowwise", "frame", "columns", "select"):
        return Data(data.content, base=data)
    return Data(Content(NOTHING)) if row.role == "statistic" else Unknown((data,))


def _estimator_attribute(machine: Machine, value: Estimator, name: str) -> Value:
    if name in value.parameters:
        return value.parameters[name]
    row = machine.table.receiver("estimator", name)
    if row is not None and row.returns in ("self", "receiver"):
        return value
    if row is not None and row.returns == "parts":
        return named_parts(value)
    if row is not None and row.role == "crossval":
        value.marks |= {"cross-validated"}
    if name.endswith("_") and value.fits:
        return Data(Content(NOTHING, frozenset(value.fits[-1:])))
    return Unknown((value,))


def store(machine: Machine, target: ast.Attribute, value: Value) -> None:
    """``owner.name = value``; on a table that is a column."""
    owner = machine.evaluate(target.value)
    match owner:
        case Instance():
            machine.set_item(owner.attributes, target.attr, value)
            machine.touched(owner)
        case Estimator():
            machine.set_item(owner.parameters, target.attr, value)
            machine.touched(owner)
        case Data():
            _store_column(machine, owner, target, value)
        case UserClass():
            machine.set_item(owner.attributes, target.attr, value)
            machine.touched(owner)
        case Library():
            states.stored(machine, f"{owner.name}.{target.attr}")
            machine.touched(owner)
        case _:
            machine.touched(owner)


def _store_column(machine: Machine, owner: Data, target: ast.Attribute, value: Value) -> None:
    from nb2pkg.facts.subscripts import store as store_item

    if machine.table.receiver("data", target.attr) is None:
        key = ast.copy_location(ast.Constant(target.attr), target)
        item = ast.copy_location(ast.Subscript(target.value, key, ast.Store()), target)
        store_item(machine, item, value)
    elif target.attr == "columns" and isinstance(value, Collection) and value.items is not None:
        names = tuple(str(item.value) for item in value.items if isinstance(item, Constant))
        machine.write(
            owner,
            owner.content._replace(
                names=names if len(names) == len(value.items) else None, by_column={}, learned=owner.learned
            ),
        )
    else:
        machine.touched(owner)
