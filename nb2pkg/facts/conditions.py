"""Conditions: those of the API tables (``axis=1``, ``bins:literal``, ``shuffle``), and tests that are decided where they stand."""

import ast

from nb2pkg.facts.arguments import Given
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.values import Collection, Constant, Value


def holds(condition: str, args: dict[str, Given]) -> bool:
    """Does the condition surely hold for these arguments?"""
    if ":" in condition:
        name, _, what = condition.partition(":")
        given = args.get(name)
        if given is None or what == "missing":
            return given is None and what == "missing"
        return what == "given" or isinstance(given[1], Collection)
    name, equals, values = condition.partition("=")
    given = args.get(name)
    if given is None or not isinstance(given[1], Constant):
        return False
    if not equals:
        return bool(given[1].value)
    text = str(given[1].value)
    return any(text.startswith(one[:-1]) if one.endswith("*") else text == one for one in values.split("|"))


def decided(machine: Machine, test: ast.expr, value: Value) -> Constant | None:
    """What a test turns out to be, where it is the same in each round of the loops around it."""
    if not isinstance(value, Constant):
        return None
    if machine.loops:
        bound = [(machine.bound_by(loop), once) for loop, once in reversed(machine.loops)]
        for name in {part.id for part in ast.walk(test) if isinstance(part, ast.Name)}:
            if next((once for names, once in bound if name in names), False):
                return None
    return value
