"""Write ``select_rows``: the notebook's own statements up to its last choice of rows, and the raw rows that are left."""

import ast
import textwrap
from collections.abc import Iterator

from nb2pkg.extract.columns import Columns, constants
from nb2pkg.extract.draws import Draw
from nb2pkg.extract.edits import Edits
from nb2pkg.extract.lane import Code, Lane, Split, Step
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.prose import docstring
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.selection import Chosen, Selections
from nb2pkg.extract.stretch import MODULE, Line
from nb2pkg.extract.taken_names import check_taken_names
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.values import Estimator

WHOLE = frozenset({"dropna", "drop_duplicates"})
HEAD = "def select_rows(rows: pd.DataFrame, config: Config) -> pd.DataFrame:"


class SelectionWriter:
    """Writes the choice of rows of one lane."""

    def __init__(self, lowering: Lowering, sources: Sources, pieces: Pieces, columns: Columns) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.columns = columns
        self.selections = Selections(lowering)
        self.unseeded: list[Draw] = []

    def write(self, x: Lane, y: Lane | None) -> None:
        """Write the function. Raises RefusedError where rows are chosen in a place that cannot be moved up to the raw rows."""
        self._check(x)
        if y is not None:
            self._check(y)
            if self._nodes(x) != self._nodes(y):
                at = next((stage.at for stage in x.stages if isinstance(stage, Code)), None)
                statement = self.lowering.statement(at) if at is not None else None
                raise refused(statement, "the rows of the table and of its target are chosen differently")
        code = self._code(x)
        if code is not None and self._nodes(x):
            self.pieces.blocks.append(self._function(code))

    @staticmethod
    def _code(lane: Lane) -> Code | None:
        first = lane.stages[0] if lane.stages else None
        return first if isinstance(first, Code) else None

    def _nodes(self, lane: Lane) -> set[int]:
        """The choices of rows in a lane; numbering rows anew chooses none."""
        code = self._code(lane)
        return {id(one.node) for one in self._chosen(code)} if code is not None else set()

    def _chosen(self, code: Code) -> Iterator[Chosen]:
        for line in self._lines(code):
            if self.selections.only_numbers(line.node):
                continue
            yield from self.selections.of(line.node)
            if self.selections.in_place(line.node) and isinstance(line.node, ast.Expr):
                yield Chosen(line.node.value, line.node.value)

    def _lines(self, code: Code) -> list[Line]:
        statements = self.facts.program.statements
        return [*(Line(index, statements[index].node) for index in code.statements), Line(None, code.result)]

    def _check(self, lane: Lane) -> None:
        """Rows are chosen from raw rows only: before the split, and before anything that is fitted."""
        after: str = ""
        for stage in lane.stages:
            if isinstance(stage, Code) and after:
                for line in self._lines(stage):
                    if self._chooses(line.node):
                        at = stage.at if line.index is None else line.index
                        raise refused(self.lowering.statement(at), f"rows are chosen after {after}; choose them before")
            after = {Split: "the split", Step: "a fitted step"}.get(type(stage), after)

    def _chooses(self, node: ast.AST) -> bool:
        """Does a statement choose rows, other than the part that the split gives it? Numbering them anew chooses none."""
        if self.selections.only_numbers(node):
            return False
        found = [one for one in self.selections.of(node) if self.lowering.part(one.node) is None]
        return bool(found) or self.selections.in_place(node) is not None

    # ---- the text

    def _function(self, code: Code) -> str:
        lines = self._lines(code)
        last = max(position for position, line in enumerate(lines) if self.selections.selects(line.node))
        result, body = self._result(lines[last])
        kept = self._needed(lines[:last], body or [lines[last].node])
        edits = self._edits([*kept, lines[last]], code)
        nodes = [line.node for line in [*kept, lines[last]]]
        check_taken_names(self.lowering.statement(code.at), nodes, given=code.given, places=code.places)
        given = code.given or "rows"
        texts = [edits.text(line.node) for line in [*kept, *([lines[last]] if body else [])]]
        start = [f"{given} = rows.copy()"] if texts and given != "rows" else []
        if not texts:
            read = [name for name in free_names(lines[last].node) if name.id == given]
            edits.replaced.update(dict.fromkeys(read, "rows"))
        answer = f"return rows.loc[{result if isinstance(result, str) else edits.text(result)}.index]"
        for line in [*kept, lines[last]]:
            if line.index is not None:
                self.pieces.place(line.index, "selection", MODULE, "select_rows")
        self.pieces.preprocessing.of(nodes, self.facts)
        chosen = [line.index for line in [*kept, lines[last]] if line.index is not None]
        told = self.pieces.words.of(self.lowering.statement(index).cell for index in chosen)
        doc = docstring(f"Keep the rows that the model learns from, as {self._cells(code)} chooses them.", told)
        return HEAD + "\n" + textwrap.indent("\n".join([doc, *start, *texts, answer]), "    ")

    def _cells(self, code: Code) -> str:
        cells = sorted(
            {
                self.lowering.statement(code.at if line.index is None else line.index).cell
                for line in self._lines(code)
                if self.selections.selects(line.node)
            }
        )
        return f"cell {cells[0]}" if len(cells) == 1 else f"the code from cell {cells[0]} to cell {cells[-1]}"

    def _result(self, line: Line) -> tuple[str | ast.expr, list[ast.AST]]:
        """What holds the chosen rows after the last choice: a variable, or the choosing expression itself."""
        name = self.selections.in_place(line.node)
        if name is not None:
            return name, [line.node]
        outermost = self.selections.of(line.node)[0]
        return outermost.node, []

    def _needed(self, lines: list[Line], after: list[ast.AST]) -> list[Line]:
        """The lines without columns that nothing after them looks at."""
        kept: list[Line] = []
        later: list[ast.AST] = list(after)
        for line in reversed(lines):
            assigned = self.columns.assigned(line.node)
            if assigned is not None and not self._looks_at(assigned[1], later):
                continue
            kept.insert(0, line)
            later.append(line.node)
        return kept

    def _looks_at(self, column: str, later: list[ast.AST]) -> bool:
        return any(column in set(constants(node)) or self._whole(node) for node in later)

    def _whole(self, node: ast.AST) -> bool:
        """Does a statement look at every column, as ``df.dropna()`` does?"""
        return any(
            isinstance(part, ast.Call)
            and isinstance(part.func, ast.Attribute)
            and part.func.attr in WHOLE
            and not (part.args or any(k.arg == "subset" for k in part.keywords))
            for part in ast.walk(node)
        )

    def _edits(self, lines: list[Line], code: Code) -> Edits:
        """Rows keep their labels, by which they are found again; draws are seeded."""
        edits = Edits(self.columns, self.sources, frozenset())
        if not code.given:
            edits.replaced.update(dict.fromkeys(code.places, "rows"))
        reset = False
        for line in lines:
            at = code.at if line.index is None else line.index
            self._estimators(line.node, at)
            self._relabelled(line.node, at)
            for one in self.selections.of(line.node):
                reset |= self._label(one, edits, at, reset=reset)
        return edits

    def _label(self, one: Chosen, edits: Edits, at: int, *, reset: bool) -> bool:
        """Edit one choice; True where it numbers the rows anew."""
        node, statement = one.node, self.lowering.statement(at)
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return False
        keywords = {k.arg: k.value for k in node.keywords}
        match node.func.attr:
            case "reset_index":
                edits.stripped[node] = one
                return True
            case "sample":
                replaced = keywords.get("replace")
                if replaced is not None and not (isinstance(replaced, ast.Constant) and replaced.value is False):
                    raise refused(statement, "rows are drawn more than once; such rows cannot be held out")
                self._seed(node, keywords, edits, at)
            case "drop" if reset:
                raise refused(statement, "rows are dropped by their number after they were numbered anew")
            case _:
                pass
        return False

    def _relabelled(self, node: ast.AST, at: int) -> None:
        """Chosen rows are found again by the labels they were read with, so nothing may give them others."""
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and self._draws(part):
                text = ast.unparse(part)[:50]
                raise refused(
                    self.lowering.statement(at),
                    f"rows are chosen with `{text}`, a draw from the notebook's one stream; use `sample` with a random_state",
                )
            match part:
                case ast.Call(func=ast.Attribute(attr="set_index" | "reindex" | "set_axis" | "rename_axis" as verb)):
                    pass
                case ast.Call(func=ast.Attribute(attr="reset_index" as verb)) if self.selections.chosen(part) is None:
                    pass
                case ast.Attribute(attr="index" as verb, ctx=ast.Store()):
                    pass
                case _:
                    continue
            raise refused(self.lowering.statement(at), f"rows are chosen after `{verb}` has given them other labels")

    def _draws(self, node: ast.Call) -> bool:
        call = self.facts.call(node)
        row = call.row if call is not None else None
        seeded = getattr(row, "seed", "") and isinstance(node.func, ast.Attribute) and node.func.attr == "sample"
        return getattr(row, "stochastic", False) is True and not seeded

    def _seed(self, node: ast.Call, keywords: dict[str | None, ast.expr], edits: Edits, at: int) -> None:
        """An unseeded draw takes the seed of the configuration."""
        given = keywords.get("random_state")
        if given is not None and not (isinstance(given, ast.Constant) and given.value is None):
            return
        arguments = [*node.args, *(k.value for k in node.keywords)]
        if given is not None or not arguments:
            raise refused(self.lowering.statement(at), "`sample` draws without a seed; give it a random_state")
        last = max(arguments, key=lambda one: (one.lineno, one.col_offset))
        edits.replaced[last] = f"{self.sources.of(last)}, random_state=config.seed"
        self.unseeded.append(Draw(node, at, "sample"))

    def _estimators(self, node: ast.AST, at: int) -> None:
        for name in free_names(node):
            if isinstance(self.facts.value(name), Estimator):
                raise refused(
                    self.lowering.statement(at),
                    f"rows are chosen after `{name.id}` has changed the table; choose them before",
                )
