"""What the tables say of a library is true of the release that is installed here."""

import importlib
import importlib.util
import inspect
import sys
import tomllib
import warnings
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType

import pytest

from nb2pkg.apis import ApiTable, Row, load_tables, rules_folder

ABSENT = object()
INJECTED = {"builtins.display", "builtins.get_ipython"}  # IPython puts them there
ARGUMENTS = (
    *("rows", "target", "truth", "prediction", "estimator", "path", "seed", "sizes"),
    *("axis", "inplace", "function", "object", "validation", "mutates"),
)
DISTRIBUTIONS = {
    "sklearn": "scikit-learn",
    "imblearn": "imbalanced-learn",
    "skimage": "scikit-image",
    "cv2": "opencv-python",
    "PIL": "pillow",
    "umap": "umap-learn",
    "mpl_toolkits": "matplotlib",
    "pylab": "matplotlib",
}
RECEIVERS = ("data", "group", "generator", "estimator", "splitter", "path", "trainer")
TABLE = load_tables([rules_folder()])
RAW: dict[str, dict[str, object]] = {}
for file in Path(rules_folder(), "apis").glob("*.toml"):
    RAW |= tomllib.loads(file.read_text(encoding="utf-8"))
LIBRARIES = sorted({name.partition(".")[0] for name in TABLE.names()} - {*RECEIVERS})
IMPORTS: dict[str, str] = {
    "matplotlib_inline": "matplotlib",
    "google": "google.colab",
}  # libraries that do not import without another
INSTALLED = [
    name
    for name in LIBRARIES
    if importlib.util.find_spec(name) is not None and importlib.util.find_spec(IMPORTS.get(name, name)) is not None
]
ABSENT_LIBRARIES = [name for name in LIBRARIES if name not in INSTALLED]


def rows_of(library: str, table: ApiTable = TABLE) -> Iterator[tuple[str, Row]]:
    """Names of the library that have a row of their own, prefixes left out."""
    for name in table.names():
        row = table.get(name) if name.partition(".")[0] == library and not name.endswith("*") else None
        if row is not None:
            yield name, row


def live(name: str) -> object:
    """The object of that dotted name, or ABSENT."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        found: object = imported(".".join(parts[:end]))
        if found is None:
            continue
        for part in parts[end:]:
            try:
                found = getattr(found, part, ABSENT)
            except ImportError:  # scikit-learn's way to say that a name is gone or experimental
                return ABSENT
        return found
    return ABSENT


def imported(name: str) -> ModuleType | None:
    """The module of that name, or None."""
    try:
        return importlib.import_module(name)
    except (ImportError, AttributeError):
        return None


def numbers(text: str) -> tuple[int, ...]:
    """A version as numbers: "1.9.1" is (1, 9, 1)."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def release(library: str) -> tuple[int, ...]:
    """The installed release of a library; Python's own for its standard library."""
    try:
        return numbers(version(DISTRIBUTIONS.get(library, library)))
    except PackageNotFoundError:
        return sys.version_info[:3]


def complaints(name: str, row: Row, found: object, installed: tuple[int, ...]) -> Iterator[str]:
    """What a row says that is not so."""
    if row.removed and numbers(row.removed) <= installed:
        if found is not ABSENT:
            yield f"{name}: is here, though removed in {row.removed}"
    elif found is ABSENT and name not in INJECTED:
        yield f"{name}: is not here"
    elif found is not ABSENT and callable(found) and row.name == name and not row.removed:
        yield from wrong_arguments(name, row, found, method=False)


def wrong_arguments(name: str, row: Row, found: object, *, method: bool) -> Iterator[str]:
    """Arguments that the live signature does not have, or has elsewhere."""
    parameters = signature(found, method=method)
    if parameters is None:
        return
    kinds = inspect.Parameter
    positional = [
        f"*{p.name}" if p.kind is kinds.VAR_POSITIONAL else p.name
        for p in parameters
        if p.kind in (kinds.POSITIONAL_ONLY, kinds.POSITIONAL_OR_KEYWORD, kinds.VAR_POSITIONAL)
    ]
    once = {p.name for p in parameters if p.kind is kinds.KEYWORD_ONLY}  # positional in older releases
    if list(row.args[: len(positional)]) != positional[: len(row.args)] or not once.issuperset(
        row.args[len(positional) :]
    ):
        yield f"{name}: args {list(row.args)}, live {positional}"
    if any(p.kind is kinds.VAR_KEYWORD for p in parameters):
        return
    known = {p.name for p in parameters} | ({"eval_set"} if name == "estimator.fit" else set())
    named = {getattr(row, part) for part in ARGUMENTS} | {condition_argument(c) for c in conditions(row)}
    for argument in sorted(named - known - {"", "always"}):
        yield f"{name}: there is no argument {argument}, only {sorted(known)}"


