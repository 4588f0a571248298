"""``x not in ["a"]`` becomes ``x != "a"``, and a longer literal list a set."""

import libcst
from libcst import matchers as m


class MembershipSets(libcst.CSTTransformer):
    """Rewrites membership in a literal list of texts."""

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
            or not within.elements
        ):
            return updated_node
        if m.findall(within, m.Comment()):
            return updated_node
        if not all(m.matches(element, m.Element(m.SimpleString())) for element in within.elements):
            return updated_node
        if len(within.elements) > 1:
            return updated_node.with_changes(comparisons=[target.with_changes(comparator=libcst.Set(within.elements))])
        operator = libcst.Equal() if isinstance(target.operator, libcst.In) else libcst.NotEqual()
        return updated_node.with_changes(comparisons=[libcst.ComparisonTarget(operator, within.elements[0].value)])
