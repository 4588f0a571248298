"""Arguments of a fit that only watch it: rows that boosted trees are scored on while they grow, where nothing stops them early."""

import ast
from collections.abc import Mapping

from nb2pkg.extract.choose import Candidate
from nb2pkg.facts.values import Constant, Value

LIBRARIES = ("xgboost.", "lightgbm.")
WATCHING = frozenset({"eval_set", "eval_metric", "eval_names", "verbose"})
STOPPING = frozenset(
    {"early_stopping_rounds", "early_stopping_round", "callbacks", "n_iter_no_change", "early_stopping"}
)


def watching(chosen: Candidate, given: Mapping[str, tuple[ast.expr, Value]]) -> frozenset[str]:
    """The arguments of the fit without which it would come to the same model."""
    names = frozenset(given) & WATCHING
    if not names or not chosen.estimator.cls.startswith(LIBRARIES):
        return frozenset()
    return frozenset() if _stops(given) or _made_to_stop(chosen) else names


def _stops(given: Mapping[str, tuple[ast.expr, Value]]) -> bool:
    return bool(set(given) & STOPPING)


def _made_to_stop(chosen: Candidate) -> bool:
    """Is the estimator made with something that stops it early, or in a way that may hold it?"""
    node = chosen.estimator.node
    if not isinstance(node, ast.Call) or any(isinstance(one, ast.Starred) for one in node.args):
        return True
    stopping = [k for k in node.keywords if k.arg is None or k.arg in STOPPING]
    parameters = {name for name, value in chosen.estimator.parameters.items() if not _is_none(value)}
    return any(not _is_constant_none(k.value) for k in stopping) or bool(parameters & STOPPING)


def _is_none(value: Value) -> bool:
    return isinstance(value, Constant) and value.value is None


def _is_constant_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
