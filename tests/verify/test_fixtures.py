"""Both fixtures verify as they are extracted, and none does once its package is tampered with."""

import re
import shutil
from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble, write
from nb2pkg.extract.plan import plan
from nb2pkg.verify.conditions import AS_USUAL
from nb2pkg.verify.difference import Difference, Kind
from nb2pkg.verify.plan import read_plan
from nb2pkg.verify.record import read_notebook, record
from nb2pkg.verify.recording import Recording
from nb2pkg.verify.replay import Side
from nb2pkg.verify.terminal import table
from nb2pkg.verify.verdict import Verdict, compared, located, verify, wish_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
SWAP = "(lambda names: [names[1], names[0], *names[2:]])"

# What is changed where: the number of a constant, a step of the pipeline, the order of two columns.
TAMPERED = {
    "demo": {
        "a constant doubled": ("config.py", r"n_estimators: int = 500", "n_estimators: int = 1000"),
        "a step dropped": (
            "model/pipeline.py",
            r'\("select_columns", select_columns\),',
            '("select_columns", "passthrough"),',
        ),
        "two columns swapped": (
            "data/preprocessing.py",
            r"return \[column for column in df\.columns if column not in NOT_FEATURES\]",
            f"return {SWAP}([column for column in df.columns if column not in NOT_FEATURES])",
        ),
    },
    "clean": {
        "a constant doubled": ("config.py", r"test_size: float = 0\.25", "test_size: float = 0.5"),
        "a step dropped": ("model/pipeline.py", r', \("scale", StandardScaler\(\)\)', ""),
        "two columns swapped": (
            "data/preprocessing.py",
            r"FEATURES = \[\*numeric, ",
            'FEATURES = ["income", "age", "amount", ',
        ),
    },
}

# What differs first, by position, and the statement that answers for it.
FIRST: dict[str, dict[str, tuple[str, Difference | None, tuple[int, int, str]]]] = {
    "demo": {
        "a constant doubled": ("model parameters", None, (5, 1, "model = RandomForestClassifier(n_estimators=500)")),
        "a step dropped": (
            "cell 5 model.fit X",
            Difference(Kind.COLUMNS, notebook=5, package=6),
            (4, 1, 'X = df.drop("churned", axis=1)'),
        ),
        "two columns swapped": (
            "cell 5 model.fit X",
            Difference(Kind.NAMES, 0, "tenure_months", 0, 69, 85.27, "monthly_charge"),
            (4, 1, 'X = df.drop("churned", axis=1)'),
        ),
    },
    "clean": {
        "a constant doubled": (
            "cell 8 model.fit X",
            Difference(Kind.ROWS, notebook=270, package=180),
            (6, 1, "X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=42, stratify=y)"),
        ),
        "a step dropped": (
            "cell 11 model.predict_proba X answer",
            Difference(Kind.VALUE, 0, None, 0, pytest.approx(0.880160871766998), pytest.approx(0.8869787580889861)),
            (8, 7, 'model = Pipeline([("preprocessing", preprocessing), ("classify", LogisticRegression(C=0.5, max_iter=1000))])'),
        ),
        "two columns swapped": (
            "cell 8 model.fit X",
            Difference(Kind.NAMES, 0, "age", 0, 65.0, 49050.0, "income"),
            (5, 3, "X = loans[numeric + categorical]"),
        ),
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=[("demo", "train"), ("clean", "loans")], ids=lambda param: param[0])
def extracted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    """A fixture's folder name, its notebook and its package."""
    folder, stem = request.param
    notebook = FIXTURES / folder / f"{stem}.ipynb"
    package = tmp_path_factory.mktemp(folder) / "package"
    write(assemble(plan(str(notebook), name="candidate", model=None).modules), package)
    return folder, notebook, package


@pytest.fixture(scope="module")
def recording(extracted: tuple[str, Path, Path]) -> Recording:
    _, notebook, package = extracted
    found = record(read_notebook(notebook), wish_of(read_plan(package)), timeout=100)
    assert isinstance(found, Recording)
    return found


def test_the_fixture_is_equal(extracted: tuple[str, Path, Path]) -> None:
    _, notebook, package = extracted
    verdict = verify(notebook, package, timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert verdict.serving.equal


@pytest.mark.parametrize("tampering", ["a constant doubled", "a step dropped", "two columns swapped"])
def test_a_tampered_fixture_is_different(
    extracted: tuple[str, Path, Path], recording: Recording, tampering: str, tmp_path: Path
) -> None:
    folder, notebook, package = extracted
    broken = Path(shutil.copytree(package, tmp_path / "package"))
    name, pattern, instead = TAMPERED[folder][tampering]
    path = broken / "src" / "candidate" / name
    text, count = re.subn(pattern, lambda _: instead, path.read_text())
    assert count == 1
    path.write_text(text)
    verdict = located(judged(recording, notebook, broken, tmp_path), read_notebook(notebook), read_plan(broken))
    assert verdict.verdict == "different"
    assert not (all(row.equal for row in verdict.frames) and all(row.equal for row in verdict.scores))
    name, where, statement = FIRST[folder][tampering]
    assert verdict.first is not None
    assert verdict.first.made is not None
    assert (verdict.first.name, verdict.first.where, verdict.first.made[:3]) == (name, where, statement)
    assert f"cell {statement[0]}, line {statement[1]}: " in table(verdict)


def judged(recording: Recording, notebook: Path, package: Path, folder: Path) -> Verdict:
    known = read_plan(package)
    (folder / "scratch").mkdir()
    side = Side(package, known.package, notebook.parent, folder / "scratch", AS_USUAL, 100)
    blank = Verdict(str(notebook), str(package), known.level, "not-verified", "", known.seed, {})
    return compared(
        blank, known, recording, side, dict, served=5
    )  # `evaluate` is not asked: the comparison alone must tell
