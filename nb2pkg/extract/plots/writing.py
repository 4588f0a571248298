"""Write the functions of ``reports.py``: a figure's own statements below those that make its data, in the notebook's order and words."""

import ast
import builtins
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from libcst import ParserSyntaxError

from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.imports import Imports, imported
from nb2pkg.extract.names import unused
from nb2pkg.extract.plots.drawing import Drawings, Figure
from nb2pkg.extract.plots.leaves import EVALUATION, FRAME
from nb2pkg.extract.plots.preparing import Preparation
from nb2pkg.extract.plots.slicing import Needed
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.extract.sections.annotating import annotated
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.values import Library
from nb2pkg.syntax import Statement

TAKEN = frozenset({"given", "shown", "use_style", "evaluation"})
DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Drawn:
    """One function: ``given`` are the expressions it is called with, ``placed`` the statements in it."""

    name: str
    text: str
    given: tuple[str, ...]
    placed: frozenset[int]


class FigureWriter:
    """Writes functions; ``imports`` grows by what they read of libraries."""

    def __init__(self, drawings: Drawings, sources: Sources, imports: Imports, repairs: Sequence[Correction]) -> None:
        self.drawings = drawings
        self.facts = drawings.facts
        self.sources = sources
        self.imports = imports
        self.repairs = [one for correction in repairs for one in correction.repairs]
        self.shared: dict[tuple[int, ...], str] = {}
        self.blocks: list[str] = []
        self.read: set[str] = set()

    def write(
        self, name: str, docstring: str, figure: Figure, needed: Needed, prepared: Preparation | None = None
    ) -> Drawn:
        """One function. Raises RefusedError where its statements cannot stand in one."""
        own = {one.index for one in figure.statements}
        kept = [self.facts.program.statements[index] for index in sorted(needed.data | own)]
        names = {one for statement in kept for one in self.facts.effects[statement.index].binds} | needed.leaves.keys()
        if names & TAKEN:
            raise RefusedError(f"`{min(names & TAKEN)}` means something else in the package")
        self._import(kept)
        self.read = {one.id for statement in kept for one in free_names(statement.node)}
        apart = [one for one in kept if self._stands_alone(one)]
        kept = [one for one in kept if one not in apart]
        self._define(apart)
        first = self._prepare(prepared, needed) if prepared is not None else []
        kept = [one for one in kept if prepared is None or one.index not in prepared.statements]
        bundles = {held: one for one in kept if one.index not in own and (held := self._bundled(one))}
        placed = frozenset({one.index for one in kept} | needed.style)
        kept = [one for one in kept if one not in bundles.values()]
        lines = [*self._leaves(needed, kept), *([f"{self._style(needed)}()"] if needed.style else []), *first]
        body = self._several(kept, own, needed) if figure.several else self._single(kept, own, needed, names)
        given, parameters = self._parameters(needed, bundles)
        returns = "list[Figure]" if figure.several else "Figure"
        self.imports.add("matplotlib.figure.Figure")
        inner = "\n".join(textwrap.indent(line, "    ") for line in [docstring, *lines, *body])
        text = f"def {name}({parameters}) -> {returns}:\n{inner}"
        return Drawn(name, text, given, placed)

    def _bundled(self, statement: Statement) -> str:
        """The variable that a statement gives a library's own data, whole: a figure is given these."""
        match statement.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[], keywords=[]) as load):
                call = self.facts.call(load)
                return name if call is not None and getattr(call.row, "role", "") == "bundle" else ""
            case _:
                return ""

    def _prepare(self, prepared: Preparation, needed: Needed) -> list[str]:
        """The call of a preparation that figures share; its function is written once."""
        if prepared.statements not in self.shared:
            self.shared[prepared.statements] = prepared.name
            statements = [self.facts.program.statements[index] for index in prepared.statements]
            mutated = {name for one in statements for name in self.facts.effects[one.index].mutates}
            kept = [one for one in statements if not self._stands_alone(one)]
            self.read |= set(prepared.gives)
            lines = [
                f'"""Prepare rows as {_cells(statements)} of the notebook."""',
                *(f"{name} = {name}.copy()" for name in prepared.takes if name in mutated),
                *(line for one in kept for line in self._data(one, needed)),
                f"return {', '.join(prepared.gives)}",
            ]
            self.imports.add("pandas", "pd")
            taken = ", ".join(f"{name}: pd.DataFrame" for name in prepared.takes)
            inner = "\n".join(textwrap.indent(line, "    ") for line in lines)
            self.blocks.append(f"def {prepared.name}({taken}) -> {prepared.returns}:\n{inner}")
        return [f"{', '.join(prepared.gives)} = {prepared.name}({', '.join(prepared.takes)})"]

    def _import(self, kept: Sequence[Statement]) -> None:
        """Import what statements read of libraries, by the author's names."""
        for statement in kept:
            for name in free_names(statement.node):
                value = self.facts.value(name) or imported(name.id, self.facts)
                library = isinstance(value, Library) and not value.name.startswith("builtins.")
                if isinstance(value, Library) and library and self.imports.add(value.name, name.id) != name.id:
                    raise RefusedError(f"`{name.id}` is another library elsewhere")

    def _stands_alone(self, statement: Statement) -> bool:
        """Does a definition read nothing of the notebook but libraries and other such definitions?"""
        if not isinstance(statement.node, DEFINITIONS):
            return False
        above = {flow.statement for flow in self.facts.effects[statement.index].flows if flow.statement >= 0}
        own = {self.facts.program.statements[index] for index in above}
        free = {one.id for one in free_names(statement.node)} - {statement.node.name} - set(dir(builtins))
        known = {name for name in free if isinstance(imported(name, self.facts), Library)}
        known |= {one.node.name for one in own if isinstance(one.node, DEFINITIONS) and self._stands_alone(one)}
        return free <= known

    def _define(self, apart: Sequence[Statement]) -> None:
        """Write definitions that stand beside the functions, each once."""
        for statement in apart:
            if (statement.index,) not in self.shared:
                assert isinstance(statement.node, DEFINITIONS)
                self.shared[(statement.index,)] = statement.node.name
                self.imports.add("typing.Any")
                told = f"Do for a figure what cell {statement.cell} of the notebook does."
                text = self._text(statement, Needed(), "pass")
                self.blocks.append(_annotated(text, told))

    def _style(self, needed: Needed) -> str:
        """The function that sets how figures look."""
        key = tuple(sorted(needed.style))
        if key not in self.shared:
            self.shared[key] = unused("use_style", set(self.shared.values()))
            statements = [self.facts.program.statements[index] for index in key]
            self._import(statements)
            lines = [line for one in statements for line in self._data(one, needed)]
            inner = "\n".join(textwrap.indent(line, "    ") for line in ['"""Set how figures look."""', *lines])
            self.blocks.append(f"def {self.shared[key]}() -> None:\n{inner}")
        return self.shared[key]

    def _parameters(self, needed: Needed, bundles: Mapping[str, Statement]) -> tuple[tuple[str, ...], str]:
        frames = [name for name, leaf in needed.leaves.items() if leaf.of == FRAME]
        evaluated = any(leaf.of == EVALUATION for leaf in needed.leaves.values()) or bool(needed.edits)
        if frames:
            self.imports.add("pandas", "pd")
        if bundles:
            self.imports.add("sklearn.utils.Bunch")
        loads = [self.sources.of(one.node.value) for one in bundles.values() if isinstance(one.node, ast.Assign)]
        given = (*(f"given.{FRAME}" for _ in frames), *loads, *((f"given.{EVALUATION}",) if evaluated else ()))
        typed = (
            *(f"{name}: pd.DataFrame" for name in frames),
            *(f"{name}: Bunch" for name in bundles),
            *(("evaluation: Evaluation",) if evaluated else ()),
        )
        return given, ", ".join(typed)

    def _leaves(self, needed: Needed, kept: Sequence[Statement]) -> Iterator[str]:
        effects = [self.facts.effects[one.index] for one in kept]
        for name, leaf in sorted(needed.leaves.items(), key=lambda one: (one[1].of != FRAME, one[0])):
            if leaf.of == FRAME and any(name in one.mutates | one.maybe for one in effects):
                yield f"{name} = {name}.copy()"
            elif leaf.of != FRAME:
                yield f"{name} = {leaf.text}"
            if "np.asarray(" in leaf.text:
                self.imports.add("numpy", "np")

    # ---- bodies

    def _single(self, kept: Sequence[Statement], own: set[int], needed: Needed, names: set[str]) -> list[str]:
        """The body of a function that gives one figure."""
        lines: list[str] = []
        figure: str | None = ""
        called = unused("figure", names)
        drawing = [one for one in kept if one.index in own and not self.drawings.shows(one.node)]
        for statement in kept:
            if statement not in drawing:
                lines += self._data(statement, needed) if statement.index not in own else []
                continue
            after = next((one.node for one in drawing if one.index > statement.index), None)
            if self.drawings.is_replaced(statement.node, after):
                continue
            made = self.drawings.first_creating(statement.node)
            lines += self.sources.comments_above(statement)
            text = self._text(statement, needed, "pass")
            if made is not None:
                figure, text = self._named(statement, made, text, called) if figure == "" else (None, text)
            elif not self.drawings.on_current_axes(statement.node):
                figure = None
            elif figure == "":
                figure = called
                lines.append(f"{called} = {self._pyplot()}.figure()")
            lines.append(text)
        return [*lines, f"return {figure or f'{self._pyplot()}.gcf()'}"]

    def _named(self, statement: Statement, made: ast.Call, text: str, called: str) -> tuple[str | None, str]:
        """The name of the figure that a statement begins, None where it has none, and its text."""
        name = self.drawings.name_of(made)
        match statement.node:
            case ast.Expr(value=value) if value is made and name == "matplotlib.pyplot.figure":
                return called, f"{called} = {text}"
            case ast.Assign(targets=[ast.Name(id=own)], value=value) if value is made and name.endswith(
                "pyplot.figure"
            ):
                return own, text
            case ast.Assign(targets=[ast.Tuple(elts=[ast.Name(id=own), *_])], value=value) if (
                value is made and name.endswith("pyplot.subplots")
            ):
                return own, text
            case _:
                return None, text

    def _several(self, kept: Sequence[Statement], own: set[int], needed: Needed) -> list[str]:
        """The body of a function that gives the figures of a loop."""
        lines: list[str] = []
        for statement in kept:
            if statement.index not in own:
                lines += self._data(statement, needed)
            elif not self.drawings.shows(statement.node):
                lines += [*self.sources.comments_above(statement), self._text(statement, needed, "figures += shown()")]
        if any("figures += shown()" in line for line in lines):
            return ["figures: list[Figure] = []", *lines, "return [*figures, *shown()]"]
        return [*lines, "return shown()"]

    def _data(self, statement: Statement, needed: Needed) -> list[str]:
        return [*self.sources.comments_above(statement), self._text(statement, needed, "pass")]

    def _pyplot(self) -> str:
        return self.imports.add("matplotlib.pyplot", "plt")

    # ---- one statement

    def _text(self, statement: Statement, needed: Needed, shown: str) -> str:
        """A statement's own words; what it shows in between is ``shown``."""
        edits: dict[ast.AST, str] = dict(needed.edits)
        for part in ast.walk(statement.node):
            if isinstance(part, ast.Constant) and _is_of_lines(part):
                raise RefusedError("a text of several lines would be indented with its statement")
            if isinstance(part, ast.Expr) and part is not statement.node and self.drawings.shows(part):
                edits[part] = shown if self._shows_now(part) else "pass"
        node: ast.stmt | ast.expr = statement.node
        if isinstance(node, ast.Assign) and not (self.facts.effects[statement.index].binds & self.read):
            plain = isinstance(node.targets[0], ast.Name | ast.Tuple) and isinstance(node.value, ast.Call)
            node = node.value if plain else node
        return self._repaired(statement, self.sources.of(node, edits))

    @staticmethod
    def _shows_now(node: ast.Expr) -> bool:
        return (
            isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Attribute)
            and node.value.func.attr == "show"
        )

    def _repaired(self, statement: Statement, text: str) -> str:
        """The text with what is repaired on both sides."""
        lines = text.split("\n")
        for repair in self.repairs:
            line = int(str(repair["line"])) - statement.node.lineno
            if repair["cell"] == statement.cell and 0 <= line < len(lines) and repair.get("before"):
                lines[line] = lines[line].replace(str(repair["before"]), str(repair["after"]), 1)
        return "\n".join(lines)


