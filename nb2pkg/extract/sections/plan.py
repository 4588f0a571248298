"""Plan a package below level 3: the notebook's statements as functions by section, in the notebook's order.

statements > names > imports and definitions that stand alone > sections > what crosses them > texts > ledger
"""

import ast
from collections.abc import Sequence
from pathlib import Path

import libcst

from nb2pkg.extract.answers import Answer
from nb2pkg.extract.extraction import code_hash
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.handover import shown as shown_cells
from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.prose import about, title
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections import running, writing
from nb2pkg.extract.sections.asked import Asked
from nb2pkg.extract.sections.bodies import FUNCTIONS, REPORTS, SECTIONS, BodyWriter, Place
from nb2pkg.extract.sections.cutting import last_fitting
from nb2pkg.extract.sections.definitions import stand_alone, with_given
from nb2pkg.extract.sections.faults import faults
from nb2pkg.extract.sections.fitting import FitPoint
from nb2pkg.extract.sections.flow import Crossing, bound_first, calls_at_once, crossings, refuse_rebound
from nb2pkg.extract.sections.formulas import formulas, reading_formulas, with_readers
from nb2pkg.extract.sections.grouping import NUMBERING, Section, by_stage, group, name_from
from nb2pkg.extract.sections.imports import hoist_imports
from nb2pkg.extract.sections.kinds import kinds
from nb2pkg.extract.sections.making import made_with, network_module, refuse_inner_classes
from nb2pkg.extract.sections.paths import constants, path_edits
from nb2pkg.extract.sections.records import corrected, entries, repairs
from nb2pkg.extract.sections.refusals import PROVIDED, refuse_whole
from nb2pkg.extract.sections.replaying import Told, bundled, replayed
from nb2pkg.extract.sections.rewriting import Rewriter
from nb2pkg.extract.sections.showing import installed, installs_in_blocks, left_out, shown
from nb2pkg.extract.sections.stages import Stage, Stages
from nb2pkg.extract.sections.uses import Use, use_of, without
from nb2pkg.extract.seeds import global_seed
from nb2pkg.facts import Facts
from nb2pkg.graphs.as_svg import render
from nb2pkg.graphs.drawing import draw
from nb2pkg.notebook.joining import part_of

OURS = frozenset({"show_result", "silenced", "close_figures", "current_figure", "start_notebook", "Config"})
OUR_DISPLAY = frozenset({"IPython.display.display", "IPython.core.display.display"})


