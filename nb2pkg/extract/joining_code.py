"""Code that joins files: may it stand in ingestion, where nothing may be learned from the rows that are later held out?

visits.groupby("person")["cost"].sum()     one value for each key, of a file that gives no rows itself: ingestion
people["age"].fillna(people["age"].mean()) the mean of rows that may be held out: refused, to be learned after the join
"""

import ast
from collections.abc import Iterable, Iterator

from nb2pkg.extract.gathering import Gathering
from nb2pkg.extract.lane import Root
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.roots import Roots
from nb2pkg.facts import Facts
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data, Estimator, Group, Library

MERGES = frozenset({"pandas.merge", "data.merge", "data.join", "pandas.merge_asof", "pandas.merge_ordered", "data.map"})
STACKS = frozenset({"pandas.concat", "data.append"})
AGGREGATES = frozenset({"data.pivot_table", "pandas.pivot_table", "pandas.crosstab", "data.value_counts"})
NEVER = {
    "fit": "fits something",
    "transform": "uses what was fitted",
    "fit-transform": "fits something",
    "predict": "predicts",
    "learns": "learns from all rows",
    "sample": "draws rows",
    "resample": "draws rows anew",
    "random": "draws at random",
    "split": "parts rows",
    "input": "asks for an answer",
    "network": "asks the network",
    "crosspredict": "predicts",
}


