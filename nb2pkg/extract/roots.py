"""Where raw rows enter the notebook: files that are read, bundled datasets, and the tables built from them at once."""

import ast

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.lane import Root
from nb2pkg.extract.trace import Bound, bound_by, free_names, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library
from nb2pkg.syntax import Statement

FIELDS = {"data": "data", "target": "target", "frame": "frame"}
FRAMES = frozenset({"pandas.DataFrame"})


class Roots:
    """Recognises roots; every answer is derived from the facts alone."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.joined: dict[tuple[str, int], Root] = {}

    def of(self, node: ast.expr, *, at: int) -> Root | None:
        """The root that an expression is, None where it is something else."""
        match node:
            case ast.Call() if self.role(node) == "load":
                return Root("file", "frame", node, at)
            case ast.Attribute(value=value, attr=attr) if attr in FIELDS:
                return self._field(value, attr, at)
            case ast.Subscript(value=value, slice=ast.Constant(value=key)) if key in FIELDS:
                return self._field(value, str(key), at)
            case ast.Name(id=name):
                found = writers(self.facts, name, before=at)
                binding = self.facts.program.statements[found[0]] if found else None
                root = self.bound_to(name, binding, before=at) if binding is not None else None
                return root if root is not None and set(found) <= {*root.building, root.statement} else None
            case _:
                return None

    def role(self, node: ast.AST) -> str:
        """What a call does."""
        call = self.facts.call(node)
        return getattr(call.row, "role", "") if call is not None and call.row is not None else ""

    def makes(self, node: ast.AST) -> bool:
        """Is this a call that makes up rows and their target?"""
        call = self.facts.call(node)
        return self.role(node) == "make" and call is not None and getattr(call.row, "returns", "") == "pair"

    def bundle(self, node: ast.expr, at: int) -> tuple[ast.Call, int, str] | None:
        """The loader call behind an expression that is a bundled dataset, with its statement and variable."""
        if isinstance(node, ast.Call) and self.role(node) == "bundle":
            return node, at, ""
        if isinstance(node, ast.Name):
            found = writers(self.facts, node.id, before=at)
            binding = self.facts.program.statements[found[0]] if found else None
            bound = bound_by(binding, node.id) if binding is not None else None
            if binding is not None and bound is not None and bound.position in (0, 1) and self.makes(bound.value):
                assert isinstance(bound.value, ast.Call)
                return bound.value, binding.index, ""
            if binding is not None and bound is not None and bound.position is None:
                inner = self.bundle(bound.value, binding.index)
                return (inner[0], inner[1], inner[2] or node.id) if inner is not None else None
        return None

    def _field(self, value: ast.expr, field: str, at: int) -> Root | None:
        found = self.bundle(value, at)
        if found is None:
            return None
        load, statement, name = found
        return Root("bundle", FIELDS[field], load, statement, bundle=name, building=(statement,))

    def bound_to(self, name: str, binding: Statement, *, before: int) -> Root | None:
        """The root that a statement binds to a name: a table read, a table built from a bundled dataset, or its arrays."""
        joined = self.joined.get((name, binding.index))
        if joined is not None and joined.building[-1] < before:
            return joined
        bound = bound_by(binding, name)
        if bound is None:
            return None
        if isinstance(bound.value, ast.Call):
            role = self.role(bound.value)
            if role == "load" and bound.position is None:
                building = (binding.index, *self._naming(name, binding.index))
                return Root("file", "frame", bound.value, binding.index, name=name, building=building)
            if role == "bundle":
                return self._unpacked(bound, binding)
            if self.makes(bound.value) and bound.position in (0, 1):
                entry = ("data", "target")[bound.position]
                return Root("bundle", entry, bound.value, binding.index, building=(binding.index,))
            if self._is_frame(bound.value) and bound.position is None:
                return self._frame(name, bound.value, binding, before)
        if isinstance(bound.value, ast.Attribute) and bound.position is None and bound.value.attr == "frame":
            root = self._field(bound.value.value, "frame", binding.index)
            return (
                Root("bundle", "frame", root.load, root.statement, name, (root.statement, binding.index))
                if root
                else None
            )
        return None

    def _unpacked(self, bound: Bound, binding: Statement) -> Root | None:
        assert isinstance(bound.value, ast.Call)
        keywords = {k.arg: k.value for k in bound.value.keywords}
        both = keywords.get("return_X_y")
        if not (isinstance(both, ast.Constant) and both.value is True) or bound.position not in (0, 1):
            return None
        entry = ("data", "target")[bound.position]
        return Root("bundle", entry, bound.value, binding.index, building=(binding.index,))

    def _is_frame(self, call: ast.Call) -> bool:
        known = self.facts.call(call)
        return known is not None and known.name in FRAMES

    def _frame(self, name: str, call: ast.Call, binding: Statement, before: int) -> Root | None:
        """``df = pd.DataFrame(digits.data, …)`` and the columns that are added from the dataset before anything else."""
        load = self._only_bundle(call, binding.index)
        if load is None:
            return None
        building = [load[1], binding.index]
        for statement in self._changes(name, binding.index):
            if not self._adds_column(statement, name):
                break
            building.append(statement.index)
        if len(building) == 2 and self._holds_target_alone(call, binding.index):
            return None
        return Root("bundle", "frame", load[0], load[1], name, tuple(sorted(building)), load[2])

    def _holds_target_alone(self, call: ast.Call, at: int) -> bool:
        """Is this ``pd.DataFrame(digits.target, columns=["digit"])``?"""
        parts = [one for one in ast.walk(call) if isinstance(one, ast.Attribute | ast.Subscript | ast.Name)]
        arrays = {root.entry for one in parts if (root := self.of(one, at=at)) is not None}
        return arrays == {"target"}

    def _naming(self, name: str, index: int) -> tuple[int, ...]:
        """The statement that names the columns of a table that was read, before anything is made of them."""
        changes = self._changes(name, index)
        if not changes or self.names_given(changes[0].node, name) is None:
            return ()
        for statement in self.facts.program.statements[index + 1 : changes[0].index]:
            effects = self.facts.effects[statement.index]
            used = any(read.id == name for read in free_names(statement.node))
            if used and (effects.binds or effects.mutates or effects.maybe):
                return ()
        return (changes[0].index,)

    def names_given(self, node: ast.stmt, name: str) -> list[str] | None:
        """The names of ``df.columns = ["age", "income"]``."""
        match node:
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner), attr="columns")], value=value) if (
                owner == name
            ):
                try:
                    at = next(one.index for one in self.facts.program.statements if one.node is node)
                    names = evaluate(value, self.facts, at=at)
                except NotConstantError:
                    return None
            case _:
                return None
        texts = isinstance(names, list | tuple) and all(isinstance(one, str) for one in names)
        return [str(one) for one in names] if texts and isinstance(names, list | tuple) else None

    def _changes(self, name: str, index: int) -> list[Statement]:
        """The statements that change ``name`` in place after ``index`` and before it is bound again."""
        found = []
        for statement in self.facts.program.statements[index + 1 :]:
            effects = self.facts.effects[statement.index]
            if name in effects.binds:
                break
            if name in effects.mutates:
                found.append(statement)
        return found

    def _adds_column(self, statement: Statement, name: str) -> bool:
        node = statement.node
        if not (isinstance(node, ast.Assign) and len(node.targets) == 1):
            return False
        match node.targets[0]:
            case ast.Subscript(value=ast.Name(id=owner), slice=ast.Constant(value=str())) if owner == name:
                return self._only_bundle(node.value, statement.index) is not None
            case _:
                return False

    def _only_bundle(self, node: ast.expr, at: int) -> tuple[ast.Call, int, str] | None:
        """The one bundled dataset that an expression is made of; None where anything else takes part."""
        found: dict[int, tuple[ast.Call, int, str]] = {}
        for name in free_names(node):
            if isinstance(self.facts.value(name), Library):
                continue
            bundle = self.bundle(name, at)
            if bundle is None:
                return None
            found[bundle[1]] = bundle
        return next(iter(found.values())) if len(found) == 1 else None
