"""Classes made even for training alone: a sampler in imbalanced-learn's pipeline, or the notebook falls a level."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.verify.verdict import verify
from tests.extract.small import FILL, HEAD, LOAD, SPLIT, planned, refusal

SAMPLERS = (
    HEAD
    + """
from imblearn.over_sampling import SMOTE, RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler"""
)
MODEL = """model = DecisionTreeClassifier(max_depth=3, random_state=0)
model.fit(X_train, y_train)
model.score(X_test, y_test)"""
EVEN = "X_train, y_train = RandomOverSampler(random_state=2).fit_resample(X_train, y_train)"
SCALED = "scaler = StandardScaler()\nX_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)"

EQUAL = {
    "made-up": f"sampler = SMOTE(random_state=1, k_neighbors=3)\nX_train, y_train = sampler.fit_resample(X_train, y_train)\n{MODEL}",
    "left-out-without-a-seed": "sampler = RandomUnderSampler()\n"
    f"X_train, y_train = sampler.fit_resample(X_train, y_train)\n{MODEL}\nprint(model.score(X_train, y_train))",
    "scaled-before": f"{SCALED}\n{EVEN}\n{MODEL}",
    "scaled-after": f"{EVEN}\n{SCALED}\n{MODEL}",
}


@pytest.mark.parametrize("code", EQUAL.values(), ids=EQUAL)
def test_the_model_learns_from_the_same_rows(tmp_path: Path, code: str) -> None:
    found = planned(tmp_path, SAMPLERS, LOAD, FILL, SPLIT, code)
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason, verdict.serving.equal) == ("equal", "", True)
    assert "from imblearn.pipeline import Pipeline" in found.modules.files["model/pipeline.py"]
    assert "imbalanced-learn" in found.modules.dependencies


def test_what_is_scaled_after_it_learns_from_the_rows_it_made(tmp_path: Path) -> None:
    replay = planned(tmp_path, SAMPLERS, LOAD, FILL, SPLIT, EQUAL["scaled-after"]).modules.extraction["replay"]
    steps = [(one["step"], one["rows"]) for one in replay["steps"]]  # type: ignore[index]
    assert steps[-2:] == [("random_over_sampler", "train"), ("scaler", "resampled")]


FALLEN = {
    "before-the-split": (
        SPLIT.replace("X_train,", "X, y = SMOTE(random_state=1).fit_resample(X, y)\nX_train,") + f"\n{MODEL}",
        "rows are resampled before they are split",
    ),
    "twice": (f"{SPLIT}\n{EVEN}\n{EVEN.replace('Over', 'Under')}\n{MODEL}", "the rows are resampled twice"),
    "test-rows-too": (
        (
            f"{SPLIT}\nsampler = RandomOverSampler(random_state=1)\nX_train, y_train = sampler.fit_resample(X_train, y_train)\n"
            f"X_test, y_test = sampler.fit_resample(X_test, y_test)\n{MODEL}"
        ),
        "rows that the model is only asked about are resampled",
    ),
    "rows-without-their-target": (
        (
            f"{SPLIT}\nX_even, y_even = RandomUnderSampler(random_state=1).fit_resample(X_train, y_train)\n"
            f"{MODEL.replace('fit(X_train', 'fit(X_even')}"
        ),
        "rows and target come from different places",
    ),
}


@pytest.mark.parametrize(("code", "reason"), FALLEN.values(), ids=FALLEN)
def test_other_resampling_falls_a_level(tmp_path: Path, code: str, reason: str) -> None:
    assert reason in refusal(tmp_path, SAMPLERS, LOAD, FILL, code)
