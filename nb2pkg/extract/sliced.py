"""Columns of an array that holds a table's values are taken from the table, before anything is planned.

Below ``array = df.values``, ``X = array[:, 0:8]`` says the same as ``X = df.iloc[:, 0:8].to_numpy()``, which names columns of the table. Each
statement keeps its place; ``Statement.whole`` is what the author wrote.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.extract.copies import carried
from nb2pkg.extract.trace import writers
from nb2pkg.facts import Facts, interpret
from nb2pkg.facts.values import Data
from nb2pkg.syntax import Instead, Program, Statement

WHOLE = ast.dump(ast.Slice())


class _Taken(NamedTuple):
    """Columns that are taken of an array, and the variable of the table that it holds the values of."""

    node: ast.Subscript
    table: str


def columns_of_tables(facts: Facts, packs: Sequence[str] | None = None) -> Facts:
    """The same notebook with such columns taken from their tables; itself where it has none."""
    found = {one.index: taken for one in facts.program.statements if (taken := list(_taken(facts, one)))}
    if not found:
        return facts
    return interpret(_with(facts.program, found), load_tables(packs or [rules_folder()]), values=True)


def _with(program: Program, found: dict[int, list[_Taken]]) -> Program:
    return program.with_statements(
        _rewritten(one, found[one.index]) if one.index in found else one for one in program.statements
    )


def _taken(facts: Facts, statement: Statement) -> Iterator[_Taken]:
    """The columns that a statement takes of arrays."""
    if not isinstance(statement.node, ast.Assign):
        return
    for part in ast.walk(statement.node.value):
        if isinstance(part, ast.Subscript) and _all_rows(part) and isinstance(part.value, ast.Name):
            table = _table(facts, part.value.id, statement.index)
            if table:
                yield _Taken(part, table)


def _all_rows(node: ast.Subscript) -> bool:
    """``array[:, 0:8]``: are columns from here to there taken, of all rows?"""
    match node.slice:
        case ast.Tuple(elts=[rows, ast.Slice()]):
            return ast.dump(rows) == WHOLE
        case _:
            return False


def _table(facts: Facts, name: str, at: int) -> str:
    """The variable of the table whose values an array holds, as they still are; "" where that is not sure."""
    found = writers(facts, name, before=at)
    if len(found) != 1:
        return ""
    table = _valued(facts, facts.program.statements[found[0]].node)
    since = [facts.effects[index] for index in range(found[0] + 1, at)]
    changed = any({table} & (one.binds | one.mutates | one.maybe) for one in since)
    return "" if changed or any(name in one.mutates for one in facts.effects) else table


def _valued(facts: Facts, node: ast.stmt) -> str:
    """The table of ``array = df.values``."""
    match node:
        case ast.Assign(targets=[ast.Name()], value=ast.Attribute(value=ast.Name() as table, attr="values")):
            pass
        case ast.Assign(
            targets=[ast.Name()],
            value=ast.Call(func=ast.Attribute(value=ast.Name() as table, attr="to_numpy"), args=[], keywords=[]),
        ):
            pass
        case _:
            return ""
    value = facts.value(table)
    return table.id if isinstance(value, Data) and value.column is None else ""


def _rewritten(statement: Statement, taken: list[_Taken]) -> Statement:
    nodes: dict[int, object] = {}
    put: list[Instead] = []
    for one in taken:
        node, instead = _from_table(one)
        nodes[id(one.node)] = node
        put += instead
    made = copy.deepcopy(statement.node, nodes)
    return carried(statement, made, nodes, put)


def _from_table(taken: _Taken) -> tuple[ast.Call, tuple[Instead, Instead]]:
    """``df.iloc[:, 0:8].to_numpy()`` in the place of ``array[:, 0:8]``."""
    written, array = taken.node, taken.node.value
    table = ast.copy_location(ast.Name(taken.table, ast.Load()), array)
    by_position = ast.copy_location(ast.Attribute(table, "iloc", ast.Load()), array)
    columns = ast.copy_location(ast.Subscript(by_position, copy.deepcopy(written.slice), ast.Load()), written)
    method = ast.copy_location(ast.Attribute(columns, "to_numpy", ast.Load()), written)
    call = ast.copy_location(ast.Call(method, [], []), written)
    return call, (Instead(by_position, array, table, ".iloc"), Instead(call, written, columns, ".to_numpy()"))