class SectionPlanner:
    """Plans one package, part by part: of level 2 where the place of the fit is given, else of level 1."""

    def __init__(
        self,
        facts: Facts,
        notebook: str,
        name: str,
        fit: FitPoint | None = None,
        *,
        answers: Sequence[Answer] = (),
    ) -> None:
        refuse_whole(facts.program)
        self.facts = facts
        self.fit = fit
        self.held: tuple[str, ...] = ()
        self.before = 0
        self.notebook = notebook
        self.name = name
        self.left_out = left_out(facts)
        self.formulas = formulas(facts)
        every = reading_formulas([use_of(statement) for statement in facts.program.statements], self.formulas)
        self.hoisted = hoist_imports(every)
        kept = [use for use in every if use.number not in self.left_out]
        self.definitions = stand_alone(kept, self.hoisted.names, lambda call: calls_at_once(call, facts))
        self.outside = self.hoisted.names | self.definitions.made.keys()
        self.uses = [without(with_given(use, self.definitions), self.outside) for use in kept]
        self.variables = frozenset(name for use in kept for name in use.binds) - self.outside
        self.kinds = kinds(self.facts, self.uses, self.hoisted.names)
        self._refuse_names()
        self.config = unused("config", self.variables | self.outside)
        self.edits = path_edits(facts)
        asked = Asked(facts.program, answers, self.config)
        self.fields = asked.fields
        self.rewriter = Rewriter(
            facts.program,
            self.definitions,
            constants(facts, self.edits, self.config)
            | asked.constants
            | dict.fromkeys(installs_in_blocks(facts.program), "pass"),
            self.config,
        )
        self.stages = Stages(facts)
        self.bodies = BodyWriter(
            facts.program,
            self.rewriter,
            self.stages,
            self.hoisted,
            shown(facts.program),
            self.left_out,
            self.variables | self.outside,
            bound_first(self.uses),
        )
        self.sections: list[tuple[Section, writing.Written, tuple[str, ...]]] = []

    def plan(self, *, reason: str) -> Modules:
        """The whole plan; ``reason`` says why the notebook does not reach a higher level."""
        moved = {use.number for use in self.definitions.made.values()}
        self._place_definitions()
        grouped = group(self.facts.program.notebook, self.uses, self.stages)
        kept: dict[int, frozenset[str]] = {}
        if self.fit is not None:
            refuse_inner_classes(self.fit, self.facts, self.definitions.made)
            cell, end = self.fit.cell, last_fitting(self.fit, self.uses)
            grouped = by_stage(grouped, self.uses, self.stages, self.facts.program.notebook, cell=cell, end=end)
            position = next(i for i, one in enumerate(grouped) if self.fit.cell in one.cells)
            kept[position] = self.fit.names | set(self.fit.transformers) | {*made_with(self.fit, self.variables)}
        of_section = [
            [use for use in self.uses if section.holds(use) and use.number not in moved] for section in grouped
        ]
        crossed = crossings(of_section, self.outside, star=self.hoisted.star, kept=kept)
        for part in range(max(1, len(self.facts.program.notebook.parts))):
            refuse_rebound([uses for uses in of_section if uses and self._part(uses[0].cell) == part], self.facts)
        for position, (section, uses, crossing) in enumerate(zip(grouped, of_section, crossed, strict=True)):
            self._section(section, uses, crossing)
            if position in kept:
                self.held, self.before = crossing.live, len(self.sections)
        if not self.sections:
            raise refused(None, "the notebook does nothing but import and define")
        return self._modules(reason)

    def _refuse_names(self) -> None:
        clash = sorted((self.variables | self.outside) & OURS)
        if clash:
            raise refused(None, f"the notebook's name `{clash[0]}` is one that the package needs; rename it")
        self._refuse_neighbours()
        if self.hoisted.star:
            self._refuse_late_star()
        for use in self.definitions.made.values():
            known = self.outside | self.variables | PROVIDED
            missing = sorted((use.reads | use.later) - known - {use.node.name})  # type: ignore[attr-defined]
            if missing and not self.hoisted.star:
                raise refused(use.statement, f"`{missing[0]}` is needed here and nothing in the notebook binds it")

    def _refuse_neighbours(self) -> None:
        """Modules beside the notebook are not in the package."""
        folder = Path(self.notebook).parent
        for line in self.hoisted.lines:
            module = line.split()[1].partition(".")[0]
            if (folder / f"{module}.py").is_file() or (folder / module / "__init__.py").is_file():
                raise refused(None, f"`{line}` takes what lies beside the notebook; install it as a package first")

    def _refuse_late_star(self) -> None:
        """A star import may bind any name: what was bound before it, and is read after it, is not known."""
        star = max(use.number for use in self.uses if "*" in use.binds)
        before = {name for use in self.uses if use.number < star for name in use.binds} - {"*"}
        if before:
            statement = self.facts.program.statements[star]
            raise refused(statement, f"`import *` may bind `{min(before)}` anew, which was bound before")

    def _place_definitions(self) -> None:
        for name, use in self.definitions.made.items():
            self.bodies.places[use.number] = Place("definition", FUNCTIONS, name, None)

    def _section(self, section: Section, uses: Sequence[Use], crossing: Crossing) -> None:
        name = self._name(section, crossing)
        body, config = self.bodies.write(name, uses, crossing, open_cell=section.cells[-1] if section.open else None)
        if not body:
            return
        self.bodies.taken.add(name)
        written = writing.Written(
            name, _docstring(section, self._subject(section, crossing)), crossing, body, self.config if config else ""
        )
        if self.sections and self._part(self.sections[-1][0].cells[0]) != self._part(section.cells[0]):
            written = written._replace(starts=True)
        changed = {name for use in uses for name in use.binds | use.deletes}
        compared = tuple(sorted({*crossing.takes} - changed | {*crossing.gives}))
        self.sections.append((section, written, compared))

    def _part(self, cell: int) -> int:
        return part_of(self.facts.program.notebook, cell)

    def _name(self, section: Section, crossing: Crossing) -> str:
        base = name_from(section.title)
        if not base:
            base = f"{section.stage.value}_{snake(self._subject(section, crossing))}"
        if base in self.bodies.taken and not base.startswith(f"{section.stage.value}_"):
            base = f"{section.stage.value}_{base}"
        return unused(base, self.bodies.taken | OURS | {self.config, "run"})

    def _subject(self, section: Section, crossing: Crossing) -> str:
        """What a section without a heading is about."""
        if section.stage is Stage.SPLIT:
            return "rows"
        about = (*crossing.gives, *crossing.takes)
        if self.fit is not None and self.fit.model in about and section.stage in (Stage.FIT, Stage.EVALUATE):
            return self.fit.model
        return about[0] if about else "notebook"

    # ---- texts

    def _modules(self, reason: str) -> Modules:
        files = self._files()
        seed = global_seed(self.facts)
        return Modules(
            name=self.name,
            title=title(self.facts.program.notebook, otherwise=self.name.replace("_", " ").capitalize()),
            about=about(self.facts.program.notebook),
            notebook=Path(self.notebook).name,
            level=self.level,
            files=files,
            extraction=self._extraction(reason, seed or 0),
            seed=seed or 0,
            own_seed=seed is not None,
            config=self.fields,
            model=self.fit.cls if self.fit is not None else "",
            store=self.fit.store.modules if self.fit is not None else {},
            dependencies=(
                *installed(self.facts.program),
                *(self.fit.store.requires if self.fit is not None else ()),
            ),
            notes=(f"Not a package of a higher level: {reason}", *self._searched()),
            cells=shown_cells(self.facts.program.notebook),
            graph=render(draw(self.facts)),
        )

    def _searched(self) -> tuple[str, ...]:
        """What the README says of a search below level 3."""
        found = [one for one in self.facts.fits if one.estimator is not None and one.estimator.kind == "search"]
        own = next((one for one in found if not one.static), None)
        if own is None or own.estimator is None:
            return ()
        command = "train" if self.fit is not None else "run"
        short, cell = own.estimator.short, own.place.cell
        return (
            f"`{command}` runs {short} of cell {cell} each time: at this level the notebook's statements run as they are.",
        )

    def _files(self) -> dict[str, str]:
        lines = [
            line
            for line in self.hoisted.lines
            if not any(line == f"from {d.rpartition('.')[0]} import display" for d in OUR_DISPLAY)
        ]
        functions = sorted(self.definitions.made)
        drawings = [drawing.name for drawing in self.bodies.drawings]
        sections = [written for _, written, _ in self.sections]
        files = {
            SECTIONS: writing.module(
                "The sections of the notebook, each a function of what it needs from those before it.",
                writing.imports_of(self.name, [*with_readers(lines, self.formulas)], functions, drawings),
                [writing.section_function(section, self.kinds) for section in sections],
            ),
            "run.py": self._run(sections),
        }
        if drawings:
            files[REPORTS] = writing.module(
                "What the notebook draws, as functions that give figures.",
                writing.imports_of(self.name, lines, functions, []),
                [writing.drawing_function(drawing, self.config) for drawing in self.bodies.drawings],
            )
        if self.fit is not None and self.fit.made is not None:
            files["network.py"] = network_module(self.name, self.fit, self.variables, [*lines], functions)
        if functions:
            files[FUNCTIONS] = writing.module(
                "The notebook's own functions and classes.",
                writing.imports_of(self.name, lines, [], []),
                [self._definition(name, use) for name, use in self.definitions.made.items()],
            )
        for path, text in files.items():
            _refuse_broken(path, text)
        return files

    @property
    def level(self) -> int:
        """The level of the package."""
        return 1 if self.fit is None else 2

    def _run(self, sections: Sequence[writing.Written]) -> str:
        files = list(dict.fromkeys(one.path for one in self.edits if one.read and not one.path.endswith("/")))
        if self.fit is None:
            return writing.run_module(self.name, sections, self.config, files)
        parts = running.Parts(
            sections[: self.before],
            sections[self.before :],
            self.held,
            self.config,
            made_with(self.fit, self.variables) if self.fit.made is not None else None,
            [line for line in self.hoisted.lines if not line.endswith("import *")],
            files,
        )
        return running.stages_module(self.name, parts, self.fit, ast.unparse(self.fit.features))

    def _definition(self, name: str, use: Use) -> str:
        comments = self.rewriter.comments(use.statement)
        docstring = f"{name.replace('_', ' ').strip().capitalize() or name} (cell {use.cell})."
        try:
            source = writing.definition(self.rewriter.text(use.statement), self.definitions.given[name], docstring)
        except libcst.ParserSyntaxError as error:
            raise refused(use.statement, f"`{name}` cannot be read: {error.message}") from error
        return "\n".join([*comments, source])

    def _extraction(self, reason: str, seed: int) -> dict[str, object]:
        program = self.facts.program
        told = Told(self.facts, self.fit, self.sections, self.before, self.bodies.drawings, self.kinds, self.held)
        return {
            "format": 1,
            "level": self.level,
            "why_not_higher": reason,
            "notebook_sha256": code_hash(program.notebook),
            "entries": entries(program, self.bodies.places, self.name),
            "corrections": corrected(self.edits),
            "kept_faults": [one.as_json() for one in faults(self.facts)],
            "model": (self.fit.cls or None) if self.fit is not None else None,
            "candidates": [],
            "replay": {
                "package": self.name,
                "seed": seed,
                "repairs": repairs(self.edits, self.rewriter),
                "loads": [{"path": one.path} for one in self.edits if one.path],
                "sections": replayed(told),
                **bundled(told, self.stages),
            },
        }


