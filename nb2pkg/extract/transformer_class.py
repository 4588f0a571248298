"""The text of a small transformer: what ``fit`` learns, what ``transform`` makes of it, and the names of the columns made."""

import re
from typing import NamedTuple

from nb2pkg.extract.imports import Imports
from nb2pkg.extract.stretch import indent

USED = ("sklearn.base.BaseEstimator", "sklearn.base.TransformerMixin", "sklearn.utils.validation.check_is_fitted")
LEARN = '"""Learn from the rows that the model is fitted on."""'
MAKE = '"""Make the features; each row gets the same among others and alone."""'
NAMES = '"""Give the names of the columns that ``transform`` makes."""'
GIVEN = ("rows", "table", "given_rows")


class Parts(NamedTuple):
    """What the class is written from; ``given`` is what the notebook calls the rows, ``returned`` the type of the features.

    ``taught`` are the statements of ``fit``, which may begin with a copy of the rows, ``body`` those of ``transform``.
    ``table``: the features surely are a table, so the names of their columns can be told.
    """

    name: str
    doc: str
    given: str
    taught: list[str]
    body: list[str]
    returned: str
    table: bool


def class_text(parts: Parts, imports: Imports) -> str:
    """Give the class, with what it needs in ``imports``."""
    for dotted in (*USED, "typing.Self"):
        imports.add(dotted)
    imports.add("pandas", "pd")
    if parts.table:
        imports.add("numpy", "np")
    given = f"{parts.given}: pd.DataFrame"
    making = [f"{parts.given} = {parts.given}.copy()", *parts.body]
    methods = [
        *_fit(parts),
        f"def transform(self, {given}) -> {parts.returned}:",
        *indent(
            [MAKE, "check_is_fitted(self)", *([f"return self._features({parts.given})"] if parts.table else making)]
        ),
    ]
    if parts.table:
        methods += [
            "",
            "def get_feature_names_out(self, input_features: object = None) -> np.ndarray:",
            *indent([NAMES, "check_is_fitted(self)", "return np.asarray(self.feature_names_out_, dtype=object)", ""]),
            f"def _features(self, {given}) -> {parts.returned}:",
            *indent(making),
        ]
    head = f"class {parts.name}(TransformerMixin, BaseEstimator):"
    return "\n".join([head, *indent([parts.doc, "", *methods])])


def _fit(parts: Parts) -> list[str]:
    """The method ``fit``; the rows keep a name of their own where its statements change a copy of them."""
    copied = f"{parts.given} = {parts.given}.copy()"
    rows, taught = parts.given, parts.taught
    if parts.table and taught[0] == copied:
        words = {word for text in taught for word in re.findall(r"\w+", text)}
        rows = next((one for one in GIVEN if one not in words), "rows_to_learn_from")
        taught = [f"{parts.given} = {rows}.copy()", *taught[1:]]
    named = [f"self.feature_names_out_ = list(self._features({rows}.head(1)).columns)"] if parts.table else []
    head = f"def fit(self, {rows}: pd.DataFrame, _target: object = None) -> Self:"
    return [head, *indent([LEARN, *taught, *named, "return self", ""])]
