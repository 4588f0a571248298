"""Statements and calls of a notebook by their place, what a call is given, and where a function got it from."""

import ast

from nb2pkg.extract.trace import COMPOUND
from nb2pkg.facts import Facts
from nb2pkg.facts.events import Predicted, Score
from nb2pkg.facts.values import Learning
from nb2pkg.syntax import Statement
from nb2pkg.verify.recording import Site


class Places:
    """Looks up places in one notebook."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def statement(self, site: Site) -> Statement | None:
        """The top-level statement that stands at a place."""
        found = None
        for one in self.facts.program.statements:
            if one.cell == site.cell and one.node.lineno <= site.line <= (one.node.end_lineno or one.node.lineno):
                found = one if found is None or one.node.col_offset <= site.column else found
        return found

    def call(self, site: Site) -> ast.Call | None:
        """The call that starts at a place."""
        statement = self.statement(site)
        calls = [part for part in ast.walk(statement.node) if isinstance(part, ast.Call)] if statement else []
        return next(
            (one for one in calls if one.lineno == site.line and self._column(site.cell, one) == site.column), None
        )

    def inner(self, statement: Statement, site: Site) -> ast.stmt:
        """The innermost statement on the line of a place."""
        inside = [one for one in ast.walk(statement.node) if isinstance(one, ast.stmt) and one.lineno <= site.line]
        return max(inside, key=lambda one: (one.lineno, one.col_offset), default=statement.node)

    def lines(self, cell: int) -> list[str]:
        """The source of a cell, line by line."""
        return next(one.source.split("\n") for one in self.facts.program.notebook.cells if one.number == cell)

    def bound_within(self, statement: Statement, given: ast.expr, site: Site) -> ast.stmt | None:
        """In a loop or a function, the statement that binds what the call in it is given."""
        if not isinstance(statement.node, (*COMPOUND, ast.FunctionDef)):
            return None
        names = {one.id for one in ast.walk(given) if isinstance(one, ast.Name)}
        inside = (one for one in ast.walk(statement.node) if isinstance(one, ast.stmt) and one.lineno < site.line)
        return max((one for one in inside if names & _bound_at(one)), key=lambda one: one.lineno, default=None)

    def outside(self, given: ast.expr, statement: Statement, site: Site) -> tuple[ast.expr | None, Statement]:
        """What a function was given for a parameter that it hands on, or the global it reads, and the statement that called it."""
        function = statement.node
        assert isinstance(function, ast.FunctionDef)
        happened: list[Learning | Predicted | Score] = [*self.facts.fits, *self.facts.predictions, *self.facts.scores]
        calls = [one.calls[0] for one in happened if one.place[:2] == site[:2] and len(one.calls) == 1]
        place = Site(calls[-1].cell, calls[-1].line, calls[-1].column - 1) if calls else site
        caller, call = self.statement(place), self.call(place)
        if not calls or caller is None or call is None or not isinstance(given, ast.Name):
            return None, statement
        argument = _argument(function, call, given)
        return argument, caller if argument is not None else statement

    def _column(self, cell: int, node: ast.expr) -> int:
        """The column of a node in characters; ast counts bytes."""
        return len(self.lines(cell)[node.lineno - 1].encode()[: node.col_offset].decode("utf-8", "ignore"))


def given_to(call: ast.Call, name: str) -> ast.expr | None:
    """The argument X or y of a call, by its name or place."""
    position = 0 if name == "X" else 1
    named = next((one.value for one in call.keywords if one.arg == name), None)
    return named or (call.args[position] if position < len(call.args) else None)


def _argument(function: ast.FunctionDef, call: ast.Call, name: ast.Name) -> ast.expr | None:
    """What the call gives for the parameter of this name; the name itself where it is none, and so a global."""
    if all(one.arg != name.id for one in ast.walk(function.args) if isinstance(one, ast.arg)):
        return name
    named = next((one.value for one in call.keywords if one.arg == name.id), None)
    placed = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    given = dict(zip(placed, call.args, strict=False))
    starred = any(isinstance(one, ast.Starred) for one in call.args)
    return named or (given.get(name.id) if not starred else None)


def _bound_at(node: ast.stmt) -> set[str]:
    """The names that a statement itself binds: by assignment, or as a loop's variables."""
    targets = [*getattr(node, "targets", ()), *([node.target] if isinstance(node, ast.For | ast.AugAssign) else ())]
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
