"""Gather what an expression is made of: the statements to keep, constants and functions, and the points where rows come in."""

import ast
from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from nb2pkg.extract.lane import Gathered, Root
from nb2pkg.extract.parting import Parting
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.roots import Roots
from nb2pkg.extract.trace import COMPOUND, Bound, bound_by, free_names, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.rows import NOTHING, Rows, apart
from nb2pkg.facts.values import Collection, Constant, Data, Either, Estimator, Function, Library, UserClass
from nb2pkg.syntax import Statement

TRANSFORMS = frozenset({"transform", "fit-transform"})


class Gathering:
    """Gathers backwards from one expression; what is ``passed_by`` is not looked into."""

    def __init__(self, facts: Facts, roots: Roots) -> None:
        self.facts = facts
        self.roots = roots
        self.parting: Parting | None = None
        self.passed_by: frozenset[ast.AST] = frozenset()
        self.learned: Rows | None = None

    def gather(self, expression: ast.expr, *, at: int, stop_at_steps: bool, asked: Rows | None = None) -> Gathered:
        """What an expression that statement ``at`` evaluates is made of; a step that the whole table goes through may end it.

        ``asked`` are its rows where the model is only asked about them: then rows that are learned from may stand aside.
        """
        gathered = Gathered()
        waiting: list[tuple[ast.AST, int]] = [(expression, at)]
        while waiting:
            node, at = waiting.pop()
            aside = self._asides(node, asked) if asked is not None else set()
            gathered.asides |= aside
            for part in self._parts(node, at, gathered, aside):
                waiting.extend(self._resolve(part, at, gathered, stop_at_steps=stop_at_steps))
        return gathered

    def _asides(self, node: ast.AST, asked: Rows) -> set[ast.AST]:
        """The tables of training rows in a node of which only aggregates are taken."""
        sources = {atom.source for atom in self.learned or ()}
        found: set[ast.AST] = set()
        for call in (part for part in ast.walk(node) if self.roots.role(part) == "statistic"):
            for name in ast.walk(call) if not _carries_rows(call, self.facts) else ():
                value = self.facts.value(name) if isinstance(name, ast.Name) else None
                rows = value.rows if isinstance(value, Data) else None
                if rows and {atom.source for atom in rows} <= sources and apart(rows, asked) == rows:
                    found.add(name)
        return found

    def _parts(self, node: ast.AST, at: int, gathered: Gathered, aside: AbstractSet[ast.AST]) -> Iterator[ast.Name]:
        """The names read in ``node``; parts that are roots themselves are kept as such, what stands ``aside`` is not followed."""
        inside = {id(one) for one in aside}
        for part in ast.walk(node):
            if isinstance(part, ast.expr) and id(part) not in inside:
                if part in self.passed_by:
                    inside |= {id(one) for one in ast.walk(part)}
                    continue
                root = self.roots.of(part, at=at)
                taken = self.parting.taken(part) if self.parting is not None else None
                if taken is not None and isinstance(taken.base, ast.Name):
                    gathered.names.setdefault((taken.base.id, at), []).append(taken.base)
                    gathered.parts.append((part, taken.part))
                    inside |= {id(one) for one in ast.walk(part)}
                    inside -= {id(one) for one in ast.walk(taken.columns)} if taken.columns is not None else set()
                elif root is not None:
                    if part is root.load:
                        self._same_scope(part, node, at)
                    gathered.roots.setdefault(self._key(root), (root, []))[1].append(part)
                    inside |= {id(one) for one in ast.walk(part)}
        yield from (name for name in free_names(node) if id(name) not in inside)

    def _same_scope(self, load: ast.expr, node: ast.AST, at: int) -> None:
        """Raise RefusedError where a function reads a file: what it makes of it comes back wherever it is called."""
        functions = (one for one in ast.walk(node) if isinstance(one, ast.FunctionDef | ast.Lambda))
        if any(part is load for one in functions for part in ast.walk(one)):
            reason = f"`{ast.unparse(load)[:60]}` is read inside a function; read it in a cell"
            raise refused(self._statement(at), reason)

    @staticmethod
    def _key(root: Root) -> object:
        return (root.name, root.building) if root.files else id(root.load)

    def _resolve(
        self, name: ast.Name, at: int, gathered: Gathered, *, stop_at_steps: bool
    ) -> list[tuple[ast.AST, int]]:
        value = self.facts.value(name)
        if isinstance(value, Library):
            return []
        found = writers(self.facts, name.id, before=at)
        if not found:
            return []
        binding = self._statement(found[0])
        if isinstance(binding.node, ast.Import | ast.ImportFrom):
            return []
        if isinstance(value, Function | UserClass | Either) or isinstance(binding.node, ast.FunctionDef | ast.ClassDef):
            return self._environment(name.id, binding, at, gathered)
        if isinstance(value, Estimator):
            return []
        root = self.roots.bound_to(name.id, binding, before=at)
        joined = root.building if root is not None and root.files else ()
        changes = [index for index in found[1:] if index not in gathered.statements and index not in joined]
        gathered.statements.update(changes)
        more: list[tuple[ast.AST, int]] = [(self._statement(index).node, index) for index in changes]
        bound = bound_by(binding, name.id)
        if value is None and bound is not None and bound.position is None:
            value = self.facts.value(bound.value)  # read inside a function
        if (
            isinstance(value, Constant | Collection)
            and not changes
            and bound is not None
            and not _has_rows(bound.value, self.facts)
        ):
            known = binding.index in gathered.environment
            gathered.environment.add(binding.index)
            return more if known else [*more, (bound.value, binding.index)]
        return more + self._bound(name, binding, bound, gathered, at=at, stop_at_steps=stop_at_steps)

    def _environment(self, name: str, binding: Statement, at: int, gathered: Gathered) -> list[tuple[ast.AST, int]]:
        """A function or class; what its body reads is looked up when it is called."""
        if isinstance(binding.node, COMPOUND):
            reason = f"`{name}` is defined in a block, so which code it stands for is not sure; define it in a line of its own"
            raise refused(binding, reason)
        self._same_globals(binding, at, gathered)
        if binding.index in gathered.environment:
            return []
        gathered.environment.add(binding.index)
        if not isinstance(binding.node, ast.FunctionDef | ast.ClassDef):
            late = isinstance(binding.node, ast.Assign) and isinstance(binding.node.value, ast.Lambda)
            return [(binding.node, at if late else binding.index)]
        return [(binding.node, at), *((one, binding.index) for one in _when_defined(binding.node))]

    def _same_globals(self, binding: Statement, at: int, gathered: Gathered) -> None:
        """Raise RefusedError where a function reads a variable that has other values in some of its calls."""
        before = gathered.called.setdefault(binding.index, at)
        for name in free_names(binding.node) if before != at else ():
            if writers(self.facts, name.id, before=before) != writers(self.facts, name.id, before=at):
                called = next(iter(sorted(self.facts.effects[binding.index].binds)), "it")
                reason = f"`{called}` reads `{name.id}`, which changes between its calls; make it a parameter"
                raise refused(self._statement(at), reason)

    def _bound(
        self,
        name: ast.Name,
        binding: Statement,
        bound: Bound | None,
        gathered: Gathered,
        *,
        at: int,
        stop_at_steps: bool,
    ) -> list[tuple[ast.AST, int]]:
        root = self.roots.bound_to(name.id, binding, before=at)
        if root is not None:
            gathered.statements -= set(root.building)
            gathered.roots.setdefault(self._key(root), (root, []))[1].append(name)
            return []
        if bound is not None and self.parting is not None and self.parting.taken(bound.value) is not None:
            gathered.names.setdefault((name.id, binding.index + 1), []).append(name)
            return []
        if bound is not None and isinstance(bound.value, ast.Call):
            role = self.roots.role(bound.value)
            if role in ("split", "resample") or (
                stop_at_steps and role in TRANSFORMS and _whole(bound.value, self.facts)
            ):
                gathered.names.setdefault((name.id, binding.index + 1), []).append(name)
                return []
        node: ast.AST = binding.node if bound is None or bound.position is not None else bound.value
        if node in gathered.walked:
            return []
        gathered.statements.add(binding.index)
        gathered.walked.add(node)
        return [(node, binding.index)]

    def rebind(self, gathered: Gathered) -> None:
        """A constant that the kept statements bind again or change is one of them, no constant."""
        effects = self.facts.effects
        bound = {name for index in gathered.statements for name in effects[index].binds | effects[index].mutates}
        times = Counter(name for index in gathered.environment for name in effects[index].binds)
        bound |= {name for name, count in times.items() if count > 1}
        again = {index for index in gathered.environment if effects[index].binds & bound}
        gathered.environment -= again
        gathered.statements |= again

    def _statement(self, index: int) -> Statement:
        return self.facts.program.statements[index]


def _when_defined(node: ast.FunctionDef | ast.ClassDef) -> list[ast.expr]:
    """What is evaluated when a function is defined rather than when it is called."""
    functions = [part for part in ast.walk(node) if isinstance(part, ast.FunctionDef)]
    defaults = [one for function in functions for one in (*function.args.defaults, *function.args.kw_defaults) if one]
    return [*defaults, *node.decorator_list]


def _carries_rows(node: ast.AST, facts: Facts) -> bool:
    value = facts.value(node)
    return isinstance(value, Data) and value.rows != NOTHING


def _has_rows(node: ast.expr, facts: Facts) -> bool:
    return any(isinstance(facts.value(part), Data) for part in ast.walk(node))


def _whole(call: ast.Call, facts: Facts) -> bool:
    """Does a transform take a whole table (a name, perhaps as an array) rather than some of its columns?"""
    known = facts.call(call)
    given = known.args.get("X") or next(iter(known.args.values()), None) if known is not None else None
    if given is None:
        return False
    node = given[0]
    while isinstance(node, ast.Attribute) and node.attr == "values":
        node = node.value
    return isinstance(node, ast.Name)
