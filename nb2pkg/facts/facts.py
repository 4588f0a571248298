"""What is known about a notebook after it was run abstractly: the questions that rules and plans ask."""

import ast
import builtins as python
import itertools
from collections.abc import Callable, Iterable

from nb2pkg.apis import ApiTable
from nb2pkg.columns import Known
from nb2pkg.facts import judging, paths, recorded, scopes, serving
from nb2pkg.facts.attributes import INDEXERS
from nb2pkg.facts.calls import follow, run_uncalled, unknown_call
from nb2pkg.facts.effects import NO_EFFECTS, begin, effects_of, named_flows, open_magics, when_called
from nb2pkg.facts.events import Call, Loaded, Missing, Moved, PathUse, Predicted, Reread, Saved, Score, Split
from nb2pkg.facts.expressions import EXPRESSIONS
from nb2pkg.facts.late import Late, late
from nb2pkg.facts.learners import is_model
from nb2pkg.facts.machine import Machine, StepLimitError
from nb2pkg.facts.rerunning import Rerun, reruns
from nb2pkg.facts.rows import Rows
from nb2pkg.facts.statements import STATEMENTS
from nb2pkg.facts.values import Estimator, Learning, Value, parts_of
from nb2pkg.graph import Effects, OrderChange, first_backward, order_changes
from nb2pkg.notebook import Notebook, Unreadable
from nb2pkg.source import Span
from nb2pkg.syntax import Program, Statement

KNOWN_NAMES = frozenset(dir(python)) | {
    "__file__", "get_ipython", "display", "In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_dh", "_ih", "_oh", "exit", "quit", "__builtins__",
}  # fmt: skip

END = 1 << 30  # below the last line of any cell
AfterCell = Callable[[int, Machine, frozenset[str]], None]


