"""Say what is learned in terms of the table that comes in, so that ``fit`` need not do again what ``transform`` does.

Below ``X = df.drop("id", axis=1)`` the mean of ``X["age"]`` is ``df["age"].mean()``; where a statement above made the age, there is no
such way. A value that a loop learns in each turn is one of a dictionary where no turn changes what another one learns from.
"""

import ast

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.edits import Edits
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.provenance import Held, Provenance
from nb2pkg.extract.stretch import Line, stored
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.values import Data


class Direct:
    """Finds such words for the values that the lines of one transformer learn."""

    def __init__(self, columns: Columns, sources: Sources) -> None:
        self.columns = columns
        self.facts = columns.facts
        self.sources = sources
        self.provenance = Provenance(columns)

    def of(self, learnt: Learnt, line: Line, before: list[Line], given: str, edits: Edits) -> str | None:
        """What ``learnt`` is made of, in terms of ``given``; None where statements before it made that.

        ``edits`` say what left the table.
        """
        statements = [one.node for one in before if isinstance(one.node, ast.stmt)]
        if learnt.loop is not None:
            return self._in_turns(learnt, learnt.loop, line, statements, given)
        if learnt.listed is not None and isinstance(learnt.given, ast.Name):
            names = self.columns.names(learnt.listed)
            return given if names and self._all_unchanged(learnt.given.id, names, statements, given) else None
        return self._relative(learnt.given, statements, before, given, edits)

    def _relative(
        self, node: ast.expr, statements: list[ast.stmt], before: list[Line], given: str, edits: Edits
    ) -> str | None:
        found: dict[ast.AST, str] = {}
        inner = {part.id for comprehension in _comprehensions(node) for part in _names(comprehension.target)}
        if given in inner or not self._substitute(node, statements, given, before, inner, found):
            return None
        own = Edits(self.columns, self.sources, edits.excluded)
        own.stripped |= edits.stripped
        own.replaced |= found
        return own.text(node)

    def _substitute(
        self,
        node: ast.AST,
        statements: list[ast.stmt],
        given: str,
        before: list[Line],
        inner: set[str],
        found: dict[ast.AST, str],
    ) -> bool:
        read = self.columns.read(node)
        if read is not None and isinstance(self.facts.value(getattr(node, "value", node)), Data):
            assert isinstance(node, ast.expr)
            column = self.provenance.source(node, statements, given)
            if column is not None:
                found[node] = f'{given}["{column}"]'
            return column is not None
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            names = self.columns.chosen(node.slice)
            if names and self._all_unchanged(node.value.id, names, statements, given):
                found[node.value] = given
                return True
        if isinstance(node, ast.Name) and node.id not in inner and not isinstance(self.facts.value(node), Data):
            return not any(node.id in stored(one) for one in statements)
        if isinstance(node, ast.Name) and node.id not in inner:
            changed = any(line.index is not None and given in self._changes(line.index) for line in before)
            return node.id == given and not changed
        return all(
            self._substitute(child, statements, given, before, inner, found) for child in ast.iter_child_nodes(node)
        )

    def _changes(self, index: int) -> frozenset[str]:
        effects = self.facts.effects[index]
        return frozenset(effects.mutates | effects.binds)

    def _all_unchanged(self, table: str, names: list[str], statements: list[ast.stmt], given: str) -> bool:
        """Are these columns of a table those of ``given`` by the same names?"""
        return all(self.provenance.before(Held(table, name), statements) == Held(given, name) for name in names)

    # ---- loops

    def _in_turns(
        self, learnt: Learnt, loop: ast.For, line: Line, statements: list[ast.stmt], given: str
    ) -> str | None:
        """What every turn learns from, where all of it is in the table that comes in."""
        names = turns(self.columns, loop)
        made = {name for one in statements for name in stored(one)}
        if loop is not line.node or not names or {part.id for part in _names(loop.iter)} & {*made, given}:
            return None
        entries = {part: table for part in ast.walk(learnt.given) if (table := _entry_of(part, learnt.key))}
        tables = set(entries.values())
        read = {name.id for name in free_names(learnt.given) if isinstance(self.facts.value(name), Data)}
        mine = {name.id for name in _names(learnt.given)} & made - tables
        if len(tables) != 1 or not read <= tables or mine or learnt.spot not in loop.body:
            return None
        table = next(iter(tables))
        if self._handed_over(loop, table) or not self._all_unchanged(table, names, statements, given):
            return None
        above = loop.body[: loop.body.index(learnt.spot)]
        for name in names:
            held = Held(table, name)
            others = [other for other in names if other != name]
            own = self.provenance.in_turns(learnt.key, [name], above, held) == held
            if not own or (others and self.provenance.in_turns(learnt.key, others, loop.body, held) != held):
                return None
        found: dict[ast.AST, str] = dict.fromkeys(entries, f"{given}[{learnt.key}]")
        mentions = [name for name in _names(learnt.given) if name.id == table]
        return self.sources.of(learnt.given, found) if len(mentions) == len(found) else None

    def _handed_over(self, loop: ast.For, table: str) -> bool:
        """Does a loop give its table to a function that may change it?"""
        for call in (part for one in loop.body for part in ast.walk(one) if isinstance(part, ast.Call)):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            if any(isinstance(one, ast.Name) and one.id == table for one in given):
                known = self.facts.call(call)
                if known is None or known.row is None or getattr(known.row, "mutates", False):
                    return True
        return False


def turns(columns: Columns, loop: ast.For) -> list[str]:
    """The different texts that a loop goes over; none where it goes over anything else."""
    try:
        found = evaluate(loop.iter, columns.facts, at=columns.at(loop.iter))
    except (NotConstantError, IndexError):
        return []
    texts = [one for one in found if isinstance(one, str)] if isinstance(found, list | tuple) else []
    return texts if isinstance(found, list | tuple) and len(set(texts)) == len(found) else []


def _comprehensions(node: ast.AST) -> list[ast.comprehension]:
    return [part for part in ast.walk(node) if isinstance(part, ast.comprehension)]


def _names(node: ast.AST) -> list[ast.Name]:
    return [part for part in ast.walk(node) if isinstance(part, ast.Name)]


def _entry_of(node: ast.AST, key: str) -> str:
    """The table of ``df[name]`` for the variable of the loop."""
    match node:
        case ast.Subscript(value=ast.Name(id=table), slice=ast.Name(id=name)) if name == key:
            return table
        case _:
            return ""
