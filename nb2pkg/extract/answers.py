"""Values that a person gives a notebook while it runs: the saved answer or the given default stands in their place.

``k = int(input("Neighbours: "))`` above the saved output ``Neighbours: 5`` reads ``k = int('5')``; ``slider.value`` reads what
``slider = IntSlider(value=3)`` starts with, and ``interact(draw, k=(1, 9))`` calls ``draw(k=5)``, as it does when it is run.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.names import snake
from nb2pkg.extract.outputs import Outputs
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import bound_by
from nb2pkg.facts import Facts
from nb2pkg.notebook import Notebook
from nb2pkg.syntax import Statement

RULE = "interactive-input"


class Answer(NamedTuple):
    """An expression that asks a person, where it stands, and what stands there instead; ``name`` is the setting it becomes."""

    statement: Statement
    node: ast.expr
    before: str
    value: object
    text: str
    name: str

    def told(self) -> Correction:
        """What the ledger says; both sides run with it."""
        cell, line = self.statement.cell, self.node.lineno
        repair: dict[str, object] = {"cell": cell, "line": line, "before": self.before, "after": self.text}
        what = f"`{self.before}` is answered by `{self.text}`, as the notebook shows it; no one is asked when the package runs"
        return Correction(RULE, cell, line, what, repairs=(repair,), repair=True)


def answers(facts: Facts, outputs: Outputs) -> list[Answer]:
    """What is asked once, at top level, with an answer that can be seen; one in a line, for lines keep their columns."""
    sources = Sources(facts.program)
    found = [
        answer
        for statement in facts.program.statements
        if isinstance(statement.node, ast.Assign | ast.AnnAssign | ast.Expr)
        for answer in _of(facts, outputs, sources, statement)
    ]
    lines = [(one.statement.cell, one.node.lineno) for one in found]
    return [one for one, line in zip(found, lines, strict=True) if lines.count(line) == 1]


def with_answers(notebook: Notebook, found: Sequence[Answer]) -> Notebook:
    """The notebook with the answers in place of what asks; every line keeps its number."""
    texts = {cell.number: cell.source for cell in notebook.cells}
    for one in found:
        lines = texts[one.statement.cell].split("\n")
        number = one.node.lineno - 1
        lines[number] = lines[number].replace(one.before, one.text, 1)
        texts[one.statement.cell] = "\n".join(lines)
    return replace(notebook, cells=tuple(replace(cell, source=texts[cell.number]) for cell in notebook.cells))


def _of(facts: Facts, outputs: Outputs, sources: Sources, statement: Statement) -> Iterator[Answer]:
    inner = {id(part) for one in ast.walk(statement.node) if isinstance(one, LATER) for part in ast.walk(one)}
    for part in ast.walk(statement.node):
        if not isinstance(part, ast.Call | ast.Attribute) or id(part) in inner or part.lineno != part.end_lineno:
            continue
        value = _value(facts, outputs, statement, part)
        if value is None:
            continue
        text = value[1]
        yield Answer(statement, part, sources.of(part), value[0], text, _name(statement, part))


LATER = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


def _name(statement: Statement, part: ast.expr) -> str:
    node = statement.node
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return snake(node.targets[0].id)
    if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
        return snake(part.value.id)
    return "answer"


def _value(
    facts: Facts, outputs: Outputs, statement: Statement, part: ast.Call | ast.Attribute
) -> tuple[object, str] | None:
    """What is answered, and as source; None where nothing is asked, or nothing is known."""
    if isinstance(part, ast.Call):
        if isinstance(part.func, ast.Name) and part.func.id == "input" and _is_own(facts, "input"):
            answer = _answered(part, outputs.text(statement.cell))
            return (answer, repr(answer)) if answer is not None else None
        return _called(facts, part)
    if part.attr == "value" and isinstance(part.value, ast.Name) and isinstance(part.ctx, ast.Load):
        given = _starts_with(facts, part.value.id)
        return (given, repr(given)) if given is not None else None
    return None


def _is_own(facts: Facts, name: str) -> bool:
    """Is a name Python's own all through the notebook?"""
    return not any(name in effects.binds for effects in facts.effects)


def _answered(call: ast.Call, shown: str) -> str | None:
    """What follows the question in the saved output."""
    match call:
        case ast.Call(args=[ast.Constant(value=str(question))], keywords=[]) if question.strip():
            _, asked, after = shown.partition(question.strip())
            answer = after.split("\n")[0].strip()
            return answer if asked and question.strip() not in after and answer else None
        case _:
            return None


def _is_widget(facts: Facts, node: ast.AST) -> bool:
    call = facts.call(node)
    return call is not None and call.name.startswith("ipywidgets.")


def _starts_with(facts: Facts, name: str) -> object:
    """The value that a widget is made with, where it is made once and nothing sets it; else None."""
    made = [index for index, effects in enumerate(facts.effects) if name in effects.binds]
    bound = bound_by(facts.program.statements[made[0]], name) if len(made) == 1 else None
    if bound is None or bound.position is not None or not _is_widget(facts, bound.value):
        return None
    for statement in facts.program.statements:
        for part in ast.walk(statement.node):
            if _touches(part, name):
                return None
    return _given(bound.value)


def _touches(part: ast.AST, name: str) -> bool:
    """Is a widget set, observed or linked here, so that it cannot be told which value is read?"""
    if not isinstance(part, ast.Attribute) or not isinstance(part.value, ast.Name) or part.value.id != name:
        return False
    return part.attr != "value" or not isinstance(part.ctx, ast.Load)


def _given(node: ast.expr) -> object:
    """``value=`` of a widget."""
    assert isinstance(node, ast.Call)
    given = next((one.value for one in node.keywords if one.arg == "value"), None)
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, int | float | str) else None


def _called(facts: Facts, call: ast.Call) -> tuple[object, str] | None:
    """``interact(draw, k=(1, 9))`` as the call it makes at once."""
    known = facts.call(call)
    if known is None or known.name != "ipywidgets.interact" or len(call.args) != 1 or not call.keywords:
        return None
    if not isinstance(call.args[0], ast.Name):
        return None
    given = {one.arg: _default(facts, one.value) for one in call.keywords}
    if None in given or None in given.values():
        return None
    text = ", ".join(f"{name}={value!r}" for name, value in given.items())
    return given, f"{call.args[0].id}({text})"


def _default(facts: Facts, node: ast.expr) -> object:
    """What `interact` passes at first for an abbreviation or a widget; None where that is not known."""
    if isinstance(node, ast.Call):
        return _given(node) if _is_widget(facts, node) else None
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    match value:
        case bool() | int() | float() | str():
            return value
        case (int(low), int(high)):
            return low + (high - low) // 2
        case (float() | int() as low, float() | int() as high):
            return low + (high - low) / 2
        case [first, *_]:
            return first if isinstance(node, ast.List) else None
        case _:
            return None
