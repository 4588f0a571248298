"""Refuse what was fitted in a statement above where the rows changed in between: the package fits right before it transforms.

``imputer.fit(df[["age"]])``, then ``df["age"] = df["age"] * 2``, then ``imputer.transform(df[["age"]])``: the imputer knows other ages.
"""

import ast
from collections.abc import Iterator

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.provenance import Held, Provenance
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.values import Data


class TaughtBefore:
    """Looks at the statements between a fit and what uses it."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.facts = columns.facts
        self.provenance = Provenance(columns)

    def check(self, learnt: Learnt, at: int) -> None:
        """Raise RefusedError where the rows of the fit are no longer what they were when statement ``at`` runs."""
        fit = learnt.fit
        if fit is None or fit.node is learnt.node:
            return
        tables = {name.id for name in free_names(learnt.given) if isinstance(self.facts.value(name), Data)}
        changed = [
            node for node in self._between(learnt, fit.node, fit.statement, at) if self._changes(node, tables, learnt)
        ]
        if changed:
            what = (
                f"`{' '.join(ast.unparse(learnt.given).split())[:50]}` was changed after {learnt.what} was fitted on it"
            )
            raise refused(self.columns.lowering.statement(at), f"{what}; fit it right before it is used")

    def _between(self, learnt: Learnt, fit: ast.AST, fitted: int, at: int) -> Iterator[ast.stmt]:
        """The statements from that of the fit on, up to the one that uses it."""
        if fitted != at:
            yield from (self.facts.program.statements[index].node for index in range(fitted, at))
        elif learnt.loop is not None:
            inside = [any(part is fit for part in ast.walk(one)) for one in learnt.loop.body]
            first = inside.index(True) if True in inside else 0
            last = learnt.loop.body.index(learnt.spot) if learnt.spot in learnt.loop.body else len(inside)
            yield from learnt.loop.body[first:last]

    def _changes(self, node: ast.stmt, tables: set[str], learnt: Learnt) -> bool:
        """May a statement change the rows of the fit, or choose some of them?"""
        if learnt.fit is not None and isinstance(node, ast.Expr) and node.value is learnt.fit.node:
            return False
        columns = self._columns(learnt.given)
        if columns is None:
            return self._touches(node, tables)
        chooses = self.columns.selections.in_place(node) is not None or bool(self.columns.selections.of(node))
        return chooses or any(self.provenance.back(node, held) != held for held in columns)

    def _touches(self, node: ast.stmt, tables: set[str]) -> bool:
        """May a statement change anything of these tables, or give their name to another?"""
        index = self.columns.at(node)
        if index < len(self.facts.effects) and self.facts.program.statements[index].node is node:
            effects = self.facts.effects[index]
            return bool(tables & (effects.binds | effects.mutates | effects.maybe))
        return any(isinstance(part, ast.Name) and part.id in tables for part in ast.walk(node))

    def _columns(self, given: ast.expr) -> list[Held] | None:
        """The columns that a fit sees; None where they are not named."""
        read = self.columns.read(given)
        if read is not None:
            return [Held(*read)]
        if not isinstance(given, ast.Subscript) or not isinstance(given.value, ast.Name):
            return None
        listed = self.columns.chosen(given.slice)
        return [Held(given.value.id, name) for name in listed] if listed else None