class JoiningCode:
    """The statements that make one joined table, judged."""

    def __init__(self, facts: Facts, roots: Roots, gathering: Gathering, root: Root) -> None:
        self.facts = facts
        self.roots = roots
        self.gathering = gathering
        self.root = root
        self._paths = {id(one.node): one.path for one in facts.loads if one.path}

    def check(self) -> None:
        """Raise RefusedError for the first statement that may not stand before the join."""
        aggregates = list(self._aggregates())
        for index in (*self.root.building, *self.root.environment):
            self._check_learned(index, aggregates)
            for node in self._own_parts(index):
                reason = self._reason(node, aggregates)
                if reason is not None:
                    raise self._refused(index, node, reason)
        self._check_apart(aggregates)

    def joins(self) -> bool:
        """Do files meet in a call or in a column of one table, rather than side by side in a list that a loop goes over?"""
        return any(self._meets(call) for _, call in self._calls()) or any(map(self._gives, self.root.building))

    def _meets(self, call: ast.Call) -> bool:
        """Does a call put rows together? ``map`` with a dictionary that is written down does not."""
        name = self._name(call)
        return name in STACKS | MERGES and (name != "data.map" or len(self._operands(call)) > 1)

    def _gives(self, index: int) -> bool:
        """Does a statement give a table a column of another file?"""
        for node in ast.walk(self._statement(index)):
            match node:
                case ast.Assign(targets=[ast.Subscript(value=table) | ast.Attribute(value=table)], value=value):
                    given = self._files(value, index)
                    if given and given != self._files(table, index):
                        return True
                case _:
                    pass
        return False

    def stacked(self) -> bool:
        """Are files put on top of each other?"""
        return any(self._name(node) in STACKS and not self._beside(node) for _, node in self._calls())

    # ---- the parts of the code

    def _statement(self, index: int) -> ast.stmt:
        return self.facts.program.statements[index].node

    def _own_parts(self, index: int) -> Iterator[ast.AST]:
        yield from ast.walk(self._statement(index))

    def _calls(self) -> Iterator[tuple[int, ast.Call]]:
        for index in self.root.building:
            for node in self._own_parts(index):
                if isinstance(node, ast.Call):
                    yield index, node

    def _name(self, node: ast.AST) -> str:
        call = self.facts.call(node)
        return call.name if call is not None else ""

    def _role(self, node: ast.AST) -> str:
        call = self.facts.call(node)
        return getattr(call.row, "role", "") if call is not None and call.row is not None else ""

    def _rows(self, node: ast.AST) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Group) or (isinstance(value, Data) and value.rows != NOTHING)

    def _refused(self, index: int, node: ast.AST, reason: str) -> RefusedError:
        statement = self.facts.program.statements[index]
        line = getattr(node, "lineno", statement.node.lineno)
        return RefusedError(f"cell {statement.cell} line {line}: {reason}")

    # ---- what is learned

    def _aggregates(self) -> Iterator[tuple[int, ast.Call]]:
        """The calls that give one value for each key, outermost first."""
        for index in (*self.root.building, *self.root.environment):
            for node in self._own_parts(index):
                if isinstance(node, ast.Call) and (
                    (self._role(node) == "statistic" and self._name(node).startswith("group."))
                    or self._name(node) in AGGREGATES
                ):
                    yield index, node

    def _check_learned(self, index: int, aggregates: Iterable[tuple[int, ast.Call]]) -> None:
        """Raise RefusedError for a value that is learned from all rows of a file, other than one for each key."""
        inside = {id(part) for _, node in aggregates for part in ast.walk(node)}
        lambdas = (node for node in self._own_parts(index) if isinstance(node, ast.Lambda))
        unfollowed = {id(part) for node in lambdas for part in ast.walk(node)}
        for learning in self.facts.learnings:
            here = learning.statement == index and (not learning.static or id(learning.node) in unfollowed)
            if here and id(learning.node) not in inside:
                what = f"`{_short(learning.node)}` is learned from all rows of a file before the files are joined"
                raise self._refused(index, learning.node, f"{what}, not from training rows alone; join the files first")

    def _check_apart(self, aggregates: list[tuple[int, ast.Call]]) -> None:
        """Raise RefusedError where a file meets itself: a row would get what is learned from others, or stand twice."""
        nodes = frozenset(node for _, node in aggregates)
        rows = self._files(ast.Name(self.root.name, ast.Load()), self.root.building[-1] + 1, passing=nodes)
        for index, node in aggregates:
            both = self._files(node, index) & rows
            if both:
                what = f"`{_short(node)}` is learned from rows of `{min(both)}`, and those rows are joined themselves"
                raise self._refused(index, node, f"{what}; join the files first, and it can be learned in training")
        for index, call in self._calls():
            if self._name(call) in MERGES | STACKS and not self._beside(call):
                self._check_operands(index, call)

    def _check_operands(self, index: int, call: ast.Call) -> None:
        seen: set[str] = set()
        for one in self._operands(call):
            found = self._files(one, index)
            if found & seen:
                again = "stand twice, so copies may be on both sides of the split"
                joined = "are joined to themselves, so a row would get values of others"
                why = again if self._name(call) in STACKS else joined
                raise self._refused(index, call, f"rows of `{min(found & seen)}` {why}")
            seen |= found

    def _operands(self, call: ast.Call) -> list[ast.expr]:
        """The tables that a call joins."""
        own = call.func.value if isinstance(call.func, ast.Attribute) and self._rows(call.func.value) else None
        found = [own] if own is not None else []
        for one in (
            *call.args,
            *(k.value for k in call.keywords if k.arg in ("left", "right", "objs", "other", "arg")),
        ):
            found += one.elts if isinstance(one, ast.List | ast.Tuple) else [one]
        return [one for one in found if self._rows(one)]

    def _files(self, node: ast.expr, at: int, *, passing: frozenset[ast.AST] = frozenset()) -> set[str]:
        """The files that rows of an expression come from, not through what is passed by."""
        known, self.gathering.passed_by = self.roots.joined, passing
        self.roots.joined = {key: one for key, one in known.items() if one != self.root}
        found = self.gathering.gather(node, at=at, stop_at_steps=False)
        self.roots.joined, self.gathering.passed_by = known, frozenset()
        files = [file for root, _ in found.roots.values() for file in root.files or (root,)]
        return {self._paths.get(id(file.load), "") or ast.unparse(file.load)[:40] for file in files}

    def _beside(self, node: ast.Call) -> bool:
        """Are tables put side by side rather than on top of each other?"""
        axis = next((k.value for k in node.keywords if k.arg == "axis"), None)
        return isinstance(axis, ast.Constant) and axis.value in (1, "columns")

    # ---- what cannot be ingestion

    def _reason(self, node: ast.AST, aggregates: list[tuple[int, ast.Call]]) -> str | None:
        """Why a part of a statement cannot stand in ingestion; None where it can."""
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[table]) if self._rows(table):
                return f"`{_short(node)}` is a number of all rows, before the files are joined"
            case ast.Call(func=ast.Attribute(attr="eval" | "query"), args=[ast.Constant(value=str(text)), *_]) if (
                "(" in text
            ):
                return f"`{_short(node)}` may look at all rows in its text"
            case ast.Call(func=ast.Attribute(attr="astype"), args=[ast.Constant(value="category")]):
                return f"`{_short(node)}` learns categories from all rows before the files are joined; join them first"
            case ast.Call():
                return self._call_reason(node)
            case ast.Global() | ast.Nonlocal():
                return f"`{node.names[0]}` is changed inside a function that prepares the files"
            case _:
                return None

    def _call_reason(self, node: ast.Call) -> str | None:
        call = self.facts.call(node)
        if call is None:
            return self._unknown(node)
        row, text = call.row, _short(node.func)
        if isinstance(call.receiver, Estimator):
            return f"`{text}` is called before the files are joined; join them first"
        if getattr(row, "neighbours", False):
            return f"`{text}` reads neighbouring rows before the files are joined, so one row alone cannot be served"
        if getattr(row, "stochastic", False) is True:
            return f"`{text}` draws at random before the files are joined"
        role = self._role(node)
        return f"`{text}` {NEVER[role]} before the files are joined; join them first" if role in NEVER else None

    def _unknown(self, node: ast.Call) -> str | None:
        """Why a call that no table knows may not be given rows."""
        owner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        callee = self.facts.value(owner)
        given = [*node.args, *(k.value for k in node.keywords)]
        method = isinstance(node.func, ast.Attribute) and self._rows(owner)
        library = isinstance(callee, Library) and not callee.name.startswith("builtins.")
        if method or (library and any(self._rows(part) for one in given for part in ast.walk(one))):
            return f"what `{_short(node.func)}` does to rows is not known; it may learn from all of them"
        return None


def check_whole(facts: Facts, root: Root, at: int, *, stacked: bool) -> None:
    """Raise RefusedError where tables that were put on top of each other are taken apart again by hand."""
    if stacked:
        names = ", ".join(f"`{one.name or 'a file'}`" for one in root.files)
        reason = f"{names} are put on top of each other and taken apart again; prepare them with one function instead"
        raise refused(facts.program.statements[at], reason)


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
