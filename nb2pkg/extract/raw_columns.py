"""Which raw columns the way of a table to its model needs, and which of them a row that is only predicted does without.

``df["age"] = df["age"].fillna(0)`` and ``X = df[["age", "income"]]`` need age and income, whatever else the file holds; nothing may
look at the table as a whole for that.
"""

import ast
from collections.abc import Collection, Sequence

from nb2pkg.extract.absent import Absent
from nb2pkg.extract.columns import Columns
from nb2pkg.extract.lane import Code
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.stretch import EVERYTHING, Line, Needs
from nb2pkg.extract.taken_away import taken_away
from nb2pkg.extract.text import Sources
from nb2pkg.facts.values import Data

ALONE = frozenset({"abs", "astype", "clip", "fillna", "replace", "round"})  # each column by itself, given a constant


class WholeError(Exception):
    """A statement looks at the table as a whole."""


def needs(
    lowering: Lowering, sources: Sources, codes: Sequence[Code], *, target: frozenset[str], answer: frozenset[str]
) -> Needs:
    """What the stretches of one lane, first to last, need of raw rows; ``target`` are the columns that the target is made of.

    Raises RefusedError where all columns are worked on at once while the target is among them.
    """
    if not codes:
        return EVERYTHING
    unseen, away = _unseen(lowering, sources, codes, target=target, answer=answer)
    reading = _Reading(Columns(lowering))
    try:
        for code, later in zip(codes, [*codes[1:], None], strict=True):
            reading.stretch(lowering, code, later)
    except WholeError:
        return Needs(None, unseen | away, away)
    if (target & set(reading.found)) - unseen:
        return Needs(None, unseen | away, away)
    found = tuple(column for column in reading.found if column not in unseen)
    return Needs(found, unseen | (target | reading.dropped) - set(found))


