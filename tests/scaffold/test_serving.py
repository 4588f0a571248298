"""Answering rows: order of columns, refusals, types of one row, and a file as people write them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder, OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from nb2pkg.scaffold.data.contract import Column, Contract, ContractError, Kind, Problem, check
from nb2pkg.scaffold.model.artifacts import Artifact
from nb2pkg.scaffold.model.predict import Answers, predict, predict_file, write_answers
from nb2pkg.scaffold.model.probing import learn_contract

ROWS = pd.DataFrame(
    {
        "country": ["NA", "CH", "DE"] * 4,
        "code": ["007", "12", "3"] * 4,
        "size": np.arange(12.0),
        "grade": ["good", "bad"] * 6,
    }
)


def trained() -> Artifact:
    encode = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    choose = ColumnTransformer([("text", encode, ["country", "code"]), ("number", "passthrough", ["size"])])
    encoder = LabelEncoder().fit(ROWS["grade"])
    pipeline = Pipeline([("choose", choose), ("model", DecisionTreeClassifier(random_state=0))])
    pipeline.fit(ROWS, encoder.transform(ROWS["grade"]))
    return Artifact(pipeline, encoder, learn_contract(pipeline, ROWS, raw=ROWS), {})


def answered(path: Path, text: str, *, strict_ranges: bool = False) -> Answers:
    path.write_text(text, encoding="utf-8")
    return predict_file(trained(), path, strict_ranges=strict_ranges)


def test_labels_come_back_as_the_data_said_them() -> None:
    assert predict(trained(), ROWS).predictions == tuple(ROWS["grade"])


def test_one_row_of_text_keeps_its_digits_and_its_country(tmp_path: Path) -> None:
    answers = answered(tmp_path / "one.csv", "country,code,size\nNA,007,0\n")
    assert (answers.predictions, answers.warnings) == (("good",), ())


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found_by_the_columns(tmp_path: Path, separator: str) -> None:
    lines = [["size", "code", "country", "remark"], ["1", "12", "CH", "a,b"]]
    text = "\n".join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    assert answered(tmp_path / "rows.csv", f"\ufeff{text}\n").predictions == ("bad",)


def test_a_bad_row_takes_no_other_down(tmp_path: Path) -> None:
    answers = answered(tmp_path / "rows.csv", "country,code,size\nCH,12,1\nCH,12,wide\nDE,3,\nDE,3,2\n")
    assert answers.predictions == ("bad", None, None, "good")
    assert answers.refused == {
        1: "size: cannot be read as number",
        2: "size: missing, as in no training row, and no step is known to fill it",
    }
    assert write_answers(answers).splitlines()[2] == ",size: cannot be read as number,"


def test_an_unusual_row_is_answered_with_a_warning_or_strictly_refused(tmp_path: Path) -> None:
    text = "country,code,size\nFR,12,99\n"
    answers = answered(tmp_path / "rows.csv", text)
    assert [problem.column for problem in answers.warnings] == ["country", "size"]
    assert answers.refused == {}
    unusual = "country: a category that was not in training; size: outside the training range 0 to 11"
    assert write_answers(answers).splitlines()[1].split(",")[1:] == ["", unusual]
    assert list(answered(tmp_path / "rows.csv", text, strict_ranges=True).refused) == [0]


def test_a_file_without_a_needed_column_is_refused_whole(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match="missing column: code"):
        answered(tmp_path / "rows.csv", "country,size\nCH,1\n")


def test_a_file_of_only_a_header_has_no_answers(tmp_path: Path) -> None:
    answers = answered(tmp_path / "rows.csv", "country,code,size\n")
    assert answers.predictions == ()
    assert write_answers(answers) == "prediction,refused,warned\n"


def test_columns_are_put_in_the_order_of_training() -> None:
    rows = pd.DataFrame({"a": np.arange(9.0), "b": np.arange(9.0) ** 2})
    steps = [("unnamed", FunctionTransformer(np.asarray)), ("model", LinearRegression())]
    pipeline = Pipeline(steps).fit(rows, 2 * rows["a"])
    artifact = Artifact(pipeline, None, learn_contract(pipeline, rows, raw=rows), {})
    given = list(predict(artifact, rows[["b", "a"]]).predictions)
    assert given == pytest.approx(list(2 * rows["a"]))


MALFORMED = {
    "more fields than the header": ("country,code,size\nCH,12,1,7\n", "its lines have more fields than its header"),
    "a comma at the end of lines": ("country,code,size\nCH,12,1,\n", "its lines have more fields than its header"),
    "a column that stands twice": ("country,code,size,size\nCH,12,1,2\n", "columns that stand twice: size"),
}


UNREADABLE = {
    "a first line without an end": (b"country," + b"x" * 200_000, "its first line cannot be read: field larger than"),
    "another encoding": ("country,code,size\nZ\u00fcrich,12,1\n".encode("latin-1"), "'utf-8' codec can't decode"),
    "names in another encoding": ("pa\u00eds,code,size\nCH,12,1\n".encode("latin-1"), "its first line cannot be read"),
    "a quote that is never closed": (b'country,code,size\nCH,"12,1\n', "EOF inside string"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(case: str, tmp_path: Path) -> None:
    content, reason = UNREADABLE[case]
    (tmp_path / "rows.csv").write_bytes(content)
    with pytest.raises(ContractError, match=f"rows.csv: .*{reason}"):
        predict_file(trained(), tmp_path / "rows.csv")


@pytest.mark.parametrize("case", MALFORMED)
def test_a_file_whose_fields_cannot_be_told_is_refused_whole(case: str, tmp_path: Path) -> None:
    text, reason = MALFORMED[case]
    with pytest.raises(ContractError, match=reason):
        answered(tmp_path / "rows.csv", text)


class Short(BaseEstimator):
    """Answers how small a number is; refuses rows among which one is too small."""

    def fit(self, rows: pd.DataFrame, target: object = None) -> "Short":
        self.fitted_ = True
        return self

    def predict(self, rows: pd.DataFrame) -> np.ndarray:
        if (rows["a"] < 0).any():
            message = "no number\nbelow 0"
            raise ValueError(message)
        if (rows["a"] > 8).any():
            raise KeyError(9)
        return 1 / rows["a"].to_numpy()


def test_a_row_that_the_model_refuses_takes_no_other_down() -> None:
    rows = pd.DataFrame({"a": [1.0, 2.0, -4.0, 0.0, 8.0, -3.0, 9.0]})
    column = Column("a", Kind.NUMBER, "float64", accepts_missing=False, missing_in_training=False, low=-4.0, high=9.0)
    artifact = Artifact(Pipeline([("model", Short().fit(rows))]), None, Contract((column,)), {})
    answers = predict(artifact, rows)
    assert answers.predictions == (1.0, 0.5, None, None, 0.125, None, None)
    refused = "the model refuses it: no number below 0"
    lacking = "the model refuses it: there is no entry for 9"
    assert answers.refused == {2: refused, 3: "the answer is no finite number", 5: refused, 6: lacking}


def test_a_missing_value_as_in_no_training_row_is_told() -> None:
    column = Column("a", Kind.NUMBER, "float64", accepts_missing=True, missing_in_training=False)
    report = check(pd.DataFrame({"a": [1.0, None]}), Contract((column,)))
    assert report.warnings == (Problem("a", "missing, as in no training row, and filled in", (1,)),)
    known = replace(column, missing_in_training=True)
    assert check(pd.DataFrame({"a": [1.0, None]}), Contract((known,))).warnings == ()


def test_an_infinite_number_refuses_its_row_alone(tmp_path: Path) -> None:
    answers = answered(tmp_path / "rows.csv", "country,code,size\nCH,12,inf\nCH,12,1\n")
    assert answers.refused == {0: "size: not a finite number"}
    assert answers.predictions[1] == "bad"
