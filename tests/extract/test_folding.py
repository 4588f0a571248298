"""Constants that are changed in place, one statement after the other, are worked out where they are decided; else refused."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble, write
from nb2pkg.verify.verdict import verify
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, refusal

LISTED = "\n".join(["X = df[features]", *SPLIT.splitlines()[1:]])
DEPTH = MODEL.replace("max_depth=3", "max_depth=depth")

FOLDED = {
    "a list that grows": (('features = ["age"]', 'features.append("income")'), LISTED, MODEL, None),
    "a list added to": (('features = ["age"]\nfeatures += ["income"]',), LISTED, MODEL, None),
    "a number counted up": (("depth = 2\ndepth += 1",), SPLIT, DEPTH, ("max_depth", "3")),
    "a number twice": (("depth = 2", "depth *= 3\ndepth -= 4"), SPLIT, DEPTH, ("max_depth", "2")),
    "a power": (("depth = 2**3 // 3",), SPLIT, DEPTH, ("max_depth", "2")),
    "a size": (("size = 0.25\nsize += 0.15",), SPLIT.replace("0.25", "size"), MODEL, ("test_size", "0.4")),
    "an item of a list": (
        ("seeds = []\nseeds.append(5)\nseeds.insert(0, 7)",),
        SPLIT.replace("random_state=3", "random_state=seeds[1]"),
        MODEL,
        ("split_seed", "5"),
    ),
    "an entry set later": (
        ('options = {}\noptions["depth"] = 4',),
        SPLIT,
        MODEL.replace("max_depth=3", 'max_depth=options["depth"]'),
        ("max_depth", "4"),
    ),
}


@pytest.mark.parametrize("case", FOLDED)
def test_what_is_decided_is_worked_out(case: str, tmp_path: Path) -> None:
    cells, split, model, setting = FOLDED[case]
    found = planned(tmp_path, HEAD, LOAD, FILL, *cells, split, model)
    if setting is not None:
        assert {field.name: field.default for field in found.modules.config}[setting[0]] == setting[1]


@pytest.mark.parametrize("case", ["a list added to", "a number twice"])
def test_the_package_is_equal(case: str, tmp_path: Path) -> None:
    cells, split, model, _ = FOLDED[case]
    found = planned(tmp_path, HEAD, LOAD, FILL, *cells, split, model)
    write(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")


def test_a_scale_that_is_added_to(tmp_path: Path) -> None:
    scaled = 'scale = 2\nscale += 1\ndf["income"] = df["income"] * scale'
    found = planned(tmp_path, HEAD, LOAD, FILL, scaled, SPLIT, MODEL)
    write(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")


UNDECIDED = {
    "counted up under a condition": "depth = 2\nif df.shape[0] > 5:\n    depth += 1",
    "counted up in a loop": "depth = 0\nfor turn in range(3):\n    depth += 1",
    "counted from rows": "depth = len(df)\ndepth -= 57",
    "changed by rows": "depth = 2\ndepth += len(df.columns)",
    "changed by a function": "def deeper():\n    global depth\n    depth = depth + 1\ndepth = 2\ndeeper()",
}


@pytest.mark.parametrize("case", UNDECIDED)
def test_what_is_not_decided_is_refused(case: str, tmp_path: Path) -> None:
    assert "`depth` is not a constant" in refusal(tmp_path, HEAD, LOAD, FILL, UNDECIDED[case], SPLIT, DEPTH)


def test_a_list_under_another_name_is_no_constant_of_its_own(tmp_path: Path) -> None:
    grown = "depths = [2]\nothers = depths\nothers.insert(0, 9)"
    model = MODEL.replace("max_depth=3", "max_depth=depths[0]")
    assert "`depths[0]` is not a constant" in refusal(tmp_path, HEAD, LOAD, FILL, grown, SPLIT, model)