def conditions(row: Row) -> tuple[str, ...]:
    """All conditions of a row that are about arguments."""
    drawn = (row.stochastic,) if isinstance(row.stochastic, str) else ()
    return (*row.unless, *row.may_draw, *row.never_draws, *drawn)


def condition_argument(condition: str) -> str:
    """The argument a condition is about: ``axis`` of ``axis=1``."""
    return condition.partition("=")[0].partition(":")[0]


def signature(found: object, *, method: bool) -> list[inspect.Parameter] | None:
    """The live parameters without self, None where the library does not say."""
    try:
        parameters = list(inspect.signature(found).parameters.values())  # type: ignore[arg-type]
    except (ValueError, TypeError):
        return None
    if [p.name for p in parameters] in (["args", "kwargs"], ["self", "args", "kwargs"]):
        return None
    return parameters[1:] if method and parameters and parameters[0].name == "self" else parameters


def test_libraries_that_are_not_here() -> None:
    if ABSENT_LIBRARIES:
        pytest.skip(f"rows not checked, for these are not installed: {', '.join(ABSENT_LIBRARIES)}")


@pytest.mark.parametrize("library", INSTALLED)
def test_rows_agree_with_the_installed_library(library: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if library == "sklearn":
            importlib.import_module("sklearn.experimental.enable_iterative_imputer")
            importlib.import_module("sklearn.experimental.enable_halving_search_cv")
        installed = release(library)
        wrong = [text for name, row in rows_of(library) for text in complaints(name, row, live(name), installed)]
        prefixes = {
            name[:-2]: row for name, row in RAW.items() if name.startswith(f"{library}.") and name.endswith("*")
        }
        wrong += [name for name, row in prefixes.items() if not row.get("removed") and live(name) is ABSENT]
    assert wrong == []


def classes_of(kind: str) -> list[type]:
    """The live classes whose methods are the rows of a receiver."""
    import numpy as np
    import pandas as pd
    from pandas.core import groupby, indexes, resample, strings, window
    from pandas.core.arrays.categorical import CategoricalAccessor

    data: list[type] = [pd.DataFrame, pd.Series, pd.Index, strings.accessor.StringMethods]
    data += [
        indexes.accessors.CombinedDatetimelikeProperties,
        CategoricalAccessor,
        np.ndarray,
        importlib.import_module("scipy.sparse").csr_matrix,
    ]
    data += [pd.Categorical, pd.MultiIndex, pd.DatetimeIndex]
    windows: list[type] = [window.Rolling, window.Expanding, window.ExponentialMovingWindow, resample.Resampler]
    return {
        "data": data,
        "group": [groupby.DataFrameGroupBy, groupby.SeriesGroupBy, *windows],
        "generator": [np.random.RandomState, np.random.Generator],
    }[kind]


@pytest.mark.parametrize("kind", ["data", "group", "generator"])
def test_methods_of_data_agree_with_a_live_class(kind: str) -> None:
    classes = classes_of(kind)
    wrong = [text for name, row in rows_of(kind) for text in method_complaints(name, row, classes)]
    assert wrong == []


def method_complaints(name: str, row: Row, classes: list[type]) -> list[str]:
    """What a row of a method says that is true of none of the classes."""
    found = [attribute for cls in classes if (attribute := member(cls, name.partition(".")[2])) is not ABSENT]
    if row.removed:  # text and index may still have a method of that name
        kept = [cls.__name__ for cls in classes[:2] if member(cls, name.partition(".")[2]) is not ABSENT]
        return [f"{name}: {kept} have it, though removed in {row.removed}"] if kept else []
    if not found:
        return [f"{name}: is not here"]
    if not row.args or not all(callable(attribute) for attribute in found):
        return []
    texts = [list(wrong_arguments(name, row, attribute, method=True)) for attribute in found]
    return [] if [] in texts else texts[0]


def member(cls: type, dotted: str) -> object:
    """An attribute of a class, through its accessors: ``str.count``."""
    found: object = cls
    for part in dotted.split("."):
        found = getattr(found, part, ABSENT)
    return found


def test_methods_of_estimators_agree_with_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression, SGDClassifier
    from sklearn.mixture import GaussianMixture
    from sklearn.model_selection import KFold
    from sklearn.neighbors import KNeighborsClassifier
    from sklearn.preprocessing import StandardScaler

    owners = [StandardScaler, LogisticRegression, KNeighborsClassifier, SGDClassifier, KFold, GaussianMixture]
    wrong = []
    for kind in ("estimator", "splitter"):
        for name, row in rows_of(kind):
            found = [member(cls, name.partition(".")[2]) for cls in owners]
            texts = [list(wrong_arguments(name, row, f, method=True)) for f in found if callable(f)]
            wrong += texts[0] if texts and [] not in texts else []
    assert wrong == []
