"""The random search itself: a few seeds find nothing, and what is planted is found, as small as it can be."""

import pytest

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.sections.package import texts_of
from nb2pkg.extract.tidy import tidy
from tests.search.drafts import Draft, draft
from tests.search.outcomes import FAULTS, Kind, outcome
from tests.search.pieces import CELL, pieces
from tests.search.smallest import smallest

SEEDS = range(1000, 1008)
PLANTED = """df = pd.read_csv('people.csv')
# %%
df['age'] = df['age'].fillna(df['age'].mean())
df['score'] = df['score'].fillna(0)
# %%
df.head()
# %%
X = df[['age', 'score']]
y = df['left']
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
# %%
model = DecisionTreeClassifier(random_state=0)
model.fit(X_train, y_train)
model.score(X_test, y_test)"""

SMALLEST = """df = pd.read_csv('people.csv')
# %%
df['age'] = df['age'].fillna(df['age'].mean())
df['score'] = df['score'].fillna(0)
# %%
X = df[['age', 'score']]
y = df['left']
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
# %%
model = DecisionTreeClassifier(random_state=0)
model.fit(X_train, y_train)"""


def of(text: str) -> Draft:
    """A notebook of these cells below the imports."""
    cells = (*pieces("imports"), *text.split(CELL))
    return Draft(cells, tuple(range(len(cells))))


def test_a_few_notebooks_show_no_fault() -> None:
    found = {seed: outcome(draft(seed), seed) for seed in SEEDS}
    assert {seed: one for seed, one in found.items() if one.kind in FAULTS} == {}
    assert {one.level for one in found.values() if one.kind is Kind.EQUAL} == {2, 3}


def test_a_wrong_rewrite_is_found_and_made_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nb2pkg.extract.plan.tidy", lambda text: tidy(text).replace(".mean()", ".median()"))
    notebook = of(PLANTED)
    found = outcome(notebook, 0)
    assert (found.kind, found.level) == (Kind.DIFFERENT, 3)
    assert "model.fit X: values" in found.detail
    assert smallest(notebook, 0, found).shown() == SMALLEST


def test_a_wrong_word_below_level_3_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(modules: Modules) -> dict[str, str]:
        return {path: text.replace(".cumsum()", ".cummax()") for path, text in texts_of(modules).items()}

    monkeypatch.setattr("tests.search.packages.texts_of", wrong)
    notebook = of(PLANTED.replace("df['age'].fillna(df['age'].mean())", "df['income'].cumsum()"))
    found = outcome(notebook, 0)
    assert (found.kind, found.level) == (Kind.DIFFERENT, 2)
    assert found.detail.startswith("cell 6 DecisionTreeClassifier.fit: values, cell 6 DecisionTreeClassifier.score: ")
