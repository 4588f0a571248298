"""Notebooks run abstractly for tests, and short questions about what they left behind."""

import ast
from textwrap import dedent

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.facts import Facts, interpret
from nb2pkg.facts.rows import overlap
from nb2pkg.facts.values import Data, Estimator, Value
from nb2pkg.notebook import Cell, CellKind, Notebook
from nb2pkg.syntax import parse

TABLE = load_tables([rules_folder()])


def run(*sources: str, counts: tuple[int | None, ...] = ()) -> Facts:
    """Interpret code cells with these sources and recorded counts."""
    recorded = counts or (None,) * len(sources)
    cells = tuple(
        Cell(number, CellKind.CODE, dedent(source).strip("\n"), count, None)
        for number, (source, count) in enumerate(zip(sources, recorded, strict=True), 1)
    )
    return interpret(parse(Notebook("test.ipynb", cells, "ipynb", "python")), TABLE, values=True)


def values(source: str, *expressions: str) -> list[Value]:
    """What the expressions are worth after the source."""
    facts = run(source, *expressions)
    found = []
    for statement in facts.program.statements[-len(expressions) :]:
        assert isinstance(statement.node, ast.Expr)
        value = facts.value(statement.node.value)
        assert value is not None, ast.unparse(statement.node)
        found.append(value)
    return found


def tables(source: str, *expressions: str) -> list[Data]:
    """The expressions after the source, all of them data."""
    found = []
    for value, expression in zip(values(source, *expressions), expressions, strict=True):
        assert isinstance(value, Data), f"{expression} is {value!r}"
        found.append(value)
    return found


def table(source: str, expression: str) -> Data:
    """One expression after the source, which is data."""
    return tables(source, expression)[0]


def estimator(source: str, expression: str) -> Estimator:
    """One expression after the source, which is an estimator."""
    (value,) = values(source, expression)
    assert isinstance(value, Estimator), repr(value)
    return value


def taught(source: str, expression: str) -> list[str]:
    """The labels of all that the expression's values learned."""
    return sorted(learning.label for learning in table(source, expression).learned)


def apart(one: Data, other: Data) -> bool:
    """Can no row stand in both? Unknown rows are a failure."""
    assert one.rows
    assert other.rows
    return not overlap(one.rows, other.rows)


def missing(*sources: str) -> list[str]:
    """Names whose look-up failed and is a defect."""
    return sorted(run(*sources).unresolved())


def needed(facts: Facts, *sources: str) -> list[str]:
    """The statements in the slice of those whose text is given, in document order."""
    texts = [ast.unparse(statement.node) for statement in facts.program.statements]
    wanted = [index for index, text in enumerate(texts) if text in sources]
    assert len(wanted) == len(sources)
    return [texts[index] for index in sorted(facts.slice(wanted))]
