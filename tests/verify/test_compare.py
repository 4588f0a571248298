"""What equal means, value by value."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix

from nb2pkg.verify.compare import compare_frames, compare_scores
from nb2pkg.verify.difference import Difference, Kind
from nb2pkg.verify.kernel_side.values import decode, encode


def frames(one: object, other: object, *, names: bool = True) -> tuple[bool, str]:
    found = compare_frames(encode(one), encode(other), names=names)
    return found.equal, found.detail


def where(one: object, other: object) -> Difference | None:
    return compare_frames(encode(one), encode(other)).where


def table(**columns: object) -> pd.DataFrame:
    return pd.DataFrame(columns)


NAN = float("nan")
BIG = table(a=[1e6, 1e-7, 3.0])


@pytest.mark.parametrize(
    ("one", "other", "note"),
    [
        pytest.param(table(a=[1, 2]), table(a=[1, 2]), "", id="the same"),
        pytest.param(table(a=[1.0, NAN]), table(a=[1.0, NAN]), "", id="missing equals missing"),
        pytest.param(table(a=[1.0]), table(a=[1.0 + 5e-10]), "", id="relative 1e-9"),
        pytest.param(BIG, BIG + np.array([[0], [5e-7], [0]]), "", id="1e-12 of the column's largest"),
        pytest.param(table(a=[True]), table(a=[1.0]), "bool became float64", id="bool widened"),
        pytest.param(table(a=[3]), table(a=[3.0]), "int64 became float64", id="int widened"),
        pytest.param(table(a=["x", None]), table(a=["x", NAN]), "", id="missing text"),
        pytest.param(pd.DataFrame({0: [1]}), pd.DataFrame({"0": [1]}), "", id="names as text"),
        pytest.param(pd.DataFrame({"a": [1, 2]}, index=[7, 3]), table(a=[1, 2]), "", id="labels of rows"),
        pytest.param(np.array([[1, 2]]), table(b=[1], c=[2]), "", id="an array has no names"),
        pytest.param(pd.Series([1, 2], name="y"), np.array([1, 2]), "", id="a series and an array"),
        pytest.param([[1, 2]], np.array([[1, 2]]), "", id="a list and an array"),
        pytest.param(csr_matrix([[0, 2]]), csr_matrix([[0, 2.0]]), "int64 became float64", id="sparse"),
        pytest.param(table(t=pd.to_datetime(["2020-01-01"])), table(t=pd.to_datetime(["2020-01-01"])), "", id="time"),
        pytest.param(pd.DataFrame({"a": []}), pd.DataFrame({"a": []}), "", id="no rows"),
        pytest.param(
            pd.DataFrame([[1, 2]], columns=["a", "a"]), pd.DataFrame([[1, 2]], columns=["a", "a"]), "", id="twice"
        ),
    ],
)
def test_equal_frames(one: object, other: object, note: str) -> None:
    assert frames(one, other) == (True, note)


@pytest.mark.parametrize(
    ("one", "other", "detail"),
    [
        pytest.param(
            table(a=[1, 2]), table(a=[2, 1]), "column 'a': row 0: 1 in the notebook, 2 in the package", id="order"
        ),
        pytest.param(table(a=[1]), table(a=[1, 2]), "1 rows in the notebook, 2 in the package", id="rows"),
        pytest.param(
            table(a=[1], b=[2]),
            table(a=[1]),
            "2 columns in the notebook, 1 in the package; not in the package: 'b'",
            id="columns",
        ),
        pytest.param(
            table(a=[1], b=[1]), table(b=[1], a=[1]), "column 0 is 'a' in the notebook, 'b' in the package", id="swap"
        ),
        pytest.param(
            table(a=[1]),
            np.array([[1]]),
            "columns are named in the notebook ('a', …), not in the package",
            id="unnamed",
        ),
        pytest.param(table(a=[1]), table(a=["1"]), "column 'a': int64 in the notebook, str in the package", id="type"),
        pytest.param(
            table(a=["x"]), table(a=["x "]), "column 'a': row 0: 'x' in the notebook, 'x ' in the package", id="text"
        ),
        pytest.param(
            table(a=[1.0]), table(a=[NAN]), "column 'a': row 0: 1.0 in the notebook, nan in the package", id="nan"
        ),
        pytest.param(
            BIG,
            BIG + np.array([[0], [0], [1e-5]]),
            "column 'a': row 2: 3.0 in the notebook, 3.00001 in the package",
            id="far",
        ),
        pytest.param(
            table(a=[2**53 + 1]),
            table(a=[2**53]),
            "column 'a': row 0: 9007199254740993 in the notebook, 9007199254740992 in the package",
            id="large integers",
        ),
        pytest.param(
            table(a=pd.Categorical(["x"])),
            table(a=["x"]),
            "column 'a': category in the notebook, str in the package",
            id="category",
        ),
        pytest.param(
            csr_matrix([[1.0, 0]]), np.array([[1.0, 0]]), "sparse in the notebook, table in the package", id="dense"
        ),
        pytest.param(
            csr_matrix([[1.0], [0]]), csr_matrix([[0], [1.0]]), "row 0: other columns are filled", id="sparse rows"
        ),
        pytest.param(
            csr_matrix([[0, 0], [0, 2]]),
            csr_matrix([[0, 0], [0, 3]]),
            "column 1, row 1: 2 in the notebook, 3 in the package",
            id="sparse values",
        ),
    ],
)
def test_different_frames(one: object, other: object, detail: str) -> None:
    assert frames(one, other) == (False, detail)


def test_names_need_not_agree_where_the_input_was_an_array() -> None:
    assert frames(table(a=[1]), table(b=[1]), names=False) == (True, "")


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (0.1 + 0.2, 0.3, True),
        (np.float64(0.5), 0.5, True),
        (0.5, 0.50000001, False),
        (3, 3.0, True),
        (3, 4, False),
        (NAN, NAN, True),
        (float("inf"), float("inf"), True),
        ("a 0.5\n", "a 0.5\n", True),
        ("a 0.5\n", "a 0.6\n", False),
        (np.array([[3, 1], [0, 2]]), np.array([[3, 1], [0, 2]]), True),
        (np.array([[3, 1], [0, 2]]), np.array([[3, 1], [1, 2]]), False),
        (np.array([1e6, 1e-7]), np.array([1e6, 6e-7]), False),
        ({"a": {"b": 1.0}}, {"a": {"b": 1.0}}, True),
        ({"a": 1.0}, {"b": 1.0}, False),
        ([0.5, "x", None], [0.5, "x", None], True),
        ((1.0, 2.0), [1.0, 2.0], True),
        (None, 1.0, False),
        (np.zeros((2, 2, 2)), np.zeros((2, 2, 2)), True),
        (object(), object(), False),
    ],
)
def test_scores(one: object, other: object, equal: bool) -> None:
    assert compare_scores(encode(one), encode(other)).equal is equal


@pytest.mark.parametrize(
    "value",
    [
        table(a=[1, 2], b=["x", None], c=[1.5, NAN], d=[True, False]),
        pd.DataFrame({0: [1.0], 1: [2.0]}),
        pd.Series(["a", "b"], name="text"),
        np.array([[1, 2], [3, 4]]),
        np.array(["a", "b"]),
        np.arange(3),
        csr_matrix([[0, 1.5], [2.5, 0]]),
        [[3300], [5000]],
        ["hello", "you"],
        table(t=pd.to_datetime(["2020-01-01", "2021-02-03"])),
    ],
)
def test_values_come_back_as_they_were(value: object) -> None:
    plain = encode(value)
    assert compare_frames(plain, encode(decode(plain))).equal
    assert type(decode(plain)) is type(value)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        pytest.param(table(a=[1], b=["x"]), table(a=[1], b=["x"]), None, id="nothing"),
        pytest.param(
            table(a=[1, 1], b=[1, 2]), table(a=[1, 1], b=[1, 3]), Difference(Kind.VALUE, 1, "b", 1, 2, 3), id="a number"
        ),
        pytest.param(
            table(a=[1], b=["x"]), table(a=[1], b=[None]), Difference(Kind.VALUE, 1, "b", 0, "x", None), id="a text"
        ),
        pytest.param(
            np.array([[1, 2], [3, 4]]),
            np.array([[1, 2], [3, 5]]),
            Difference(Kind.VALUE, 1, None, 1, 4, 5),
            id="an array",
        ),
        pytest.param(table(a=[1]), table(a=["1"]), Difference(Kind.TYPE, 0, "a", None, "int64", "str"), id="a type"),
        pytest.param(table(a=[1]), table(a=[1, 2]), Difference(Kind.ROWS, notebook=1, package=2), id="rows"),
        pytest.param(
            table(a=[1], b=[1]), table(a=[1]), Difference(Kind.MISSING, 1, "b", None, 2, 1), id="a column too few"
        ),
        pytest.param(table(a=[1]), table(a=[1], b=[1]), Difference(Kind.COLUMNS, notebook=1, package=2), id="too many"),
        pytest.param(
            table(a=[1, 2], b=[1, 3]),
            table(b=[1, 3], a=[1, 2]),
            Difference(Kind.NAMES, 0, "a", 1, 2, 3, "b"),
            id="a swap: the first row whose values differ, too",
        ),
        pytest.param(
            table(a=[1]), table(b=[1]), Difference(Kind.MISSING, 0, "a", None, None, None, "b"), id="another name"
        ),
        pytest.param(
            csr_matrix([[0, 1.0], [0, 2.0]]),
            csr_matrix([[0, 1.0], [0, 3.0]]),
            Difference(Kind.VALUE, 1, None, 1, 2.0, 3.0),
            id="sparse",
        ),
        pytest.param(
            csr_matrix([[0, 1.0, 1.0]]),
            csr_matrix([[1.0, 1.0, 0]]),
            Difference(Kind.VALUE, 0, None, 0),
            id="sparse places",
        ),
    ],
)
def test_the_first_place_is_known(one: object, other: object, expected: Difference | None) -> None:
    assert where(one, other) == expected


def test_what_json_has_no_number_for_is_a_word() -> None:
    found = where(table(a=[np.inf]), table(a=[NAN]))
    assert found is not None
    assert found.as_json() == {
        "kind": "value", "column": 0, "name": "a", "row": 0, "notebook": "inf", "package": "nan", "instead": None,
    }  # fmt: skip
