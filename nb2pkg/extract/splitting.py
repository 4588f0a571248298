"""Write ``split_rows``: the notebook's own split of raw rows, or the one it lacks."""

import ast
import textwrap
from typing import NamedTuple

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.lane import Split
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.settings import SCALARS
from nb2pkg.extract.stretch import MODULE

FUNCTION = "sklearn.model_selection.train_test_split"
HELD_OUT = 0.25
POSITIONAL = ("test_size", "train_size")


class Draw(NamedTuple):
    """A draw that parts the rows and has no seed: the call, its statement, its name, and how the notebook is given the seed."""

    node: ast.expr
    statement: int
    short: str
    before: str = ""
    after: str = ""


def write_split(lowering: Lowering, pieces: Pieces, split: Split | None) -> list[Draw]:
    """Write the function for a call that splits, or for none; the call where it has no seed of its own."""
    name = pieces.preprocessing.add(FUNCTION)
    if split is None:
        size = pieces.settings.lift(
            "test_size", HELD_OUT, owner="split", comment="share of the rows held out (the notebook holds none out)"
        )
        _function(
            pieces,
            f"{name}(rows, test_size={size}, random_state=config.seed)",
            "Hold rows out, which the notebook does not do.",
        )
        return []
    statement = lowering.statement(split.statement)
    call = lowering.facts.call(split.call)
    if call is None or call.name != FUNCTION:
        text = ast.unparse(split.call.func if isinstance(split.call, ast.Call) else split.call)
        raise refused(statement, f"a split by `{text[:50]}` is not carried over")
    options, seeded = _options(lowering, pieces, call.node, split)
    _function(pieces, f"{name}({', '.join(['rows', *options])})", "Part the raw rows as the notebook parts its tables.")
    pieces.place(split.statement, "split", MODULE, "split_rows")
    return [] if seeded else [Draw(split.call, split.statement, "train_test_split")]


def _options(lowering: Lowering, pieces: Pieces, call: ast.Call, split: Split) -> tuple[list[str], bool]:
    statement = lowering.statement(split.statement)
    options: list[str] = []
    seeded = False
    for keyword in call.keywords:
        if keyword.arg is None:
            raise refused(statement, "`**` in the arguments of the split")
        if keyword.arg == "stratify":
            options += _stratified(lowering, keyword.value, call, split)
            continue
        try:
            value = evaluate(keyword.value, lowering.facts, at=split.statement)
        except NotConstantError as error:
            raise refused(statement, f"`{keyword.arg}` of the split is only known when the notebook runs") from error
        if value is None:
            continue
        if keyword.arg == "random_state" and isinstance(value, int):
            seeded = True
            options.append(f"random_state={pieces.settings.random_state(value, 'split')}")
        elif keyword.arg == "shuffle":
            options.append(f"shuffle={value!r}")
            seeded |= value is False
        elif type(value) in SCALARS:
            options.append(
                f"{keyword.arg}={pieces.settings.lift(keyword.arg, value, owner='split', comment=f'`{keyword.arg}` of the split')}"
            )
        else:
            raise refused(statement, f"`{keyword.arg}` of the split is no plain value")
    return (options if seeded else [*options, "random_state=config.seed"]), seeded


def _stratified(lowering: Lowering, node: ast.expr, call: ast.Call, split: Split) -> list[str]:
    if isinstance(node, ast.Constant) and node.value is None:
        return []
    arrays = [ast.dump(argument) for argument in call.args]
    if ast.dump(node) not in arrays[1:]:
        raise refused(
            lowering.statement(split.statement), "the split is stratified by something that is not its target"
        )
    return ["stratify=target_of(rows, config)"]


def write_parts(lowering: Lowering, pieces: Pieces, split: Split, lines: list[str]) -> None:
    """Write the function for rows that are parted by hand."""
    cell = lowering.statement(split.statement).cell
    _lines(pieces, lines, f"Part the raw rows as cell {cell} parts its tables.")


def _function(pieces: Pieces, call: str, doc: str) -> None:
    _lines(pieces, [f"train, test = {call}", "return train, test"], doc)


def _lines(pieces: Pieces, lines: list[str], doc: str) -> None:
    body = "\n".join([f'"""{doc}"""', *lines])
    head = "def split_rows(rows: pd.DataFrame, config: Config) -> tuple[pd.DataFrame, pd.DataFrame]:"
    pieces.blocks.append(head + "\n" + textwrap.indent(body, "    "))
