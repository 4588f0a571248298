"""What a split keeps the shares of, or keeps together, asked of raw rows: the target, a raw column, or a column made for the split alone.

``stratify=df["income_band"]`` below ``df["income_band"] = pd.cut(df["income"], bins=[...])`` becomes ``strata_of(rows, config)``, which
makes that column of the rows that are parted. What it learns there it learns of those rows, as the notebook does.
"""

import ast

from nb2pkg.extract.dividing import BETWEEN
from nb2pkg.extract.lane import Code, Lane, Split, Stage
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.provenance import Held
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.selection import Selections
from nb2pkg.extract.target import TargetWriter
from nb2pkg.extract.text import Sources

MAKING = frozenset({"concat", "resample", "group"})


class Strata:
    """Writes what the splits of one package go by; ``lane`` are the rows that are parted, ``answer`` their target."""

    def __init__(
        self,
        lowering: Lowering,
        sources: Sources,
        pieces: Pieces,
        target: TargetWriter,
        lane: Lane,
        answer: Lane | None = None,
    ) -> None:
        self.lowering = lowering
        self.sources = sources
        self.pieces = pieces
        self.target = target
        self.lane = lane
        self.answer = answer
        self.selections = Selections(lowering)
        self._made: tuple[list[object], str] | None = None

    def text(self, node: ast.expr, at: int, rows: str) -> str:
        """The expression that gives it for the rows called ``rows``. Raises RefusedError where raw rows cannot tell it."""
        lane = self.lowering.lane(node, at=at)
        if not self._of_the_same_rows(lane, rows):
            text = f"`{ast.unparse(node)[:50]}`, by which the rows are parted, is of other rows"
            raise refused(self.lowering.statement(at), text)
        if self.answer is not None and _way(lane) == _way(self.answer)[: len(_way(lane))] and self._is_answer(lane):
            return f"target_of({rows}, config)"
        held = self._raw(node, lane)
        if held is not None:
            return f"{rows}[{held!r}]"
        return f"{self._function(lane, at)}({rows}, config)"

    def _is_answer(self, lane: Lane) -> bool:
        """Does nothing more happen to the target after the split?"""
        assert self.answer is not None
        after = _way(self.answer)[len(_way(lane)) :]
        return not any(stage is not None for stage in after)

    def _of_the_same_rows(self, lane: Lane, rows: str) -> bool:
        same = lane.root.same_rows(self.lane.root) and lane.cut is None and not lane.resampled
        parted = lane.whole_part == (rows if rows in BETWEEN else "all")
        return same and parted and self.choices(lane) == self.choices(self.lane)

    def choices(self, lane: Lane) -> set[int]:
        """What chooses or multiplies rows in a lane before its split."""
        found: set[int] = set()
        for code in before_split(lane):
            nodes: list[ast.AST] = [self.lowering.statement(index).node for index in code.statements]
            for node in [*nodes, code.result]:
                found |= {id(one.node) for one in self.selections.of(node)}
                found |= {id(node)} if self.selections.in_place(node) is not None else set()
                found |= {id(part) for part in ast.walk(node) if self.lowering.role(part) in MAKING}
        return found

    def _raw(self, node: ast.expr, lane: Lane) -> str | None:
        """The raw column that an expression is, unchanged; None where it is computed."""
        codes = [stage for stage in lane.stages if isinstance(stage, Code)]
        if lane.root.entry != "frame" or any(not isinstance(stage, Code | Split) for stage in lane.stages):
            return None
        columns = self.target.provenance.columns
        read = columns.read(_unarrayed(codes[-1].result if codes else node))
        found = Held(*read) if read is not None else None
        for position, code in reversed(list(enumerate(codes))):
            if found is not None and position < len(codes) - 1 and not _is_name(code.result, found.table):
                found = self.target.provenance.through(code.result, found.column)
            nodes = [self.lowering.statement(index).node for index in code.statements]
            found = self.target.provenance.before(found, nodes) if found is not None else None
            found = found if found is not None and found.table == code.given else None
        return found.column if found is not None and codes and codes[0].given == lane.root.name else None

    def _function(self, lane: Lane, at: int) -> str:
        """The name of the function that makes a column of raw rows."""
        way = _way(lane)
        if self._made is not None and self._made[0] == way:
            return self._made[1]
        codes = [stage for stage in lane.stages if isinstance(stage, Code)]
        if len(codes) != 1 or len(lane.stages) != 1 or lane.root.entry != "frame" or self._made is not None:
            text = (
                "what the rows are parted by is not made of the table in one go; give the split a column of the table"
            )
            raise refused(self.lowering.statement(at), text)
        if self.choices(lane):
            text = "what the rows are parted by is made before rows are chosen; make it after"
            raise refused(self.lowering.statement(at), text)
        writer = TargetWriter(self.lowering, self.sources, self.pieces, function="strata_of")
        writer.made_for_the_split(codes[0])
        self._made = way, writer.function
        return writer.function


def before_split(lane: Lane) -> list[Code]:
    """The notebook's own statements before the rows are parted."""
    found: list[Code] = []
    for stage in lane.stages:
        if isinstance(stage, Split):
            break
        if isinstance(stage, Code):
            found.append(stage)
    return found


def _way(lane: Lane) -> list[object]:
    """What happens to the rows of a lane, stage by stage; None for a split."""
    return [lane.root.entry, *(_stage(stage) for stage in lane.stages)]


def _stage(stage: Stage) -> object:
    match stage:
        case Code():
            return stage.statements, ast.dump(stage.result)
        case Split():
            return None
        case _:
            return id(stage.call)


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _unarrayed(node: ast.expr) -> ast.expr:
    while isinstance(node, ast.Attribute) and node.attr == "values":
        node = node.value
    return node