def module(package: str, imports: Imports, blocks: Sequence[str], drawn: Sequence[Drawn]) -> str:
    """The text of ``reports.py``."""
    blocks = _used(blocks, drawn)
    imports.add(f"{package}.reporting.Drawing")
    if any("evaluation: Evaluation" in one.text for one in drawn):
        imports.add(f"{package}.reporting.Evaluation")
    if any("shown()" in one.text for one in drawn):
        imports.add(f"{package}.reporting.shown")
    entries = [f'"{one.name.removeprefix("draw_")}": {_called(one)},' for one in drawn]
    registry = "FIGURES: dict[str, Drawing] = {\n" + "\n".join(textwrap.indent(one, "    ") for one in entries) + "\n}"
    head = '"""The notebook\'s figures, each drawn from the raw rows or from the fitted model and its rows."""\n' + OWN
    return "\n\n".join([head, imports.text(), *blocks, *(one.text for one in drawn), registry]) + "\n"


def _used(blocks: Sequence[str], drawn: Sequence[Drawn]) -> list[str]:
    """The blocks that a figure, or a later block, calls; a figure that was given up may have left some."""
    kept: list[str] = []
    texts = [one.text for one in drawn]
    for block in reversed(blocks):
        name = getattr(ast.parse(block).body[0], "name", "")
        if any(isinstance(part, ast.Name) and part.id == name for text in texts for part in ast.walk(ast.parse(text))):
            kept.insert(0, block)
            texts.append(block)
    return kept


def _annotated(text: str, told: str) -> str:
    """A definition with annotations and a docstring. Raises RefusedError where it cannot be read."""
    try:
        return annotated(text, told)
    except ParserSyntaxError as error:
        raise RefusedError("a function that it calls cannot be read") from error


def _is_of_lines(node: ast.Constant) -> bool:
    return isinstance(node.value, str) and "\n" in node.value and node.end_lineno != node.lineno


def _cells(statements: Sequence[Statement]) -> str:
    cells = sorted({one.cell for one in statements})
    return f"cell {cells[0]} does" if len(cells) == 1 else f"cells {cells[0]} to {cells[-1]} do"


def _called(one: Drawn) -> str:
    given = "given" if any(text.startswith("given.") for text in one.given) else "_"
    return f"lambda {given}: {one.name}({', '.join(one.given)})"


OWN = """
# The statements in these functions are the notebook's own, written without types: mypy checks who calls the functions, and not
# what is in them.
# mypy: ignore-errors
"""
