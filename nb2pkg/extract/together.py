"""A train file and a test file that are prepared as one table: the same notebook with every statement about each file apart.

``full = pd.concat([train, test])`` becomes ``other_full = test.copy()`` and ``full = train.copy()``, what is done to ``full`` is done to
``other_full`` first, and ``full[:len(train)]`` is ``full``. What is learned from ``full`` was learned from the rows of both files:
``Joint.region`` are the statements of which that is so.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.extract.beforehand import Beforehand, beforehand
from nb2pkg.extract.columns import Columns, constants
from nb2pkg.extract.copies import Copier
from nb2pkg.extract.lane import Joint
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.stacked import FIRST, KNOWN, SECOND, UNKNOWN, Stack, Taken, Taking, stacks
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.facts import Facts, interpret
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data, Estimator
from nb2pkg.syntax import Program, Statement

PLAIN = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Expr, ast.For, ast.If)
CHOSEN = "rows are chosen or sorted while both files are one table"
COUNTING = frozenset({"shape", "index", "size"})


class Together(NamedTuple):
    """The facts of a notebook told apart, and what is known of its two files."""

    facts: Facts
    joint: Joint


def together(facts: Facts, packs: Sequence[str] | None = None) -> Together | None:
    """The notebook with both files apart; None where it does not put two files together and take them apart again.

    Raises RefusedError where it does, in a way that cannot be shown to be the same.
    """
    lowering = Lowering(facts)
    found = [one for one in stacks(lowering) if _is_learned_from(facts, one) and _is_taken_apart(facts, one)]
    if not found:
        return None
    if len(found) > 1:
        statement = facts.program.statements[found[1].statement]
        raise refused(statement, "two tables are put together of two files each; only one can be followed")
    excluded: frozenset[str] = frozenset()
    while True:
        telling = _Telling(lowering, found[0], excluded)
        if not telling.told():
            return None
        wrong = telling.ordinary() - excluded
        if not wrong:
            told = interpret(telling.program(), load_tables(packs or [rules_folder()]), values=True)
            return Together(told, telling.joint())
        excluded |= wrong


def _is_learned_from(facts: Facts, stack: Stack) -> bool:
    """Is any model fitted on rows of one of the files?"""
    sources = {atom.source for atom in stack.both}
    return any(sources & {atom.source for atom in fit.rows or ()} for fit in facts.fits if not fit.static)


def _is_taken_apart(facts: Facts, stack: Stack) -> bool:
    """Are rows of a table of both files taken by position, by a marker, or by what is missing?"""
    sources = {atom.source for atom in stack.both}
    for statement in facts.program.statements[stack.statement + 1 :]:
        for part in ast.walk(statement.node):
            match part:
                case ast.Subscript(value=base, slice=index) if _parts(index):
                    table = base.value if isinstance(base, ast.Attribute) and base.attr in ("iloc", "loc") else base
                case ast.Call(func=ast.Attribute(value=table, attr="head" | "tail"), args=[_]):
                    pass
                case _:
                    continue
            value = facts.value(table)
            if isinstance(value, Data) and {atom.source for atom in value.rows or ()} == sources:
                return True
    return False


def _parts(index: ast.expr) -> bool:
    """May an index part the rows of two files: a slice, a comparison with a constant, a question for what is missing?"""
    match index:
        case ast.Slice(lower=lower, upper=upper):
            return lower is not None or upper is not None
        case ast.Tuple(elts=[rows, _]):
            return _parts(rows)
        case ast.UnaryOp(operand=inner):
            return _parts(inner)
        case ast.Compare(ops=[ast.Eq() | ast.NotEq()], comparators=[ast.Constant()]):
            return True
        case ast.Call(func=ast.Attribute(attr=attr)):
            return attr in KNOWN | UNKNOWN
        case _:
            return isinstance(index, ast.Subscript | ast.Attribute)


@dataclass(slots=True)
class _Told:
    """The statements so far; which are about both files, and which about the other one."""

    statements: list[Statement] = field(default_factory=list)
    region: set[int] = field(default_factory=set)
    twins: set[int] = field(default_factory=set)
    moved: dict[int, int] = field(default_factory=dict)


class _Telling:
    """Tells the statements of one stack apart; ``tables`` are the variables of both files with the names of their twins."""

    def __init__(self, lowering: Lowering, stack: Stack, excluded: frozenset[str]) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.stack = stack
        self.columns = Columns(lowering)
        done = beforehand(self.columns, Sources(self.facts.program), stack)
        if isinstance(done, str):
            raise self._refused(stack.statement, done)
        self.done: Beforehand = done
        self.taking = Taking(self.columns, stack, done.markers, excluded)
        self.tables: dict[str, str] = {}
        self.tainted: dict[str, tuple[str, int]] = {}
        self.known: set[str] = set()
        self.parting: set[str] = set()
        self.worked_on: set[str] = set()
        self.picked: set[ast.AST] = set()
        self.apart = False
        self.counted = stack.counted
        self.out = _Told()

    def told(self) -> bool:
        """Tell all statements apart; are rows of the first file taken at all?"""
        for statement in self.facts.program.statements:
            self.out.moved[statement.index] = len(self.out.statements)
            if statement.index < self.stack.statement:
                self._put(statement)
            elif statement.index == self.stack.statement:
                self._stacked(statement)
            else:
                self._below(statement)
        return self.apart

    def ordinary(self) -> set[str]:
        """The columns whose missing values are looked at, but tell nothing of the files: they are worked on, or no rows are taken by them."""
        return {column for column in self.known if column in self.worked_on or column not in self.parting}

    def joint(self) -> Joint:
        """What is known of the two files."""
        moved, done, at = self.out.moved, self.done, self.stack.statement
        return Joint(
            self.stack.lanes[FIRST].root,
            self.stack.lanes[SECOND].root,
            stacked=moved[at],
            region=frozenset(self.out.region),
            twins=frozenset(self.out.twins),
            before=frozenset(moved[index] for index in done.statements if index < at) | {moved[at] - 1, moved[at]},
            markers=frozenset(done.markers),
            own=done.own,
            filled=frozenset(done.filled),
            known=frozenset(self.known),
            picked=frozenset(self.picked),
        )

    # ---- statements

    def _put(self, one: Statement, copier: Copier | None = None) -> int:
        """Add a statement, as it is or as a copy; its new index."""
        index = len(self.out.statements)
        self.out.statements.append(replace(one if copier is None else copier.carried(one), index=index))
        return index

    def _stacked(self, one: Statement) -> None:
        name = self.stack.name
        self.tables[name] = self._twin(name)
        fresh = any(
            k.arg == "ignore_index" and getattr(k.value, "value", None) is True for k in self.stack.call.keywords
        )
        ending = ".reset_index(drop=True)" if fresh else ".copy()"
        for side in (SECOND, FIRST):
            copier = Copier({name: self.tables[name]} if side == SECOND else {})
            copier.swap(self.stack.call, self.stack.members[side], ending)
            index = self._put(one, copier)
            (self.out.twins if side == SECOND else self.out.region).add(index)
            self.out.moved[one.index] = index

    def _below(self, one: Statement) -> None:
        """A statement after the files were put together."""
        taken = list(self._taken(one))
        inside = {id(part) for found in taken for part in ast.walk(found.node)}
        left = [name for name in free_names(one.node) if name.id in self.tables and id(name) not in inside]
        self._check(one, bool(left or taken))
        effects = self.facts.effects[one.index]
        joint = self._made(one) | ((effects.mutates | effects.maybe) & set(self.tables))
        if left and joint:
            if taken:
                raise self._refused(one.index, "one statement is about both files together and about one of them")
            self._both(one, joint)
        elif taken:
            self._apart(one, taken)
        else:
            self._seen(one, left)
        for name in effects.binds - joint:
            self.tables.pop(name, None)

    def _both(self, one: Statement, joint: frozenset[str] | set[str]) -> None:
        """What is done to the rows of both files is done to each."""
        if not isinstance(one.node, PLAIN):
            raise self._refused(one.index, "what this does to the rows of both files cannot be told apart")
        selections = self.columns.selections
        if selections.selects(one.node) and not selections.only_numbers(one.node):
            raise self._refused(one.index, CHOSEN)
        self.counted |= selections.selects(one.node)
        if not self.counted and any(_joins(part) for part in ast.walk(one.node)):
            raise self._refused(
                one.index, "rows are joined by labels that stand twice; put the files together with ignore_index=True"
            )
        for name in joint:
            self.tables.setdefault(name, self._twin(name))
        self.out.twins.add(self._put(one, Copier(self.tables)))
        self.out.region.add(self._put(one))
        self.taking.since.append(one.node)
        self.worked_on |= set(constants(one.node))

    def _apart(self, one: Statement, taken: Sequence[Taken]) -> None:
        """A statement about the rows of one file, or of each."""
        copier = Copier({})
        direct = one.node.value if isinstance(one.node, ast.Assign) else None
        for found in taken:
            self.known |= {found.known} if found.known else set()
            self.parting |= {found.known} if found.known and found.side == FIRST else set()
            self.apart |= found.side == FIRST
            if found.base is not found.node:
                ending = ".copy()" if found.node is direct else ""
                copier.swap(found.node, found.base, ending, names=self.tables if found.side != FIRST else {})
        self._put(one, copier)
        self.picked |= {copier.made[found.node] for found in taken if found.base is found.node}

    def _seen(self, one: Statement, left: Sequence[ast.Name]) -> None:
        """A statement that only looks at the rows of both files, or at none."""
        index = self._put(one)
        if not left:
            return
        self.out.region.add(index)
        if self.facts.effects[one.index].binds & self.tables.keys() and self._of_rows(one):
            raise self._refused(one.index, CHOSEN)
        if self._of_rows(one) or any(_counts(part) for part in ast.walk(one.node)):
            self.tainted |= {name: (name, one.index) for name in self.facts.effects[one.index].binds}

    def _check(self, one: Statement, concerned: bool) -> None:
        """Raise RefusedError where something is made of rows that are neither those of both files nor those of one."""
        if concerned and isinstance(one.node, ast.FunctionDef | ast.ClassDef):
            raise self._refused(one.index, "a function reads the table of both files; give it as an argument")
        read = sorted({name.id for name in free_names(one.node)} & self.tainted.keys())
        effects = self.facts.effects[one.index]
        if not read:
            self.tainted = {name: at for name, at in self.tainted.items() if name not in effects.binds}
            return
        asked = any(isinstance(self.facts.value(part), Estimator) for part in ast.walk(one.node))
        if concerned or asked or effects.mutates - self.tainted.keys():
            name, at = self.tainted[read[0]]
            reason = f"`{name}` is made of the rows of both files in a way that cannot be told apart; part them by len({self._train()})"
            raise self._refused(at, reason)
        self.tainted |= dict.fromkeys(effects.binds, self.tainted[read[0]])

    def _train(self) -> str:
        return self.stack.lanes[FIRST].root.name

    # ---- questions

    def _taken(self, one: Statement) -> Iterator[Taken]:
        """What a statement takes of one file's rows, outermost first."""
        inside: set[int] = set()
        for part in ast.walk(one.node):
            if id(part) in inside or not isinstance(part, ast.expr):
                continue
            found = self.taking.taken(part, one.index, self.tables.keys())
            missing = self.taking.known(part, self.tables.keys()) if found is None else ""
            if missing:
                found = Taken(part, part, FIRST, missing)
            if found is not None:
                inside |= {id(inner) for inner in ast.walk(part)}
                yield found

    def _made(self, one: Statement) -> frozenset[str]:
        """The variables that a statement gives the rows of both files."""
        return frozenset(name for name, value in _bound(one.node) if self._is_both(value))

    def _is_both(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Data) and value.rows == self.stack.both

    def _of_rows(self, one: Statement) -> bool:
        """Does a statement bind rows?"""
        values = [self.facts.value(value) for _, value in _bound(one.node)]
        return any(isinstance(value, Data) and value.rows != NOTHING for value in values)

    def _twin(self, name: str) -> str:
        """A name for the rows of the other file."""
        used = {
            part.id
            for one in self.facts.program.statements
            for part in ast.walk(one.node)
            if isinstance(part, ast.Name)
        }
        found = f"other_{name}"
        while found in used:
            found = f"other_{found}"
        return found

    def program(self) -> Program:
        """The notebook told apart."""
        return self.facts.program.with_statements(self.out.statements)

    def _refused(self, index: int, reason: str) -> RefusedError:
        return refused(self.facts.program.statements[index], reason)


def _bound(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """The variables that a statement binds to plain expressions, wherever in it."""
    for part in ast.walk(node):
        match part:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    yield from _pairs(target, value)
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value
            case _:
                pass


def _pairs(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match target, value:
        case ast.Name(id=name), _:
            yield name, value
        case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
            for one, other in zip(names, values, strict=True):
                yield from _pairs(one, other)
        case _:
            pass


def _joins(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("join", "merge")


def _counts(node: ast.AST) -> bool:
    """Does an expression look at how many rows there are, or how they are numbered?"""
    match node:
        case ast.Call(func=ast.Name(id="len")):
            return True
        case ast.Attribute(attr=attribute):
            return attribute in COUNTING
        case _:
            return False
