"""The sample a package's tests work on: few rows, everything shown, read back as they were."""

import io
import random
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nb2pkg.verify.kernel_side.sampling import choose, cut_file, needs_of, records_of
from nb2pkg.verify.sample import record_sample
from tests.verify import pair


def test_small_data_is_its_own_sample(notebook: Path, package: Path) -> None:
    recorded = record_sample(notebook, package, timeout=60)
    assert recorded.why == ""
    assert recorded.files["people.csv"].decode() == pair.people()
    assert len(pd.read_csv(io.BytesIO(recorded.files["sample.csv"]))) == 90
    golden = recorded.golden
    assert golden is not None
    assert [frame["rows"] for frame in golden["frames"]] == [67, 67, 23, 23]  # type: ignore[attr-defined]
    assert golden["scores"][3]["input"] == [[0.5, 0.1, 1.0]]  # type: ignore[index]
    assert [one["method"] for one in golden["predictions"]] == ["predict"]  # type: ignore[attr-defined]


def test_large_data_is_cut_and_the_notebook_runs_on_it(package: Path, tmp_path: Path) -> None:
    path = pair.write_notebook(tmp_path, pair.NOTEBOOK)
    draw = random.Random(1)
    rows = [f"{'' if i == 700 else draw.randint(18, 70)},{i},{i % 4},{i % 2}\n" for i in range(1500)]
    (tmp_path / "people.csv").write_text("age,pay,team,left\n" + "".join(rows))
    recorded = record_sample(path, package, timeout=60)
    sample = pd.read_csv(io.BytesIO(recorded.files["people.csv"]))
    assert len(sample) == 200
    assert sample.age.isna().sum() == 1
    assert sample.pay.is_monotonic_increasing
    assert sample.left.sum() == 100
    assert recorded.golden is not None
    assert [frame["rows"] for frame in recorded.golden["frames"]] == [150, 150, 50, 50]  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(5))
def test_the_chosen_rows_show_everything(seed: int) -> None:
    draw = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "town": draw.choice([*"abcdefgh"], 2000, p=[0.9, 0.09, 0.002, 0.002, 0.002, 0.002, 0.001, 0.001]),
            "area": np.where(draw.random(2000) < 0.002, np.nan, draw.random(2000)),
            "name": [f"n{i}" for i in range(2000)],
        }
    )
    chosen = choose(rows, rows["town"] == "a", 50, seed)
    assert len(chosen) == 50
    assert chosen == sorted(set(chosen))
    assert all(need & set(chosen) for need in needs_of(rows))


def test_a_line_break_in_quotes_stays_in_its_record(tmp_path: Path) -> None:
    text = 'a;b\n1;"x\ny"\n\n2;"z"\n3;w'
    assert records_of(text) == ["a;b\n", '1;"x\ny"\n', '2;"z"\n', "3;w"]
    (tmp_path / "in.csv").write_text(text)
    assert cut_file(tmp_path / "in.csv", tmp_path / "out.csv", 3, [0, 2])
    assert (tmp_path / "out.csv").read_text() == 'a;b\n1;"x\ny"\n3;w\n'
    assert not cut_file(tmp_path / "in.csv", tmp_path / "out.csv", 7, [0])
