"""Plan a package: choose the model, lower its rows, write the notebook's modules, and account for every statement.

The steps of one plan: ``candidates`` > ``choose`` > lanes of X and y > ingestion, target, split, features, model > sites > ledger.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nb2pkg.extract.accounted import place_what_is_read
from nb2pkg.extract.beside import choices_beside
from nb2pkg.extract.choose import Candidate, better, candidates, choose, listed
from nb2pkg.extract.connected import check_own_file
from nb2pkg.extract.corrections import Correction, corrections
from nb2pkg.extract.dependencies import dependencies
from nb2pkg.extract.draws import Draw
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.extraction import Told, extraction
from nb2pkg.extract.features import FeatureWriter
from nb2pkg.extract.hand_split import HandSplitWriter
from nb2pkg.extract.handover import Modules, shown
from nb2pkg.extract.ingestion import IngestionWriter
from nb2pkg.extract.joining_code import JoiningCode, check_whole
from nb2pkg.extract.joint import check_joint, check_uses, own_types
from nb2pkg.extract.lane import Joint, Lane
from nb2pkg.extract.ledger import entries
from nb2pkg.extract.left_out import check_bound_once, check_left_out, check_taken
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.modules import pipeline_module, preprocessing_module, prune
from nb2pkg.extract.numbered import check_numbers
from nb2pkg.extract.outputs import read_outputs
from nb2pkg.extract.pieces import RENUMBERED, Pieces
from nb2pkg.extract.placing import PIPELINE, PREPROCESSING, SCORES, Placing
from nb2pkg.extract.plots.leaves import Package
from nb2pkg.extract.plots.planning import REPORTS, Reports, reports
from nb2pkg.extract.prepared import Prepared, prepare
from nb2pkg.extract.prose import Words, about, title
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.rewritten import rewritten
from nb2pkg.extract.row_labels import check_labels
from nb2pkg.extract.scoring import scores_module
from nb2pkg.extract.seeds import global_seed
from nb2pkg.extract.selecting import SelectionWriter
from nb2pkg.extract.settings import Settings
from nb2pkg.extract.sharing import share_lists
from nb2pkg.extract.sites import Sites
from nb2pkg.extract.splitting import SplitWriter
from nb2pkg.extract.steps import StepWriter
from nb2pkg.extract.strata import Strata
from nb2pkg.extract.target import TargetWriter
from nb2pkg.extract.text import Sources
from nb2pkg.extract.tidy import tidy
from nb2pkg.extract.together import together
from nb2pkg.extract.watching import watching
from nb2pkg.extract.which import Which
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Learning
from nb2pkg.graphs.as_svg import render
from nb2pkg.graphs.drawing import draw
from nb2pkg.notebook import Notebook


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan that can be written: the hand-over, and what the terminal tells."""

    modules: Modules
    chosen: Candidate
    rivals: tuple[Candidate, ...]
    found: tuple[Candidate, ...]
    corrections: tuple[Correction, ...]
    notebook: Notebook | None = None


def plan(notebook: str, *, name: str, model: str | None, further: Sequence[str] = ()) -> Plan:
    """Plan the package of a notebook, and of those that run after it. Raises ExtractError with what to repair first."""
    return plan_of(prepare(notebook, further=further), notebook, name=name, model=model)


def plan_of(prepared: Prepared, notebook: str, *, name: str, model: str | None) -> Plan:
    """The plan of a notebook that was prepared. Raises ExtractError where level 3 cannot be reached."""
    prepared = prepared.for_raw_rows()
    if prepared.doubt:
        every = candidates(prepared.facts, read_outputs(prepared.notebook))
        fit = choose(prepared.facts, every, wanted=model).fit
        for statement in (fit.statement, *_asked(prepared.facts, fit)):
            prepared.check(statement)
    facts = rewritten(prepared.facts, prepared.packs)
    found = _planned(facts, prepared.packs, notebook, name, model)
    made = sorted((*found.corrections, *prepared.corrections), key=lambda one: (one.cell, one.line))
    modules = prepared.finished(found.modules)
    return replace(found, modules=modules, corrections=tuple(made), notebook=prepared.notebook)


def _asked(facts: Facts, fit: Learning) -> Iterator[int]:
    """The statements that ask a fitted model, and those that score what it answers."""
    yield from (one.statement for one in facts.predictions if one.fits and one.fits[-1] is fit)
    yield from (one.statement for one in facts.scores if one.fits and one.fits[-1] is fit)


