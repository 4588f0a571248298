"""Every call of the chosen model after its fit: frames, scores, demonstrations, displayed attributes; and the functions that score."""

import ast
from collections.abc import Hashable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeGuard

from nb2pkg.errors import ExtractError
from nb2pkg.extract.alike import Alike
from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.columns import Columns
from nb2pkg.extract.copies import Copier
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.lane import Code, Lane, Stage, Step
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.metrics import MetricWriter
from nb2pkg.extract.nameless import Part, nameless
from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.scoring import ScoreFunction
from nb2pkg.extract.searches import PLAIN, Scorer, Searches
from nb2pkg.extract.selection import Selections
from nb2pkg.extract.text import Sources
from nb2pkg.extract.which import Which
from nb2pkg.facts.events import Predicted
from nb2pkg.facts.values import Estimator, Learning

SCORING = frozenset({"score"})
_OWN = "`{}` prepares rows with values of their own; take those of the training rows"


class Sites:
    """Finds and writes what must be replayed for one chosen fit; ``needed`` are the columns that the target is made of."""

    def __init__(
        self,
        lowering: Lowering,
        sources: Sources,
        chosen: Candidate,
        lane: Lane,
        target: Lane | None,
        search: Estimator | None = None,
        *,
        needed: frozenset[str] = frozenset(),
    ) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.chosen = chosen
        self.lane = lane
        self.target = target
        self.search = search
        self.needed = needed
        self.imports = Imports()
        self.frames: list[dict[str, object]] = []
        self.scores: list[dict[str, object]] = []
        self.scored: dict[int, ast.expr] = {}
        self.functions: list[ScoreFunction] = []
        self.readers: dict[str, Lane] = {}
        self.unscored: dict[int, str] = {}
        self.in_scores: set[int] = set()
        self.statements: dict[int, str] = {}
        self.preparing: set[int] = set()
        self.selections = Selections(lowering)
        self._predicted = {id(one.node): one for one in self._calls()}
        self.metrics = MetricWriter(lowering, sources, self.imports, self._predicted, self._is_target)

    def collect(self) -> None:
        """Fill ``frames``, ``scores`` and ``functions``."""
        fit = self.chosen.fit
        assert isinstance(fit.node, ast.Call)
        self._frame(fit.node, fit.statement, "fit", "X", self.lane)
        if self.target is not None:
            self._frame(fit.node, fit.statement, "fit", "y", self.target)
        for one in self._predicted.values():
            self._call(one)
        for score in self.facts.scores:
            own = not score.weak and not score.static and score.fits and score.fits[-1] is fit
            if own and isinstance(score.node, ast.Call):
                self._metric(score.node, score.statement)
        self._attributes()

    def _calls(self) -> Iterator[Predicted]:
        seen: set[int] = set()
        for one in self.facts.predictions:
            if one.static or not one.fits or one.fits[-1] is not self.chosen.fit or id(one.node) in seen:
                continue
            seen.add(id(one.node))
            yield one

    def _site(self, node: ast.Call, verb: str) -> str:
        owner = ast.unparse(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        return f"{self._told(node)} {owner if len(owner) < 40 else self.chosen.name}.{verb}"

    def _told(self, node: ast.expr) -> str:
        """The cell of an expression; of one in a function also the line that calls it, for there may be several."""
        called = self.sources.called_by(node)
        by = f"cell {called.cell} line {called.node.lineno} > " if called is not None else ""
        return f"{by}cell {self.sources.cell_of(node)}"

    def place(self, node: ast.AST) -> dict[str, object]:
        """Cell, line and column of an expression."""
        assert isinstance(node, ast.expr)
        return {
            "cell": self.sources.cell_of(node),
            "line": getattr(node, "lineno", 1),
            "column": self.sources.column(node),
            **self._called(node),
        }

    def _called(self, node: ast.expr) -> dict[str, object]:
        """Of an expression in a function: the statement that calls it."""
        one = self.sources.called_by(node)
        if one is None:
            return {}
        return {"called": {"cell": one.cell, "line": one.node.lineno, "end_line": one.node.end_lineno}}

    def _frame(self, node: ast.Call, statement: int, verb: str, argument: str, lane: Lane, part: str = "") -> None:
        self.frames.append(
            {
                "site": f"{self._site(node, verb)} {argument}",
                **self.place(node),
                "argument": argument,
                "part": part or lane.part,
                "slice": list(lane.cut) if lane.cut is not None else None,
                "array": lane.array,
            }
        )

    def _call(self, one: Predicted) -> None:
        assert isinstance(one.node, ast.Call)
        if one.calls:
            raise refused(self.lowering.statement(one.statement), "the model is used inside a function")
        call = self.facts.call(one.node)
        given = call.args.get("X") if call is not None else None
        if given is None:
            raise refused(self.lowering.statement(one.statement), f"what `{one.verb}` was given cannot be seen")
        self.statements[one.statement] = one.verb
        if not self.data_rows(one):
            self._demonstration(one)
            return
        lane = self.lowering.lane(given[0], at=one.statement)
        part = self._part(lane, one)
        self.preparing |= lane.statements()
        self._frame(one.node, one.statement, one.verb, "X", lane, part)
        if one.verb in SCORING:
            self._score(one, lane, part)

    def data_rows(self, one: Predicted) -> bool:
        """Are these rows that were read, rather than rows written down or made?"""
        rows = one.data.rows
        if not rows:
            return False
        own = {atom.source for atom in self.chosen.fit.rows or ()}
        return all(
            atom.source in own
            or isinstance(atom.source, tuple)
            and atom.source
            and atom.source[0] in ("file", "bundle", "load", "read")
            for atom in rows
        )

    def _part(self, lane: Lane, one: Predicted) -> str:
        if lane.resampled not in ((), self.lane.resampled):
            text = "rows that the model is only asked about are resampled; they no longer are what will be predicted"
            raise refused(self.lowering.statement(one.statement), text)
        if not lane.root.same_rows(self.lane.root):
            if lane.root.kind != "file":
                raise refused(self.lowering.statement(one.statement), "the model predicts on rows of another dataset")
            self._prepared_alike(lane, one)
            name = f"read_{snake(lane.root.name or 'other')}"
            self.readers[name] = lane
            return f"reader:{name}"
        taught = self._alike(lane, one)
        self._taught_alike(lane, taught)
        return lane.part

    def _prepared_alike(self, lane: Lane, one: Predicted) -> None:
        """Raise RefusedError where rows of another file are prepared with what was learned from themselves."""
        if [self._taught_at(step.fit) for step in lane.learned()] != [
            self._taught_at(step.fit) for step in self.lane.learned()
        ]:
            message = f"the rows of `{ast.unparse(one.node)[:40]}` do not go through the steps that the model's rows went through"
            raise refused(self.lowering.statement(one.statement), message)
        joint = self.lowering.joint
        with_values = any(stage.asides for stage in lane.stages if isinstance(stage, Code))
        told_apart = joint is not None and lane.root.load is joint.test.load
        taught = self._alike(lane, one) if with_values or told_apart else frozenset()
        own = _made_at(lane) - _made_at(self.lane) - {one.statement} - (joint.twins if joint is not None else set())
        for learning in self.facts.learnings:
            own_one = learning.statement in own and learning.node not in taught
            if own_one and not learning.static and learning.kind != "model":
                raise refused(self.lowering.statement(learning.statement), _OWN.format(learning.label[:50]))

    def _alike(self, lane: Lane, one: Predicted) -> AbstractSet[ast.AST]:
        """The values of training rows that a lane takes. Raises RefusedError where it is another than the model's."""
        alike = Alike(Columns(self.lowering), self.needed, self._before())
        with_values = any(stage.asides for stage in lane.stages if isinstance(stage, Code))
        same = alike.lanes(self.lane, lane) if with_values else self.shape(lane) == self.shape(self.lane)
        if not same:
            text = (
                f"the rows of `{ast.unparse(one.node)[:40]}` are prepared differently from those the model learned from"
            )
            raise refused(self.lowering.statement(one.statement), text)
        return alike.values

    def _taught_alike(self, lane: Lane, taught: AbstractSet[ast.AST]) -> None:
        """Raise RefusedError where rows that the model predicts on are prepared with values learned from themselves."""
        other = _made_at(lane) - _made_at(self.lane)
        for learning in self.facts.learnings:
            if (
                learning.statement in other
                and learning.statement != self.chosen.fit.statement
                and not learning.static
                and learning.kind == "statistic"
                and learning.by_hand
                and learning.rows != self.chosen.fit.rows
                and learning.node not in taught
            ):
                raise refused(self.lowering.statement(learning.statement), _OWN.format(learning.label[:50]))

    def shape(self, lane: Lane) -> list[object]:
        """What a lane does, whatever its variables are called."""
        return [lane.root.entry, *(self._stage(stage) for stage in lane.stages if self._counts(stage))]

    def _counts(self, stage: Stage) -> TypeGuard[Code | Step]:
        """Is a stage one that changes rows, other than before two files were put together?"""
        before = self._before()
        if isinstance(stage, Code) and stage.at in before and before.issuperset(stage.statements):
            return False
        return isinstance(stage, Code | Step)

    def _before(self) -> frozenset[int]:
        """What is done to two files up to where they are put together; it was found to be the same."""
        return self.lowering.joint.before if self.lowering.joint is not None else frozenset()

    def _stage(self, stage: Code | Step) -> object:
        match stage:
            case Step():
                return ("step", self._taught_at(stage.fit))
            case Code():
                lines = [index for index in stage.statements if index not in self._before()]
                parts = [Part(self._unpicked(self.lowering.statement(index).node), index) for index in lines]
                result = self._unpicked(self.lowering.without_parts(stage.result))
                return nameless(self.lowering, [*parts, Part(result, stage.at)], stage, self._taught_at)

    def _unpicked(self, node: ast.stmt | ast.expr) -> ast.stmt | ast.expr:
        """Code without the choice of the training rows of two files: for the other file there is nothing to choose."""
        picked = self.lowering.joint.picked if self.lowering.joint is not None else frozenset()
        found = [part for part in ast.walk(node) if part in picked]
        copier = Copier({})
        for part in found:
            chosen = self.selections.chosen(part)
            if chosen is not None and isinstance(part, ast.expr):
                direct = isinstance(node, ast.Assign) and node.value is part
                copier.swap(part, chosen.base, ".copy()" if direct else "")
        return copier.of(node) if found else node

    def _taught_at(self, fit: Learning) -> Hashable:
        """What tells a fit from others; both halves of what was fitted on the rows of two files at once are the same."""
        joint = self.lowering.joint
        both = joint is not None and fit.statement in joint.region | joint.twins
        return fit.place if both else id(fit)

    def _demonstration(self, one: Predicted) -> None:
        assert isinstance(one.node, ast.Call)
        self.scored[len(self.scores)] = one.node
        self.scores.append(
            {
                "site": self._site(one.node, one.verb),
                **self.place(one.node),
                "kind": "demonstration",
                "part": "all",
                "method": one.verb,
                "space": "model",
            }
        )

    def _score(self, one: Predicted, lane: Lane, part: str) -> None:
        assert isinstance(one.node, ast.Call)
        call = self.facts.call(one.node)
        given = call.args.get("y") if call is not None else None
        if given is not None:
            target = self.lowering.lane(given[0], at=one.statement)
            self._frame(one.node, one.statement, one.verb, "y", target, part)
        extra = [k for k in one.node.keywords if k.arg not in ("X", "y")]
        if extra or len(one.node.args) > 2:
            raise refused(self.lowering.statement(one.statement), "a score with weights is not carried over")
        if self.search is None:
            self._scores_as_fitted(one)
        name, text = self._scorer(one) if given is not None else ("score", "pipeline.score(rows)")
        self._scored(one.node, name, text, part, lane, "score")
        self.in_scores.add(one.statement)

    def _scorer(self, one: Predicted) -> Scorer:
        """How a search scores, where the notebook asks the search itself; else how what it found does."""
        func = one.node.func if isinstance(one.node, ast.Call) else None
        if self.search is None or not isinstance(func, ast.Attribute):
            return PLAIN
        if Which(self.facts).found_by_search(func.value, at=one.statement):
            return PLAIN
        return Searches(self.lowering).scorer(self.search, self.imports) or PLAIN

    def _scores_as_fitted(self, one: Predicted) -> None:
        """Raise RefusedError where what a search found scores in its own way, and the search in another."""
        node = self.chosen.estimator.node
        own = isinstance(node, ast.Call) and any(k.arg in ("scoring", None) for k in node.keywords)
        func = one.node.func if isinstance(one.node, ast.Call) else None
        if own and isinstance(func, ast.Attribute) and Which(self.facts).found_by_search(func.value, at=one.statement):
            text = ast.unparse(func)[:40]
            reason = f"`{text}` scores as the model does, and the search that found it has a scoring of its own"
            raise refused(self.lowering.statement(one.statement), reason)

    def _scored(self, node: ast.Call, name: str, text: str, part: str, lane: Lane, kind: str) -> None:
        known = next((function for function in self.functions if function.text == text), None)
        if known is None:
            known = ScoreFunction(unused(name, {function.name for function in self.functions}), text)
            self.functions.append(known)
        self.scored[len(self.scores)] = node
        self.scores.append(
            {
                "site": self._site(node, "score") if kind == "score" else f"{self._told(node)} {name}",
                **self.place(node),
                "kind": kind,
                "part": part,
                "name": known.name,
                "slice": list(lane.cut) if lane.cut is not None else None,
                "space": "model",
            }
        )

    # ---- metrics

    def _metric(self, node: ast.Call, statement: int) -> None:
        call = self.facts.call(node)
        row = call.row if call is not None else None
        if call is None or getattr(row, "role", "") != "metric" or call.receiver is not None:
            return
        try:
            self._write_metric(node, statement, call.name, getattr(row, "truth", ""), getattr(row, "prediction", ""))
        except ExtractError as error:
            self.unscored[statement] = f"the metric is not carried over: {error}"

    def _write_metric(self, node: ast.Call, statement: int, name: str, truth: str, prediction: str) -> None:
        text, lanes = self.metrics.text(node, statement, name, truth, prediction)
        parts = {lane.part for lane in lanes}
        if not lanes or len(parts) != 1 or len({lane.cut for lane in lanes}) != 1:
            raise refused(self.lowering.statement(statement), "truth and prediction are of different rows")
        short = name.rpartition(".")[2]
        self._scored(node, short, text, parts.pop(), lanes[0], "metric")
        self.statements.setdefault(statement, short)
        self.in_scores |= self.metrics.followed

    def _is_target(self, lane: Lane) -> bool:
        return self.target is not None and self.shape(lane)[:1] == self.shape(self.target)[:1]

    # ---- attributes

    def _attributes(self) -> None:
        """Fitted attributes that the notebook shows: ``model.coef_``."""
        fit = self.chosen.fit
        later = [
            one.statement for one in self.facts.fits if one.estimator is fit.estimator and one.statement > fit.statement
        ]
        end = min(later, default=len(self.facts.program.statements))
        for statement in self.facts.program.statements[fit.statement + 1 : end]:
            for node in _fitted_attributes(statement.node):
                if self.facts.value(node.value) is fit.estimator:
                    self._attribute(node, statement.index)

    def _attribute(self, node: ast.Attribute, statement: int) -> None:
        self.statements.setdefault(statement, node.attr)
        self.scored[len(self.scores)] = node
        self.scores.append(
            {
                "site": f"cell {self.sources.cell_of(node)} {ast.unparse(node)}",
                **self.place(node),
                "kind": "attribute",
                "part": "all",
                "attribute": node.attr,
                "space": "model",
            }
        )


def _made_at(lane: Lane) -> set[int]:
    """The statements that prepare the rows of a lane."""
    codes = [stage for stage in lane.stages if isinstance(stage, Code)]
    return {index for code in codes for index in (*code.statements, code.at)}


def _fitted_attributes(statement: ast.stmt) -> Iterator[ast.Attribute]:
    """``x.coef_`` and its like, wherever in the statement."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and node.attr.endswith("_") and not node.attr.startswith("_"):
            yield node
