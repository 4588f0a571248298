"""Every call of the chosen model after its fit: frames, scores, demonstrations, displayed attributes; and the functions that score."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.errors import ExtractError
from nb2pkg.extract.asked_rows import AskedRows
from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.lane import Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.metrics import MetricWriter
from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.roots_of_metrics import Root, Roots
from nb2pkg.extract.scoring import ScoreFunction
from nb2pkg.extract.searches import PLAIN, Scorer, Searches
from nb2pkg.extract.text import Sources
from nb2pkg.extract.which import Which
from nb2pkg.facts.events import Predicted
from nb2pkg.facts.values import Estimator

SCORING = frozenset({"score"})
NAMING = "pandas.get_dummies"
COMPARING = "sklearn."
_OWN = "`{}` prepares rows with values of their own; take those of the training rows"


class Measured(NamedTuple):
    """A metric that the package computes: its short name, its text, and the rows it is about."""

    short: str
    text: str
    part: str
    lane: Lane


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
        self.in_scores: dict[int, str] = {}
        self.statements: dict[int, str] = {}
        self.preparing: set[int] = set()
        self.asked = AskedRows(lowering, chosen, lane, needed)
        self._predicted = {id(one.node): one for one in self._calls()}
        self.metrics = MetricWriter(lowering, sources, self.imports, self._predicted, self._is_target)
        self.roots = Roots(self.facts)
        self.measured: dict[int, Measured] = {}

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
        for root in self.roots.all():
            self._root_of_name(root)
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
            self.asked.check(lane, one)
            name = f"read_{snake(lane.root.name or 'other')}"
            self.readers[name] = lane
            return f"reader:{name}"
        self.asked.check(lane, one)
        return lane.part

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
        self.in_scores.setdefault(one.statement, self._scored(one.node, name, text, part, lane, "score"))

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

    def _scored(self, node: ast.Call, name: str, text: str, part: str, lane: Lane, kind: str) -> str:
        """Keep a score, and give the name of the package's function for it."""
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
        return known.name

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
        parts = {self._scored_part(lane, statement) for lane in lanes}
        if not lanes or len(parts) != 1 or len({lane.cut for lane in lanes}) != 1:
            raise refused(self.lowering.statement(statement), "truth and prediction are of different rows")
        found = Measured(name.rpartition(".")[2], text, parts.pop(), lanes[0])
        self.measured[id(node)] = found
        root = self.roots.around(node)
        function = self._keep(found, node, statement) if root is None else self._keep_root(found, root)
        self.in_scores = dict.fromkeys(self.metrics.followed, function) | self.in_scores

    def _keep(self, found: Measured, node: ast.Call, statement: int) -> str:
        self.statements.setdefault(statement, found.short)
        return self._scored(node, found.short, found.text, found.part, found.lane, "metric")

    def _keep_root(self, found: Measured, root: Root) -> str:
        text = f"{self.imports.add('numpy', 'np')}.sqrt({found.text})"
        return self._keep(Measured(f"root_{found.short}", text, found.part, found.lane), root.node, root.statement)

    def _root_of_name(self, root: Root) -> None:
        """The square root of a metric that was given a name before."""
        made = self.metrics.made_of(root.of, root.statement) if isinstance(root.of, ast.Name) else None
        found = self.measured.get(id(made))
        if found is not None:
            self.in_scores.setdefault(root.statement, self._keep_root(found, root))

    def _scored_part(self, lane: Lane, statement: int) -> str:
        """The rows that a metric is about: a part of those that were learned from, or another file that the model was asked about."""
        if lane.root.same_rows(self.lane.root):
            return lane.part
        readers = (name for name, other in self.readers.items() if lane.root.same_rows(other.root))
        name = next(readers, None)
        if name is None or lane.part != "all":
            raise refused(self.lowering.statement(statement), "the metric is about rows of another dataset")
        return f"reader:{name}"

    def _is_target(self, lane: Lane) -> bool:
        return self.target is not None and self.asked.shape(lane)[:1] == self.asked.shape(self.target)[:1]

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


def _fitted_attributes(statement: ast.stmt) -> Iterator[ast.Attribute]:
    """``x.coef_`` and its like, wherever in the statement."""
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and node.attr.endswith("_") and not node.attr.startswith("_"):
            yield node
