"""Loops that are written out turn by turn before anything is planned: over listed tables, and over the one split of a splitter.

``for table in [train, test]: table["age"] = table["age"].fillna(0)`` says the same as two statements, and each of those is about one
table. Every copy keeps its place in the notebook; ``Statement.whole`` is the loop that it is a turn of.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.extract.function_names import LEAVING, names_in, spans
from nb2pkg.extract.trace import bound_by, free_names, writers
from nb2pkg.facts import Facts, interpret
from nb2pkg.facts.values import Collection, Constant, Data, Estimator
from nb2pkg.syntax import Program, Statement

PLAIN = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.Delete, ast.If, ast.For, ast.Pass)
ENDING = (*LEAVING, ast.Break, ast.Continue)


def written_out(facts: Facts, packs: Sequence[str] | None = None) -> Facts:
    """The same notebook with such loops written out; itself where it has none."""
    found = {one.index: turns for one in facts.program.statements if (turns := _turns(facts, one))}
    if not found:
        return facts
    program = _with(facts.program, found)
    return interpret(program, load_tables(packs or [rules_folder()]), values=True)


def _with(program: Program, found: dict[int, list[ast.stmt]]) -> Program:
    statements: list[Statement] = []
    for one in program.statements:
        turns = [replace(one, node=node, whole=one.whole or one) for node in found.get(one.index, [])]
        statements += turns or [one]
    return program.with_statements(statements)


def _turns(facts: Facts, statement: Statement) -> list[ast.stmt]:
    """The statements of a loop, turn by turn; none where it stays a loop."""
    loop = statement.node
    if not isinstance(loop, ast.For) or loop.orelse or not _is_plain(loop):
        return []
    first = _one_split(facts, loop)
    if first is not None:
        return [first, *loop.body]
    names = _tables(facts, loop.iter, statement.index)
    written = statement.instead or statement.elsewhere
    if not names or not isinstance(loop.target, ast.Name) or written or _outlives(facts, loop, statement.index):
        return []
    return [_renamed(one, loop.target.id, name) for name in names for one in loop.body]


def _is_plain(loop: ast.For) -> bool:
    """Is the body made of statements that run one after the other and bind nothing of the loop's?"""
    target = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
    for one in loop.body:
        if not isinstance(one, PLAIN):
            return False
        for part in ast.walk(one):
            stores = isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store | ast.Del) and part.id in target
            if (
                stores
                or spans(part)
                or isinstance(part, ENDING)
                or (isinstance(part, ast.JoinedStr) and names_in(part) & target)
            ):
                return False
    return True


def _one_split(facts: Facts, loop: ast.For) -> ast.Assign | None:
    """``a, b = next(splitter.split(X, y))``, where that is all the loop goes through."""
    match loop.iter:
        case ast.Call(func=ast.Attribute(value=owner, attr="split")) as call:
            splitter = facts.value(owner)
        case _:
            return None
    if not isinstance(splitter, Estimator) or splitter.kind != "splitter":
        return None
    turns = splitter.parameters.get("n_splits")
    if not isinstance(turns, Constant) or turns.value != 1:
        return None
    name = ast.copy_location(ast.Name("next", ast.Load()), call)
    return ast.copy_location(ast.Assign([loop.target], ast.copy_location(ast.Call(name, [call], []), call)), loop)


def _tables(facts: Facts, node: ast.expr, at: int) -> list[str]:
    """The variables of the tables that a loop goes through; none where they are not sure to be the listed tables."""
    since = at
    if isinstance(node, ast.Name):
        found = writers(facts, node.id, before=at)
        bound = bound_by(facts.program.statements[found[0]], node.id) if found else None
        later = [facts.program.statements[index].node for index in found[1:]]
        if bound is None or bound.position is not None or any(_changes_list(facts, one, node.id) for one in later):
            return []
        node, since = bound.value, found[0]
    elements = node.elts if isinstance(node, ast.List | ast.Tuple) else []
    names = [one.id for one in elements if isinstance(one, ast.Name) and _is_table(facts, one)]
    if not names or len(names) != len(elements) or len(set(names)) != len(names):
        return []
    between = facts.effects[since:at]
    return [] if any(set(names) & effects.binds for effects in between) else names


def _changes_list(facts: Facts, statement: ast.stmt, name: str) -> bool:
    """May a statement change which tables are in a list, under any name, rather than the tables themselves?"""
    through = isinstance(statement, ast.For) and isinstance(statement.iter, ast.Name) and statement.iter.id == name
    named = [part for part in ast.walk(statement) if isinstance(part, ast.Name)]
    lists = [part for part in named if part.id == name or isinstance(facts.value(part), Collection)]
    return len(lists) > through


def _is_table(facts: Facts, node: ast.Name) -> bool:
    value = facts.value(node)
    return isinstance(value, Data) and value.column is None


def _outlives(facts: Facts, loop: ast.For, at: int) -> bool:
    """Is the variable of a loop read after it?"""
    assert isinstance(loop.target, ast.Name)
    for statement in facts.program.statements[at + 1 :]:
        own = isinstance(statement.node, ast.For) and loop.target.id in names_in(statement.node.target)
        read: Iterator[ast.Name] = free_names(
            statement.node.iter if own and isinstance(statement.node, ast.For) else statement.node
        )
        if any(name.id == loop.target.id for name in read):
            return True
        if loop.target.id in facts.effects[statement.index].binds:
            return False
    return False


def _renamed(node: ast.stmt, old: str, new: str) -> ast.stmt:
    """A copy of a statement about another variable, in the same place."""
    made = copy.deepcopy(node)
    for part in ast.walk(made):
        if isinstance(part, ast.Name) and part.id == old:
            part.id = new
    return made
