"""Write the step that picks the columns of raw rows: by a list where they are listed, else by a function that is asked once."""

from nb2pkg.extract.names import unused
from nb2pkg.extract.pieces import Pieces, PipelineStep
from nb2pkg.extract.stretch import indent
from nb2pkg.facts import Facts

FEATURES, COLUMNS = "FEATURES", "COLUMNS"
TOLD = {
    FEATURES: "Keep the columns that the model learns from.",
    COLUMNS: "Keep the columns that the features are made of.",
}


class Picking:
    """Writes such steps into ``pieces``; no name of theirs is one that the notebook binds."""

    def __init__(self, facts: Facts, pieces: Pieces) -> None:
        self.facts = facts
        self.pieces = pieces

    def listed(self, columns: list[str], constant: str = FEATURES) -> None:
        """Pick columns by a list: the features themselves, or the raw columns that they are made of."""
        self.pieces.constants.append(f"{constant} = {columns!r}")
        name = self._free(f"select_{constant.lower()}")
        head = f"def {name}(rows: pd.DataFrame) -> pd.DataFrame:"
        self._block(name, [head, *indent([f'"""{TOLD[constant]}"""', f"return rows[{constant}]"])])
        transformer = self.pieces.pipeline.add("sklearn.preprocessing.FunctionTransformer")
        self.pieces.steps.append(PipelineStep(name, f"{transformer}({name})", kind="columns"))

    def asked(self, given: str, body: list[str], result: str) -> None:
        """Pick columns that nobody can list: a function names them, and the step asks it when it is fitted."""
        doc = '"""Name the columns that the model learns from; asked once, on the rows it is fitted on."""'
        head = f"def feature_columns({given}: pd.DataFrame) -> list[str]:"
        self._block("feature_columns", [head, *indent([doc, *body, f"return {result}"])])
        transformer = self.pieces.pipeline.add("sklearn.compose.ColumnTransformer")
        self.pieces.preamble.append(
            f'select_columns = {transformer}([("columns", "passthrough", feature_columns)], verbose_feature_names_out=False)'
        )
        self.pieces.preamble.append('select_columns.set_output(transform="pandas")')
        self.pieces.steps.append(PipelineStep("select_columns", "select_columns", kind="columns"))

    def _block(self, name: str, lines: list[str]) -> None:
        self.pieces.preprocessing.add("pandas", "pd")
        self.pieces.blocks.append("\n".join(lines))
        self.pieces.taken.add(name)
        self.pieces.from_preprocessing.add(name)

    def _free(self, name: str) -> str:
        bound = {one for effects in self.facts.effects for one in effects.binds}
        return unused(name, bound | self.pieces.taken)
