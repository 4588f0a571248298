"""Models that are given their rows in another way than ``fit(X, y)``: made with them, in a library's own container, by a formula.

``result = sm.OLS(y, X).fit()`` is fitted on ``X``; ``booster = xgb.train(params, xgb.DMatrix(X, label=y))`` is, too.
"""

import ast
import re
from typing import NamedTuple

from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections.holding import Hold, read
from nb2pkg.extract.sections.repeating import computed, row_of
from nb2pkg.extract.trace import bound_by, free_names, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Constant
from nb2pkg.syntax import Statement

WORD = re.compile(r"(?<![\w.])([A-Za-z_]\w*)(?!\s*[(.\w])")
READ = re.compile(r"[\w\s.()+*:-]*")  # names, sums, products, powers, calls: C(city), np.log(price)
OWN = frozenset(
    {"data", "label", "weight", "nthread", "missing"}
)  # options of a container that a table alone can be asked without
TIME = "endog"
ASKED_WITHOUT = frozenset(
    [
        "formula",
        "family",
        "groups",
        "cov_struct",
        "missing",
        "hasconst",
        "weights",
        "sigma",
        "rho",
        "freq_weights",
        "var_weights",
        "M",
        "p",
        "loglike_method",
        "check_rank",
        "subset",
    ]
)  # what a model is made with that its answers do not need again


class Given(NamedTuple):
    """What a model is fitted on, the first statement that reads it, and whether the call gives the model, and does not change it."""

    features: ast.expr
    at: int
    returned: bool


def given_otherwise(facts: Facts, chosen: Candidate) -> Given | None:
    """What the model is fitted on, where its fit is given no features and target. Raises RefusedError where it cannot be seen."""
    statement = facts.program.statements[chosen.fit.statement]
    row, call = chosen.estimator.row, facts.call(chosen.fit.node)
    if row is None or call is None:
        return None
    if row.role == "fit":
        return _contained(facts, call.args[row.rows][0], statement, returned=True) if row.rows in call.args else None
    if row.rows and row.kind == "model":
        return _made_with(facts, chosen, statement)
    if "X" in call.args and "y" not in call.args:
        return _contained(facts, call.args["X"][0], statement, returned=False)
    return None


def _contained(facts: Facts, container: ast.expr, statement: Statement, *, returned: bool) -> Given | None:
    """The table in a container of features and target."""
    at, call = statement.index, container
    if isinstance(container, ast.Name):
        found = writers(facts, container.id, before=statement.index)
        bound = bound_by(facts.program.statements[found[0]], container.id) if len(found) == 1 else None
        if bound is None or bound.position is not None:
            return None
        at, call = found[0], bound.value
    row, known = row_of(facts, call), facts.call(call)
    if row is None or known is None or row.role != "frame" or not row.target or row.rows not in known.args:
        return None
    names = {one.arg for one in call.keywords} if isinstance(call, ast.Call) else set()
    if row.name.startswith("xgboost.") and names - OWN:
        raise refused(
            statement,
            f"`{min(str(one) for one in names - OWN)}` of `{ast.unparse(container)[:40]}` is not told to the model again",
        )
    return Given(known.args[row.rows][0], at, returned)


def _made_with(facts: Facts, chosen: Candidate, statement: Statement) -> Given | None:
    """What a model was made with: ``OLS(y, X)``, or the columns of a formula."""
    row, made = chosen.estimator.row, facts.call(chosen.estimator.node)
    assert row is not None
    if made is None or row.rows not in made.args:
        return None
    if row.rows == TIME or row.transductive:
        raise refused(statement, f"`{chosen.estimator.short}` answers by time, and no rows of features")
    more = sorted(made.args.keys() - ASKED_WITHOUT - {row.rows, row.target})
    if more:
        raise refused(statement, f"`{chosen.estimator.short}` with `{more[0]}` does not answer rows of features alone")
    index = next(
        (one.index for one in facts.program.statements if any(part is made.node for part in ast.walk(one.node))), None
    )
    if index is None:
        return None
    features = made.args[row.rows][0]
    if "formula" in made.args:
        formula = made.args["formula"][1]
        text = formula.value if isinstance(formula, Constant) and isinstance(formula.value, str) else ""
        features = _columns(facts, features, text, statement)
    return Given(features, index, returned=True)


def _columns(facts: Facts, table: ast.expr, formula: str, statement: Statement) -> ast.expr:
    """The columns of a table on a formula's right side."""
    _, tilde, right = formula.partition("~")
    if not tilde or not READ.fullmatch(right):
        raise refused(statement, "the columns of the formula cannot be read; write it out as names, sums and products")
    names = list(dict.fromkeys(WORD.findall(right)))
    variables = {name for effects in facts.effects for name in effects.binds}
    value = facts.value(table)
    known = getattr(value, "columns", None) or ()
    unsure = sorted(name for name in names if name in variables and name not in known)
    if unsure or not names:
        raise refused(
            statement, f"whether `{unsure[0] if unsure else right.strip()}` of the formula is a column cannot be seen"
        )
    columns = ast.List([ast.Constant(name) for name in names], ast.Load())
    return ast.Subscript(table, columns, ast.Load())


def returned_hold(facts: Facts, chosen: Candidate, given: Given) -> Hold:
    """Where a variable holds what a fit gave. Raises RefusedError where none does."""
    statement = facts.program.statements[chosen.fit.statement]
    node = statement.node
    if chosen.fit.calls or not isinstance(node, ast.Assign) or node.value is not chosen.fit.node:
        raise refused(statement, "what the fit gives has no name of its own")
    if len(node.targets) != 1 or not isinstance(node.targets[0], ast.Name):
        raise refused(statement, "what the fit gives has no name of its own")
    return Hold(statement.index, read(node.targets[0]), given.features)


def check_given(facts: Facts, chosen: Candidate, given: Given, held: Hold) -> None:
    """Raise RefusedError where what the model was fitted on is not there any more by the end of the cell."""
    statement = facts.program.statements[chosen.fit.statement]
    call = computed(facts, given.features)
    if call is not None:
        text = ast.unparse(call)[:40]
        raise refused(
            statement, f"what the model is fitted on is computed inside the call (`{text}`); give it a name first"
        )
    features = {name.id for name in free_names(given.features)}
    model = {name.id for name in free_names(held.model)}
    cell = facts.program.statements[held.statement].cell
    for other in facts.program.statements[given.at :]:
        effects = facts.effects[other.index]
        changed = features & (effects.binds | effects.mutates)
        changed |= model & effects.binds if other.index > held.statement else set()
        if changed and other.cell <= cell:
            raise refused(other, f"`{min(changed)}` is changed before the fitted model is kept")
