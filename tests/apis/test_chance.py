"""Whether a call draws at random, as the tables say, is so in the release that is installed here."""

import importlib
import warnings
from collections.abc import Iterator

import numpy
import pytest

from nb2pkg.apis import Row, load_tables, rules_folder
from nb2pkg.chance import UNKNOWN, Chance, chance
from nb2pkg.verify.kernel_side.idle import is_idle
from nb2pkg.verify.repairs import idle_when

TABLE = load_tables([rules_folder()])
DRAW = numpy.random.RandomState(5)
FEW, MANY = DRAW.uniform(1, 5, size=(60, 6)), DRAW.uniform(1, 5, size=(10_500, 3))
SLOW = {"SVC", "NuSVC", "GaussianProcessClassifier", "GaussianProcessRegressor"}  # on many rows
WHEN_TRANSFORMING = {"TargetEncoder"}
BY_THE_DATA = {"TSNE"}  # its first places are those of a PCA


def rows() -> Iterator[tuple[str, Row]]:
    """The estimators of scikit-learn that can be made and given a seed alone."""
    for name in TABLE.names():
        row = TABLE.get(name) if name.startswith("sklearn.") and not name.endswith("*") else None
        if row is None or row.name != name or not row.kind or not row.seed or row.removed or row.kind == "splitter":
            continue
        if row.args[:1] not in (("estimator",), ("base_estimator",)) and row.kind != "search":
            yield name, row


ROWS = dict(rows())
OTHER_DATA = ("RandomProjection", "Chain", "PatchExtractor")
ALONE = [name for name in ROWS if not name.endswith(OTHER_DATA)]


def fitted(name: str, matrix: numpy.ndarray, seed: numpy.random.RandomState, **given: object) -> object:
    """The estimator, fitted."""
    importlib.import_module("sklearn.experimental.enable_iterative_imputer")
    module, _, short = name.rpartition(".")
    target = (matrix[:, 0] + matrix[:, 1] > 6).astype(int)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = getattr(importlib.import_module(module), short)(random_state=seed, **given)
        return made.fit(matrix, numpy.column_stack([target, 1 - target]) if short.startswith("MultiTask") else target)


def answers(name: str, matrix: numpy.ndarray, seed: int, **given: object) -> numpy.ndarray:
    """What a fitted estimator makes of its first rows."""
    made = fitted(name, matrix, numpy.random.RandomState(seed), **given)
    ask = getattr(made, "predict", None) or made.transform  # type: ignore[attr-defined]
    found = ask(matrix[:50])
    return numpy.asarray(found.toarray() if hasattr(found, "toarray") else found)


def draws(name: str, matrix: numpy.ndarray, **given: object) -> bool:
    """Does its fit move the random numbers on?"""
    stream = numpy.random.RandomState(0)
    before = stream.get_state(legacy=False)["state"]
    fitted(name, matrix, stream, **given)
    after = stream.get_state(legacy=False)["state"]
    return bool(before["pos"] != after["pos"] or (before["key"] != after["key"]).any())


@pytest.mark.parametrize("name", [name for name in ALONE if chance(ROWS[name], {}) is Chance.SURELY])
def test_what_surely_draws_does(name: str) -> None:
    if name.rpartition(".")[2] not in WHEN_TRANSFORMING | BY_THE_DATA:
        assert draws(name, FEW)


@pytest.mark.parametrize("name", [name for name in ALONE if chance(ROWS[name], {}) is Chance.NEVER])
def test_what_never_draws_is_the_same_for_each_seed(name: str) -> None:
    slow = name.endswith("CV") or name.rpartition(".")[2] in SLOW
    for matrix in [FEW] if slow else [FEW, MANY]:
        first = answers(name, matrix, 1)
        assert all((answers(name, matrix, seed) == first).all() for seed in ([2, 3] if matrix is FEW else [2]))


NEVER: dict[str, dict[str, object]] = {
    "sklearn.svm.LinearSVC": {"dual": False},
    "sklearn.decomposition.PCA": {"svd_solver": "full", "n_components": 2},
    "sklearn.preprocessing.QuantileTransformer": {"subsample": None},
    "sklearn.linear_model.LogisticRegression": {"solver": "newton-cg"},
    "sklearn.linear_model.Ridge": {"alpha": 2.0},
}


@pytest.mark.parametrize("name", NEVER)
def test_arguments_with_which_nothing_is_drawn(name: str) -> None:
    given = NEVER[name]
    assert chance(ROWS[name], given) is Chance.NEVER
    first = answers(name, MANY, 1, **given)
    assert (answers(name, MANY, 2, **given) == first).all()


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("sklearn.linear_model.LogisticRegression", {"solver": "saga"}),
        ("sklearn.linear_model.Lasso", {"selection": "random"}),
        ("sklearn.linear_model.Ridge", {"solver": "sag"}),
        ("sklearn.decomposition.PCA", {"svd_solver": "randomized", "n_components": 2}),
        ("sklearn.svm.LinearSVC", {"dual": True}),
        ("sklearn.impute.IterativeImputer", {"sample_posterior": True}),
    ],
)
def test_arguments_with_which_it_surely_draws(name: str, given: dict[str, object]) -> None:
    row = TABLE.get(name)
    assert row is not None and chance(row, given) is Chance.SURELY
    matrix = FEW.copy()
    matrix[3, 2] = numpy.nan if name.endswith("Imputer") else matrix[3, 2]
    assert draws(name, matrix, **given)


def test_what_depends_on_the_data() -> None:
    quantiles = "sklearn.preprocessing.QuantileTransformer"
    assert chance(ROWS[quantiles], {}) is Chance.PERHAPS
    assert (draws(quantiles, FEW), draws(quantiles, MANY)) == (False, True)
    assert chance(ROWS["sklearn.decomposition.PCA"], {"n_components": 2}) is Chance.PERHAPS
    assert chance(ROWS["sklearn.decomposition.PCA"], {"n_components": 0.95}) is Chance.NEVER
    assert chance(ROWS["sklearn.svm.SVC"], {"probability": UNKNOWN}) is Chance.PERHAPS
    assert chance(ROWS["sklearn.svm.SVC"], {"probability": False}) is Chance.NEVER


@pytest.mark.parametrize(
    "given", [{}, {"dual": False}, {"dual": True}, {"n_components": 0.9}, {"n_components": 2}, {"subsample": None}]
)
def test_the_notebooks_run_knows_the_same(given: dict[str, object]) -> None:
    conditions = idle_when()
    for name, row in ROWS.items():
        made = {"made": name, "with": given, "given": list(given)}
        assert is_idle(made, conditions) == (chance(row, given) is Chance.NEVER), name
