"""A list of columns that the notebook has a name for is said once; a list that only looks like it keeps its own words."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble, write
from nb2pkg.verify.verdict import verify
from tests.extract.small import HEAD, LOAD, SPLIT, planned
from tests.extract.small import write as write_notebook

IMPORTS = (
    HEAD + "\nfrom sklearn.compose import ColumnTransformer\nfrom sklearn.impute import SimpleImputer"
    "\nfrom sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing import OneHotEncoder"
)
LISTS = 'numeric = ["age", "income"]\nplaces = ["city"]'
ROWS = SPLIT.replace('df[["age", "income"]]', "df[numeric + places]")
MODEL = """preparing = ColumnTransformer([("fill", SimpleImputer(), numeric), ("place", OneHotEncoder(), places)])
model = Pipeline([("preparing", preparing), ("tree", DecisionTreeClassifier(random_state=0))])
model.fit(X_train, y_train)
model.score(X_test, y_test)"""

TREE = "model = DecisionTreeClassifier(random_state=0)\nmodel.fit(X_train, y_train)"


def texts(folder: Path, *cells: str) -> tuple[str, str]:
    """The modules with the lists and with the pipeline."""
    files = planned(folder, IMPORTS, LOAD, *cells).modules.files
    return files["data/preprocessing.py"], files["model/pipeline.py"]


def test_a_list_with_a_name_is_said_once_and_the_package_is_equal(tmp_path: Path) -> None:
    preprocessing, pipeline = texts(tmp_path, LISTS, ROWS, MODEL)
    assert "\nFEATURES = [*numeric, *places]\n" in preprocessing
    assert "SimpleImputer(), numeric)" in pipeline
    assert "OneHotEncoder(), places)" in pipeline
    assert "'income'" not in pipeline
    notebook = write_notebook(tmp_path, IMPORTS, LOAD, LISTS, ROWS, MODEL)
    write(assemble(planned(tmp_path, IMPORTS, LOAD, LISTS, ROWS, MODEL).modules), tmp_path / "package")
    assert verify(notebook, tmp_path / "package", timeout=200).verdict == "equal"


def test_one_list_is_its_name(tmp_path: Path) -> None:
    preprocessing, _ = texts(tmp_path, 'chosen = ["age", "city"]', SPLIT.replace('["age", "income"]', "chosen"), TREE)
    assert "\nFEATURES = chosen\n" in preprocessing


def test_a_list_of_the_same_words_keeps_them_where_the_notebook_writes_them(tmp_path: Path) -> None:
    literal = MODEL.replace("numeric)", '["age", "income"])').replace("places)", '["city"])')
    preprocessing, pipeline = texts(tmp_path, LISTS, ROWS, literal)
    assert "\nFEATURES = [*numeric, *places]\n" in preprocessing
    assert "SimpleImputer(), ['age', 'income'])" in pipeline


@pytest.mark.parametrize("name", ["build_pipeline", "config", "Pipeline_"])
def test_a_name_that_means_something_else_in_the_pipeline_stays_out_of_it(tmp_path: Path, name: str) -> None:
    lists, rows, model = (text.replace("numeric", name) for text in (LISTS, ROWS, MODEL))
    _, pipeline = texts(tmp_path, lists, rows, model)
    assert ("SimpleImputer(), ['age', 'income'])" in pipeline) is (name != "Pipeline_")


def test_a_list_that_is_changed_before_it_is_read_is_no_part(tmp_path: Path) -> None:
    longer = LISTS.replace('"age", "income"', '"age"') + '\nnumeric.append("income")'
    preprocessing, _ = texts(tmp_path, longer, ROWS, MODEL.replace("numeric)", '["age", "income"])'))
    assert "*numeric" not in preprocessing


def test_the_function_that_keeps_the_features_has_a_name_of_its_own(tmp_path: Path) -> None:
    mine = 'select_features = ["age", "city"]'
    preprocessing, pipeline = texts(tmp_path, mine, SPLIT.replace('["age", "income"]', "select_features"), TREE)
    assert "FEATURES = select_features\n" in preprocessing
    assert "def select_features_2(rows: pd.DataFrame) -> pd.DataFrame:\n" in preprocessing
    assert '("select_features_2", FunctionTransformer(select_features_2))' in pipeline