def _refuse_broken(path: str, text: str) -> None:
    """Raise RefusedError where statements that stood in cells cannot stand in a function."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        line = (text.splitlines() or [""])[max(0, (error.lineno or 1) - 1)]
        raise refused(None, f"{path} would not parse ({error.msg}): {line.strip()[:80]}") from error


TOLD = {
    Stage.LOAD: "Read `{}`",
    Stage.PREPARE: "Prepare `{}`",
    Stage.SPLIT: "Part the {}",
    Stage.FIT: "Fit `{}`",
    Stage.EVALUATE: "Use and score `{}`",
    Stage.PLOT: "Draw `{}`",
    Stage.SHOW: "Show `{}`",
}


def _docstring(section: Section, subject: str) -> str:
    """The heading as a sentence, with the cells that the function holds."""
    first, last = section.cells[0], section.cells[-1]
    where = f"cell {first}" if first == last else f"cells {first} to {last}"
    if list(section.cells) != sorted(section.cells):
        where = f"cells {', '.join(map(str, section.cells))}"
    title = NUMBERING.sub("", section.title).replace("\\", "/").replace('"', "'").rstrip(" .:!?")[:80]
    told = title or TOLD[section.stage].format(subject)
    return f"{told[0].upper()}{told[1:]} ({where})."
