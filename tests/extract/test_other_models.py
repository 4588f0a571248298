"""Models that are not fitted by ``fit(X, y)``, at level 2: made with their rows, by a formula, in a container; and what is refused."""

import contextlib
import importlib
import importlib.util
import io
import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nb2pkg.extract.levels import LowerPlan
from nb2pkg.extract.sections.package import texts_of
from nb2pkg.verify.verdict import verify
from tests.extract.below import command, extracted, lower_plan, put_on_path
from tests.extract.small import people

NUMBERS = itertools.count()
BEFORE = (
    "import numpy as np\nimport pandas as pd",
    'df = pd.read_csv("people.csv")\ndf["age"] = df["age"].fillna(0)\nX = df[["age", "income"]] / 100\ny = df["left"]\nX_train, X_test = X[:40], X[40:]\ny_train, y_test = y[:40], y[40:]',
)
SM = "import statsmodels.api as sm\nimport statsmodels.formula.api as smf"
XGB = 'import xgboost as xgb\nwanted = {"max_depth": 2, "eta": 0.3, "objective": "binary:logistic"}'
LGB = 'import lightgbm as lgb\nwanted = {"num_leaves": 4, "min_data_in_leaf": 5, "objective": "binary", "verbose": -1, "num_threads": 1}'
POOL = "from catboost import CatBoostClassifier, Pool"

HELD = {
    "made with its rows": ("statsmodels", (SM, "A = sm.add_constant(X_train)\nlines = sm.OLS(y_train, A)", "result = lines.fit()", "print(result.summary())"), "result", "A"),
    "made and fitted in one line": ("statsmodels", (SM, "result = sm.OLS(y_train, sm.add_constant(X_train)).fit()", "print(result.params)"), "result", "sm.add_constant(X_train)"),
    "one of several columns of answers": ("statsmodels", (SM, "A = sm.add_constant(X)\nresult = sm.MNLogit(y + (df['age'] > 50), A).fit(disp=0)", "print(result.predict(A).shape)"), "result", "A"),
    "a formula": ("statsmodels", (SM, "result = smf.ols('left ~ age + np.log(income) + C(city) + age:income', data=df).fit()", "print(result.rsquared)"), "result", "df[['age', 'income', 'city']]"),
    "a family": ("statsmodels", (SM, "result = smf.glm('left ~ age + C(plan)', data=df, family=sm.families.Binomial()).fit()", "print(result.params)"), "result", "df[['age', 'plan']]"),
    "a matrix": ("xgboost", (XGB, "dtrain = xgb.DMatrix(X_train, label=y_train)\ndtest = xgb.DMatrix(X_test, y_test)", "booster = xgb.train(wanted, dtrain, num_boost_round=5, evals=[(dtest, 'test')], verbose_eval=False)", "print(booster.predict(dtest)[:3])"), "booster", "X_train"),
    "a matrix in the call": ("xgboost", (XGB, "booster = xgb.train(wanted, xgb.DMatrix(X_train, label=y_train), 5)", "print(booster.predict(xgb.DMatrix(X_test)))"), "booster", "X_train"),
    "a data set": ("lightgbm", (LGB, "rows = lgb.Dataset(X_train, label=y_train)\nmodel = lgb.train(wanted, rows, num_boost_round=5)", "print(model.predict(X_test))"), "model", "X_train"),
    "a pool": ("catboost", (POOL, "pool = Pool(X_train, y_train)\nmodel = CatBoostClassifier(iterations=5, verbose=0, random_state=0, allow_writing_files=False)\nmodel.fit(pool)", "print(model.predict(X_test))"), "model", "X_train"),
}  # fmt: skip


def planned(folder: Path, name: str, *cells: str) -> LowerPlan:
    return lower_plan(folder, *BEFORE, *cells, name=name)


@pytest.mark.parametrize("case", HELD)
def test_a_model_is_held_with_what_it_was_given(case: str, tmp_path: Path) -> None:
    library, cells, model, features = HELD[case]
    found = planned(tmp_path, "work", *cells)
    assert found.modules.level == 2, found.reasons
    texts = texts_of(found.modules)
    assert f"}}, {model}, {features})" in " ".join(texts["src/work/run.py"].split())
    assert f'    "{library}' in texts["pyproject.toml"]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", HELD)
def test_the_model_kept_answers_as_the_notebooks_does(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, cells, model, features = HELD[case]
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"{library} is not installed here: what is planned is tested, what runs is not")
    name = f"given{next(NUMBERS)}"
    put_on_path(planned(tmp_path, name, *cells).modules, tmp_path, monkeypatch)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {"__name__": "__main__"}
    part = {one: importlib.import_module(f"{name}.{one}") for one in ("run", "config", "train", "forms")}
    config = replace(part["config"].load_config({}), artifacts_dir=tmp_path / "kept")
    with contextlib.redirect_stdout(io.StringIO()):
        for cell in (*BEFORE, *cells):
            exec(cell, scope)  # noqa: S102 - the cells of these tests
        fitted = part["run"].run_to_fit(config)
    rows = part["forms"].as_rows(eval(features, scope))
    assert fitted.features.equals(rows)
    again = part["train"].load(part["train"].save_fitted(fitted, config))
    own = eval(model, scope)
    asked = importlib.import_module(f"{name}.store").kept_model(own) if library == "xgboost" else own
    assert again.pipeline.predict(rows).tolist() == np.asarray(asked.predict(rows)).tolist()


