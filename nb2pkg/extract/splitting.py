"""Write ``split_rows``: the notebook's own split of raw rows, or the one it lacks."""

import ast
import textwrap
from collections.abc import Collection

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.dividing import HELD_OUT, LEARNING, Division
from nb2pkg.extract.draws import Draw
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.lane import Split
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.settings import SCALARS
from nb2pkg.extract.strata import Strata
from nb2pkg.extract.stretch import MODULE

FUNCTION = "sklearn.model_selection.train_test_split"
SHARE = 0.25
PLACE = "# the function that parts the rows"
FIRST = "first_parts"
SEEDED = {"rows": "split", LEARNING: "validation", HELD_OUT: "held_out"}
MEANINGS = {
    ("test_size", float): "Share of the rows that is held out.",
    ("test_size", int): "How many rows are held out.",
    ("train_size", float): "Share of the rows that is learned from.",
    ("train_size", int): "How many rows are learned from.",
}
POSITIONAL = ("test_size", "train_size")


class SplitWriter:
    """Writes the split of one package from the calls of its notebook."""

    def __init__(self, lowering: Lowering, pieces: Pieces, strata: Strata) -> None:
        self.lowering = lowering
        self.pieces = pieces
        self.strata = strata
        self.draws: list[Draw] = []
        self.text: str | tuple[Division, list[str]] = ""

    def write(self, splits: tuple[Split, ...]) -> list[Draw]:
        """Write the function for the calls that part the rows, or for none; the calls that have no seed of their own."""
        name = self.pieces.preprocessing.add(FUNCTION)
        self.pieces.blocks.append(PLACE)
        if not splits:
            self._held_out(name)
            return []
        calls = self._calls(splits)
        division = self.lowering.division
        if division is None or len(calls) < 2:
            self.text = _in_two(f"{name}({calls[0]})", "Split the raw rows as the notebook splits its tables.")
        else:
            self.text = division, [f"{name}({call})" for call in calls]
        return self.draws

    def _held_out(self, name: str) -> None:
        comment = "share of the rows held out: the package's own, since the notebook holds none out; 0 learns from all"
        size = self.pieces.settings.lift("test_size", SHARE, owner="split", comment=comment)
        text = f"{name}(rows, test_size={size}, random_state=config.seed)"
        none = [f"if not {size}:", "    return rows, rows.head(0)"]
        self.text = _in_two(text, "Hold rows out, which the notebook does not do.", *none)

    def _calls(self, splits: tuple[Split, ...]) -> list[str]:
        """The arguments of each call, the outer one first."""
        division = self.lowering.division
        calls = division.calls if division is not None else tuple(split.call for split in splits)
        between = division.between if division is not None else ""
        return [self._arguments(call, rows) for call, rows in zip(calls, ("rows", between), strict=False)]

    def _arguments(self, node: ast.expr, rows: str) -> str:
        at = next(split.statement for split in self.lowering.facts.splits if split.node is node)
        statement = self.lowering.statement(at)
        call = self.lowering.facts.call(node)
        if call is None or call.name != FUNCTION:
            text = ast.unparse(node.func if isinstance(node, ast.Call) else node)
            raise refused(statement, f"a split by `{text[:50]}` is not carried over")
        options, seeded = self._options(call.node, at, rows)
        self.pieces.place(at, "split", MODULE, "split_rows")
        if not seeded:
            self.draws.append(Draw(node, at, "train_test_split"))
        return ", ".join([rows, *options])

    def finish(self, used: Collection[str]) -> None:
        """Put the function in its place, now that the parts which are used are known.

        The rows between two calls come from a function of their own where something learned from them.
        """
        texts = [self.text] if isinstance(self.text, str) else self._in_three(*self.text, used)
        position = self.pieces.blocks.index(PLACE)
        self.pieces.blocks[position : position + 1] = texts

    @staticmethod
    def _in_three(division: Division, calls: list[str], used: Collection[str]) -> list[str]:
        """Train, validation and test, by two calls."""
        outer = f"{LEARNING}, test" if division.inside == "train" else f"train, {HELD_OUT}"
        held_out = "test, validation" if division.last == "train" else "validation, test"
        inner = "train, validation" if division.inside == "train" else held_out
        doc = "Split the raw rows as the notebook splits its tables: to learn from, to choose by, and for the final score."
        first, blocks = f"{outer} = {calls[0]}", []
        if division.between in used:
            between = "Split the raw rows as the notebook first splits its tables."
            blocks = [function_text([first, f"return {outer}"], between, name=FIRST)]
            first = f"{outer} = {FIRST}(rows, config)"
        lines = [first, f"{inner} = {calls[1]}", "return train, validation, test"]
        return [*blocks, function_text(lines, doc, parts=3)]

    def _options(self, call: ast.Call, at: int, rows: str) -> tuple[list[str], bool]:
        statement = self.lowering.statement(at)
        options: list[str] = []
        seeded = False
        for keyword in call.keywords:
            if keyword.arg is None:
                raise refused(statement, "`**` in the arguments of the split")
            if keyword.arg == "stratify":
                options += self._stratified(keyword.value, at, rows)
                continue
            try:
                value = evaluate(keyword.value, self.lowering.facts, at=at)
            except NotConstantError as error:
                raise refused(
                    statement, f"`{keyword.arg}` of the split is only known when the notebook runs"
                ) from error
            if value is None:
                continue
            if keyword.arg == "random_state" and isinstance(value, int):
                seeded = True
                options.append(f"random_state={self.pieces.settings.random_state(value, SEEDED[rows])}")
            elif keyword.arg == "shuffle":
                options.append(f"shuffle={value!r}")
                seeded |= value is False
            elif type(value) in SCALARS:
                options.append(f"{keyword.arg}={self._setting(keyword.arg, value, rows)}")
            else:
                raise refused(statement, f"`{keyword.arg}` of the split is no plain value")
        return (options if seeded else [*options, "random_state=config.seed"]), seeded

    def _setting(self, name: str, value: object, rows: str) -> str:
        if rows == "rows":
            return self.pieces.settings.lift(
                name, value, owner="split", comment=MEANINGS.get((name, type(value)), f"`{name}` of the split")
            )
        own = {"test_size": "validation_size"}.get(name, name) if rows == LEARNING else f"held_out_{name}"
        return self.pieces.settings.lift(own, value, owner="split", comment=f"`{name}` of the second split")

    def _stratified(self, node: ast.expr, at: int, rows: str) -> list[str]:
        """The shares that a split keeps: of the target, or of something that each raw row tells."""
        if isinstance(node, ast.Constant) and node.value is None:
            return []
        return [f"stratify={self.strata.text(node, at, rows)}"]


def _in_two(call: str, doc: str, *before: str) -> str:
    return function_text([*before, f"train, test = {call}", "return train, test"], doc)


def function_text(lines: list[str], doc: str, *, name: str = "split_rows", parts: int = 2) -> str:
    """The text of a function that parts rows."""
    body = "\n".join([f'"""{doc}"""', *lines])
    given = ", ".join(["pd.DataFrame"] * parts)
    return f"def {name}(rows: pd.DataFrame, config: Config) -> tuple[{given}]:\n" + textwrap.indent(body, "    ")


def write_parts(lowering: Lowering, pieces: Pieces, split: Split, lines: list[str]) -> None:
    """Write the function for rows that are parted by hand."""
    cell = lowering.statement(split.statement).cell
    pieces.blocks.append(function_text(lines, f"Part the raw rows as cell {cell} parts its tables."))
