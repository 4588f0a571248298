"""``encoded(target_of(rows, config), encoder)`` becomes ``target_of(rows, config)`` where a package needs no encoder."""

from collections.abc import Sequence
from typing import TypeVar

import libcst as cst
from libcst import matchers as m

from nb2pkg.errors import ExtractError

Removed = cst.RemovalSentinel
REMOVED = cst.RemovalSentinel.REMOVE
SIMPLE = m.Name() | m.Call() | m.Attribute() | m.Subscript() | m.SimpleString()
Listed = TypeVar("Listed", cst.List, cst.Tuple, cst.Set, cst.Dict)


class Without(cst.CSTTransformer):
    """Takes names out of a module of the scaffold, with all that is only there for them.

    ``identities`` are functions whose calls become their first argument. ``gone`` are all other names: functions,
    classes and tests, constants, variables, parameters and arguments, fields, keys. What stands in a list, a condition
    or a loop for a name that is gone goes with it.
    """

    def __init__(self, gone: frozenset[str], identities: frozenset[str] = frozenset()) -> None:
        """Take these names out."""
        super().__init__()
        self.identities = identities
        self.names = gone | identities

    def _about(self, node: cst.CSTNode | None) -> bool:
        """Does an expression speak of a name that goes?"""
        return node is not None and bool(m.findall(node, m.MatchIfTrue(self._is_gone)))

    def _is_gone(self, node: object) -> bool:
        match node:
            case cst.Name(value=name) if name in self.names:
                return True
            case cst.SimpleString():
                return node.evaluated_value in self.names
            case _:
                return False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        """Give the first argument of a hook that does nothing."""
        called = updated_node.func
        if isinstance(called, cst.Name) and called.value in self.identities and updated_node.args:
            first = updated_node.args[0]
            if not first.star and first.keyword is None:
                value = first.value
                bare = m.matches(value, SIMPLE) or value.lpar
                return value if bare else value.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        if updated_node.args and len(updated_node.args) < len(original_node.args):
            *others, last = updated_node.args
            return updated_node.with_changes(args=[*others, last.with_changes(comma=cst.MaybeSentinel.DEFAULT)])
        return updated_node

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg | Removed:
        """Take an argument with a name out; one that counts by its place stays, since the others would move."""
        return REMOVED if self._about(updated_node.keyword) else updated_node

    def leave_Parameters(self, original_node: cst.Parameters, updated_node: cst.Parameters) -> cst.Parameters:
        """Take parameters out, and the star where none is left behind it."""
        params = [one for one in updated_node.params if one.name.value not in self.names]
        behind = [one for one in updated_node.kwonly_params if one.name.value not in self.names]
        if len(params) == len(updated_node.params) and len(behind) == len(updated_node.kwonly_params):
            return updated_node
        last = behind or params
        if last:
            last[-1] = last[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        star = updated_node.star_arg
        alone = isinstance(star, cst.ParamStar) and not behind
        kept = cst.MaybeSentinel.DEFAULT if alone else star
        return updated_node.with_changes(params=params, kwonly_params=behind, star_arg=kept)

    def leave_List(self, original_node: cst.List, updated_node: cst.List) -> cst.List:
        """Take elements out of a list."""
        return self._kept(updated_node)

    def leave_Tuple(self, original_node: cst.Tuple, updated_node: cst.Tuple) -> cst.Tuple:
        """Take elements out of a tuple, which may be what is bound."""
        return self._kept(updated_node)

    def leave_Set(self, original_node: cst.Set, updated_node: cst.Set) -> cst.Set:
        """Take elements out of a set."""
        return self._kept(updated_node)

    def leave_Dict(self, original_node: cst.Dict, updated_node: cst.Dict) -> cst.Dict:
        """Take entries out of a mapping."""
        return self._kept(updated_node)

    def _kept(self, updated: Listed) -> Listed:
        """Give a display without the elements that speak of a name that goes."""
        kept = [one for one in updated.elements if not self._about(one)]
        if not kept or len(kept) == len(updated.elements):
            return updated
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)  # it may stand on one line now
        return updated.with_changes(elements=kept)

    def leave_BooleanOperation(
        self, original_node: cst.BooleanOperation, updated_node: cst.BooleanOperation
    ) -> cst.BaseExpression:
        """Give the other side of a condition."""
        if self._about(updated_node.left):
            return updated_node.right
        return updated_node.left if self._about(updated_node.right) else updated_node

    def leave_If(
        self, original_node: cst.If, updated_node: cst.If
    ) -> cst.If | cst.FlattenSentinel[cst.BaseStatement] | Removed:
        """Take out what is done under a condition that can no longer hold."""
        if not self._about(updated_node.test):
            return updated_node
        match updated_node.orelse:
            case None:
                return REMOVED
            case cst.Else(body=cst.IndentedBlock(body=lines)):
                return cst.FlattenSentinel([one for one in lines if isinstance(one, cst.BaseStatement)])
            case _:
                return updated_node

    def leave_For(self, original_node: cst.For, updated_node: cst.For) -> cst.For | Removed:
        """Take out a loop over what is not there."""
        return REMOVED if self._about(updated_node.iter) else updated_node

    def leave_ExceptHandler(
        self, original_node: cst.ExceptHandler, updated_node: cst.ExceptHandler
    ) -> cst.ExceptHandler | Removed:
        """Take out a handler of what can no longer be raised."""
        return REMOVED if self._about(updated_node.type) else updated_node

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign | Removed:
        """Take out the statement that binds a name."""
        only = updated_node.targets[0].target if len(updated_node.targets) == 1 else None
        return REMOVED if isinstance(only, cst.Name) and only.value in self.names else updated_node

    def leave_AnnAssign(self, original_node: cst.AnnAssign, updated_node: cst.AnnAssign) -> cst.AnnAssign | Removed:
        """Take out a field, or the statement that binds a name."""
        target = updated_node.target
        return REMOVED if isinstance(target, cst.Name) and target.value in self.names else updated_node

    def leave_Expr(self, original_node: cst.Expr, updated_node: cst.Expr) -> cst.Expr | Removed:
        """Take out a call of what goes that is made for its effect."""
        called = updated_node.value.func if isinstance(updated_node.value, cst.Call) else None
        return REMOVED if self._about(called) else updated_node

    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | Removed:
        """Take out a function."""
        return REMOVED if updated_node.name.value in self.names else updated_node

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef | Removed:
        """Take out a class."""
        return REMOVED if updated_node.name.value in self.names else updated_node

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import | Removed:
        """Take out a module that is imported under a name that goes."""
        kept = [one for one in updated_node.names if not self._about(one.asname or one.name)]
        if not kept:
            return REMOVED
        if len(kept) == len(updated_node.names):
            return updated_node
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(names=kept)

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom | Removed:
        """Take out imported names; one with another name here stays, and is found by the check."""
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        kept = [one for one in updated_node.names if one.asname is not None or not self._about(one.name)]
        if not kept:
            return REMOVED
        if len(kept) == len(updated_node.names):
            return updated_node
        kept[-1] = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(names=kept)

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | Removed:
        """Take out a line of which nothing is left."""
        return updated_node if updated_node.body else REMOVED

    def left(self, module: cst.Module) -> bool:
        """Tell whether a module still speaks of a name that was to go."""
        places = {id(name) for one in m.findall(module, m.ImportFrom()) for name in _names_of_module(one)}
        return any(id(node) not in places for node in m.findall(module, m.MatchIfTrue(self._is_gone)))


def _names_of_module(statement: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """Give the names in the path of a module that is imported from."""
    path = statement.module if isinstance(statement, cst.ImportFrom) else None
    return m.findall(path, m.Name()) if path is not None else ()


def without(text: str, gone: frozenset[str], identities: frozenset[str] = frozenset()) -> str:
    """Give a module without names that a package does not need. Raises ExtractError where one would be left: all or none."""
    if not any(name in text for name in gone | identities):
        return text
    taken_out = Without(gone, identities)
    module = cst.parse_module(text).visit(taken_out)
    if taken_out.left(module):
        raise ExtractError(f"a module of the scaffold cannot do without {', '.join(sorted(gone | identities))}")
    return module.code
