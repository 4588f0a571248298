"""``final = merged.drop("a", axis=1)`` right above ``return final`` becomes ``return merged.drop("a", axis=1)``."""

from collections.abc import Sequence

import libcst
from libcst import matchers as m

ASSIGNED = m.SimpleStatementLine(
    body=[m.Assign(targets=[m.AssignTarget(m.Name())])], trailing_whitespace=m.TrailingWhitespace(comment=None)
)
RETURNED = m.SimpleStatementLine(body=[m.Return(m.Name())], leading_lines=[])
LATER = m.Lambda() | m.FunctionDef() | m.ClassDef() | m.Global() | m.Nonlocal() | m.GeneratorExp()


class Returns(libcst.CSTTransformer):
    """Rewrites the last two statements of functions."""

    def leave_FunctionDef(
        self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
    ) -> libcst.FunctionDef:
        """Rewrite one function."""
        body = updated_node.body
        if not isinstance(body, libcst.IndentedBlock) or m.findall(body, LATER):
            return updated_node
        lines: Sequence[libcst.BaseStatement] = body.body
        while len(lines) > 1 and (joined := _joined(*lines[-2:])) is not None:
            lines = [*lines[:-2], joined]
        return updated_node.with_changes(body=body.with_changes(body=lines))


def _joined(assigned: libcst.BaseStatement, returned: libcst.BaseStatement) -> libcst.SimpleStatementLine | None:
    """One statement for both; None where they are no such pair."""
    if not (m.matches(assigned, ASSIGNED) and m.matches(returned, RETURNED)):
        return None
    assert isinstance(assigned, libcst.SimpleStatementLine)
    assert isinstance(returned, libcst.SimpleStatementLine)
    given, last = assigned.body[0], returned.body[0]
    assert isinstance(given, libcst.Assign)
    assert isinstance(last, libcst.Return)
    name = last.value
    assert name is not None
    if not given.targets[0].target.deep_equals(name.with_changes(lpar=[], rpar=[])):
        return None
    space = libcst.SimpleWhitespace(" ")
    value = last.with_changes(value=given.value, whitespace_after_return=space)
    return returned.with_changes(body=[value], leading_lines=assigned.leading_lines)
