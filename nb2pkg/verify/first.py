"""The first row of a report that differs: what it is about, where, both values, and the statement of the notebook that made it."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.facts import Facts, interpret
from nb2pkg.notebook import Notebook
from nb2pkg.notebook.arrange import arranged
from nb2pkg.syntax import parse
from nb2pkg.verify.difference import About, Difference, plain
from nb2pkg.verify.origin import Made, made_by
from nb2pkg.verify.report import FrameRow, ScoreRow


class First(NamedTuple):
    """The first difference: of a row of the report called ``name``."""

    name: str
    detail: str
    where: Difference | None
    made: Made | None

    def as_json(self) -> dict[str, object]:
        """The form of verify.json."""
        where = self.where.as_json() if self.where is not None else None
        made = self.made.as_json() if self.made is not None else None
        return {"name": self.name, "detail": self.detail, "where": where, "statement": made}

    def words(self) -> str:
        """Where it is, for the terminal."""
        if self.where is None or self.where.row is None:
            return f"{self.name}: {self.detail}"
        return f"{self.name}, {', '.join(_place(self.where))}: {_sides(self.where)}"


def first_difference(
    frames: Sequence[FrameRow], scores: Sequence[ScoreRow], facts: Callable[[], Facts]
) -> First | None:
    """Frames before scores, for a score comes of frames; None where all are equal. ``facts`` are those of the notebook."""
    for frame in frames:
        if not frame.equal:
            return First(frame.name, frame.detail, frame.where, _made(facts, frame.about, frame.where))
    for score in scores:
        if not score.equal:
            detail = f"{score.notebook} in the notebook, {score.package} in the package"
            return First(score.name, detail, None, _made(facts, score.about, None))
    return None


def facts_of(notebook: Notebook, order: Sequence[int] | None, packs: Sequence[str] | None) -> Facts:
    """The notebook run abstractly, in the order in which its cells were run."""
    in_order = arranged(notebook, order) if order is not None else notebook
    return interpret(parse(in_order), load_tables(packs or [rules_folder()]), values=True)


def _made(facts: Callable[[], Facts], about: About | None, where: Difference | None) -> Made | None:
    return made_by(facts(), about, where) if about is not None else None


def _place(where: Difference) -> list[str]:
    """``column 2 ('age')``, ``row 14``."""
    named = f" ({where.name!r})" if where.name is not None else ""
    renamed = f" ({where.name!r} in the notebook, {where.instead!r} in the package)" if where.instead else named
    column = [f"column {where.column}{renamed}"] if where.column is not None else []
    return [*column, *([f"row {where.row}"] if where.row is not None else [])]


def _sides(where: Difference) -> str:
    return f"{plain(where.notebook)!r} in the notebook, {plain(where.package)!r} in the package"
