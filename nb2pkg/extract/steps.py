"""Write the steps of the pipeline: what the lane goes through in its order, then the model."""

import ast
import itertools
from pathlib import Path

from nb2pkg.errors import ExtractError
from nb2pkg.extract.arrays import bundled_columns
from nb2pkg.extract.changing import refuse_changed
from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.features import FeatureWriter
from nb2pkg.extract.ingestion import IngestionWriter
from nb2pkg.extract.lane import Code, Lane, Resample, Split, Stage, Step
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.pieces import RESAMPLER, Pieces, PipelineStep
from nb2pkg.extract.placing import TRAIN
from nb2pkg.extract.raw_columns import needs
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.registry import RegistryWriter
from nb2pkg.extract.searches import Searches
from nb2pkg.extract.stretch import EVERYTHING, Needs, Stretch
from nb2pkg.extract.target import TargetWriter
from nb2pkg.facts.values import Estimator

PIPELINE = "model/pipeline.py"

IN_FOLDS = (
    "The search cuts its folds from rows that these have learned from already, in the notebook and in the package alike: {}. "
    "So the best score is somewhat too kind. They are learned anew in each fold where a Pipeline with them is what is searched."
)


class StepWriter:
    """Writes the steps of one lane and its model into ``pieces``."""

    def __init__(
        self,
        lowering: Lowering,
        pieces: Pieces,
        estimators: EstimatorWriter,
        features: FeatureWriter,
        ingestion: IngestionWriter,
        target: TargetWriter,
    ) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.pieces = pieces
        self.estimators = estimators
        self.features = features
        self.ingestion = ingestion
        self.target = target
        self.search: Estimator | None = None

    def lane(self, lane: Lane, bundled_target: str | None) -> None:
        """The steps that rows go through on their way to the model; ``bundled_target`` is the target's column in a bundled dataset."""
        stages = list(lane.stages)
        needed = self.target.needed | ({bundled_target} if bundled_target and lane.root.entry != "frame" else set())
        subject = self._subject(lane)
        answer = self.target.answer | needed - self.target.needed
        rows, first, division = "all", True, self.lowering.division
        parts: tuple[str, ...] = ()
        array = lane.root.entry == "data"
        if lane.root.entry == "data":
            code = stages.pop(0) if stages and isinstance(stages[0], Code) else None
            bundled_columns(
                self.features,
                code if isinstance(code, Code) else None,
                sorted(needed | {bundled_target or "target"}),
            )
            first = False
        elif not isinstance(next((one for one in stages if not isinstance(one, Split)), None), Code):
            self._whole_table(lane, needed, bundled_target)
            first = False
        raw = self._needs(stages, needed, answer) if first else EVERYTHING
        for position, stage in enumerate(stages):
            match stage:
                case Split():
                    parts = (*parts, stage.part)
                    rows = division.part(parts) if division is not None and not stage.by_hand else stage.part
                    continue
                case Code():
                    numbered = self.target.positional
                    kept = frozenset(needed)
                    last = not any(isinstance(one, Code) for one in stages[position + 1 :])
                    self.features.write(Stretch(stage, rows, kept, first, subject, answer, numbered, raw, array, last))
                    array = array or lane.array or _is_array(stage.result)
                    array = array and self.lowering.name(stage.result) != "pandas.DataFrame"
                case Step():
                    self._transformer(stage, lane)
                    raw, array = EVERYTHING, True
                case Resample():
                    self._resampler(stage, rows)
                    rows, raw = "resampled", EVERYTHING
            first = False
        if not self.pieces.steps:
            raise ExtractError("no step was found")

    def _needs(
        self, stages: list[Stage], needed: frozenset[str] | set[str], answer: frozenset[str] | set[str]
    ) -> Needs:
        """What the table needs of raw rows until the first step takes it whole."""
        tabled = itertools.takewhile(lambda stage: not isinstance(stage, Step | Resample), stages)
        codes = [stage for stage in tabled if isinstance(stage, Code)]
        return needs(self.lowering, self.features.sources, codes, target=frozenset(needed), answer=frozenset(answer))

    def _whole_table(self, lane: Lane, needed: set[str] | frozenset[str], target: str | None) -> None:
        framed = self.ingestion.added(lane.root) if lane.root.kind == "bundle" else []
        gone = sorted({target} if target and target not in framed else set())
        if not gone and needed:
            raise ExtractError(
                f"the model learns from the whole table, its target {', '.join(sorted(needed))} included"
            )
        given = lane.root.name or "rows"
        result = (
            f"[column for column in {given}.columns if column not in {gone!r}]" if gone else f"list({given}.columns)"
        )
        self.features.picking.asked(given, [], result)

    def _subject(self, lane: Lane) -> str:
        if lane.root.kind == "file":
            return snake(Path(self.ingestion.loads[0].path).stem, fallback="table")
        call = self.facts.call(lane.root.load)
        return (
            snake(call.name.rpartition(".")[2].removeprefix("load_").removeprefix("fetch_"))
            if call is not None
            else "table"
        )

    def _transformer(self, step: Step, lane: Lane) -> None:
        taken = {one.name for one in self.pieces.steps}
        short = snake(step.estimator.short)
        owner = snake(step.name) if step.name.isidentifier() and len(step.name) > 2 else short
        owner = owner if owner not in taken else unused(short, taken)
        fitted = self.facts.call(step.fit.node)
        given = next(iter(fitted.args.values()), None) if fitted is not None else None
        if given is None:
            raise refused(
                self.lowering.statement(step.fit.statement), "what the transformer is fitted on cannot be seen"
            )
        self.estimators.fitted_on(step.estimator, given[0], at=step.fit.statement)
        text = self.estimators.write(step.estimator, owner=owner, at=step.fit.statement)
        joint = self.lowering.joint
        learned_from = self.lowering.lane(given[0], at=step.fit.statement)
        rows = learned_from.part
        if joint is not None and self.lowering.sees_both(step.fit.statement):
            rows = joint.rows
        elif not learned_from.root.same_rows(lane.root):
            text = f"`{step.name}` is fitted on rows of another dataset than the model"
            raise refused(self.lowering.statement(step.fit.statement), text)
        place = step.fit.place
        kind = step.fit.kind
        self.pieces.steps.append(
            PipelineStep(owner, text, rows, step.fit.verb or "fit", kind, place.cell, place.line, step.estimator.short)
        )
        for index in {step.statement, step.fit.statement, self._made(step.estimator.node)}:
            if index is not None:
                self.pieces.place(index, "transformer", PIPELINE, "build_pipeline")

    def _resampler(self, stage: Resample, rows: str) -> None:
        """A step that acts on training rows alone."""
        if not self.pieces.steps:
            raise refused(
                self.lowering.statement(stage.statement), "rows are resampled before anything is made of them"
            )
        taken = {one.name for one in self.pieces.steps}
        owner = snake(stage.estimator.short)
        text = self.estimators.write(stage.estimator, owner=owner, at=stage.statement)
        statement = self.lowering.statement(stage.statement)
        name = owner if owner not in taken else f"{owner}_rows"
        line = stage.call.lineno
        self.pieces.steps.append(PipelineStep(name, text, rows, "resample", RESAMPLER, statement.cell, line, owner))
        for index in {stage.statement, self._made(stage.estimator.node)}:
            if index is not None:
                self.pieces.place(index, "transformer", PIPELINE, "build_pipeline")

    def _made(self, node: ast.AST) -> int | None:
        return next(
            (s.index for s in self.facts.program.statements if any(part is node for part in ast.walk(s.node))), None
        )

    def model(self, chosen: Candidate) -> int:
        """The model as the last steps; how many they are."""
        statement = self.lowering.statement(chosen.fit.statement)
        node = chosen.estimator.node
        made = self._made(node)
        if made is not None:
            self.pieces.place(made, "model", PIPELINE, "build_pipeline")
        self.pieces.place(statement.index, "model", *TRAIN)
        fitted = self.facts.call(chosen.fit.node)
        if fitted is not None and "X" in fitted.args:
            self.estimators.fitted_on(chosen.estimator, fitted.args["X"][0], at=statement.index)
        owner = "model"
        text = RegistryWriter(self.lowering, self.pieces, self.estimators).write(chosen, owner=owner)
        flat = self._flat(chosen, made) if text is None else []
        self._search(chosen.estimator, tuple(self.pieces.tried.values()), flat=bool(flat))
        if flat:
            self.pieces.steps += flat
            return len(flat)
        text = text or self.estimators.write(chosen.estimator, owner=owner, at=statement.index)
        self.pieces.steps.append(PipelineStep(owner, text))
        return 1

    def _search(self, model: Estimator, entered: tuple[Estimator, ...], *, flat: bool) -> None:
        """Tell whether the model is searched for, by a command of its own or each time it is trained."""
        searches = Searches(self.lowering)
        ends = self.facts.value(_last_step(model.node)) if flat else model
        last = ends if isinstance(ends, Estimator) else model
        self.pieces.searches = searches.kept(last, entered)
        if self.pieces.searches:
            self.search = last
        elif why := searches.why_not(model, entered):
            self.pieces.notes.append(why)
        if last.kind == "search" and (learned := [one for one in self.pieces.steps if one.verb != "none"]):
            told = ", ".join(f"{one.label} (cell {one.cell}, line {one.line})" for one in learned)
            self.pieces.notes.append(IN_FOLDS.format(told))

    def _flat(self, chosen: Candidate, made: int | None) -> list[PipelineStep]:
        """The steps of the notebook's own Pipeline, where it lists them."""
        node = chosen.estimator.node
        if chosen.estimator.cls != "sklearn.pipeline.Pipeline" or not isinstance(node, ast.Call) or made is None:
            return []
        given = _steps_of(node)
        others = [k for k in node.keywords if k.arg not in ("steps", "verbose")]
        if not isinstance(given, ast.List) or others:
            return []
        steps = []
        for item in given.elts:
            if not (isinstance(item, ast.Tuple) and len(item.elts) == 2 and isinstance(item.elts[0], ast.Constant)):
                return []
            steps.append((str(item.elts[0].value), item.elts[1]))
        if {name for name, _ in steps} & {step.name for step in self.pieces.steps}:
            return []
        refuse_changed(self.facts, chosen.estimator, at=chosen.fit.statement)
        return [PipelineStep(name, self.estimators.expression(one, at=made, owner=snake(name))) for name, one in steps]


def _steps_of(node: ast.Call) -> ast.expr | None:
    """The steps that a Pipeline was made with."""
    return node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "steps"), None)


def _last_step(node: ast.AST) -> ast.AST:
    """The expression of the last step of a Pipeline that lists its steps."""
    given = _steps_of(node) if isinstance(node, ast.Call) else None
    last = given.elts[-1] if isinstance(given, ast.List) and given.elts else None
    return last.elts[1] if isinstance(last, ast.Tuple) else node


def _is_array(node: ast.expr) -> bool:
    """Does an expression turn its table into an array?"""
    match node:
        case ast.Attribute(attr="values") | ast.Call(func=ast.Attribute(attr="to_numpy")):
            return True
        case _:
            return isinstance(node, ast.Call) and not isinstance(node.func, ast.Attribute | ast.Name)
