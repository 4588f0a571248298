"""What a value is learned from has to be the same in the package: the rows after the last choice, and a table where there was one."""

import ast
from collections.abc import Sequence

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.learned import Learns
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.stretch import Line, Stretch
from nb2pkg.extract.trace import free_names

INSTEAD = "for which the package has a table"


class Basis:
    """Checks what the lines of one stretch learn from."""

    def __init__(self, lowering: Lowering, columns: Columns, learns: Learns) -> None:
        self.lowering = lowering
        self.columns = columns
        self.learns = learns

    def check(self, lines: Sequence[Line], stretch: Stretch, choices: Sequence[int]) -> None:
        """Raise RefusedError for the first line that learns from something else; ``choices`` are the statements that choose rows."""
        for line in lines:
            at = stretch.code.at if line.index is None else line.index
            if stretch.array:
                self._no_positions(line, at)
            for learnt in line.learnt:
                self._of_these_rows(learnt, at, choices)
                if stretch.array:
                    self._of_columns(learnt, at)
            if line.learnt and line.rows == "some":
                raise self._refused(at, f"{line.learnt[0].what} is learned between two choices of rows")

    def _of_these_rows(self, learnt: Learnt, at: int, choices: Sequence[int]) -> None:
        """A variable may hold the rows as they were before the last choice."""
        last = max((index for index in choices if index < at), default=-1)
        for name in free_names(learnt.node):
            if any(index < last for index in self.columns.labels.chosen_at(name.id, at)):
                reason = f"is learned from `{name.id}`, which holds the rows as they were before some were chosen"
                raise self._refused(at, f"{learnt.what} {reason}")

    def _of_columns(self, learnt: Learnt, at: int) -> None:
        """An aggregate of an array is one number, or another than that of a table's columns."""
        inner = self.learns.statistic(learnt.node)
        if inner is None:
            return
        given = inner.func.value if isinstance(inner.func, ast.Attribute) else None
        if given is None or self.columns.read(given) is None:
            advice = "take it of named columns, or use a scaler"
            raise self._refused(at, f"`{_short(inner)}` is taken of an array, {INSTEAD}; {advice}")

    def _no_positions(self, line: Line, at: int) -> None:
        """``X[:, :2]`` is no way to read a table."""
        for part in ast.walk(line.node):
            match part:
                case ast.Subscript(value=ast.Name(), slice=ast.Tuple()):
                    told = f"`{_short(part)}` takes columns of an array by their number, {INSTEAD}; name them before"
                    raise self._refused(at, told)
                case _:
                    pass

    def _refused(self, at: int, reason: str) -> RefusedError:
        return refused(self.lowering.statement(at), reason)


def _short(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:60]