class Facts:
    """The questions. ``limited`` says that the notebook was too large to follow to its end, so that absence proves nothing."""

    __slots__ = ("_bound_by", "_calls", "_counts", "_declared", "_gaps", "_orders", "_refits", "_trials", "_values", "effects", "learnings", "limited", "loads", "missing", "moves", "paths", "predictions", "program", "rereads", "saves", "scores", "splits", "table", "unknown_calls", "unreadable")  # fmt: skip

    def __init__(self, program: Program, machine: Machine, effects: tuple[Effects, ...], *, limited: bool) -> None:
        events = machine.events
        self.program = program
        self.table = machine.table
        self.unreadable: Unreadable | None = None
        self.limited = limited
        self.effects = effects
        self._refits: list[judging.Refit] | None = None
        self._counts = {one.cell.number: one.cell.count for one in program.cells}
        self._gaps: dict[int, tuple[int, int]] | None = None
        self._orders: list[tuple[OrderChange, bool]] | None = None
        self._bound_by: dict[str, list[int]] = {}
        for index, effect in enumerate(effects):
            for name in effect.binds:
                self._bound_by.setdefault(name, []).append(index)
        self.learnings: tuple[Learning, ...] = tuple(events.learnings)
        self.scores: tuple[Score, ...] = tuple(events.scores)
        self.predictions: tuple[Predicted, ...] = tuple(events.predictions)
        self.splits: tuple[Split, ...] = tuple(events.splits)
        self.saves: tuple[Saved, ...] = tuple(events.saves)
        self.rereads: tuple[Reread, ...] = tuple(events.rereads)
        self.loads: tuple[Loaded, ...] = tuple(events.loads)
        self.moves: tuple[Moved, ...] = tuple(events.moves)
        self.paths: tuple[PathUse, ...] = tuple(events.paths)
        self.missing: tuple[Missing, ...] = tuple(events.missing)
        self.unknown_calls = events.unknown_calls
        self._values = machine.values
        self._calls = events.calls
        self._declared = frozenset(machine.declared)
        self._trials = tuple(events.trials)

    @classmethod
    def of_unreadable(cls, unreadable: Unreadable, table: ApiTable | None = None) -> "Facts":
        """What is known about a file that is no notebook: only that, and why."""
        notebook = Notebook(unreadable.path, (), "ipynb", None)
        facts = interpret(Program(notebook, (), ()), table or ApiTable({}))
        facts.unreadable = unreadable
        return facts

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

    def leaks(self) -> list[judging.Leak]:
        """Statistics that a model's training rows took from rows held out from it."""
        return judging.leaks(self.learnings, self.predictions, judging.STATISTICS)

    def selection_leaks(self) -> list[judging.Leak]:
        """Feature selections and target encodings that saw the held-out target."""
        return judging.leaks(self.learnings + self._trials, self.predictions, judging.SELECTIONS)

    def refits(self) -> list[judging.Refit]:
        """Transformers and models fitted on held-out rows alone, those of ``incoming_refits`` left out."""
        return [one for one in self._all_refits() if not serving.incoming(one)]

    def _all_refits(self) -> list[judging.Refit]:
        if self._refits is None:
            self._refits = judging.refits(self.learnings, self.predictions)
        return self._refits

    def incoming_refits(self) -> list[judging.Refit]:
        """Fits on rows that come in: through a function's parameter, or for a model or transformer that was loaded."""
        found = {one.learning: one for one in self._all_refits() if serving.incoming(one)}
        found.update((one.learning, one) for one in serving.serving_refits(self.learnings, self.predictions))
        return sorted(found.values(), key=lambda one: one.learning.place)

    def mismatches(self) -> list[serving.Mismatch]:
        """Predictions on rows that skipped a scaling which the model's training rows got."""
        return serving.mismatches(self.predictions, self._all_refits())

    def untrained_steps(self) -> list[serving.Mismatch]:
        """Predictions on rows that went through a scaling which the model's training rows did not get."""
        return serving.untrained(self.predictions)

    def unfitted_transforms(self) -> list[Predicted]:
        """Transforms with an object that was made here and never fitted."""
        return [] if self.limited else serving.unfitted(self.predictions)

    def unsaved_steps(self) -> list[serving.Unsaved]:
        """Saved models whose fitted transformers are saved nowhere."""
        return [] if self.limited else serving.unsaved(self.saves)

    def is_versioned(self, path: str) -> bool:
        """Does a file's name tell one artifact from the next: by version, date or hash?"""
        return paths.is_versioned(path)

    def strangers(self) -> list[Loaded]:
        """Artifacts that are loaded here, used as a model or transformer, and written by nothing here."""
        return [] if self.limited else serving.strangers(self.loads, self.saves)

    def training_scores(self) -> list[judging.Evaluation]:
        """Estimators of which only scores on their own training rows are known; empty where the run was cut short."""
        return [] if self.limited else judging.training_scores(self.scores, self.learnings)

    def evaluated(self, estimator: Estimator) -> bool:
        """Is any evaluation of the estimator known? Yes where the run was cut short, for absence proves nothing then."""
        return self.limited or judging.evaluated(estimator, self.scores)

    def split_of(self, rows: Rows | None, *, before: Span) -> Split | None:
        """The split that held these rows out or kept them in: the last one above ``before``, else the first."""
        keys = {choice.key for atom in rows or () for choice in atom.choices}
        splits = [split for split in self.splits if split.key in keys]
        above = [split for split in splits if split.place <= before]
        return above[-1] if above else next(iter(splits), None)

    def is_model(self, value: Value) -> bool:
        """Does the value predict a target?"""
        return isinstance(value, Estimator) and is_model(value)

    def fitted_parts(self, value: Value) -> list[Estimator]:
        """The fitted estimators that a value is or holds."""
        parts = [part for part in parts_of(value) if isinstance(part, Estimator)]
        return [part for part in parts if part.fits or part.kind == "unknown"]

    def training_twin(self, refit: judging.Refit) -> Learning | None:
        """The fit of the same kind of thing on the rows the model was trained on, where there is one."""
        taught = (
            refit.model.data.taught()
            if refit.model is not None and refit.model.data is not None
            else frozenset(self.fits)
        )
        own = refit.learning
        kinds = [one for one in taught if one is not own and one.kind != "model" and _same_thing(one, own)]
        before = [one for one in kinds if one.place <= own.place and one.rows != own.rows]
        return max(before, key=lambda one: (one.place, one.number), default=None)

    def unevaluated(self) -> list[judging.Unevaluated]:
        """Models that are saved or used, and of which no evaluation is known."""
        return [] if self.limited else judging.unevaluated(self.learnings, self.scores, self.saves, self.predictions)

    def unresolved(self) -> dict[str, list[Missing]]:
        """Failed look-ups that are defects, by name in document order; a name expected to be missing is left out."""
        found: dict[str, list[Missing]] = {}
        if self.limited:
            return found
        expected: set[str] = set()
        seen: set[tuple[str, Span]] = set()
        for one in sorted(self.missing, key=lambda one: (one.static, one.place)):
            if one.muted or (one.name in self._declared and (one.static or one.calls)):
                expected.add(one.name)
            elif one.static and one.name in self._bound_by:
                continue  # a function that is handed on may have run while the name was there
            elif one.name not in expected or one.name in found:
                places = found.setdefault(one.name, [])
                if (one.name, one.place) not in seen:
                    seen.add((one.name, one.place))
                    places.append(one)
        return found

    def defined_after(self, reading: Missing) -> Span | None:
        """Where the name is bound below the statement that read it, the first such place."""
        later = [index for index in self._bound_by.get(reading.name, ()) if index > reading.statement]
        if not later or reading.static:
            return None
        statement = self.program.statements[min(later)]
        node = statement.node
        return Span(statement.cell, node.lineno, 1, node.end_lineno or node.lineno, 1)

    def late(self) -> list[Late]:
        """Readings of names that only statements below give a value, as far as they are defects."""
        return late(self.program, self.effects, itertools.chain(*self.unresolved().values()))

    def deleted(self, name: str) -> bool:
        """Was the name bound at all?"""
        return name in self._bound_by

    def is_local(self, reading: Missing) -> bool:
        """Is the name a variable of the function that reads it, not bound on the way there?"""
        statements = (one for one in self.program.statements if one.cell == reading.place.cell)
        return any(scopes.is_local(one.node, reading.name, reading.place) for one in statements)

    def gap_before(self, cell: int) -> tuple[int, int] | None:
        """The recorded counts around a gap right before the cell."""
        if self._gaps is None:
            counts = [(number, count) for number, count in self._counts.items() if count is not None]
            pairs = itertools.pairwise(counts)
            self._gaps = {number: (before, count) for (_, before), (number, count) in pairs if count > before + 1}
        return self._gaps.get(cell)

    def first_backward(self) -> tuple[int, int] | None:
        """The first cell that ran before an earlier one, and that earlier one."""
        return first_backward(self.program)

    def count_of(self, cell: int) -> int | None:
        """The recorded count of a code cell."""
        return self._counts.get(cell)

    def start_of(self, cell: int) -> Span:
        """The first line of a cell."""
        return Span(cell, 1, 1, 1, 1)

    def order_changes(self) -> list[OrderChange]:
        """Readings that see another definition in the recorded order than in document order."""
        return [change for change, sure in self._all_order_changes() if sure]

    def _all_order_changes(self) -> list[tuple[OrderChange, bool]]:
        if self._orders is None:
            self._orders = list(order_changes(self.program, self.effects, Known(self._is_column, self._chooses)))
        return self._orders

    def _is_column(self, attribute: str) -> bool:
        return attribute not in INDEXERS and self.table.receiver("data", attribute) is None

    def _chooses(self, attribute: str) -> bool:
        return attribute in INDEXERS

    def is_order_known(self) -> bool:
        """Do the recorded counts tell, for every reading that may differ from document order, where it came from?"""
        return all(sure for _, sure in self._all_order_changes())

    def stale(self) -> list[recorded.Stale]:
        """Cells that read values which a cell above has computed again since."""
        return recorded.stale(self.program, self.effects, self.order_changes())

    def unexecuted(self) -> list[recorded.Unexecuted]:
        """Cells that were not run in a notebook where others were."""
        return recorded.unexecuted(self.program, self.effects)

    def reruns(self) -> list[Rerun]:
        """Statements that give another result when their cell is run a second time."""
        return [one for cell in self.program.cells for one in reruns(cell, self.effects, self.call)]

    def read_after(self, statement: Statement, name: str) -> bool:
        """Does a later cell read what the statement made of the name?"""
        later = self.program.statements[statement.index + 1 :]
        readers = (self.effects[one.index] for one in later if one.cell != statement.cell)
        return any(name in one.names and statement.index in one.reads for one in readers)

    def slice(self, indexes: Iterable[int]) -> frozenset[int]:
        """The statements that these need or may need, themselves included (only where values were asked for)."""
        found: set[int] = set()
        waiting = list(indexes)
        while waiting:
            index = waiting.pop()
            if index >= 0 and index not in found:
                found.add(index)
                waiting.extend(self.effects[index].reads)
                waiting.extend(flow.statement for flow in self.effects[index].flows)
        return frozenset(found)


