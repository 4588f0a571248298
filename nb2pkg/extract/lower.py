"""Walk back from the rows that a call received to the raw rows, and say what lies between."""

import ast
from dataclasses import replace

from nb2pkg.extract.cut import rows_taken, single_row
from nb2pkg.extract.dividing import Division, divided, one_draw, passed_over
from nb2pkg.extract.gathering import TRANSFORMS, Gathering
from nb2pkg.extract.joined import Joins
from nb2pkg.extract.lane import Code, Gathered, Joint, Lane, Resample, Root, Split, Stage, Step
from nb2pkg.extract.parting import Parting, Taken, parted
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.roots import Roots
from nb2pkg.extract.trace import COMPOUND, LOOPS, Bound, bound_by, free_names, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.rows import Rows, apart
from nb2pkg.facts.values import Data, Estimator, Learning
from nb2pkg.syntax import Statement

CONTAINERS = frozenset(
    {"numpy.array", "numpy.asarray", "numpy.asanyarray", "data.to_numpy", "data.copy", "data.values"}
)
ARRAYS = CONTAINERS - {"data.copy"}
MAXIMUM = 400
TWICE = "the rows are parted more often than train, validation and test need; part them by two calls of train_test_split at most"


class Lowering:
    """Lanes of one notebook; ``roots`` knows the loads, ``beside`` are the choices of rows that no lane goes through.

    ``division`` are the calls that part the model's rows, ``parted_at`` the statements that did so, repeated calls included.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.roots = Roots(facts)
        self.gathering = Gathering(facts, self.roots)
        self.joins = Joins(facts, self.roots, self.gathering)
        self.parting: Parting | None = None
        self.division: Division | None = None
        self.parted_at: set[int] = set()
        self.beside: frozenset[ast.AST] = frozenset()
        self.joint: Joint | None = None
        self.learned: Rows | None = None

    def learned_by(self, fit: Learning) -> None:
        """From here on lanes know how the notebook parted the rows of a fit, by hand or by calls."""
        found = parted(self.facts, fit)
        self.parting = Parting(self.facts, found) if found is not None else None
        self.gathering.parting = self.parting
        self.gathering.learned = fit.rows
        self.learned = fit.rows
        asked = [one for one in self.facts.predictions if one.fits and one.fits[-1] is fit and not one.static]
        asked_of = [self._splits(one.node, one.statement) for one in asked]
        self.division = divided(self._splits(fit.node, fit.statement), asked_of)

    def asked(self, node: ast.expr) -> Rows | None:
        """The rows of an expression where none of them is learned from; None for any others."""
        value = self.facts.value(node)
        rows = value.rows if isinstance(value, Data) else None
        return rows if rows and self.learned and apart(rows, self.learned) == rows else None

    def _splits(self, node: ast.AST, at: int) -> tuple[Split, ...]:
        """The splits that the rows given to a call went through, as far as they can be followed."""
        call = self.facts.call(node)
        given = call.args.get("X") if call is not None else None
        with passed_over():
            return _Walk(self, given[0], at).run().splits if given is not None else ()
        return ()

    def part(self, node: ast.AST) -> Taken | None:
        """The part of the rows that an expression takes, where they are parted by hand."""
        return self.parting.taken(node) if self.parting is not None else None

    def without_parts(self, node: ast.expr) -> ast.expr:
        """An expression without the parts of rows that it takes."""
        return self.parting.stripped(node) if self.parting is not None else node

    def lane(self, expression: ast.expr, *, at: int) -> Lane:
        """The lane of an expression that statement ``at`` evaluates. Raises RefusedError where it cannot be followed."""
        self._bound_elsewhere(expression, at)
        lane = _Walk(self, expression, at).run()
        return replace(lane, named=self._named(lane.splits))

    def _named(self, splits: tuple[Split, ...]) -> str:
        """What rows that went through these splits are called, "" where they went through none of the model's own."""
        if len(splits) > 1 and (self.division is None or len(self.division.calls) < len(splits)):
            raise refused(self.statement(splits[1].statement), TWICE)
        if self.division is None or any(split.by_hand for split in splits):
            return ""
        for split, call in zip(splits, self.division.calls, strict=False):
            if not one_draw(self.facts, split.call, call):
                text = "these rows were parted by another split than those that the model learned from"
                raise refused(self.statement(split.statement), text)
        if len(splits) > 1 and splits[0].part != self.division.inside:
            raise refused(self.statement(splits[1].statement), TWICE)
        self.parted_at |= {split.statement for split in splits}
        return self.division.part(tuple(split.part for split in splits))

    def _bound_elsewhere(self, expression: ast.expr, at: int) -> None:
        """Raise RefusedError where a loop or condition gives a name its rows and reads it: those from above it are others."""
        statement, effects = self.statement(at), self.facts.effects[at]
        if not isinstance(statement.node, COMPOUND):
            return
        changed = effects.binds | effects.mutates
        name = next((one.id for one in free_names(expression) if one.id in changed), None)
        if name is not None:
            kind = "loop" if isinstance(statement.node, LOOPS) else "block"
            reason = f"`{name}` is bound or changed in the {kind} that uses it here; level 3 follows rows through statements of their own"
            raise refused(statement, reason)

    def statement(self, index: int) -> Statement:
        """A statement by its index."""
        return self.facts.program.statements[index]

    def sees_both(self, index: int | None) -> bool:
        """Does a statement see the rows of a train file and a test file that are prepared as one table?"""
        return self.joint is not None and index in self.joint.region

    def role(self, node: ast.AST) -> str:
        """What a call does, in the words of the API tables."""
        call = self.facts.call(node)
        return getattr(call.row, "role", "") if call is not None and call.row is not None else ""

    def name(self, node: ast.AST) -> str:
        """The resolved name of a call."""
        call = self.facts.call(node)
        return call.name if call is not None else ""

    def fit_of(self, node: ast.Call, at: int) -> Learning:
        """The fit that had taught the transformer of ``node`` when statement ``at`` ran."""
        call = self.facts.call(node)
        estimator = call.receiver if call is not None else None
        own = [fit for fit in self.facts.fits if fit.node is node]
        before = [fit for fit in self.facts.fits if fit.estimator is estimator and fit.statement <= at]
        if not (own or before):
            raise refused(self.statement(at), f"`{ast.unparse(node.func)}` is called, but nothing fitted it above")
        return (own or before)[-1]