def _unseen(
    lowering: Lowering, sources: Sources, codes: Sequence[Code], *, target: frozenset[str], answer: frozenset[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """The target's columns that rows come without, and others that are only taken away."""
    around = [lowering.statement(index).node for code in codes for index in code.environment]
    lines, columns = _lines(lowering, codes), Columns(lowering)
    absent = Absent(lines, columns, sources, needed=target, answer=answer)
    given = codes[0].given or "rows"
    found, mixed = absent.found(given, around)
    if mixed:
        reason = f"the features are made with all columns at once while `{mixed}`, the target, is among them"
        raise refused(lowering.statement(codes[-1].at), reason)
    others = taken_away(lines, columns) - target if codes[0].given else frozenset()
    return found, absent.besides(others, given, around)


def _lines(lowering: Lowering, codes: Sequence[Code]) -> list[Line]:
    """The statements of all stretches; what one ends with gets the name that the next begins with."""
    lines: list[Line] = []
    for code, later in zip(codes, [*codes[1:], None], strict=True):
        lines += [Line(index, lowering.statement(index).node) for index in code.statements]
        result: ast.expr = lowering.without_parts(code.result)
        named = ast.Assign([ast.Name(later.given, ast.Store())], result) if later is not None else result
        lines.append(Line(None, named))
    return lines


def _of_constants(call: ast.Call) -> bool:
    """Is a call given nothing but constants, such as no columns by name?"""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return all(isinstance(one.operand if isinstance(one, ast.UnaryOp) else one, ast.Constant) for one in given)


def _is_table(node: ast.expr, columns: Columns) -> bool:
    value = columns.facts.value(node)
    return isinstance(value, Data) and value.column is None


class _Reading:
    """Reads statements in order; ``found`` are the raw columns read so far, ``dropped`` those only taken away.

    ``made`` are the columns that each table got beside the raw ones; ``own`` are tables made of columns that were read by name
    (``df[["age", "income"]]``): they may be looked at as a whole.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.found: dict[str, None] = {}
        self.dropped: set[str] = set()
        self.made: dict[str, set[str]] = {}
        self.own: set[str] = set()

    def stretch(self, lowering: Lowering, code: Code, later: Code | None) -> None:
        """Read one stretch; what it ends with is what the later one starts with. Raises WholeError."""
        self.columns.raw = frozenset() if code.given else frozenset(code.places)
        for index in code.statements:
            self.visit(lowering.statement(index).node)
        made = self.table(lowering.without_parts(code.result))
        if made is not None if later is None else not later.given:
            raise WholeError
        if later is not None:
            self.made, self.own = {}, set()
            self.store(ast.Name(later.given, ast.Store()), made)

    def visit(self, node: ast.AST) -> None:
        """Read one node. Raises WholeError where it looks at more than columns by name."""
        match node:
            case ast.Assign(targets=[target], value=value):
                if node in self.columns.lowering.beside:
                    self.everywhere(value)
                made = self.table(value)
                self.store(target, made)
            case ast.Expr(value=ast.Call()) if (drop := self.columns.drops_in_place(node)) is not None:
                if drop[0] not in self.own:
                    self.drop(self.made.setdefault(drop[0], set()), drop[1])
            case ast.expr():
                self.table(node)
            case _:
                self.inside(node)

    def table(self, node: ast.expr) -> set[str] | None:
        """Read an expression; the columns made so far of the table that it is, None where it has only columns of its own."""
        chosen = self.columns.selections.chosen(node)
        if chosen is not None and chosen.columns is None:
            return self.table(chosen.base)
        match node:
            case ast.Call() if node in self.columns.raw:
                return set()
            case ast.Name(id=name) if name not in self.own and _is_table(node, self.columns):
                return self.made.setdefault(name, set())
            case ast.Call(func=ast.Attribute(value=inner, attr="copy"), args=[]) if _is_table(inner, self.columns):
                made = self.table(inner)
                return set(made) if made is not None else None
            case ast.Call() if (drop := self.columns.dropped(node)) is not None:
                made = self.table(drop[0])
                return self.drop(set(made), drop[1]) if made is not None else None
            case ast.Attribute(value=inner, attr="values") if _is_table(inner, self.columns):
                return self.table(inner)
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in ALONE and _of_constants(node):
                return self.table(inner)
            case ast.Subscript(value=inner, slice=index) if (names := self.listed(index)) is not None:
                made = self.table(inner)
                self.read(names if made is not None else [], made or ())
                return None
            case _:
                self.inside(node)
                return None

    def listed(self, index: ast.expr) -> list[str] | None:
        """The columns that an index lists."""
        if isinstance(index, ast.Tuple) and len(index.elts) == 2 and isinstance(index.elts[0], ast.Slice):
            return None
        return self.columns.chosen(index)

    def drop(self, made: set[str], names: list[str]) -> set[str]:
        """Take columns away."""
        self.dropped |= set(names) - made
        made -= set(names)
        return made

    def read(self, names: Sequence[str], made: Collection[str]) -> None:
        """Columns that are read."""
        self.found.update(dict.fromkeys(name for name in names if name not in made))

    def store(self, target: ast.expr, made: set[str] | None) -> None:
        """Write what was read: a table under a name, or one column."""
        column = self.columns.read(target)
        match target:
            case ast.Name(id=name) if made is not None:
                self.made[name] = made
                self.own.discard(name)
            case ast.Name(id=name):
                self.own.add(name)
            case ast.Tuple(elts=several) | ast.List(elts=several):
                for one in several:
                    self.store(one, None)
            case _ if column is not None and column[0] in self.own:
                pass
            case _ if column is not None:
                self.made.setdefault(column[0], set()).add(column[1])
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=name), attr="loc"),
                slice=ast.Tuple(elts=[rows, ast.Constant(value=str(text))]),
            ):
                self.inside(rows)
                if name in self.own:
                    return
                if text not in self.found and text not in self.made.get(name, ()) and not self._was_there(text, target):
                    raise WholeError  # it may be made here
                self.read([text], self.made.setdefault(name, set()))
            case ast.Subscript(value=ast.Name(id=name), slice=index) if (names := self.listed(index)) is not None:
                self.made.setdefault(name, set()).update(names)
            case _:
                self.inside(target)

    def _was_there(self, column: str, target: ast.expr) -> bool:
        """Do statements above speak of a column?"""
        above = self.columns.facts.program.statements[: self.columns.at(target)]
        texts = (part.value for one in above for part in ast.walk(one.node) if isinstance(part, ast.Constant))
        return column in texts

    def everywhere(self, node: ast.AST) -> None:
        """Read every column that an expression names: rows that are chosen beside the way are chosen in the package, too."""
        for part in ast.walk(node):
            if (column := self.columns.read(part)) is not None and column[0] not in self.own:
                self.read([column[1]], self.made.setdefault(column[0], set()))

    def inside(self, node: ast.AST) -> None:
        """Read columns by name, wherever in a node; a table that stands there on its own is looked at as a whole."""
        if isinstance(node, ast.For | ast.While | ast.If | ast.FunctionDef | ast.ClassDef):
            raise WholeError
        column = self.columns.read(node)
        if column is not None:
            if column[0] not in self.own:
                self.read([column[1]], self.made.setdefault(column[0], set()))
            return
        if isinstance(node, ast.Subscript) and self.listed(node.slice) is not None:
            self.table(node)
            return
        if node in self.columns.raw:
            raise WholeError
        if isinstance(node, ast.Name) and node.id not in self.own and _is_table(node, self.columns):
            raise WholeError
        for child in ast.iter_child_nodes(node):
            self.inside(child)