def _same_thing(one: Learning, other: Learning) -> bool:
    """Did both learn by estimators of one class, or by hand in the same way?"""
    if one.estimator is None or other.estimator is None:
        return one.estimator is other.estimator and one.kind == other.kind and one.verb == other.verb
    return one.estimator.cls == other.estimator.cls


def interpret(program: Program, table: ApiTable, *, values: bool = False, after_cell: AfterCell | None = None) -> Facts:
    """Run the notebook abstractly in document order.

    ``values`` keeps every top-level value and what flows between statements; ``after_cell`` is told each cell's number when
    it has run, with the machine as it then stands and the names that the cell bound or changed.
    """
    machine = Machine(
        program,
        table,
        expressions=EXPRESSIONS,
        statements=STATEMENTS,
        follow=follow,
        call_unknown=unknown_call,
        builtins=KNOWN_NAMES,
        keep=values,
    )
    for cell in program.cells:
        for magic in cell.magics:
            for name in magic.binds:
                machine.unknown_cells |= {name}
    effects: list[Effects] = []
    limited = False
    try:
        for cell in program.cells:
            machine.star = machine.star or any("*" in magic.binds for magic in cell.magics)
            for statement in cell.statements:
                open_magics(machine, cell, before=statement.node.lineno)
                limited |= _step(machine, statement)
                effects.append(effects_of(machine))
            open_magics(machine, cell, before=END)
            if after_cell is not None:
                touched = (effects[one.index].binds | effects[one.index].mutates for one in cell.statements)
                after_cell(cell.cell.number, machine, frozenset().union(*touched))
        machine.static = True
        _read_uncalled(machine, effects)
    except StepLimitError:
        limited = True
    effects += [NO_EFFECTS] * (len(program.statements) - len(effects))
    return Facts(program, machine, tuple(named_flows(effects)), limited=limited)


def _step(machine: Machine, statement: Statement) -> bool:
    """Run one top-level statement; True where it was too deep to follow."""
    machine.statement, machine.cell = statement.index, statement.cell
    begin(machine)
    try:
        machine.run(statement.node)
    except RecursionError:
        machine.frame, machine.call_stack, machine.journal, machine.conditional = None, (), None, 0
        machine.looping = machine.mutes = 0
        machine.tentative.clear()
        machine.open_functions.clear()
        return True
    return False


def _read_uncalled(machine: Machine, effects: list[Effects]) -> None:
    """Functions that nobody called are read once, with unknown arguments."""
    for function in list(machine.functions):
        if not function.called:
            begin(machine)
            machine.statement = function.statement
            try:
                run_uncalled(machine, function)
            except RecursionError:
                machine.frame, machine.call_stack, machine.journal, machine.conditional = None, (), None, 0
                machine.open_functions.clear()
            when_called(machine, effects, function.statement)


__all__ = ["Facts", "interpret"]
