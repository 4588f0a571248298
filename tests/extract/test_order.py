"""Cells saved out of the order they ran: data flow, else the recorded run, else the reason; both sides run in that order."""

import json
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.levels import LowerPlan, best_plan
from nb2pkg.extract.order import as_soon_as, needed_first
from nb2pkg.extract.package import write as write_package
from nb2pkg.extract.plan import Plan, plan
from nb2pkg.extract.sections.package import assembled
from nb2pkg.extract.telling import plan_lines
from nb2pkg.verify.verdict import Verdict, verify
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, write

SCALE = 'df["income"] = df["income"] / 100'


def counted(folder: Path, *cells: tuple[str, int | None]) -> str:
    """A notebook whose cells carry execution counts, its data beside it."""
    path = write(folder, *(source for source, _ in cells))
    content = json.loads(path.read_text())
    for cell, (_, count) in zip(content["cells"], cells, strict=True):
        cell["execution_count"] = count
    path.write_text(json.dumps(content))
    return str(path)


def uncounted(folder: Path, *cells: str) -> str:
    return counted(folder, *((cell, None) for cell in cells))


def planned(path: str) -> Plan:
    return plan(path, name="people_model", model=None)


def refusal(path: str) -> str:
    with pytest.raises(ExtractError) as caught:
        planned(path)
    return str(caught.value)


def order_of(found: Plan) -> object:
    replay = found.modules.extraction["replay"]
    assert isinstance(replay, dict)
    return replay.get("order")


def verdict_of(path: str, found: Plan | LowerPlan, folder: Path) -> Verdict:
    write_package(assembled(found.modules), folder / "package")
    return verify(Path(path), folder / "package", timeout=200)


def test_a_cell_runs_after_the_cell_below_that_binds_what_it_reads(tmp_path: Path) -> None:
    path = uncounted(tmp_path, HEAD, SCALE, LOAD, FILL, SPLIT, MODEL)
    found = planned(path)
    assert order_of(found) == [1, 3, 2, 4, 5, 6]
    assert [one for one in plan_lines(found) if one.startswith("repair: use-before")] == [
        (
            "repair: use-before-definition, cell 2 line 1: `df` is bound below, in cell 3, which runs before this "
            "cell (in data-flow order)"
        )
    ]
    entries = found.modules.extraction["entries"]
    assert isinstance(entries, list)
    assert [one["cell"] for one in entries] == sorted(one["cell"] for one in entries)
    assert [one.number for one in found.modules.cells] == [1, 2, 3, 4, 5, 6]
    verdict = verdict_of(path, found, tmp_path)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert [one.as_json() for one in verdict.repairs] == [
        {"cell": 2, "line": 1, "before": "`df` is bound below, in cell 3", "after": "cell 3 runs before cell 2"}
    ]
    assert not verdict.notes


def test_in_document_order_nothing_is_told(tmp_path: Path) -> None:
    found = planned(uncounted(tmp_path, HEAD, LOAD, SCALE, FILL, SPLIT, MODEL))
    assert order_of(found) is None
    assert not [one for one in found.corrections if one.rule == "use-before-definition"]


def test_what_the_cell_below_needs_comes_along(tmp_path: Path) -> None:
    load = "df = pd.read_csv(name)"
    found = planned(uncounted(tmp_path, SCALE, load, 'name = "people.csv"', HEAD, FILL, SPLIT, MODEL))
    assert order_of(found) == [3, 4, 2, 1, 5, 6, 7]
    assert [(one.cell, one.line) for one in found.corrections if one.rule == "use-before-definition"] == [
        (1, 1),
        (2, 1),
        (2, 1),
    ]


def test_a_function_and_its_global_below_the_call(tmp_path: Path) -> None:
    calls = 'df["income"] = df["income"].apply(scaled)'
    define = "def scaled(value):\n    return value / factor"
    path = uncounted(tmp_path, HEAD, LOAD, calls, define, "factor = 100", FILL, SPLIT, MODEL)
    found = planned(path)
    assert order_of(found) == [1, 2, 4, 5, 3, 6, 7, 8]
    before = uncounted(tmp_path / "straight", HEAD, LOAD, define, "factor = 100", calls, FILL, SPLIT, MODEL)
    assert found.modules.files["data/preprocessing.py"] == planned(before).modules.files[
        "data/preprocessing.py"
    ].replace("cells 5 to 6", "cells 3 to 6")
    verdict = verdict_of(path, found, tmp_path)
    assert (verdict.verdict, verdict.reason) == ("equal", "")


def test_counts_decide_between_two_cells_that_bind_the_name(tmp_path: Path) -> None:
    cells = ((HEAD, 1), (LOAD, 2), ('df["income"] = df["income"] / k', 4), ("k = 10", 3), ("k = 100", 5), (FILL, 6))
    path = counted(tmp_path, *cells, (SPLIT, 7), (MODEL, 8))
    found = planned(path)
    assert order_of(found) == [1, 2, 4, 3, 5, 6, 7, 8]
    assert "(in the recorded order)" in "".join(plan_lines(found))
    assert "10" in found.modules.files["data/preprocessing.py"] or "k" in found.modules.files["data/preprocessing.py"]
    verdict = verdict_of(path, found, tmp_path)
    assert (verdict.verdict, verdict.reason) == ("equal", "")


