"""Run a notebook's cells or a package in this process, and see what its estimators are given and answer."""

import ast
import contextlib
import functools
import io
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import getattr_static
from types import FrameType, FunctionType
from typing import Any, NamedTuple

import numpy as np
from sklearn.utils.discovery import all_estimators

METHODS = ("fit", "predict", "predict_proba", "score")
CELL = "<cell "


class Call(NamedTuple):
    """A call of an estimator that no other estimator made; ``site`` is its cell, line and column, zeros outside of a notebook."""

    site: tuple[int, int, int]
    method: str
    owner: object
    X: Any
    y: Any
    result: Any


@dataclass(slots=True)
class Run:
    """What was printed and what estimators were asked."""

    calls: list[Call] = field(default_factory=list)
    printed: str = ""


def run(cells: Sequence[tuple[int, str]]) -> Run:
    """Run numbered cells in one scope, as a notebook runs them. Raises whatever they raise."""
    scope: dict[str, object] = {"__name__": "__main__"}
    with watched() as found:
        for number, text in cells:
            _run_cell(number, text, scope)
    return found


def _run_cell(number: int, text: str, scope: dict[str, object]) -> None:
    tree = ast.parse(text)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, f"{CELL}{number}>", "exec"), scope)  # noqa: S102
    if isinstance(last, ast.Expr):
        value = eval(compile(ast.Expression(last.value), f"{CELL}{number}>", "eval"), scope)
        if value is not None:
            print(repr(value))


@contextlib.contextmanager
def watched() -> Iterator[Run]:
    """Watch every estimator of scikit-learn, and what is printed."""
    found, told, inside = Run(), io.StringIO(), [False]
    changed: list[tuple[type, str, object, bool]] = []
    for cls in _classes():
        for method in METHODS:
            new = _watching(getattr_static(cls, method, None), method, found, inside)
            if new is not None:
                changed.append((cls, method, vars(cls).get(method), method in vars(cls)))
                setattr(cls, method, new)
    try:
        with contextlib.redirect_stdout(told), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield found
    finally:
        for cls, method, old, own in changed:
            setattr(cls, method, old) if own else delattr(cls, method)
        found.printed = told.getvalue()


@functools.cache
def _classes() -> tuple[type, ...]:
    return tuple(cls for _, cls in all_estimators())


def _watching(method: Any, name: str, found: Run, inside: list[bool]) -> Any:
    """The method of a class, watched; None where the class has none."""
    if isinstance(method, FunctionType):
        return _wrapped(method, name, found, inside)
    if hasattr(method, "check") and hasattr(method, "fn"):  # only some instances have it
        return type(method)(_wrapped(method.fn, name, found, inside), method.check, method.attribute_name)
    return None


def _wrapped(method: Callable[..., Any], name: str, found: Run, inside: list[bool]) -> Callable[..., Any]:
    @functools.wraps(method)
    def watching(self: object, X: Any, y: Any = None, *rest: Any, **options: Any) -> Any:
        given = () if y is None else (y,)
        if inside[0]:
            return method(self, X, *given, *rest, **options)
        site = _site()
        kept = copied(X), copied(y)
        inside[0] = True
        try:
            result = method(self, X, *given, *rest, **options)
        finally:
            inside[0] = False
        found.calls.append(Call(site, name, self, *kept, copied(result) if result is not self else None))
        return result

    return watching


def _site() -> tuple[int, int, int]:
    """The cell, line and column of the call that is being made; zeros where no cell made it."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and not frame.f_code.co_filename.startswith(CELL):
        frame = frame.f_back
    if frame is None:
        return 0, 0, 0
    line, _, column, _ = list(frame.f_code.co_positions())[frame.f_lasti // 2]
    return int(frame.f_code.co_filename[len(CELL) : -1]), line or 0, column or 0


def copied(value: Any) -> Any:
    """Rows as an array of their own; None stays."""
    if value is None:
        return None
    return value.toarray() if hasattr(value, "toarray") else np.array(value)


def difference(one: Any, other: Any) -> str:
    """How two arrays differ; empty where they hold the same numbers and texts."""
    one, other = copied(one), copied(other)
    if one is None or other is None:
        return "" if one is other else "nothing on one side"
    if one.shape != other.shape:
        return f"shape {one.shape} and {other.shape}"
    try:
        equal = np.allclose(one.astype(float), other.astype(float), rtol=1e-9, equal_nan=True)
    except (TypeError, ValueError):
        equal = bool((one.astype(str) == other.astype(str)).all())
    return "" if equal else "values"
