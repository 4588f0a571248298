"""Answers and defaults of the notebook as settings of a package below level 3."""

import ast
from collections.abc import Sequence

from nb2pkg.extract.answers import Answer
from nb2pkg.extract.handover import ConfigField
from nb2pkg.extract.names import unused
from nb2pkg.extract.settings import RESERVED, annotation
from nb2pkg.syntax import Program


class Asked:
    """``constants`` are the expressions that read a setting, by the place of its value in the edited notebook."""

    def __init__(self, program: Program, answers: Sequence[Answer], config: str) -> None:
        self.constants: dict[tuple[int, int, int], str] = {}
        fields: list[ConfigField] = []
        for one in answers:
            place = (one.statement.cell, one.node.lineno, one.node.col_offset)
            if isinstance(one.value, str | int | float) and place in _constants(program, one.statement.cell):
                name = unused(one.name, RESERVED | {field.name for field in fields})
                comment = f"what `{one.before}` gave in the notebook"
                fields.append(ConfigField(name, annotation(one.value), repr(one.value), comment))
                self.constants[place] = f"{config}.{name}"
        self.fields = tuple(fields)


def _constants(program: Program, cell: int) -> set[tuple[int, int, int]]:
    return {
        (cell, part.lineno, part.col_offset)
        for statement in program.statements
        if statement.cell == cell
        for part in ast.walk(statement.node)
        if isinstance(part, ast.Constant)
    }
