"""Scores of the notebook that the package neither computes nor compares: of copies fitted anew, of other models, of guesses by hand."""

import ast
from collections.abc import Collection, Iterator
from typing import TypeAlias

from nb2pkg.extract.outputs import read_outputs
from nb2pkg.extract.roots_of_metrics import Roots
from nb2pkg.extract.saved_scores import Saved, SavedScores
from nb2pkg.facts import Facts
from nb2pkg.notebook import Notebook
from nb2pkg.syntax import Statement

LONGEST = 100
Listed: TypeAlias = list[dict[str, object]]


def cross_validated(facts: Facts, notebook: Notebook) -> Listed:
    """Each call that cross-validates, once, and the scores that the saved notebook shows of it; null where none surely are."""
    return _listed(facts, notebook, _calls(facts, {"crossval"}))


def other_scores(facts: Facts, notebook: Notebook, compared: Collection[ast.expr]) -> Listed:
    """Each metric that is not one of those compared, once, and what the saved notebook shows of it; null where nothing surely is."""
    known, roots = {id(one) for one in compared}, Roots(facts)
    metrics = _calls(facts, {"metric", "score"})
    shown = ((statement, _with_root(call, roots)) for statement, call in metrics if id(call) not in known)
    return _listed(facts, notebook, ((statement, call) for statement, call in shown if id(call) not in known))


def _with_root(call: ast.Call, roots: Roots) -> ast.Call:
    """The square root that is taken of a metric, which is what the notebook shows; else the metric."""
    root = roots.around(call)
    return call if root is None else root.node


def _listed(facts: Facts, notebook: Notebook, calls: Iterator[tuple[Statement, ast.Call]]) -> Listed:
    saved = SavedScores(facts, read_outputs(notebook))
    found: dict[tuple[int, int, int], dict[str, object]] = {}
    for statement, call in calls:
        place = (statement.cell, call.lineno, call.col_offset)
        made, value = _shown(saved, statement, call)
        text = " ".join(ast.unparse(made).split())
        call_text = text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
        found.setdefault(place, {"cell": statement.cell, "line": call.lineno, "call": call_text, "value": value})
    return list(found.values())


def _calls(facts: Facts, roles: Collection[str]) -> Iterator[tuple[Statement, ast.Call]]:
    for statement in facts.program.statements:
        for part in ast.walk(statement.node):
            call = facts.call(part) if isinstance(part, ast.Call) else None
            if isinstance(part, ast.Call) and call is not None and getattr(call.row, "role", "") in roles:
                yield statement, part


def _shown(saved: SavedScores, statement: Statement, call: ast.Call) -> tuple[ast.expr, Saved | None]:
    """The scores themselves, or the expression around them that the cell shows: their mean."""
    value = saved.value(call)
    whole = saved.value(statement.node.value) if isinstance(statement.node, ast.Expr) else None
    if value is None and whole is not None and isinstance(statement.node, ast.Expr):
        return statement.node.value, whole
    return call, value
