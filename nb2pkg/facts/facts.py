"""What is known about a notebook after it was run abstractly: the questions that rules and plans ask."""

import ast
import builtins as python
from collections.abc import Iterable

from nb2pkg.apis import ApiTable
from nb2pkg.facts import names
from nb2pkg.facts.calls import run_uncalled
from nb2pkg.facts.events import Call, Effects, Loaded, Missing, PathUse, Predicted, Saved, Score, Split
from nb2pkg.facts.expressions import EXPRESSIONS
from nb2pkg.facts.machine import Machine, StepLimitError
from nb2pkg.facts.statements import STATEMENTS
from nb2pkg.facts.values import Learning, Unknown, Value
from nb2pkg.notebook import Unreadable
from nb2pkg.syntax import Program, Statement

KNOWN_NAMES = frozenset(dir(python)) | {
    "__file__", "get_ipython", "display", "In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_dh", "_ih", "_oh", "exit", "quit", "__builtins__",
}  # fmt: skip


class Facts:
    """The questions. ``limited`` says that the notebook was too large to follow to its end, so that absence proves nothing."""

    __slots__ = ("_calls", "_values", "effects", "learnings", "limited", "loads", "missing", "paths", "predictions", "program", "saves", "scores", "splits", "table", "unknown_calls", "unreadable")  # fmt: skip

    def __init__(self, program: Program, machine: Machine, effects: tuple[Effects, ...], *, limited: bool) -> None:
        events = machine.events
        self.program = program
        self.table = machine.table
        self.unreadable: Unreadable | None = None
        self.limited = limited
        self.effects = effects
        self.learnings: tuple[Learning, ...] = tuple(events.learnings)
        self.scores: tuple[Score, ...] = tuple(events.scores)
        self.predictions: tuple[Predicted, ...] = tuple(events.predictions)
        self.splits: tuple[Split, ...] = tuple(events.splits)
        self.saves: tuple[Saved, ...] = tuple(events.saves)
        self.loads: tuple[Loaded, ...] = tuple(events.loads)
        self.paths: tuple[PathUse, ...] = tuple(events.paths)
        self.missing: tuple[Missing, ...] = tuple(events.missing)
        self.unknown_calls = events.unknown_calls
        self._values = machine.values
        self._calls = events.calls

    @property
    def fits(self) -> tuple[Learning, ...]:
        """Every fit of an estimator, in the order they ran."""
        return tuple(learning for learning in self.learnings if learning.estimator is not None)

    def value(self, node: ast.AST) -> Value | None:
        """The value of an expression evaluated at top level (only where values were asked for)."""
        return self._values.get(node)

    def call(self, node: ast.AST) -> Call | None:
        """The resolved call of a Call node."""
        return self._calls.get(id(node))

    def slice(self, indexes: Iterable[int]) -> frozenset[int]:
        """The statements that these need, themselves included."""
        found: set[int] = set()
        waiting = list(indexes)
        while waiting:
            index = waiting.pop()
            if index >= 0 and index not in found:
                found.add(index)
                waiting.extend(self.effects[index].reads)
        return frozenset(found)


def interpret(program: Program, table: ApiTable, *, values: bool = False) -> Facts:
    """Run the notebook abstractly in document order; ``values`` keeps every top-level value and the effects of statements."""
    machine = Machine(program, table, expressions=EXPRESSIONS, statements=STATEMENTS, builtins=KNOWN_NAMES, keep=values)
    for cell in program.cells:
        for magic in cell.magics:
            for name in magic.binds:
                machine.unknown_cells |= {name}
    effects: list[Effects] = []
    limited = False
    try:
        for cell in program.cells:
            for statement in cell.statements:
                limited |= _step(machine, statement)
                if values:
                    effects.append(_effects(machine))
        machine.static = True
        _read_uncalled(machine)
    except StepLimitError:
        limited = True
    effects += [Effects(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())] * (
        len(program.statements) - len(effects)
    )
    return Facts(program, machine, tuple(effects), limited=limited)


def _step(machine: Machine, statement: Statement) -> bool:
    """Run one top-level statement; True where it was too deep to follow."""
    machine.statement, machine.cell = statement.index, statement.cell
    machine.reads, machine.names_read, machine.mutated, machine.maybe = set(), set(), set(), set()
    try:
        machine.run(statement.node)
    except RecursionError:
        machine.frame, machine.call_stack, machine.journal, machine.conditional = None, (), None, 0
        machine.open_functions.clear()
        return True
    return False


def _effects(machine: Machine) -> Effects:
    """What the statement just run did, by global names."""
    index = machine.statement
    binds = frozenset(name for name, places in machine.bound_at.items() if index in places)
    mutates = frozenset(name for name, value in machine.globals.items() if id(value) in machine.mutated)
    maybe = frozenset(name for name, value in machine.globals.items() if id(value) in machine.maybe)
    return Effects(frozenset(machine.reads - {index}), binds, mutates, frozenset(machine.names_read), maybe)


def _read_uncalled(machine: Machine) -> None:
    """Functions that nobody called are read once, with unknown arguments."""
    for function in list(machine.functions):
        if not function.called:
            machine.statement = function.statement
            try:
                run_uncalled(machine, function)
            except RecursionError:
                machine.frame, machine.call_stack, machine.journal, machine.conditional = None, (), None, 0
                machine.open_functions.clear()


__all__ = ["Facts", "Unknown", "interpret", "names"]