NOT_HELD = {
    "answers by time": ((SM, "result = sm.tsa.ARIMA(df['income'], order=(1, 0, 0)).fit()", "print(result.params)"), "`ARIMA` answers by time, and no rows of features"),
    "answers for its own rows": ((SM, "result = sm.RecursiveLS(y, sm.add_constant(X)).fit()"), "`RecursiveLS` answers by time, and no rows of features"),
    "an offset": ((SM, "result = sm.GLM(y, X, family=sm.families.Poisson(), offset=np.log(df['income'])).fit()",), "`GLM` with `offset` does not answer rows of features alone"),
    "a name that is bound anew below": (
        (SM, "result = sm.OLS(y_train, X_train).fit()\nresult = {'r': result.rsquared}", "print(result)"),
        "`result` is changed before the fitted model is kept",
    ),
    "no name": ((SM, "print(sm.OLS(y_train, X_train).fit().params)"), "what the fit gives has no name of its own"),
    "rows changed after the model was made": (
        (SM, "A = X_train.copy()\nlines = sm.OLS(y_train, A)", "A['more'] = 1\nresult = lines.fit()", "print(result.params)"),
        "`A` is changed before the fitted model is kept",
    ),
    "rows changed after the container was made": (
        (XGB, "rows = X_train.copy()\ndtrain = xgb.DMatrix(rows, label=y_train)\nrows = rows * 2\nbooster = xgb.train(wanted, dtrain, 5)",),
        "`rows` is changed before the fitted model is kept",
    ),
    "names that only the container knows": (
        (XGB, "booster = xgb.train(wanted, xgb.DMatrix(X_train.to_numpy(), label=y_train, feature_names=['a', 'b']), 5)",),
        "`feature_names` of `xgb.DMatrix(X_train.to_numpy(), label=y_` is not told to the model again",
    ),
    "a formula of variables": (
        (SM, "spent = df['income'] * 2\nresult = smf.ols('left ~ age + spent', data=df).fit()",),
        "whether `spent` of the formula is a column cannot be seen",
    ),
    "a formula made as the notebook runs": (
        (SM, "wanted = 'left ~ ' + ' + '.join(X.columns)\nresult = smf.ols(wanted, data=df).fit()",),
        "the columns of the formula cannot be read; write it out as names, sums and products",
    ),
    "rows computed in the call": (
        (SM, "result = sm.OLS(y_train, X_train.sample(frac=1.0, random_state=0).sort_index()).fit()",),
        "what the model is fitted on is computed inside the call (`X_train.sample(frac=1.0, random_state=0)`); give it a name first",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_HELD)
def test_a_model_whose_rows_cannot_be_told_is_not_kept(case: str, tmp_path: Path) -> None:
    cells, reason = NOT_HELD[case]
    found = planned(tmp_path, "work", *cells)
    assert found.modules.level == 1
    assert dict(found.reasons)[2].partition(": ")[2] == reason


@pytest.mark.skipif(importlib.util.find_spec("statsmodels") is None, reason="statsmodels is not installed here")
def test_a_formula_is_verified_and_answered_in_another_process(tmp_path: Path) -> None:
    cells = (SM, "result = smf.ols('left ~ age + np.log(income) + C(city)', data=df).fit()", "print(result.summary())")
    path, package = extracted(tmp_path, *BEFORE, *cells, data=people())
    verdict = verify(path, package)
    assert (verdict.verdict, verdict.reason, verdict.level) == ("equal", "", 2)
    assert command(package, tmp_path, "work", "train").startswith("artifacts")
    (tmp_path / "rows.csv").write_text("age,income,city\n30,2000,Rome\n", encoding="utf-8")
    assert command(package, tmp_path, "work", "predict", "rows.csv").startswith("prediction,refused,warned\n")


def test_a_formula_reads_what_it_names(tmp_path: Path) -> None:
    first = "spent = np.sqrt(df['income'])"
    found = planned(
        tmp_path, "work", SM, "# Prepare", first, "# Fit", "print(smf.ols('left ~ age + np.exp(spent)', data=df).fit())"
    )
    sections = texts_of(found.modules)["src/work/sections.py"]
    assert "def fit(df: pd.DataFrame, spent: Any) -> None:" in sections
    assert "import numpy as np  # noqa: F401 - a formula reads it" in sections
    assert "import pandas as pd\n" in sections