def _planned(facts: Facts, packs: Sequence[str] | None, notebook: str, name: str, model: str | None) -> Plan:
    """The plan with a train file and a test file apart where they are prepared as one table, else of the notebook as it stands."""
    refusal: RefusedError | None = None
    try:
        apart = together(facts, packs)
        if apart is not None:
            return Planner(apart.facts, notebook, name, apart.joint).plan(model)
    except RefusedError as error:
        refusal = error
    try:
        return Planner(facts, notebook, name).plan(model)
    except RefusedError as error:
        raise refusal or error from error


class Planner:
    """Plans one package, part by part; ``joint`` tells of rows of two files that are prepared as one table."""

    def __init__(self, facts: Facts, notebook: str, name: str, joint: Joint | None = None) -> None:
        self.facts = facts
        self.notebook = notebook
        self.name = name
        self.sources = Sources(facts.program)
        self.lowering = Lowering(facts)
        self.lowering.joint = joint
        self.pieces = Pieces(Settings(global_seed(facts)), Words(facts.program.notebook))
        self.estimators = EstimatorWriter(self.lowering, self.pieces.pipeline, self.pieces.settings)
        self.features = FeatureWriter(self.lowering, self.sources, self.pieces, self.estimators)
        self.ingestion = IngestionWriter(self.lowering, self.sources, self.pieces)
        self.selection = SelectionWriter(self.lowering, self.sources, self.pieces, self.features.columns)
        self.target = TargetWriter(self.lowering, self.sources, self.pieces)
        self.watching: frozenset[str] = frozenset()
        self.steps = StepWriter(self.lowering, self.pieces, self.estimators, self.features, self.ingestion, self.target)

    def plan(self, wanted: str | None) -> Plan:
        """The whole plan."""
        found = candidates(self.facts, read_outputs(self.facts.program.notebook))
        chosen = choose(self.facts, found, wanted=wanted)
        if chosen.estimator.kind == "network":
            trained = "the network is trained by a loop of the notebook's own, and a Pipeline by one call of `fit`"
            raise refused(self.facts.program.statements[chosen.fit.statement], trained)
        chosen = Which(self.facts).chosen(chosen, found)
        found = listed(found)
        self.lowering.learned_by(chosen.fit)
        x, y = self._lanes(chosen)
        self.lowering.beside = choices_beside(self.lowering, (x, y))
        self._rows(x, y)
        draws, splits = self._split(chosen, x, y)
        self.steps.lane(x, self.bundled_target)
        model_steps = self.steps.model(chosen)
        sites = Sites(self.lowering, self.sources, chosen, x, y, self.steps.search, needed=self.target.needed)
        sites.collect()
        if splits is not None:
            splits.finish(self._parts_used(sites))
        check_uses(self.lowering, chosen.fit)
        self._readers(sites)
        made = corrections(
            self.lowering,
            self.sources,
            self.pieces,
            self.estimators,
            self.ingestion,
            chosen,
            x,
            sites,
            draws=draws,
            selected=self.selection.unseeded,
        )
        placing = Placing(self.lowering, self.pieces, self.features.columns, frozenset(self.target.needed))
        placing.passed(x, y)
        placing.rest(chosen.fit, sites)
        self._place_renumbered()
        placing.search()
        check_left_out(self.facts, self.pieces, chosen.fit.statement)
        check_taken(self.facts, self.pieces)
        if self.ingestion.numbered:
            check_numbers(self.facts, self.pieces)
        place_what_is_read(self.facts, self.pieces)
        check_bound_once(self.facts, self.pieces)
        self._functions()
        share_lists(self.facts, self.pieces)
        prune(self.pieces)
        drawn = reports(self._package(chosen, sites, model_steps), self.sources, made, self.name)
        ledger = entries(self.facts, self.pieces, chosen, found, sites, self.name, drawn)
        told = Told(chosen, found, made, ledger, x, model_steps, self.watching)
        content = extraction(self.name, self.facts.program.notebook, told, self.pieces, self.ingestion, sites)
        return Plan(self._modules(chosen, sites, content, x, drawn), chosen, better(chosen, found), found, tuple(made))

    # ---- rows

    def _lanes(self, chosen: Candidate) -> tuple[Lane, Lane | None]:
        fit = chosen.fit
        statement = self.lowering.statement(fit.statement)
        if getattr(chosen.estimator.row, "transductive", False):
            reason = f"{chosen.estimator.short} has answers only for the rows it is fitted on; nothing can predict later ones"
            raise refused(statement, reason)
        if fit.calls:
            raise refused(statement, "the model is fitted inside a function")
        call = self.facts.call(fit.node)
        given = call.args if call is not None else {}
        rows = given.get("X")
        if rows is None:
            raise refused(statement, "what the model is fitted on cannot be seen")
        self.watching = watching(chosen, given)
        extra = set(given) - {"X", "y"} - self.watching
        if extra:
            raise refused(statement, f"`{', '.join(sorted(extra))}` of the fit is not carried over")
        if self.watching:
            told = f"`{', '.join(sorted(self.watching))}` of the fit only watches it; the package scores held-out rows after the fit."
            self.pieces.notes.append(told)
        x = self.lowering.lane(rows[0], at=fit.statement)
        y = self.lowering.lane(given["y"][0], at=fit.statement) if "y" in given else None
        if y is not None and (not y.root.same_rows(x.root) or _parts(y) != _parts(x) or y.resampled != x.resampled):
            raise refused(statement, "rows and target come from different places")
        if self.lowering.roots.joined:
            self.features.columns.labels.follow()
        check_labels(self.lowering, (x, y))
        if x.root.files:
            self._joined(x)
        if x.cut is not None:
            raise refused(statement, "the model is fitted on a slice of rows; split with train_test_split first")
        return x, y

    def _joined(self, x: Lane) -> None:
        """Tell that raw rows are rows of a joined table. Raises RefusedError where the files are taken apart again."""
        stacked = JoiningCode(self.facts, self.lowering.roots, self.lowering.gathering, x.root).stacked()
        if x.split is not None and x.split.by_hand:
            check_whole(self.facts, x.root, x.split.statement, stacked=stacked)
        cells = sorted({self.lowering.statement(index).cell for index in x.root.building})
        where = f"cell {cells[-1]} joins" if len(cells) == 1 else f"cells {cells[0]} to {cells[-1]} join"
        self.pieces.served = f"Raw rows are rows of `{x.root.name}`, the table that {where} from several files; `predict` takes such rows."

    def _split(self, chosen: Candidate, x: Lane, y: Lane | None) -> tuple[list[Draw], SplitWriter | None]:
        """Write the split; the draws in it that have no seed, and the writer of one that calls make."""
        strata = Strata(self.lowering, self.sources, self.pieces, self.target, x, y)
        if x.split is None or not x.split.by_hand:
            writer = SplitWriter(self.lowering, self.pieces, strata)
            return writer.write(x.splits), writer
        asked = [one for one in self.facts.predictions if one.fits and one.fits[-1] is chosen.fit and not one.static]
        calls = [(call, one.statement) for one in asked if (call := self.facts.call(one.node)) and "X" in call.args]
        lanes = [self.lowering.lane(call.args["X"][0], at=at) for call, at in calls]
        held_out = next((lane for lane in lanes if lane.part == "test"), None)
        if held_out is None:
            statement = self.lowering.statement(chosen.fit.statement)
            raise refused(statement, "rows are parted by hand, and the model is asked about none that were held out")
        by_hand = HandSplitWriter(self.lowering, self.sources, self.pieces, self.target, x, strata)
        return by_hand.write(x.split, held_out), None

    def _parts_used(self, sites: Sites) -> set[str]:
        """The parts of the rows that a step learned from, or that the model was asked about."""
        asked = {str(entry["part"]) for entry in (*sites.frames, *sites.scores)}
        for index in self.lowering.parted_at:
            self.pieces.place(index, "split", PREPROCESSING, "split_rows")
        return asked | {step.rows for step in self.pieces.steps if step.verb != "none"}

    def _rows(self, x: Lane, y: Lane | None) -> None:
        self.bundled_target = self._bundled_target(x, y)
        check_own_file(self.facts, self._raw_root(x, y).load)
        joint = self.lowering.joint
        if joint is None:
            self.ingestion.raw(self._raw_root(x, y), self.bundled_target)
        self.pieces.preprocessing.add("pandas", "pd")
        self.selection.write(x, y)
        self.target.write(y, self.bundled_target)
        if joint is not None:
            check_joint(self.lowering, joint, x, needed=self.target.needed)
            self.ingestion.both(joint, own=own_types(joint, y, self.target.needed))

    @staticmethod
    def _raw_root(x: Lane, y: Lane | None):  # type: ignore[no-untyped-def]
        return y.root if y is not None and x.root.entry != "frame" and y.root.entry == "frame" else x.root

    def _bundled_target(self, x: Lane, y: Lane | None) -> str | None:
        """The column that holds the target of a bundled dataset; None for files."""
        if x.root.kind != "bundle":
            return None
        framed = self._raw_root(x, y)
        added = self.ingestion.added(framed) if framed.entry == "frame" else []
        if y is not None and y.root.entry == "frame":
            return None if added else "target"
        return self._assigned_target(framed, added) or "target"

    def _assigned_target(self, framed, added: list[str]) -> str | None:  # type: ignore[no-untyped-def]
        """The added column that is the dataset's target as it is."""
        for index in framed.building:
            node = self.facts.program.statements[index].node
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
                root = next(
                    (
                        r
                        for part in ast.walk(node.value)
                        if isinstance(part, ast.expr) and (r := self.lowering.roots.of(part, at=index))
                    ),
                    None,
                )
                key = node.targets[0].slice
                if root is not None and root.entry == "target" and isinstance(key, ast.Constant):
                    return str(key.value)
        return None

    # ---- sites, ledger, texts

    def _readers(self, sites: Sites) -> None:
        joint = self.lowering.joint
        for name, lane in sites.readers.items():
            check_own_file(self.facts, lane.root.load)
            if joint is not None and lane.root.load is joint.test.load:
                continue
            self.ingestion.reader(name, lane.root, '"""Read rows that the notebook only predicts on."""')

    def _place_renumbered(self) -> None:
        """Statements that only number the rows anew; one that other code stands with is placed already."""
        labels = self.features.columns.labels
        for statement in self.facts.program.statements:
            if labels.only_renumbers(statement.node):
                self.pieces.unread[statement.index] = RENUMBERED

    def _package(self, chosen: Candidate, sites: Sites, model_steps: int) -> Package:
        """The package as figures see it."""
        return Package(self.lowering, self.pieces, self.ingestion, sites, chosen, model_steps)

    def _functions(self) -> None:
        """The notebook's own functions that an estimator is made with."""
        for name, statement in self.estimators.functions:
            self.pieces.from_preprocessing.add(name)
            self.pieces.blocks.append(self.sources.of(self.facts.program.statements[statement].node))
        for asked in self.estimators.asked.values():
            self.pieces.from_preprocessing.add(asked.name)
            self.pieces.blocks.append(asked.text)
            self.pieces.preprocessing.of([asked.node], self.facts)
            self.pieces.preprocessing.add("pandas", "pd")
            self.pieces.place(asked.statement, "transformer", PREPROCESSING, asked.name)

    def _modules(
        self, chosen: Candidate, sites: Sites, extraction: dict[str, object], x: Lane, drawn: Reports
    ) -> Modules:
        files = {
            "data/ingestion.py": tidy(self.ingestion.module(self.name)),
            PREPROCESSING: tidy(preprocessing_module(self.name, self.pieces)),
            PIPELINE: tidy(pipeline_module(self.name, self.pieces, encoded=self.target.encoding.encoded)),
            SCORES: tidy(scores_module(sites.functions, sites.imports, supervised=chosen.fit.target is not None)),
        }
        required = dependencies(self.name, files.values())
        figures = {REPORTS: drawn.text} if drawn.text else {}
        return Modules(
            name=self.name,
            title=title(self.facts.program.notebook, otherwise=self.name.replace("_", " ").capitalize()),
            about=about(self.facts.program.notebook),
            notebook=Path(self.notebook).name,
            level=3,
            files=files | figures,
            extraction=extraction,
            config=self.pieces.settings.fields,
            seed=self.pieces.settings.seed,
            own_seed=self.pieces.settings.own_seed,
            dependencies=required,
            report_dependencies=tuple(sorted({*dependencies(self.name, figures.values())} - {*required})),
            bundled=x.root.kind == "bundle",
            searches=self.pieces.searches,
            model=chosen.estimator.cls,
            notes=tuple(self.pieces.notes),
            served=self.pieces.served,
            cells=shown(self.facts.program.notebook),
            graph=render(draw(self.facts)),
        )


def _parts(lane: Lane) -> tuple[str, list[bool]]:
    """Which part the rows of a lane are, and how they were parted."""
    return lane.whole_part, [split.by_hand for split in lane.splits]
