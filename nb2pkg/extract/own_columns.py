"""Names of columns that are asked of another table are asked of the table at hand, before anything is planned.

``pd.DataFrame(scaler.transform(X_test), columns=X_train.columns)`` says the same with ``X_test.columns`` where both are parts of one table
and no column came or went; then it is about the rows of ``X_test`` alone.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.extract.asked_columns import ColumnQuestions, Fitted, Question
from nb2pkg.extract.copies import Copier
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts import Facts, interpret
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data
from nb2pkg.syntax import Statement

MADE = "pandas.DataFrame"


class Place(NamedTuple):
    """An expression that names columns, and the table at hand there."""

    node: ast.expr
    table: ast.Name


def with_own_columns(facts: Facts, packs: Sequence[str] | None = None) -> Facts:
    """The same notebook with such expressions about the table at hand; itself where it has none."""
    asking = _Asking(facts)
    asked = {one.index: asking.asked(one) for one in facts.program.statements}
    others = {question.at for found in asked.values() for place, question in found if _of_another(place, question)}
    statements = tuple(_asking_its_own(one, asked[one.index], others) for one in facts.program.statements)
    if statements == facts.program.statements:
        return facts
    return interpret(facts.program.with_statements(statements), load_tables(packs or [rules_folder()]), values=True)


class _Asking:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.questions = ColumnQuestions(Lowering(facts))

    def asked(self, one: Statement) -> list[tuple[Place, Question]]:
        """What a statement asks of tables whose columns are those of the table at hand."""
        found = [
            (place, self.questions.asked(place.node, Fitted(place.table, one.index), at=one.index, whole=True))
            for place in self._places(one.node, one.index)
        ]
        return [(place, question) for place, question in found if question is not None]

    def _places(self, node: ast.stmt, at: int) -> Iterator[Place]:
        for part in ast.walk(node):
            match part:
                case ast.Subscript(value=ast.Name() as table, slice=listed) if self._has_rows(table):
                    yield Place(listed, table)
                case ast.Call(args=[data, *_]) if self.questions.lowering.name(part) == MADE:
                    made = self._made_of(data, at)
                    yield from (Place(k.value, made) for k in part.keywords if k.arg == "columns" and made is not None)

    def _has_rows(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Data) and value.rows != NOTHING

    def _made_of(self, node: ast.expr, at: int) -> ast.Name | None:
        """The table that a transformer turned into an array, where its variable still holds it."""
        made, since = node, at
        if isinstance(node, ast.Name):
            found = writers(self.facts, node.id, before=at)
            bound = bound_by(self.facts.program.statements[found[0]], node.id) if len(found) == 1 else None
            if bound is None or bound.position is not None:
                return None
            made, since = bound.value, found[0]
        call = self.facts.call(made) if isinstance(made, ast.Call) else None
        given = call.args.get("X") if call is not None else None
        if given is None or not isinstance(given[0], ast.Name) or not self._has_rows(given[0]):
            return None
        table = given[0]
        same = writers(self.facts, table.id, before=since) == writers(self.facts, table.id, before=at)
        return table if same and table.id not in self.facts.effects[since].binds else None


def _of_another(place: Place, question: Question) -> bool:
    return question.table != place.table.id


def _asking_its_own(one: Statement, asked: list[tuple[Place, Question]], others: set[int]) -> Statement:
    """A statement with the tables at hand asked; itself where they are. ``others`` are questions whose answers other tables use, too."""
    copier = Copier({})
    put = [_put(copier, *found) for found in asked if _of_another(*found) or found[1].at in others - {one.index}]
    if not any(put):
        return one
    return copier.carried(one)


def _put(copier: Copier, place: Place, question: Question) -> bool:
    """Put the question to the table at hand, where it can be written there."""
    own, text = place.table.id, ast.unparse(question.node)
    if place.node is question.node:
        copier.swap(place.node, place.node, "", names={question.table: own})
    elif (
        isinstance(place.node, ast.Name)
        and isinstance(question.node, ast.Attribute)
        and text.startswith(f"{question.table}.")
    ):
        copier.swap(place.node, place.node, text.removeprefix(question.table), names={place.node.id: own})
    else:
        return False
    return True
