"""``df.values`` becomes ``df.to_numpy()``; old names of pandas methods and NumPy numbers become the ones in use."""

from collections.abc import Mapping

import libcst
from libcst import matchers as m

RENAMED: Mapping[str, str] = {"isnull": "isna", "notnull": "notna"}
NUMBERS: Mapping[str, str] = {"NaN": "nan", "NAN": "nan", "Inf": "inf", "Infinity": "inf", "infty": "inf"}


class ArrayMethods(libcst.CSTTransformer):
    """Rewrites attributes that are read; a ``values`` that is called (of a dictionary) stays."""

    def __init__(self) -> None:
        super().__init__()
        self._called: set[libcst.CSTNode] = set()

    def visit_Call(self, node: libcst.Call) -> None:
        """Remember what is called."""
        self._called.add(node.func)

    def visit_AssignTarget(self, node: libcst.AssignTarget) -> None:
        """Remember what is written."""
        self._called.add(node.target)

    def visit_AugAssign(self, node: libcst.AugAssign) -> None:
        """Remember what is updated."""
        self._called.add(node.target)

    def visit_AnnAssign(self, node: libcst.AnnAssign) -> None:
        """Remember what is declared."""
        self._called.add(node.target)

    def visit_Del(self, node: libcst.Del) -> None:
        """Remember what is deleted."""
        self._called.add(node.target)

    def leave_Attribute(self, original_node: libcst.Attribute, updated_node: libcst.Attribute) -> libcst.BaseExpression:
        """Rewrite one attribute."""
        name = updated_node.attr.value
        if original_node in self._called:
            return updated_node.with_changes(attr=libcst.Name(RENAMED[name])) if name in RENAMED else updated_node
        if name in NUMBERS and m.matches(updated_node.value, m.Name("np") | m.Name("numpy")):
            return updated_node.with_changes(attr=libcst.Name(NUMBERS[name]))
        if name == "values":
            method = updated_node.with_changes(attr=libcst.Name("to_numpy"), lpar=[], rpar=[])
            return libcst.Call(method, lpar=updated_node.lpar, rpar=updated_node.rpar)
        return updated_node
