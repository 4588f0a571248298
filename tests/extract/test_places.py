"""Each statement of a notebook with a search stands in the ledger where it went, and what learns before the folds is told."""

from pathlib import Path

import pytest

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.page import page
from tests.extract.small import HEAD, planned

CELLS = (
    HEAD
    + "\nimport matplotlib.pyplot as plt\nimport seaborn as sns\nfrom sklearn.svm import SVC"
    + "\nfrom sklearn.model_selection import GridSearchCV, cross_val_score\nfrom sklearn.metrics import accuracy_score",
    'df = pd.read_csv("people.csv")\ndf.head()',
    'sns.countplot(x="left", data=df)\nplt.show()',
    'df["age"] = df["age"].fillna(df["age"].mean())\ndf = df.drop(columns=["plan"])',
    "sns.heatmap(df.corr(numeric_only=True), annot=True)",
    'df = pd.get_dummies(df, columns=["city"], drop_first=True)\ndf.shape',
    'X = df.drop("left", axis=1)\ny = df["left"]',
    "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=3)",
    "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)",
    "cross_val_score(SVC(), X_train, y_train, cv=3)",
    'params = {"C": [0.5, 1], "kernel": ["rbf", "linear"]}\nsearch = GridSearchCV(SVC(), params, cv=3)\n'
    + "search.fit(X_train, y_train)",
    "search.best_params_",
    "print(search.best_score_)",
    "y_pred = search.predict(X_test)\naccuracy_score(y_test, y_pred)",
)
INGESTION, PREPARED = ("data/ingestion.py", "read_raw"), "data/preprocessing.py"
SEARCH = ("model/pipeline.py", "build_search")
SCORES = ("model/scores.py", "accuracy_score")
FOUND = "what the search finds: `search` keeps the best parameters with their score, and `verify` compares this"
PLACES = {
    (2, 1): INGESTION,
    (2, 2): "display only",
    (3, 1): ("reports.py", "draw_left"),
    (3, 2): ("reports.py", "draw_left"),
    (4, 1): (PREPARED, "PeopleFeatures"),
    (4, 2): (PREPARED, "PeopleFeatures"),
    (5, 1): ("reports.py", "draw_heatmap_of_corr"),
    (6, 1): (PREPARED, "PeopleFeatures"),
    (6, 2): "display only",
    (7, 1): (PREPARED, "feature_columns"),
    (7, 2): (PREPARED, "target_of"),
    (8, 1): (PREPARED, "split_rows"),
    (9, 1): SEARCH,
    (9, 2): SEARCH,
    (9, 3): "rows that the model is only asked about go through the same pipeline",
    (10, 1): "cross-validates copies; the package scores the fitted pipeline",
    (11, 1): SEARCH,
    (11, 2): SEARCH,
    (11, 3): ("model/search.py", "search"),
    (12, 1): FOUND,
    (13, 1): FOUND,
    (14, 1): SCORES,
    (14, 2): SCORES,
}


@pytest.fixture(scope="module")
def modules(tmp_path_factory: pytest.TempPathFactory) -> Modules:
    return planned(tmp_path_factory.mktemp("search"), *CELLS).modules


def places(modules: Modules) -> dict[tuple[int, int], object]:
    """Where each statement went, or why it did not; imports apart."""
    entries = modules.extraction["entries"]
    assert isinstance(entries, list)
    below = f"src/{modules.name}/"
    return {
        (one["cell"], one["line"]): (one["file"].removeprefix(below), one["function"]) if one["file"] else one["reason"]
        for one in entries
        if one["kind"] != "import"
    }


def test_every_statement_stands_where_it_went(modules: Modules) -> None:
    assert places(modules) == PLACES


def test_every_place_is_in_the_package(modules: Modules) -> None:
    for place in PLACES.values():
        if isinstance(place, tuple) and place[0] in modules.files:
            assert place[1] in modules.files[place[0]]
    assert "if column not in NOT_FEATURES" in modules.files[PREPARED].partition("def feature_columns")[2]
    assert "NOT_FEATURES = ['left'" in modules.files[PREPARED]


def test_the_page_says_the_same(modules: Modules) -> None:
    text = page(modules)
    assert f"<code>src/{modules.name}/model/search.py</code> <code>search</code>" in text
    assert f"<code>src/{modules.name}/{PREPARED}</code> <code>feature_columns</code>" in text


def test_a_correction_names_each_cell_that_learned(modules: Modules) -> None:
    made = modules.extraction["corrections"]
    assert isinstance(made, list)
    told = "the mean of age and the categories of city (cells 4 and 6) learned from all rows; it learns from the training rows"
    assert [one["what"] for one in made] == [told]


def test_what_learned_before_the_folds_is_told(modules: Modules) -> None:
    (note,) = (note for note in modules.notes if "folds" in note)
    assert "StandardScaler (cell 9, line 2)" in note
    assert "the mean of age and the categories of city (cells 4 and 6)" in note


def test_what_learns_within_the_folds_is_not(tmp_path: Path) -> None:
    searched = (
        "from sklearn.pipeline import make_pipeline\n"
        "search = GridSearchCV(make_pipeline(StandardScaler(), SVC()), {'svc__C': [0.5, 1]}, cv=3)\nsearch.fit(X_train, y_train)"
    )
    plain = 'X = df[["income"]]\ny = df["left"]'
    found = planned(tmp_path, CELLS[0], CELLS[1], plain, CELLS[7], searched, CELLS[13])
    assert not [note for note in found.modules.notes if "folds" in note]


def test_an_attribute_of_a_model_is_no_score(tmp_path: Path) -> None:
    fit = "model = SVC().fit(X_train, y_train)"
    plain = 'X = df[["income"]]\ny = df["left"]'
    shown = "model.n_support_\nmodel.score(X_test, y_test)"
    found = places(planned(tmp_path, CELLS[0], CELLS[1], plain, CELLS[7], fit, shown).modules)
    assert found[6, 1] == "shows what the fitted model holds; `verify` compares it"
    assert found[6, 2] == ("model/scores.py", "score")
    assert found[5, 1] == ("model/pipeline.py", "build_pipeline")
