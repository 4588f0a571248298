"""The last checks of every plan: what is left out did not change what is taken, and what is taken is known.

``tidy(df)`` between the load and the model is no exploration where nobody knows what ``tidy`` does, and ``df = tidy(df)`` is no
work on single rows.
"""

import ast
from collections.abc import Iterator

from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.refuse import refused
from nb2pkg.facts import Facts
from nb2pkg.facts.flows import BROKEN, EXEC, MAGIC_NAME, RUN
from nb2pkg.facts.values import Data, Function, Library, UserClass
from nb2pkg.syntax import Statement


def check_left_out(facts: Facts, pieces: Pieces, last: int) -> None:
    """Raise RefusedError where a statement that is left out changes, or may change, rows that a placed one reads later."""
    _check_code_as_it_was(facts, pieces, last)
    for index in sorted(pieces.placed):
        for name in sorted(_tables(facts, index)) if index <= last else ():
            for statement in _between(facts, name, index):
                if statement.index in pieces.placed or statement.index in pieces.unread:
                    continue
                if name in facts.effects[statement.index].mutates:
                    raise refused(statement, f"`{name}` is changed here, and the change cannot be carried over")
                if name in facts.effects[statement.index].maybe:
                    raise refused(
                        statement, f"{_call(facts, statement, name)} may change `{name}`: what it does is not known"
                    )


def _check_code_as_it_was(facts: Facts, pieces: Pieces, last: int) -> None:
    """Raise RefusedError where something is set on a function or class that placed code uses: ``f.k = 4``, ``C.factor = 3``."""
    placed = (facts.program.statements[index].node for index in pieces.placed)
    used = {part.id for node in placed for part in ast.walk(node) if isinstance(part, ast.Name)}
    code = {name for one in pieces.placed if _is_code(facts, one) for name in facts.effects[one].binds}
    for statement in facts.program.statements[: last + 1]:
        for part in ast.walk(statement.node):
            if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) and isinstance(part.value, ast.Name):
                owner = facts.value(part.value)
                if part.value.id in used and isinstance(owner, Function | UserClass):
                    raise refused(
                        statement, f"`{ast.unparse(part)}` is set on code that the package takes as it was written"
                    )
        changed = sorted(code & facts.effects[statement.index].mutates)
        if changed and statement.index not in pieces.placed:
            raise refused(statement, f"`{changed[0]}` is changed here, and the package takes it as it was written")


def check_bound_once(facts: Facts, pieces: Pieces) -> None:
    """Raise RefusedError where placed code reads a name that a statement which is left out binds, or may bind."""
    for index in sorted(pieces.placed):
        statement = facts.program.statements[index]
        for name, binders in sorted(_binders(facts, statement).items()):
            missing = sorted(binders - pieces.placed.keys() - pieces.unread.keys())
            other = any(
                name in facts.effects[one].binds for one in pieces.placed if one < index and _is_code(facts, one)
            )
            if missing and (len(binders) > 1 or other):
                reason = f"`{name}` is bound here, or may be; bind it once, in a line of its own"
                raise refused(facts.program.statements[missing[-1]], reason)


def _binders(facts: Facts, statement: Statement) -> dict[str, set[int]]:
    """The statements that bind each name which a statement reads. Raises RefusedError where something unseen may bind one."""
    found: dict[str, set[int]] = {}
    for flow in sorted(facts.effects[statement.index].flows):
        if flow.why in ANYTHING:
            raise refused(statement, f"`{flow.name}` may have got another value in cell {flow.cell} ({flow.why})")
        if flow.statement >= 0 and flow.name in facts.effects[flow.statement].binds:
            found.setdefault(flow.name, set()).add(flow.statement)
    return found


def _is_code(facts: Facts, index: int) -> bool:
    """Does a statement bind a function or a class?"""
    node = facts.program.statements[index].node
    value = facts.value(node.value) if isinstance(node, ast.Assign) else None
    return isinstance(node, ast.FunctionDef | ast.ClassDef) or isinstance(value, Function | UserClass)


ANYTHING = frozenset({EXEC, RUN, MAGIC_NAME, BROKEN})
QUERIES = frozenset({"eval", "query"})
PREPARING = frozenset({"feature", "learned-feature", "target", "row-selection", "selection"})


def check_taken(facts: Facts, pieces: Pieces) -> None:
    """Raise RefusedError where code that prepares rows hands them to a call that nobody knows, or names a variable in a text.

    The call may learn from the rows; the variable (``"age > @limit"``) is not seen to be needed.
    """
    for index, placed in sorted(pieces.placed.items()):
        statement = facts.program.statements[index]
        if placed.kind not in PREPARING or isinstance(statement.node, ast.FunctionDef | ast.ClassDef):
            continue
        for node in ast.walk(statement.node):
            if isinstance(node, ast.Call) and _is_unknown(facts, node):
                raise refused(
                    statement,
                    f"what `{ast.unparse(node.func)}` does to rows is not known; it may learn from all of them",
                )
            if isinstance(node, ast.Call) and _names_in_text(node):
                text = f"`{ast.unparse(node)[:60]}` names a variable in a text; write the condition out"
                raise refused(statement, text)


def _names_in_text(node: ast.Call) -> bool:
    """Does a query name a variable of the notebook: ``df.query("age > @limit")``?"""
    asked = isinstance(node.func, ast.Attribute) and node.func.attr in QUERIES
    return asked and any(
        isinstance(part, ast.Constant) and isinstance(part.value, str) and "@" in part.value
        for argument in node.args
        for part in ast.walk(argument)
    )


def _is_unknown(facts: Facts, node: ast.Call) -> bool:
    """Is it a call of a library's function that no table knows, with rows among its arguments?"""
    owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    callee = facts.value(owner)
    if facts.call(node) is not None or not isinstance(callee, Library) or callee.name.startswith("builtins."):
        return False
    return any(isinstance(facts.value(part), Data) for argument in node.args for part in ast.walk(argument))


def _tables(facts: Facts, index: int) -> set[str]:
    """The variables with rows that a statement reads."""
    names = (node for node in ast.walk(facts.program.statements[index].node) if isinstance(node, ast.Name))
    return {node.id for node in names if isinstance(node.ctx, ast.Load) and isinstance(facts.value(node), Data)}


def _between(facts: Facts, name: str, index: int) -> Iterator[Statement]:
    """The statements between the binding of a name and its reading, the last first."""
    for statement in reversed(facts.program.statements[:index]):
        if name in facts.effects[statement.index].binds:
            return
        yield statement


def _call(facts: Facts, statement: Statement, name: str) -> str:
    """The unknown call that was given the name."""
    for node in ast.walk(statement.node):
        if isinstance(node, ast.Call) and facts.call(node) is None:
            given = (part for part in ast.walk(node) if isinstance(part, ast.Name))
            if any(part.id == name for part in given):
                return f"`{ast.unparse(node)[:50]}`"
    return "an unknown call"
