"""What a statement learns from rows, as the writer of transformers is told."""

import ast
from dataclasses import dataclass

from nb2pkg.facts.values import Learning


@dataclass(frozen=True, slots=True)
class Learnt:
    """One learned value: ``node`` is replaced by ``replacement`` in transform, ``name`` is the attribute, ``form`` how fit learns it.

    ``form`` is "value" (the expression itself), "categories" (the categories of ``given``), "fitted" and "encoder" (an estimator fitted on ``given``, used or asked)
    "encoders" (one of class ``encoder`` fitted on each column of ``given``), "codes" and "edges" (of numbered categories)
    or "groups" (an aggregate of ``given`` for each group of the columns ``keys``).
    Within a ``loop`` one value is learned in each turn, just before the statement ``spot``.
    """

    node: ast.expr
    form: str
    name: str
    given: ast.expr
    what: str
    fit: Learning | None = None
    listed: ast.expr | None = None
    loop: ast.For | None = None
    spot: ast.stmt | None = None
    keys: tuple[str, ...] = ()
    encoder: str = ""

    @property
    def key(self) -> str:
        """The variable of the loop that the value is learned in, "" outside of loops."""
        return self.loop.target.id if self.loop is not None and isinstance(self.loop.target, ast.Name) else ""
