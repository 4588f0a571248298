"""``b = a`` goes, and what follows says ``a``, where the function never looks at ``a`` again."""

from collections.abc import Sequence

import libcst
from libcst import matchers as m

ALIAS = m.SimpleStatementLine(
    body=[m.Assign(targets=[m.AssignTarget(target=m.Name())], value=m.Name())],
    leading_lines=[m.ZeroOrMore(m.EmptyLine(comment=None))],
)


class Aliases(libcst.CSTTransformer):
    """Takes second names of a function's own variables out of its body, and ``a = a`` too."""

    def leave_FunctionDef(
        self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
    ) -> libcst.FunctionDef:
        """Tidy one function."""
        if not isinstance(updated_node.body, libcst.IndentedBlock):
            return updated_node
        own = {parameter.name.value for parameter in updated_node.params.params}
        body: list[libcst.BaseStatement] = []
        rest = list(updated_node.body.body)
        while rest:
            statement = rest.pop(0)
            alias = _alias(statement)
            if alias and alias[0] == alias[1]:
                continue
            if alias and alias[1] in own and alias[0] not in own and alias[1] not in _names(rest):
                rest = [_renamed(one, *alias) for one in rest]
                continue
            own |= _bound(statement)
            body.append(statement)
        return updated_node.with_changes(body=updated_node.body.with_changes(body=body))


def _alias(statement: libcst.BaseStatement) -> tuple[str, str] | None:
    """The second name and the first."""
    if not m.matches(statement, ALIAS):
        return None
    assign = libcst.ensure_type(libcst.ensure_type(statement, libcst.SimpleStatementLine).body[0], libcst.Assign)
    target, value = assign.targets[0].target, assign.value
    assert isinstance(target, libcst.Name) and isinstance(value, libcst.Name)
    return target.value, value.value


def _names(statements: Sequence[libcst.BaseStatement]) -> set[str]:
    return {name.value for one in statements for name in m.findall(one, m.Name()) if isinstance(name, libcst.Name)}


def _bound(statement: libcst.BaseStatement) -> set[str]:
    found = m.findall(statement, m.AssignTarget(target=m.Name()))
    return {
        one.target.value
        for one in found
        if isinstance(one, libcst.AssignTarget) and isinstance(one.target, libcst.Name)
    }


def _renamed(statement: libcst.BaseStatement, old: str, new: str) -> libcst.BaseStatement:
    renamed = statement.visit(_Renamer(old, new))
    assert isinstance(renamed, libcst.BaseStatement)
    return renamed


class _Renamer(libcst.CSTTransformer):
    """Renames a variable; attributes and the names of arguments are none."""

    def __init__(self, old: str, new: str) -> None:
        super().__init__()
        self.old = old
        self.new = new

    def leave_Name(self, original_node: libcst.Name, updated_node: libcst.Name) -> libcst.Name:
        """Rename one name."""
        return updated_node.with_changes(value=self.new) if updated_node.value == self.old else updated_node

    def leave_Attribute(self, original_node: libcst.Attribute, updated_node: libcst.Attribute) -> libcst.Attribute:
        """Keep the name of an attribute."""
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: libcst.Arg, updated_node: libcst.Arg) -> libcst.Arg:
        """Keep the name of an argument."""
        return updated_node.with_changes(keyword=original_node.keyword)
