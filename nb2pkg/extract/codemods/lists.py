"""``x not in ["a"]`` becomes ``x != "a"``; a longer list stays one, for what equals a text need not have its hash (a dtype)."""

import libcst
from libcst import matchers as m


class LoneTexts(libcst.CSTTransformer):
    """Rewrites membership in a literal list of one text."""

    def leave_Comparison(
        self, original_node: libcst.Comparison, updated_node: libcst.Comparison
    ) -> libcst.BaseExpression:
        """Rewrite one comparison."""
        if len(updated_node.comparisons) != 1:
            return updated_node
        target = updated_node.comparisons[0]
        within = target.comparator
        if (
            not isinstance(within, libcst.List)
            or not isinstance(target.operator, libcst.In | libcst.NotIn)
            or len(within.elements) != 1
        ):
            return updated_node
        if m.findall(within, m.Comment()):
            return updated_node
        if not m.matches(within.elements[0], m.Element(m.SimpleString())):
            return updated_node
        operator = libcst.Equal() if isinstance(target.operator, libcst.In) else libcst.NotEqual()
        return updated_node.with_changes(comparisons=[libcst.ComparisonTarget(operator, within.elements[0].value)])
