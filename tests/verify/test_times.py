"""How long the fits of a search took is another time each time: neither values nor printed text are compared by it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, cross_validate

from nb2pkg.verify.compare import compare_frames, compare_scores
from nb2pkg.verify.kernel_side.values import encode
from nb2pkg.verify.printed import compare_printed

ROWS = pd.DataFrame({"age": [1.0, 2.0, 4.0, 3.0, 7.0, 5.0]})
TARGET = pd.Series([1.0, 2.5, 3.0, 3.5, 6.0, 4.0])


def searched(*alphas: float) -> dict[str, object]:
    return dict(GridSearchCV(Ridge(), {"alpha": list(alphas)}, cv=2).fit(ROWS, TARGET).cv_results_)


def validated(alpha: float) -> dict[str, object]:
    return dict(cross_validate(Ridge(alpha=alpha), ROWS, TARGET, cv=2))


@pytest.mark.parametrize("make", [lambda a: searched(a, 5.0), validated], ids=["search", "cross-validation"])
def test_values_are_compared_without_times(make) -> None:  # type: ignore[no-untyped-def]
    assert compare_scores(encode(make(0.5)), encode(make(0.5))).equal
    assert not compare_scores(encode(make(0.5)), encode(make(9.0))).equal
    assert compare_frames(encode(pd.DataFrame(make(0.5))), encode(pd.DataFrame(make(0.5)))).equal
    assert not compare_frames(encode(pd.DataFrame(make(0.5))), encode(pd.DataFrame(make(9.0)))).equal


@pytest.mark.parametrize("make", [lambda a: searched(a, 5.0), validated], ids=["search", "cross-validation"])
def test_printed_tables_are_compared_without_times(make) -> None:  # type: ignore[no-untyped-def]
    table = [pd.DataFrame(make(alpha)) for alpha in (0.5, 0.5, 9.0)]
    assert compare_printed(str(table[0]), str(table[1]), "work").equal
    assert compare_printed(table[0].to_string(), table[1].to_string(), "work").equal
    assert not compare_printed(table[0].to_string(), table[2].to_string(), "work").equal
    assert compare_printed(str(make(0.5)), str(make(0.5)), "work").equal


def test_times_of_the_author_are_values_like_any_other() -> None:
    ours, theirs = pd.DataFrame({"fit_time": [1.0], "age": [2.0]}), pd.DataFrame({"fit_time": [3.0], "age": [2.0]})
    assert not compare_frames(encode(ours), encode(theirs)).equal
    assert not compare_printed("waiting_time\n0 1.5", "waiting_time\n0 2.5", "work").equal


def shown(time: float, score: float, age: int) -> str:
    first = pd.DataFrame({"fit_time": [time], "test_score": [score]})
    return f"{first.to_string()}\n\n{pd.DataFrame({'age': [age]}).to_string()}"


def test_what_stands_beside_and_below_times_is_compared() -> None:
    assert compare_printed(shown(0.001, 0.5, 7), shown(0.002, 0.5, 7), "work").equal
    assert not compare_printed(shown(0.001, 0.5, 7), shown(0.001, 0.5, 8), "work").equal
    assert not compare_printed(shown(0.001, 0.5, 7), shown(0.001, 0.6, 7), "work").equal


def test_two_columns_of_one_name_stay_two() -> None:
    frame = pd.DataFrame(np.eye(2), columns=["age", "age"])
    assert compare_frames(encode(frame), encode(frame.copy())).equal
    assert not compare_frames(encode(frame), encode(frame.iloc[:, :1])).equal
