"""The page on extraction shows what the commands print and write."""

import json
import re
import shutil
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.levels import LowerPlan, best_plan
from tests.cli.notebooks import run
from tests.extract.small import HEAD, LOAD, MODEL, SPLIT, write
from tests.extract.test_connected import HANDED_OVER, two

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "extraction.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
FENCES = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
DEMO = ROOT / "fixtures" / "demo" / "train.ipynb"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the page's command was run; its output stands in ``told.txt``."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(ROOT / "fixtures" / "demo", folder / "fixtures" / "demo")
    command = next(text for _, text in FENCES if text.startswith("$ nb2pkg extract")).splitlines()[0]
    told = run(*command.removeprefix("$ nb2pkg ").split(), folder=folder)
    (folder / "told.txt").write_text(told.stdout, encoding="utf-8")
    return folder


def ledger(package: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((package / "extraction.json").read_text(encoding="utf-8"))
    return found


def test_the_notebook_is_that_of_the_fixture() -> None:
    cells = json.loads(DEMO.read_text(encoding="utf-8"))["cells"]
    code = [f"# %% cell {n}\n{''.join(c['source'])}\n" for n, c in enumerate(cells, 1) if c["cell_type"] == "code"]
    assert ("python", "".join(code)) in FENCES


def test_the_output_is_what_extract_prints(folder: Path) -> None:
    shown = next(text for _, text in FENCES if text.startswith("$ nb2pkg extract"))
    assert shown.partition("\n")[2] == (folder / "told.txt").read_text(encoding="utf-8")


def test_the_readme_shows_the_same_output() -> None:
    shown = next(text for _, text in FENCES if text.startswith("$ nb2pkg extract"))
    assert f"```\n{shown}```\n" in README


def test_the_code_is_what_extract_writes(folder: Path) -> None:
    source = folder / "build" / "churn" / "src" / "churn"
    written = [(source / name).read_text() for name in ("data/preprocessing.py", "model/pipeline.py")]
    shown = [text for kind, text in FENCES if kind == "python"][1:]
    assert [text in whole for text, whole in zip(shown, written, strict=True)] == [True, True]


def test_the_tree_has_every_file_but_the_packages_own_marks(folder: Path) -> None:
    tree = next(text for _, text in FENCES if text.startswith("build/churn"))
    shown = set(re.findall(r"[\w.*]+\.(?:py|toml|md|json|html|csv)|\.gitignore", tree))
    paths = (path for path in (folder / "build" / "churn").rglob("*") if path.is_file())
    names = {re.sub(r"^test_.*", "test_*.py", path.name) for path in paths}
    assert shown == names - {"__init__.py", "__main__.py", "py.typed"}


def test_the_corrections_are_those_of_the_packages_readme(folder: Path) -> None:
    shown = next(text for _, text in FENCES if text.startswith("- `unversioned-artifact`"))
    assert shown in (folder / "build" / "churn" / "README.md").read_text(encoding="utf-8")


def test_every_key_of_the_ledger_is_told(folder: Path) -> None:
    run("extract", str(write(folder, "x = 1", "print(x)")), "--output", "lower", folder=folder)
    high, low = ledger(folder / "build" / "churn"), ledger(folder / "lower")
    prepare, train = two(folder / "two", *HANDED_OVER["text without labels"])
    joined = best_plan(prepare, name="two", model=None, further=[train]).modules.extraction
    rows = re.findall(r"^\| (`.*?) \|", PAGE.partition("## The ledger")[2], re.MULTILINE)
    assert {key for row in rows for key in re.findall(r"`(\w+)`", row)} == high.keys() | low.keys() | joined.keys()
    told = {**high, "notebooks": joined["notebooks"]}
    for key in ("entries", "corrections", "candidates", "recorded", "notebooks"):
        items = told[key] if isinstance(told[key], list) else [told[key]]
        assert isinstance(items, list)
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{key}`"))
        assert {f"`{word}`" for item in items for word in item} <= set(re.findall(r"`\w+`", row)), key
    replay = PAGE.rpartition("\n`replay` names")[2]
    for one in (high, low):
        assert isinstance(one["replay"], dict)
        assert {word for word in one["replay"] if f"`{word}`" not in replay} == set()


REASONS = [
    (
        2,
        "reads neighbouring rows, so one row alone cannot be served",
        (LOAD + "\ndf['age'] = df['age'].ffill()", SPLIT),
    ),
    (2, "what it does is not known", ("from acme import audit", LOAD + "\naudit(df)", SPLIT)),
    (1, "no model is fitted in this notebook", ()),
    (1, "is computed inside the call; give it a name first", None),
]


@pytest.mark.parametrize(("level", "reason", "cells"), REASONS)
def test_the_reasons_of_lower_levels_are_told_so(
    level: int, reason: str, cells: tuple[str, ...] | None, tmp_path: Path
) -> None:
    odd = "model = DecisionTreeClassifier()\nmodel.fit([list(row) for row in X_train.values], y_train)"
    every = (LOAD, SPLIT, odd) if cells is None else (*cells, MODEL) if cells else ("print(1)",)
    found = best_plan(str(write(tmp_path, HEAD, *every)), name="work", model=None)
    assert isinstance(found, LowerPlan)
    assert found.modules.level == level
    assert any(reason in why for _, why in found.reasons)
    assert reason in PAGE


REFUSED = [
    ("does not parse", "df = ("),
    ("takes what lies beside the notebook; install it as a package first", "import helper\nhelper.go()"),
    ("is needed here and nothing in the notebook binds it", "print(nowhere)"),
]


@pytest.mark.parametrize(("reason", "cell"), REFUSED)
def test_the_reasons_of_refusals_are_told_so(reason: str, cell: str, tmp_path: Path) -> None:
    (tmp_path / "helper.py").touch()
    with pytest.raises(ExtractError, match=reason):
        best_plan(str(write(tmp_path, cell)), name="work", model=None)
    assert reason in PAGE


def test_the_page_is_at_most_three_pages_of_sixty_lines() -> None:
    assert len(PAGE.splitlines()) <= 180


@pytest.mark.parametrize(
    "page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda path: path.name
)
def test_links_lead_to_pages_and_headings(page: Path) -> None:
    for link, heading in re.findall(r"\]\((?!http)([^)#]*)(?:#([^)]*))?\)", page.read_text(encoding="utf-8")):
        target = page.parent / link if link else page
        assert target.exists(), link
        headings = re.findall(r"^#+ (.*)$", target.read_text(encoding="utf-8"), re.MULTILINE) if heading else []
        assert not heading or heading in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}
