"""Joined files: of each the rows that belong to some joined rows, and a package of them that is equal to its notebook."""

import gzip
import io
import random
from pathlib import Path

import pandas as pd
import pytest

from nb2pkg.extract.package import assemble, write
from nb2pkg.extract.plan import plan
from nb2pkg.verify.kernel_side.joined import positions, with_keys
from nb2pkg.verify.kernel_side.sampling import cut_file
from nb2pkg.verify.sample import record_sample
from nb2pkg.verify.verdict import verify
from tests.extract import small

TEMPLATE = """people = pd.read_csv("people.csv.gz")
towns = pd.read_csv("towns.csv", sep=";", index_col="town", decimal=",")
visits = pd.read_csv("visits.csv").rename(columns={"person": "id"})
visits["day"] = pd.to_datetime(visits["day"])"""
JOIN = """costs = visits.groupby("id").agg(cost=("cost", "sum"), last=("day", "max")).reset_index()
df = people.join(towns, on="city").merge(costs, on="id", how="left")
df["cost"] = df["cost"].fillna(0)
df["size"] = df["size"].fillna(df["size"].mean())"""
SPLIT = small.SPLIT.replace('"income"]', '"income", "cost", "size"]')


def lay_out(folder: Path, rows: int) -> Path:
    """A notebook of three files in three formats."""
    path = small.write(folder, small.HEAD, TEMPLATE, JOIN, small.FILL, SPLIT, small.MODEL)
    draw = random.Random(3)
    people = ["id,age,income,city,left"]
    for number in range(rows):
        age = "" if number % 9 == 4 else str(draw.randint(18, 70))
        income = draw.randint(10, 90) * 100
        people.append(
            f"{number},{age},{income},town {draw.randint(0, 299)},{int(income + draw.randint(-900, 900) > 5000)}"
        )
    (folder / "people.csv.gz").write_bytes(gzip.compress("\n".join([*people, ""]).encode(), mtime=0))
    towns = [f"town {number};{draw.randint(1, 99)},{draw.randint(0, 9)}" for number in range(290)]
    (folder / "towns.csv").write_text("\n".join(["town;size", *towns, ""]))
    visits = [
        f"{draw.randint(0, rows)},{draw.randint(1, 90)},2024-0{draw.randint(1, 9)}-1{draw.randint(0, 9)}"
        for _ in range(4 * rows)
    ]
    (folder / "visits.csv").write_text("\n".join(["person,cost,day", *visits, ""]))
    (folder / "people.csv").unlink()
    return path


def test_a_package_of_joined_files_is_equal_and_its_sample_holds_what_belongs_together(tmp_path: Path) -> None:
    notebook = lay_out(tmp_path / "book", 1200)
    write(assemble(plan(str(notebook), name="people_model", model=None).modules), tmp_path / "package")
    recorded = record_sample(notebook, tmp_path / "package", timeout=120)
    assert recorded.why == ""
    assert recorded.golden is not None
    people = pd.read_csv(io.BytesIO(gzip.decompress(recorded.files["people.csv.gz"])))
    towns = pd.read_csv(io.BytesIO(recorded.files["towns.csv"]), sep=";")
    visits = pd.read_csv(io.BytesIO(recorded.files["visits.csv"]))
    assert len(people) == 200
    assert set(towns["town"]) == set(people["city"]) & {f"town {number}" for number in range(290)}
    assert set(visits["person"]) <= set(people["id"])
    every = pd.read_csv(notebook.parent / "visits.csv")
    assert len(visits) == every["person"].isin(people["id"]).sum()
    assert [frame["rows"] for frame in recorded.golden["frames"]] == [150, 150, 50, 50]  # type: ignore[attr-defined]
    verdict = verify(notebook, tmp_path / "package", timeout=120)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert verdict.serving.equal


def test_rows_with_a_key_that_occurs_under_another_name_are_kept() -> None:
    visits = pd.DataFrame({"person": [1, 2, 1, 3], "cost": [5, 6, 7, 8]})
    joined = pd.DataFrame({"id": [1.0, 3.0], "cost": [12, 8]})
    assert with_keys(visits, [joined], [[["person"]], [["id"], ["person"]]]) == {0, 2, 3}


def test_rows_are_kept_by_labels_and_by_several_columns_at_once() -> None:
    sizes = pd.DataFrame({"size": [1, 2, 3]}, index=pd.Index(["a", "b", "c"], name="town"))
    assert with_keys(sizes, [pd.DataFrame({"city": ["c", "z"]})], [[["city"], ["town"]]]) == {2}
    sales = pd.DataFrame({"shop": [1, 1, 2], "item": [1, 2, 1], "price": [3, 4, 5]})
    assert with_keys(sales, [pd.DataFrame({"shop": [1, 2], "item": [2, 2]})], [[["shop", "item"]]]) == {1}


def test_nothing_is_known_of_a_table_without_keys() -> None:
    assert with_keys(pd.DataFrame({"a": [1]}), [pd.DataFrame({"b": [1]})], [[["b"]]]) is None
    assert with_keys(pd.DataFrame({"a": [1]}), [pd.DataFrame({"b": [1]})], []) is None


@pytest.mark.parametrize(
    ("back", "found"),
    [
        ({"a": [2, 2], "b": ["y", "y"]}, [1, 3]),
        ({"a": [1, 3], "b": ["x", "z"]}, [0, 2]),
        ({"a": [3, 1], "b": ["z", "x"]}, None),
        ({"a": [2, 2, 2], "b": ["y", "y", "y"]}, None),
        ({"a": [1.0], "b": ["x"]}, None),
        ({"b": ["x"], "a": [1]}, None),
    ],
    ids=["twice", "in order", "another order", "once too often", "another type", "other columns"],
)
def test_what_is_read_back_has_to_be_some_of_the_rows_in_their_order(
    back: dict[str, list[object]], found: list[int] | None
) -> None:
    rows = pd.DataFrame({"a": [1, 2, 3, 2], "b": ["x", "y", "z", "y"]})
    assert positions(rows, pd.DataFrame(back)) == found


def test_a_packed_file_is_cut_and_packed_again(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n1,2\n3,4\n5,6\n"))
    assert cut_file(tmp_path / "a.csv.gz", tmp_path / "b.csv.gz", 3, [0, 2])
    assert gzip.decompress((tmp_path / "b.csv.gz").read_bytes()) == b"a,b\n1,2\n5,6\n"
