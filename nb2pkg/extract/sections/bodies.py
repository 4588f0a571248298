"""The body of each section's function: the cells' statements, their drawings moved to functions of their own."""

import ast
from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.sections.annotating import annotated_if_read
from nb2pkg.extract.sections.flow import Crossing, in_order, needs_of
from nb2pkg.extract.sections.imports import Hoisted, local_imports
from nb2pkg.extract.sections.rewriting import Rewriter, indented
from nb2pkg.extract.sections.showing import Shown
from nb2pkg.extract.sections.stages import Stages
from nb2pkg.extract.sections.uses import Use
from nb2pkg.syntax import Program

SECTIONS, REPORTS, FUNCTIONS = "sections.py", "reports.py", "functions.py"

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
NOTHING = ("print(", "display(", "np.random.seed(", "random.seed(")  # calls that give None, whatever they are given


class Place(NamedTuple):
    """Where a statement went: a file of the package and a function in it, or why it has no place."""

    kind: str
    file: str | None
    function: str | None
    reason: str | None


class Drawing(NamedTuple):
    """A function of ``reports.py``, and the section that calls it."""

    name: str
    section: str
    takes: tuple[str, ...]
    body: str
    cell: int
    config: bool


class BodyWriter:
    """Writes the bodies, and notes where each statement went."""

    def __init__(
        self,
        program: Program,
        rewriter: Rewriter,
        stages: Stages,
        hoisted: Hoisted,
        shown: Shown,
        left_out: dict[int, str],
        variables: frozenset[str],
        order: Sequence[str],
    ) -> None:
        self._rewriter = rewriter
        self._stages = stages
        self._hoisted = hoisted
        self._shown = shown
        self._left_out = left_out
        self._last = {cell.statements[-1].index for cell in program.cells if cell.statements}
        self.places: dict[int, Place] = {}
        self.drawings: list[Drawing] = []
        self.taken: set[str] = set(variables)
        self._variables = variables
        self._order = order
        self._open: int | None = None
        self._begun: set[int] = set()  # cells that draw, and go on in the next section

    def write(
        self, name: str, uses: Sequence[Use], crossing: Crossing, *, open_cell: int | None = None
    ) -> tuple[str, bool]:
        """The lines of a section's function, and whether they read the configuration; ``open_cell`` goes on in the next section."""
        self._open = open_cell
        config = any(self._rewriter.uses_config(use.statement) for use in uses)
        cells = list(dict.fromkeys(use.cell for use in uses))
        pieces = [self._cell([use for use in uses if use.cell == cell], name, uses, crossing) for cell in cells]
        body = "\n\n".join(piece for piece in pieces if piece)
        return body, config

    def _cell(self, cell: Sequence[Use], name: str, section: Sequence[Use], crossing: Crossing) -> str:
        lines: list[str] = []
        drawn = self._drawn(cell, section, crossing)
        draws = any(self._stages.plots(use.node) for use in cell) or any(use.cell in self._begun for use in cell)
        for use in cell:
            if use.number in drawn:
                if use.number == drawn[0]:
                    lines += self._drawing([one for one in cell if one.number in drawn], name)
                continue
            lines += self._statement(use, name)
        if draws and cell[0].cell == self._open:
            self._begun.add(self._open)
        elif draws and lines:
            lines.append("close_figures()")
        if cell and cell[0].cell in self._shown.silent and lines:
            lines = ["with silenced():", *(indented(line) for line in lines)]
        return "\n".join(lines)

    def _statement(self, use: Use, name: str) -> list[str]:
        node = use.node
        if use.number in self._left_out:
            self.places[use.number] = Place("left out", None, None, self._left_out[use.number])
            return []
        if isinstance(node, ast.Import | ast.ImportFrom):
            return self._import(use, node, name)
        self.places[use.number] = Place("section", SECTIONS, name, None)
        comments = self._rewriter.comments(use.statement)
        if isinstance(node, ast.Expr) and self._shows(use):
            text = self._rewriter.text(use.statement, node.value)
            return [
                *comments,
                f"show_result(({text}))" if isinstance(node.value, ast.Tuple) else f"show_result({text})",
            ]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant | ast.Name):
            self.places[use.number] = Place("left out", None, None, "an expression that shows and changes nothing")
            return []
        text = self._rewriter.text(use.statement)
        return [*comments, annotated_if_read(text) if isinstance(node, DEFINITIONS) else text]

    def _shows(self, use: Use) -> bool:
        last = use.number in self._last and use.cell in self._shown.last
        if isinstance(use.node, ast.Expr) and ast.unparse(use.node.value).startswith(NOTHING):
            return False
        return (last or self._shown.every) and not self._rewriter.ends_silently(use.statement)

    def _import(self, use: Use, node: ast.Import | ast.ImportFrom, name: str) -> list[str]:
        lines = local_imports(node, self._hoisted)
        if lines:
            self.places[use.number] = Place("import", SECTIONS, name, None)
        else:
            reason = "each module of the package imports what it needs"
            self.places[use.number] = Place("import", None, None, reason)
        return lines

    # ---- drawings

    def _drawn(self, cell: Sequence[Use], section: Sequence[Use], crossing: Crossing) -> list[int]:
        """The longest stretch at the end of a cell that only draws: nothing it binds is needed after it."""
        found: list[Use] = []
        for use in reversed(cell):
            if use.number in self._left_out or isinstance(use.node, ast.Import | ast.ImportFrom | ast.FunctionDef):
                break
            if not self._only_draws(use):
                break
            found.append(use)
        while found and not self._apart(found, section, crossing):
            found.pop()
        return [use.number for use in reversed(found)]

    def _only_draws(self, use: Use) -> bool:
        if use.later & self._variables or not isinstance(use.node, ast.Expr | ast.Assign | ast.For | ast.With):
            return False
        return self._stages.plots(use.node)

    @staticmethod
    def _apart(drawn: Sequence[Use], section: Sequence[Use], crossing: Crossing) -> bool:
        binds = needs_of(drawn).binds
        after = [use for use in section if use.number > drawn[0].number]
        inside = {use.number for use in drawn}
        needed = needs_of([use for use in after if use.number not in inside]).needs
        return not binds & (needed | set(crossing.gives))

    def _drawing(self, drawn: Sequence[Use], section: str) -> list[str]:
        name = unused(f"draw_{snake(section).removeprefix('plot_')}", self.taken)
        self.taken.add(name)
        config = any(self._rewriter.uses_config(use.statement) for use in drawn)
        takes = in_order(needs_of(drawn).needs & self._variables, self._order)
        lines = []
        for use in drawn:
            self.places[use.number] = Place("plot", REPORTS, name, None)
            lines += [*self._rewriter.comments(use.statement), self._rewriter.text(use.statement)]
        self.drawings.append(Drawing(name, section, takes, "\n".join(lines), drawn[0].cell, config))
        given = ", ".join([*([self._rewriter.config] if config else []), *takes])
        return [f"{name}({given})"]
