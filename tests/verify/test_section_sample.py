"""What the tests of a package below level 3 work on: rows drawn from the data files, and what the notebook made of them."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nb2pkg.scaffold.running.tests.recorded import Watched, alike_texts
from nb2pkg.scaffold.tests.alike import alike_tables
from nb2pkg.verify.kernel_side.values import encode
from nb2pkg.verify.plan import Plan, read_plan
from nb2pkg.verify.section_golden import section_golden
from nb2pkg.verify.section_sample import NoSampleError, cut, sampled
from nb2pkg.verify.sections import Ran

ROWS = "".join(f'{number},"a\nb"\n' for number in range(30))


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    (tmp_path / "extraction.json").write_text('{"level": 2, "replay": {"package": "work", "seed": 3}}')
    return read_plan(tmp_path)


def test_rows_are_drawn_in_their_order_below_the_header(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("number,text\n" + ROWS, encoding="utf-8")
    found = cut(tmp_path / "rows.csv", 4, 3)
    assert found is not None
    (tmp_path / "cut.csv").write_bytes(found)
    rows = pd.read_csv(tmp_path / "cut.csv")
    assert (list(rows.columns), list(rows["number"]), set(rows["text"])) == (
        ["number", "text"],
        [4, 7, 17, 18],
        {"a\nb"},
    )
    assert cut(tmp_path / "rows.csv", 30, 3) is None


def test_files_are_kept_whole_where_rows_are_few_or_cannot_be_told(tmp_path: Path, plan: Plan) -> None:
    (tmp_path / "rows.csv").write_text("number,text\n" + ROWS, encoding="utf-8")
    (tmp_path / "rows.json").write_text("[\n" * 400, encoding="utf-8")
    reads = replace(plan, loads=("rows.csv", "rows.json", "written.csv"))
    files, whole = sampled(tmp_path, reads, 30)
    assert (sorted(files), whole, len(files["rows.json"])) == (["rows.csv", "rows.json"], True, 800)
    files, whole = sampled(tmp_path, reads, 5)
    assert (files["rows.csv"].count(b'"\n'), whole) == (5, False)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("pictures", "the notebook works in a folder (pictures), of which no rows can be drawn"),
        ("../outside.csv", "the notebook reads what lies above its folder (../outside.csv)"),
        ("large.bin", "the data files are too large to keep with the tests"),
    ],
)
def test_what_cannot_be_kept_with_the_tests_is_told(path: str, why: str, tmp_path: Path, plan: Plan) -> None:
    (tmp_path / "work" / "pictures").mkdir(parents=True)
    (tmp_path / "outside.csv").write_text("a\n1\n")
    (tmp_path / "work" / "large.bin").write_bytes(bytes(5_000_001))
    with pytest.raises(NoSampleError) as refused:
        sampled(tmp_path / "work", replace(plan, loads=(path,)), 200)
    assert str(refused.value) == why


TABLE = pd.DataFrame(
    {
        "size": [1.5, None, 3.0],
        "when": pd.to_datetime(["2020-01-01"] * 3),
        "city": ["Rome", None, "Bern"],
        "wide": [1.0, float("inf"), 2.0],
    }
)


def golden_of(plan: Plan, held: dict[str, object], *, notebook: str, package: str) -> dict[str, Any] | None:
    section = {"function": "load", "cells": [1], "gives": [*held], "unshown": []}
    output = {"output_type": "stream", "name": "stdout", "text": notebook}
    ran = Ran({1: [output]}, {"load": {name: encode(value) for name, value in held.items()}})
    return section_golden(plan, [section], ran, {"load": package}, None)


def test_of_a_table_numbers_and_texts_are_kept_and_read_again(plan: Plan) -> None:
    held = {"df": TABLE, "rows": TABLE["size"], "names": ["a", 1], "model": object()}
    found = golden_of(plan, held, notebook="3 rows\n", package="3 rows\n")
    assert found is not None
    (section,) = found["sections"]
    assert (section["prints"], sorted(section["holds"])) == ("3 rows\n", ["df", "names", "rows"])
    assert section["holds"]["df"]["kept"] == [0, 2]
    watched = Watched(lambda: tuple(held.values()), section)
    watched()
    for name in ("df", "rows"):
        assert watched.held[name]["shape"] == section["holds"][name]["shape"]
        assert alike_tables(watched.held[name]["cells"], section["holds"][name]["cells"])
    assert watched.held["names"] == ["a", 1]
    section["holds"]["df"]["cells"][2][0] = 3.1
    assert not alike_tables(watched.held["df"]["cells"], section["holds"]["df"]["cells"])


@pytest.mark.parametrize("text", ["took 0:00:03\n", "<object at 0x7f00>\n", "Wall time: 3 s\n", ""])
def test_a_text_that_is_another_each_time_is_not_kept(text: str, plan: Plan) -> None:
    assert golden_of(plan, {}, notebook=text, package=text) is None


def test_a_text_that_the_package_prints_otherwise_is_not_kept(plan: Plan) -> None:
    assert golden_of(plan, {}, notebook="a 1\n", package="a 2\n") is None


def test_texts_are_compared_by_words_and_numbers() -> None:
    assert alike_texts("r2 0.9\n x", "r2\n0.90000000000001 x")
    assert not alike_texts("r2 0.9", "r2 0.91")
    assert not alike_texts("3 rows", "4 rows")
    assert not alike_texts("3 rows", "3 rows more")
    assert alike_texts("[0.5,0.25]", "[0.5,0.25000000000000001]")
