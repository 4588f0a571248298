"""Constants and parts of the model are not exploration: the ledger says where they went."""

from pathlib import Path

import pytest

from tests.extract.small import FILL, HEAD, LOAD, SPLIT, planned

CELLS = (
    HEAD + "\nfrom sklearn.ensemble import BaggingClassifier",
    LOAD + "\n" + FILL,
    SPLIT.replace("0.25", "share"),
    "tree = DecisionTreeClassifier(max_depth=depth, random_state=0)\nother = DecisionTreeClassifier()",
    "model = BaggingClassifier(tree, random_state=0)\nmodel.fit(X_train, y_train)\nmodel.score(X_test, y_test)",
)
CONFIG, PIPELINE = "src/people_model/config.py", "src/people_model/model/pipeline.py"


def ledger(folder: Path, *constants: str) -> dict[str, tuple[object, object]]:
    """File and reason of the statements of two cells, by their text."""
    cells = (CELLS[0], "\n".join(constants), *CELLS[1:])
    entries = planned(folder, *cells).modules.extraction["entries"]
    assert isinstance(entries, list)
    texts = {(2, number): line for number, line in enumerate(constants, 1)}
    texts |= {(5, number): line for number, line in enumerate(CELLS[3].splitlines(), 1)}
    places = {(one["cell"], one["line"]): (one["file"], one["reason"]) for one in entries}
    return {text: places[place] for place, text in texts.items()}


def test_constants_and_parts_stand_where_they_went(tmp_path: Path) -> None:
    found = ledger(tmp_path, "share = 0.25", "depth = 3", "unused = 4")
    assert found["share = 0.25"] == (CONFIG, None)
    assert found["depth = 3"] == (CONFIG, None), "read by a part of the model"
    assert found["unused = 4"] == (None, "exploration; the model does not need it")
    assert found["tree = DecisionTreeClassifier(max_depth=depth, random_state=0)"] == (PIPELINE, None)
    assert found["other = DecisionTreeClassifier()"][0] is None


@pytest.mark.parametrize("again", ["depth = 1", "depth: int = 1"])
def test_a_value_that_nothing_reads_before_it_is_replaced_is_exploration(tmp_path: Path, again: str) -> None:
    found = ledger(tmp_path, "share = 0.25", again, "depth = 3")
    assert found[again][0] is None
    assert found["depth = 3"] == (CONFIG, None)
