"""``df.drop("a", axis=1, inplace=True)`` becomes ``df = df.drop("a", axis=1)``."""

import libcst
from libcst import matchers as m

TABLE = m.Name() | m.Subscript(value=m.Name())


class InPlace(libcst.CSTTransformer):
    """Rewrites expression statements whose call says ``inplace=True``; anything less plain is left alone."""

    def leave_Expr(self, original_node: libcst.Expr, updated_node: libcst.Expr) -> libcst.BaseSmallStatement:
        """Rewrite one statement."""
        call = updated_node.value
        if not (
            isinstance(call, libcst.Call)
            and isinstance(call.func, libcst.Attribute)
            and m.matches(call.func.value, TABLE)
        ):
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


def _in_place(argument: libcst.Arg) -> bool:
    return m.matches(argument, m.Arg(keyword=m.Name("inplace"), value=m.Name("True")))
