"""Which raw columns a stretch of code reads for the columns it ends with, and which of its statements nobody needs.

For ``df["sex"] = df["sex"].map(codes)``, ``df["shade"] = df["kind"].map(colours)`` and ``df[["sex", "age"]]`` the columns are sex and
age: serving needs no other, the target least of all, and the shade need not be made.
"""

import ast
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.selection import Chosen
from nb2pkg.extract.stretch import Line

LAST = 100_000


@dataclass(frozen=True, slots=True)
class Live:
    """The lines that are needed, the table that they start from, the raw columns that they read, and the lines that nobody needs."""

    lines: tuple[Line, ...]
    given: str
    columns: tuple[str, ...]
    dead: tuple[Line, ...]


def live_columns(
    lines: list[Line], given: str, columns: Columns, stripped: Mapping[ast.AST, Chosen], names: AbstractSet[str]
) -> Live | None:
    """Walk back from a result that names its columns; ``names`` are read by functions beside the statements.

    None where a statement looks at a table as a whole.
    """
    found = _Walk(columns, stripped, names)
    if not found.result(lines[-1].node):
        return None
    for line in reversed(lines[:-1]):
        if not isinstance(line.node, ast.stmt) or not found.statement(line):
            return None
    if found.table != given:
        return None
    kept = found.kept[::-1]
    while kept and (alias := _alias(kept[0].node)) is not None:
        given = alias
        found.dead.append(kept.pop(0))
    ordered = sorted(found.wanted, key=lambda column: found.listed.index(column) if column in found.listed else LAST)
    return Live((*kept, lines[-1]), given, tuple(ordered), tuple(found.dead))


class _Walk:
    """Walks back over statements; ``table`` and ``wanted`` are the table and its columns that matter so far."""

    def __init__(self, columns: Columns, stripped: Mapping[ast.AST, Chosen], names: AbstractSet[str]) -> None:
        self.columns = columns
        self.facts = columns.facts
        self.stripped = stripped
        self.table = ""
        self.listed: list[str] = []
        self.wanted: dict[str, None] = {}
        self.names = set(names)
        self.kept: list[Line] = []
        self.dead: list[Line] = []

    def result(self, node: ast.AST) -> bool:
        """Start at ``df[["a", "b"]]`` or ``df.a``."""
        found = self._read(bare(node))
        if found is None:
            return False
        self.table, self.listed = found
        self.wanted = dict.fromkeys(self.listed)
        return True

    def statement(self, line: Line) -> bool:
        """Step over one statement; False where it cannot be followed."""
        match line.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                return self._bound(line, name, self._unstripped(value))
            case ast.Assign(targets=[ast.Subscript() | ast.Attribute() as target], value=value):
                return self._written(line, target, value)
            case ast.AugAssign(target=ast.Subscript() | ast.Attribute() as target, value=value):
                found = self._read(target)
                return found is not None and self._written(line, target, value, also=found[1])
            case _:
                return self._dropped(line)

    def _unstripped(self, value: ast.expr) -> ast.expr:
        one = self.stripped.get(value)
        return value if one is None or one.columns is not None else self._unstripped(one.base)

    def _bound(self, line: Line, name: str, value: ast.expr) -> bool:
        """``other = df`` and ``other = df.copy()`` are the same table; another value is needed where it is read."""
        if name == self.table:
            source = _copied(value)
            if not isinstance(source, ast.Name) or source.id in self.names - {name}:
                return False
            self.table = source.id
            (self.dead if source.id == name else self.kept).append(line)
            return True
        if name not in self.names:
            return (self._taken(value) or not self._changes(line)) and self._unneeded(line)
        self.names.discard(name)
        return self._needed(line, value)

    def _taken(self, value: ast.expr) -> bool:
        """Is this ``df.pop("y")`` of a column that is not wanted afterwards?"""
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=table), attr="pop"), args=[ast.Constant(value=column)]):
                return table == self.table and column not in self.wanted
            case _:
                return False

    def _changes(self, line: Line) -> bool:
        """May a statement change the table, as ``n = tidy(df)`` may?"""
        effects = self.facts.effects[line.index or 0]
        return self.table in effects.mutates | effects.maybe

    def _written(self, line: Line, target: ast.expr, value: ast.expr, *, also: list[str] | None = None) -> bool:
        found = self._read(target)
        if found is None or found[0] != self.table:
            return False
        if not set(found[1]) & set(self.wanted):
            return None not in self._reads(value) and self._unneeded(line)
        for column in found[1]:
            self.wanted.pop(column, None)
        self.wanted.update(dict.fromkeys(also or ()))
        return self._needed(line, value)

    def _needed(self, line: Line, value: ast.expr) -> bool:
        """Keep a line; what it reads is needed too."""
        reads = list(self._reads(value))
        if None in reads:
            return False
        for table, listed in filter(None, reads):
            if table != self.table:
                return False
            self.wanted.update(dict.fromkeys(listed))
        self.names |= {part.id for part in ast.walk(value) if isinstance(part, ast.Name)}
        self.kept.append(line)
        return True

    def _unneeded(self, line: Line) -> bool:
        self.dead.append(line)
        return True

    def _dropped(self, line: Line) -> bool:
        """Columns that are only taken away, and are not wanted afterwards, need not be there."""
        assert isinstance(line.node, ast.stmt)
        gone: list[tuple[str, list[str]] | None] = [self.columns.drops_in_place(line.node)]
        if isinstance(line.node, ast.Delete):
            gone = [self._read(target) for target in line.node.targets]
        elif isinstance(line.node, ast.Expr) and self._taken(line.node.value):
            return self._unneeded(line)
        if not gone or any(one is None or one[0] != self.table or set(one[1]) & set(self.wanted) for one in gone):
            return False
        return self._unneeded(line)

    def _read(self, node: ast.AST) -> tuple[str, list[str]] | None:
        """The table and the columns of ``df.a``, ``df["a"]`` and ``df[["a", "b"]]``."""
        read = self.columns.read(node)
        if read is not None:
            return read[0], [read[1]]
        match node:
            case ast.Subscript(value=ast.Name(id=table), slice=index):
                listed = self.columns.chosen(index)
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=table), attr="loc"),
                slice=ast.Tuple(elts=[ast.Slice(lower=None, upper=None, step=None), index]),
            ):
                listed = self.columns.chosen(index)
            case _:
                return None
        return (table, listed) if listed is not None else None

    def _reads(self, node: ast.AST) -> Iterator[tuple[str, list[str]] | None]:
        """What an expression reads of tables; None for a table as a whole."""
        found = self._read(node)
        if found is not None:
            yield found
        elif node in self.stripped or (isinstance(node, ast.Name) and node.id == self.table):
            yield None
        else:
            for child in ast.iter_child_nodes(node):
                yield from self._reads(child)


def bare(node: ast.AST) -> ast.AST:
    """An expression without the conversions and copies around it."""
    match node:
        case ast.Attribute(value=value, attr="values"):
            return bare(value)
        case ast.Call(func=ast.Attribute(value=value, attr="to_numpy" | "copy"), args=[]):
            return bare(value)
        case _:
            return node


def _alias(node: ast.AST) -> str | None:
    """The new name of ``other = df``."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if isinstance(_copied(value), ast.Name):
            return name
        case _:
            return None


def _copied(node: ast.expr) -> ast.expr:
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="copy")):
            return value
        case _:
            return node
