"""The recorder sees every call, whatever way it is made, and changes nothing."""

from pathlib import Path

import pytest

from nb2pkg.verify.conditions import Conditions
from nb2pkg.verify.record import Wish, read_notebook, record
from nb2pkg.verify.recording import NotRecorded, Recording
from tests.verify import pair


def seen(recording: Recording, cell: int) -> list[tuple[str, str, int, int]]:
    return [(one.kind, one.method, one.site.line, one.site.column) for one in recording.events if one.site.cell == cell]


@pytest.mark.parametrize(
    ("cell", "calls"),
    [
        pytest.param(2, [("load", "", 3, 7)], id="blank and indented lines before"),
        pytest.param(3, [("split", "", 3, 17)], id="an alias in a cell magic"),
        pytest.param(4, [("call", "fit", 2, 6), ("call", "score", 3, 11)], id="a line magic, and characters not bytes"),
        pytest.param(5, [("call", "predict", 2, 25), ("metric", "accuracy_score", 2, 6)], id="a star import, captured"),
        pytest.param(6, [("call", "score", 6, 15)], id="in a method, from another cell"),
        pytest.param(7, [("call", "predict", 2, 8)] * 3 + [("call", "predict_proba", 3, 1)] * 2, id="loops"),
        pytest.param(8, [("call", "predict", 2, 0), ("call", "score", 2, 18)], id="a bound method, an f-string"),
        pytest.param(9, [("call", "fit", 2, 0), ("call", "score", 2, 0)], id="a chain"),
        pytest.param(10, [("attribute", "classes_", 5, 0)], id="a learned attribute"),
    ],
)
def test_calls_are_recorded_where_they_stand(
    tricky: Recording, cell: int, calls: list[tuple[str, str, int, int]]
) -> None:
    assert seen(tricky, cell) == calls


def test_only_the_cell_that_raises_raises(tricky: Recording) -> None:
    assert [(error.cell, error.name) for error in tricky.errors] == [(11, "ZeroDivisionError")]


def test_a_second_fit_is_a_new_generation(tricky: Recording) -> None:
    fits = [event for event in tricky.events if event.method == "fit"]
    assert [event.generation for event in fits] == [1, 2]
    assert len({event.estimator for event in fits}) == 1


def test_seeds_are_bound_where_a_call_would_draw(tricky: Recording) -> None:
    seeded = {repair.before: repair.after for repair in tricky.repairs if "random_state" in repair.after}
    assert seeded == {
        "divide(df[['age', 'pay']], df.left, **{'test_size': .25})": (
            "divide(df[['age', 'pay']], df.left, **{'test_size': .25}, random_state=3)"
        ),
        "Tree(max_depth=2)": "Tree(max_depth=2, random_state=3)",
        "KFold(3, shuffle=True)": "KFold(3, shuffle=True, random_state=3)",
        "df.sample(3)": "df.sample(3, random_state=3)",
    }


def test_paths_of_another_machine_lead_into_the_copy(tricky: Recording) -> None:
    moved = {repair.after for repair in tricky.repairs if "random_state" not in repair.after}
    assert moved == {"'people.csv'", "'evil.csv'", "'nb2pkg-never.txt'"}
    assert not Path("/tmp/nb2pkg-never.txt").exists()


def test_positions_of_the_split_are_those_of_the_rows(tricky: Recording) -> None:
    split = next(event for event in tricky.events if event.kind == "split")
    assert split.details["rows"] == 90


def ran(folder: Path, cells: list[str], *, timeout: float = 60, wish: Wish | None = None) -> Recording | NotRecorded:
    path = pair.write_notebook(folder, cells)
    return record(read_notebook(path), wish or Wish(), timeout=timeout)


def test_a_cell_that_never_ends_is_stopped(tmp_path: Path) -> None:
    found = ran(tmp_path, ["x = 1", "import time\ntime.sleep(60)"], timeout=4)
    assert isinstance(found, NotRecorded)
    assert found.reason == "cell 2 ran past the time limit"


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    wish = Wish(sites=pair.SITES)
    found = ran(tmp_path, ["import surely_not_there", "surely_not_there.x()"], wish=wish)
    assert found == NotRecorded("module surely_not_there missing")


def test_a_kernel_that_dies_is_no_run(tmp_path: Path) -> None:
    found = ran(tmp_path, ["import os", "os._exit(3)"])
    assert isinstance(found, NotRecorded)
    assert "died" in found.reason


def test_an_interpreter_without_a_kernel_is_named(tmp_path: Path) -> None:
    path = pair.write_notebook(tmp_path, ["x = 1"])
    found = record(read_notebook(path), Wish(), conditions=Conditions(python="/usr/bin/python3"), timeout=30)
    assert found == NotRecorded("module ipykernel missing")


def test_nothing_is_written_beside_the_notebook(tmp_path: Path) -> None:
    found = ran(tmp_path, ["open('people.csv', 'w').write('gone')", "import os\nos.environ['SECRET_TOKEN'] = ''"])
    assert isinstance(found, Recording)
    assert (tmp_path / "people.csv").read_text() == pair.people()


def test_the_environment_is_scrubbed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "tell nobody")
    found = ran(
        tmp_path, ["import os\nassert 'SECRET_TOKEN' not in os.environ and os.environ['PYTHONHASHSEED'] == '0'"]
    )
    assert isinstance(found, Recording)
    assert found.errors == ()
