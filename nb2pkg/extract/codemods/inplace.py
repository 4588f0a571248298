"""``df.drop("a", axis=1, inplace=True)`` becomes ``df = df.drop("a", axis=1)``."""

from collections.abc import Sequence

import libcst
from libcst import matchers as m

TABLE = m.Name() | m.Subscript(value=m.Name())


class InPlace(libcst.CSTTransformer):
    """Rewrites expression statements whose call says ``inplace=True``; anything less plain is left alone.

    So is a table that another name stands for too: binding one of the names again would leave the other as it was.
    """

    def __init__(self) -> None:
        super().__init__()
        self._shared: list[set[str]] = [set()]

    def visit_Module(self, node: libcst.Module) -> None:
        """Remember the names that share a table."""
        self._shared.append(_shared(node))

    def visit_FunctionDef(self, node: libcst.FunctionDef) -> None:
        """Remember the names of the function that share a table."""
        self._shared.append(_shared(node.body))

    def leave_FunctionDef(
        self, original_node: libcst.FunctionDef, updated_node: libcst.FunctionDef
    ) -> libcst.BaseStatement:
        """Forget them."""
        self._shared.pop()
        return updated_node

    def leave_Expr(self, original_node: libcst.Expr, updated_node: libcst.Expr) -> libcst.BaseSmallStatement:
        """Rewrite one statement."""
        call = updated_node.value
        if not (
            isinstance(call, libcst.Call)
            and isinstance(call.func, libcst.Attribute)
            and m.matches(call.func.value, TABLE)
        ):
            return updated_node
        if _owner(call.func.value) in self._shared[-1]:
            return updated_node
        kept = [argument for argument in call.args if not _in_place(argument)]
        if len(kept) == len(call.args) or any(argument.star for argument in call.args):
            return updated_node
        if kept:
            kept[-1] = kept[-1].with_changes(comma=libcst.MaybeSentinel.DEFAULT)
        target = call.func.value
        assert isinstance(target, libcst.Name | libcst.Subscript)
        return libcst.Assign(
            targets=[libcst.AssignTarget(target)], value=call.with_changes(args=kept), semicolon=updated_node.semicolon
        )


def _owner(target: libcst.BaseExpression) -> str:
    name = target.value if isinstance(target, libcst.Subscript) else target
    return name.value if isinstance(name, libcst.Name) else ""


def _shared(node: libcst.CSTNode) -> set[str]:
    """Names that are bound to another name, taken out of something, or looped over."""
    found: set[str] = set()
    for assign in m.findall(node, m.Assign(value=m.Name())):
        assert isinstance(assign, libcst.Assign) and isinstance(assign.value, libcst.Name)
        found |= {assign.value.value, *_names([target.target for target in assign.targets])}
    for loop in m.findall(node, m.For()):
        assert isinstance(loop, libcst.For)
        found |= _names([loop.target])
    kept = m.List() | m.Tuple() | m.Dict()  # one that is only handed to a call holds nothing afterwards
    for holder in m.findall(node, m.Assign(value=kept) | m.For(iter=kept)):
        display = holder.value if isinstance(holder, libcst.Assign) else libcst.ensure_type(holder, libcst.For).iter
        assert isinstance(display, libcst.List | libcst.Tuple | libcst.Dict)
        found |= _names([element.value for element in display.elements])
    return found


def _names(nodes: Sequence[libcst.CSTNode]) -> set[str]:
    return {node.value for node in nodes if isinstance(node, libcst.Name)}


def _in_place(argument: libcst.Arg) -> bool:
    return m.matches(argument, m.Arg(keyword=m.Name("inplace"), value=m.Name("True")))