class _Walk:
    """One walk backwards; ``stages`` grows from the call towards the raw rows."""

    def __init__(self, lowering: Lowering, expression: ast.expr, at: int) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.expression = expression
        self.at = at
        self.stages: list[Stage] = []
        self.cut: tuple[int | None, int | None] | None = None
        self.array = False
        self.passed: list[int] = []
        self.asked = lowering.asked(expression)

    def run(self) -> Lane:
        for _ in range(MAXIMUM):
            root = self.step()
            if root is not None:
                if root.entry in ("data", "target"):
                    self.array = True
                return Lane(root, tuple(reversed(self.stages)), self.cut, self.array, tuple(self.passed))
        raise refused(self.lowering.statement(self.at), "the way of these rows is too long to follow")

    def step(self) -> Root | None:
        """One step back; the root once it is reached."""
        root = self.lowering.roots.of(self.expression, at=self.at)
        if root is not None:
            return root
        node = self.expression
        if isinstance(node, ast.Name) and self._through_name(node):
            return None
        if isinstance(node, ast.Subscript) and self._through_parts(node):
            return None
        if self._through_part(node):
            return None
        if isinstance(node, ast.Call) and self._through_call(node):
            return None
        if isinstance(node, ast.Attribute) and node.attr == "values":
            self._go(node.value, array=True)
            return None
        if (
            isinstance(node, ast.Subscript | ast.Call | ast.List)
            and not self.stages
            and self.cut is None
            and self._through_cut(node)
        ):
            return None
        return self._through_code(node)

    def _go(self, expression: ast.expr, *, at: int | None = None, array: bool = False) -> None:
        self.expression = expression
        self.at = self.at if at is None else at
        self.array |= array

    def _through_name(self, node: ast.Name) -> bool:
        found = writers(self.facts, node.id, before=self.at)
        if not found:
            raise refused(self.lowering.statement(self.at), f"`{node.id}` is defined nowhere above")
        if len(found) > 1:
            return False
        binding = self.lowering.statement(found[0])
        bound = bound_by(binding, node.id)
        if bound is None:
            return False
        if bound.position is None:
            self.passed.append(binding.index)
            self._go(bound.value, at=binding.index)
            return True
        return self._through_split(bound, binding) or self._through_resample(bound, binding)

    def _through_resample(self, bound: Bound, binding: Statement) -> bool:
        """``X, y = sampler.fit_resample(X, y)``."""
        call = self.facts.call(bound.value)
        if call is None or bound.position not in (0, 1) or self.lowering.role(call.node) != "resample":
            return False
        given = call.args.get(("X", "y")[bound.position])
        if (
            not isinstance(call.receiver, Estimator)
            or given is None
            or len(call.node.args) + len(call.node.keywords) != 2
        ):
            return False
        if any(isinstance(stage, Split) for stage in self.stages):
            text = "rows are resampled before they are split, so copies of a row stand on both sides; resample the training rows only"
            raise refused(binding, text)
        if any(isinstance(stage, Resample) for stage in self.stages):
            raise refused(binding, "the rows are resampled twice; put both samplers into one pipeline")
        self.stages.append(Resample(call.receiver, call.node, binding.index))
        self._go(given[0], at=binding.index)
        return True

    def _through_parts(self, node: ast.Subscript) -> bool:
        """``parts[0]`` where ``parts = train_test_split(...)``."""
        if not isinstance(node.value, ast.Name) or not isinstance(node.slice, ast.Constant):
            return False
        found = writers(self.facts, node.value.id, before=self.at)
        binding = self.lowering.statement(found[0]) if len(found) == 1 else None
        bound = bound_by(binding, node.value.id) if binding is not None else None
        position = node.slice.value
        if binding is None or bound is None or bound.position is not None or not isinstance(position, int):
            return False
        return position >= 0 and self._through_split(Bound(bound.value, position), binding)

    def _through_split(self, bound: Bound, binding: Statement) -> bool:
        if (
            not isinstance(bound.value, ast.Call)
            or self.lowering.role(bound.value) != "split"
            or bound.position is None
        ):
            return False
        before = [stage for stage in self.stages if isinstance(stage, Split)]
        if len(before) > 1 or any(split.by_hand for split in before):
            raise refused(binding, TWICE)
        arrays = [argument for argument in bound.value.args if not isinstance(argument, ast.Starred)]
        if len(arrays) <= bound.position // 2:
            raise refused(binding, "the arrays that are split cannot be told apart")
        self.stages.append(Split(bound.value, binding.index, "test" if bound.position % 2 else "train"))
        self._go(arrays[bound.position // 2], at=binding.index)
        return True

    def _through_part(self, node: ast.expr) -> bool:
        """``df[:800]``, where the rows are parted there."""
        taken = self.lowering.part(node)
        if taken is None or taken.columns is not None:
            return False
        self._part(node, taken.part)
        self._go(taken.base)
        return True

    def _part(self, node: ast.expr, part: str) -> None:
        if any(isinstance(stage, Split) for stage in self.stages):
            raise refused(self.lowering.statement(self.at), TWICE)
        self.stages.append(Split(node, self.at, part, by_hand=True))

    def _through_call(self, node: ast.Call) -> bool:
        name = self.lowering.name(node)
        if name in CONTAINERS:
            inner = node.func.value if name.startswith("data.") and isinstance(node.func, ast.Attribute) else None
            inner = inner or (node.args[0] if len(node.args) == 1 and not node.keywords else None)
            if inner is not None:
                self._go(inner, array=name in ARRAYS)
                return True
        return self._through_transform(node)

    def _through_transform(self, node: ast.Call) -> bool:
        call = self.facts.call(node)
        if call is None or self.lowering.role(node) not in TRANSFORMS or not isinstance(call.receiver, Estimator):
            return False
        given = call.args.get("X") or next(iter(call.args.values()), None)
        if given is None or not isinstance(node.func, ast.Attribute):
            return False
        fit = self.lowering.fit_of(node, self.at)
        self.stages.append(Step(call.receiver, node, self.at, fit, ast.unparse(node.func.value)))
        self._go(given[0])
        return True

    def _through_cut(self, node: ast.expr) -> bool:
        taken = rows_taken(node)
        if taken is None:
            return False
        self.cut, inner = taken
        self._go(inner, array=single_row(node) is not None)
        return True

    def _through_code(self, node: ast.expr) -> Root | None:
        gathering = self.lowering.gathering
        gathered = gathering.gather(node, at=self.at, stop_at_steps=True, asked=self.asked)
        if len(gathered.names) + len(gathered.roots) != 1:
            gathered = gathering.gather(node, at=self.at, stop_at_steps=False, asked=self.asked)
        if self._unjoined(gathered) and self.lowering.joins.meet(node, at=self.at):
            return self.step()
        if len(gathered.names) + len(gathered.roots) != 1:
            raise refused(self.lowering.statement(self.at), self._why(gathered, node))
        if gathered.names:
            (name, at), places = next(iter(gathered.names.items()))
            self.stages.append(self._code(gathered, node, name, places))
            self._parts_within(gathered, places)
            self._go(places[0], at=at)
            return None
        root, places = next(iter(gathered.roots.values()))
        self.stages.append(self._code(gathered, node, root.name, places))
        return root

    def _unjoined(self, gathered: Gathered) -> bool:
        """Do rows come from several files, or from one call in a loop?"""
        files = [root for root, _ in gathered.roots.values()]
        once = len(files) == 1 and (bool(files[0].files) or not self.lowering.joins.repeated(files[0]))
        return bool(files) and not gathered.names and not once

    def _parts_within(self, gathered: Gathered, places: list[ast.expr]) -> None:
        """``df[:800]["age"]``: the part is taken first."""
        if gathered.parts and len(gathered.parts) != len(places):
            text = "a part of the rows is made with rows that are in no part, or in the other one"
            raise refused(self.lowering.statement(self.at), text)
        if len({part for _, part in gathered.parts}) > 1:
            raise refused(self.lowering.statement(self.at), "both parts of the rows are needed at once")
        if gathered.parts:
            self._part(*gathered.parts[0])

    def _why(self, gathered: Gathered, node: ast.expr) -> str:
        sources = [name for name, _ in gathered.names] + [
            root.name or "a loaded table" for root, _ in gathered.roots.values()
        ]
        text = ast.unparse(node)[:60]
        if not sources:
            return f"`{text}` comes from no file or dataset that the notebook reads in a way that can be followed"
        return f"`{text}` is made of several row sets ({', '.join(sources)}); level 3 follows one table from where it is read to the model"

    def _code(self, gathered: Gathered, result: ast.expr, given: str, places: list[ast.expr]) -> Code:
        self.lowering.gathering.rebind(gathered)
        statements = tuple(sorted(gathered.statements))
        around = tuple(sorted(gathered.environment))
        return Code(statements, result, self.at, given, tuple(places), around, frozenset(gathered.asides))
