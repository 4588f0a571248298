"""Choices of rows beside the way of the model's rows: ``rich = df[df.income > 5000]`` of which only a mean is taken.

Rows that are chosen on the way itself are the rows the model learns from; rows chosen beside it are what something else is
learned from, and stay where they stand.
"""

import ast
from collections.abc import Iterable

from nb2pkg.extract.lane import Code, Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data


def choices_beside(lowering: Lowering, lanes: Iterable[Lane | None]) -> frozenset[ast.AST]:
    """The statements of the lanes that give a table or a value to a variable which no lane goes through."""
    found: set[ast.AST] = set()
    on_the_way: set[ast.AST] = set()
    for lane in filter(None, lanes):
        for code in (stage for stage in lane.stages if isinstance(stage, Code)):
            passed = _passed(lowering, code)
            on_the_way |= passed
            found |= {lowering.statement(index).node for index in code.statements} - passed
    return frozenset(node for node in found - on_the_way if isinstance(node, ast.Assign | ast.AnnAssign))


def _passed(lowering: Lowering, code: Code) -> set[ast.AST]:
    """The statements that give the rows of the result their names, last first."""
    wanted = _tables(lowering, code.result)
    found: set[ast.AST] = set()
    for index in reversed(code.statements):
        node = lowering.statement(index).node
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in wanted:
                found.add(node)
                wanted = (wanted - {name}) | _tables(lowering, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if name in wanted:
                found.add(node)
                wanted = (wanted - {name}) | _tables(lowering, value)
            case ast.Assign(targets=[ast.Name()]) | ast.AnnAssign():
                pass
            case _:
                found.add(node)
    return found


def _tables(lowering: Lowering, node: ast.AST) -> frozenset[str]:
    """The variables whose rows an expression hands on: not those it takes an aggregate of, nor what it compares rows with."""
    if isinstance(node, ast.Name):
        return frozenset({node.id}) if _has_rows(lowering, node) else frozenset()
    if isinstance(node, ast.expr) and not _has_rows(lowering, node):
        known = lowering.facts.value(node)
        if isinstance(known, Data):
            return frozenset()
    parts = [node.value] if isinstance(node, ast.Subscript) else ast.iter_child_nodes(node)
    return frozenset[str]().union(*(_tables(lowering, part) for part in parts))


def _has_rows(lowering: Lowering, node: ast.expr) -> bool:
    value = lowering.facts.value(node)
    return isinstance(value, Data) and value.rows != NOTHING


def aggregates_only(lowering: Lowering, name: str, after: int) -> bool:
    """Is a variable read by nothing but aggregates after this statement, and by no other name for its rows?"""
    for statement in lowering.facts.program.statements[after + 1 :]:
        inside: set[ast.AST] = set()
        for part in ast.walk(statement.node):
            if isinstance(part, ast.Call) and lowering.role(part) == "statistic":
                inside |= set(ast.walk(part))
        reads = [part for part in ast.walk(statement.node) if isinstance(part, ast.Name) and part.id == name]
        if any(part not in inside for part in reads):
            return False
    return True
