"""Write the step that picks the columns of raw rows: by a list where they are listed, else by a function that is asked once."""

import ast

from nb2pkg.extract.names import unused
from nb2pkg.extract.not_features import left_out
from nb2pkg.extract.pieces import Pieces, PipelineStep
from nb2pkg.extract.stretch import indent
from nb2pkg.facts import Facts

FEATURES, COLUMNS = "FEATURES", "COLUMNS"
NOT_FEATURES = "NOT_FEATURES"
IN_ORDER = "in_order"
TOLD = {
    FEATURES: "Keep the columns that the model learns from.",
    COLUMNS: "Keep the columns that the features are made of.",
}


class Picking:
    """Writes such steps into ``pieces``; no name of theirs is one that the notebook binds.

    ``columns`` are those of the table as it is by now, None where nobody can list them.
    """

    def __init__(self, facts: Facts, pieces: Pieces) -> None:
        self.facts = facts
        self.pieces = pieces
        self.columns: list[str] | None = None
        self.functions: dict[tuple[str, ...], str] = {}

    def listed(self, columns: list[str], constant: str = FEATURES) -> None:
        """Pick columns by a list: the features themselves, or the raw columns that they are made of."""
        self.pieces.constants.append(f"{constant} = {columns!r}")
        name = self.free(f"select_{constant.lower()}")
        head = f"def {name}(rows: pd.DataFrame) -> pd.DataFrame:"
        self._block(name, [head, *indent([f'"""{TOLD[constant]}"""', f"return rows[{constant}]"])])
        self.functions[tuple(columns)] = name
        self._step(name, name)
        self.columns = columns

    def can_list(self, columns: list[str]) -> bool:
        """Is there a list of these columns, or is none called ``FEATURES`` yet?"""
        named = any(text.startswith(f"{FEATURES} = ") for text in self.pieces.constants)
        return tuple(columns) in self.functions or not named

    def again(self, columns: list[str]) -> None:
        """Pick columns after a step that may have put them into another order."""
        known = self.functions.get(tuple(columns))
        if known is None:
            self.listed(columns)
        else:
            self._step(unused(IN_ORDER, {step.name for step in self.pieces.steps}), known)

    def _step(self, name: str, function: str) -> None:
        transformer = self.pieces.pipeline.add("sklearn.preprocessing.FunctionTransformer")
        self.pieces.steps.append(PipelineStep(name, f"{transformer}({function})", kind="columns"))

    def asked(self, given: str, body: list[str], result: str) -> None:
        """Pick columns that nobody can list: a function names them, and the step asks it when it is fitted."""
        doc = '"""Name the columns that the model learns from: asked once, of the rows that it is fitted on."""'
        head = f"def feature_columns({given}: pd.DataFrame) -> list[str]:"
        lines = [head, *indent([doc, *body, f"return {result}"])]
        gone = _left_out(lines)
        if gone:
            constant = self.free(NOT_FEATURES)
            self.pieces.taken.add(constant)
            self.pieces.constants.append(f"{constant} = {gone!r}")
            doc = f'"""Name the features: of the rows that the model is fitted on, every column but those of `{constant}`."""'
            kept = f"return [column for column in {given}.columns if column not in {constant}]"
            lines = [head, *indent([doc, *_comments(body), kept])]
        self._block("feature_columns", lines)
        transformer = self.pieces.pipeline.add("sklearn.compose.ColumnTransformer")
        name = self.free("select_columns")
        self.pieces.preamble.append(
            f'{name} = {transformer}([("columns", "passthrough", feature_columns)], verbose_feature_names_out=False)'
        )
        self.pieces.preamble.append(f'{name}.set_output(transform="pandas")')
        self.pieces.steps.append(PipelineStep("select_columns", name, kind="columns"))

    def _block(self, name: str, lines: list[str]) -> None:
        self.pieces.preprocessing.add("pandas", "pd")
        self.pieces.blocks.append("\n".join(lines))
        self.pieces.taken.add(name)
        self.pieces.from_preprocessing.add(name)

    def free(self, name: str) -> str:
        """The name, or one like it that the notebook does not bind."""
        bound = {one for effects in self.facts.effects for one in effects.binds}
        return unused(name, bound | self.pieces.taken)


def _left_out(lines: list[str]) -> list[str] | None:
    """The columns that a function leaves out by name; None where it does anything else."""
    (function,) = ast.parse("\n".join(lines)).body
    assert isinstance(function, ast.FunctionDef)
    return left_out(function)


def _comments(body: list[str]) -> list[str]:
    """The author's comments among the lines of a function."""
    return [line.strip() for text in body for line in text.splitlines() if line.lstrip().startswith("#")]