def test_without_counts_two_cells_that_bind_the_name_are_refused(tmp_path: Path) -> None:
    path = uncounted(tmp_path, HEAD, LOAD, 'df["income"] = df["income"] / k', "k = 10", "k = 100", FILL, SPLIT, MODEL)
    assert refusal(path) == (
        "cell 3 line 1: `k` is read above what gives it its value, and no order of the cells is sure: cells 4 and 5 each "
        "bind `k`; no execution counts are saved; move the cells into the order in which they run"
    )


def test_where_both_orders_run_and_differ_the_author_ran_the_recorded_one(tmp_path: Path) -> None:
    cells = (
        (HEAD, 1),
        (LOAD, 2),
        ("k = 10", 3),
        ('df["income"] = df["income"] / k * m', 6),
        ("m = 2", 4),
        ("k = 50", 5),
    )
    path = counted(tmp_path, *cells, (FILL, 7), (SPLIT, 8), (MODEL, 9))
    assert order_of(planned(path)) == [1, 2, 3, 5, 6, 4, 7, 8, 9]
    one_session = [(source, count if source != "k = 50" else None) for source, count in cells]
    twin = counted(tmp_path / "twin", *one_session, (FILL, 7), (SPLIT, 8), (MODEL, 9))
    assert order_of(planned(twin)) == [1, 2, 3, 5, 4, 6, 7, 8, 9]


def test_cells_that_need_each_other_are_refused(tmp_path: Path) -> None:
    first, second = 'df["income"] = df["income"] / k\nm = 3', "k = m * 2"
    assert refusal(uncounted(tmp_path, HEAD, LOAD, first, second, FILL, SPLIT, MODEL)) == (
        "cell 3 line 1: `k` is read above what gives it its value, and no order of the cells is sure: cell 4 line 1 binds it "
        "and needs what cell 3 makes; no execution counts are saved; move the cells into the order in which they run"
    )


def test_a_name_bound_further_down_in_its_own_cell_is_refused(tmp_path: Path) -> None:
    cell = 'df["income"] = df["income"] / k\nk = 3'
    assert "cell 3 line 1: `k` is read above" in refusal(uncounted(tmp_path, HEAD, LOAD, cell, FILL, SPLIT, MODEL))
    assert "the same cell binds `k` below line 1" in refusal(uncounted(tmp_path, HEAD, LOAD, cell, FILL, SPLIT, MODEL))


def test_an_order_that_changes_what_other_cells_read_is_refused(tmp_path: Path) -> None:
    reads, both = 'df["income"] = df["income"] / k', "k = 10\nm = 7"
    between = 'df["age"] = df["age"] * m\nk2 = 1\ndf["age"] = df["age"] * start'
    late = 'start = 5\ndf["income"] = df["income"] * start'
    found = refusal(
        uncounted(tmp_path, HEAD, LOAD + "\nm = 2\nstart = 1", reads + "\nstart = 3", between, both, late, SPLIT, MODEL)
    )
    assert "cell 3 line 1: `k` is read above" in found
    assert "then cell 4 line 1 no longer has `m` of cell 2" in found


def test_cells_that_fail_and_do_nothing_for_the_model_are_no_hindrance(tmp_path: Path) -> None:
    show = "print(k)"
    path = uncounted(tmp_path, HEAD, LOAD, show, "k = 10", "k = 100", FILL, SPLIT, MODEL)
    assert order_of(planned(path)) is None
    path = uncounted(tmp_path, HEAD, LOAD, show + '\ndf["age"] = 1', "k = 10", "k = 100", FILL, SPLIT, MODEL)
    assert "`k` is read above" in refusal(path)


def test_below_level_3_the_sections_follow_the_order(tmp_path: Path) -> None:
    path = uncounted(tmp_path, "print(total + 1)", "import math\ntotal = math.floor(4.5)", "print(total)")
    found = best_plan(path, name="work", model=None)
    assert isinstance(found, LowerPlan)
    assert found.modules.level == 1
    assert [one.what for one in found.corrections] == [
        "`total` is bound below, in cell 2, which runs before this cell (in data-flow order)"
    ]
    assert "repair: use-before-definition, cell 1 line 1" in "\n".join(plan_lines(found))
    verdict = verdict_of(path, found, tmp_path)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert [one.after for one in verdict.repairs] == ["cell 2 runs before cell 1"]


def test_below_level_3_no_order_is_a_refusal_with_cells_and_lines(tmp_path: Path) -> None:
    with pytest.raises(ExtractError, match=r"cells 2 and 3 each bind `total`; no execution counts are saved"):
        best_plan(uncounted(tmp_path, "print(total)", "total = 1", "total = 2"), name="work", model=None)


def test_the_same_import_twice_is_one(tmp_path: Path) -> None:
    head = HEAD.replace("import pandas as pd\n", "")
    again = "import pandas as pd"
    found = planned(uncounted(tmp_path, head, LOAD, again, FILL + "\n" + again, SPLIT, MODEL))
    assert order_of(found) == [1, 3, 2, 4, 5, 6]


NEEDS = {1: set[int](), 2: {4}, 3: {2}, 4: {1}, 5: set[int]()}


def test_what_is_needed_first() -> None:
    assert needed_first(NEEDS) == [1, 4, 2, 3, 5]
    assert as_soon_as(NEEDS) == [1, 4, 2, 3, 5]
    assert needed_first({1: {3}, 2: set(), 3: set()}) == [3, 1, 2]
    assert as_soon_as({1: {3}, 2: set(), 3: set()}) == [2, 3, 1]


@pytest.mark.parametrize("arrange", [needed_first, as_soon_as])
def test_a_circle_has_no_order(arrange: object) -> None:
    assert arrange({1: {2}, 2: {1}}) is None  # type: ignore[operator]
