"""Small changes to the author's words: columns by subscript, names that left the table, learned values by attribute."""

import ast
import re
from collections.abc import Iterator

from nb2pkg.extract.columns import Columns, constants
from nb2pkg.extract.labels import Renumbered
from nb2pkg.extract.selection import Chosen
from nb2pkg.extract.text import Sources

MARK = "\0"
END = re.compile(r"\s*,?\s*\)")


class Edits:
    """Replacements for one stretch of code; ``excluded`` are columns that serving rows do not have."""

    def __init__(self, columns: Columns, sources: Sources, excluded: frozenset[str]) -> None:
        self.columns = columns
        self.sources = sources
        self.excluded = excluded
        self.replaced: dict[ast.AST, str] = {}
        self.stripped: dict[ast.AST, Chosen] = {}

    def learn(self, node: ast.expr, text: str) -> None:
        """Put an attribute in the place of a learned expression."""
        self.replaced[node] = text

    def text(self, node: ast.expr | ast.stmt) -> str:
        """The source of a node with every replacement made."""
        found = dict(self.replaced)
        self._columns(node, found)
        text = self.sources.of(node, found)
        return f"({text})" if isinstance(node, ast.expr) and "\n" in text and not _stands_alone(text) else text

    def _columns(self, node: ast.AST, found: dict[ast.AST, str]) -> None:
        self._parts(node, found)
        made = self.columns.labels.renumbered.get(node)
        if made is not None and node not in found:
            found[node] = self._with_index(made, found)

    def _with_index(self, made: Renumbered, found: dict[ast.AST, str]) -> str:
        """A table made of an array, with the numbers of the rows that it is made of."""
        before = {**found, made.last: f"{self.sources.of(made.last, found)}{MARK}"}
        head, _, end = self.sources.of(made.call, before).partition(MARK)
        if END.fullmatch(end) is None:
            return f"{head}{end}.set_axis({made.table}.index)"
        return f"{head}, index={made.table}.index{end}"

    def _parts(self, node: ast.AST, found: dict[ast.AST, str]) -> None:
        if node in found:
            return
        if node in self.stripped:
            found[node] = self._without_choice(self.stripped[node], found)
            return
        if isinstance(node, ast.Call) and self.columns.labels.counts_anew(node):
            assert isinstance(node.func, ast.Attribute)
            self._columns(node.func.value, found)
            found[node] = self.sources.of(node.func.value, found)
            return
        if isinstance(node, ast.Call) and (drop := self.columns.dropped(node)) is not None:
            text = self._drop(drop[0], drop[1], drop[2], found)
            if text is not None:
                found[node] = text
                return
        if isinstance(node, ast.List) and (kept := self._listed(node)) is not None:
            found[node] = repr(kept)
            return
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Name):
            listed = self.columns.chosen(node.slice) or []
            if self.excluded & set(listed):
                found[node.slice] = repr([name for name in listed if name not in self.excluded])
        for child in ast.iter_child_nodes(node):
            self._columns(child, found)
        if (
            isinstance(node, ast.Attribute)
            and self.columns.is_column(node.value, node.attr)
            and self.columns.read(node)
        ):
            found[node] = f'{self.sources.of(node.value, found)}["{node.attr}"]'

    def _listed(self, node: ast.List) -> list[str] | None:
        """A list of column names without those that left the table; None where it keeps them all."""
        names = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        kept = [name for name in names if name not in self.excluded]
        return kept if len(names) == len(node.elts) and len(kept) < len(names) else None

    def _without_choice(self, chosen: Chosen, found: dict[ast.AST, str]) -> str:
        """The table that rows are chosen of, with the columns that were picked at once."""
        self._columns(chosen.base, found)
        table = self.sources.of(chosen.base, found)
        if chosen.columns is None:
            return table
        self._columns(chosen.columns, found)
        indexer = "iloc" if ".iloc[" in ast.unparse(chosen.node)[len(ast.unparse(chosen.base)) :] else "loc"
        return f"{table}.{indexer}[:, {self.sources.of(chosen.columns, found)}]"

    def _drop(self, table: ast.expr, names: list[str], node: ast.expr, found: dict[ast.AST, str]) -> str | None:
        kept = [name for name in names if name not in self.excluded]
        if len(kept) == len(names):
            return None
        if kept:
            found[node] = repr(kept)
            return None
        self._columns(table, found)
        return f"{self.sources.of(table, found)}.copy()"

    def read(self, node: ast.AST) -> Iterator[str]:
        """The columns that a node names, other than those it drops or leaves out and what was taken out of it."""
        if leaves_out(node):
            return
        if node in self.replaced or (isinstance(node, ast.stmt) and self.vanishes(node)):
            return
        if isinstance(node, ast.Call) and (drop := self.columns.dropped(node)) is not None:
            yield from self.read(drop[0])
            return
        if renamed(node) and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield from self.read(node.func.value)
            return
        if node in self.stripped:
            one = self.stripped[node]
            for part in filter(None, (one.base, one.columns)):
                yield from self.read(part)
            return
        if isinstance(node, ast.List) and (kept := self._listed(node)) is not None:
            yield from kept
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        found = self.columns.read(node)
        if found is not None:
            yield found[1]
        for child in ast.iter_child_nodes(node):
            yield from self.read(child)

    def vanishes(self, node: ast.stmt) -> bool:
        """Does a statement only take away columns that are not there in the first place?"""
        in_place = self.columns.drops_in_place(node)
        if in_place is not None:
            return set(in_place[1]) <= self.excluded
        if isinstance(node, ast.Delete):
            return all(
                isinstance(t, ast.Subscript) and isinstance(t.slice, ast.Constant) and t.slice.value in self.excluded
                for t in node.targets
            )
        return isinstance(node, ast.Assign | ast.Expr) and self._pops(node.value)

    def _pops(self, value: ast.expr) -> bool:
        match value:
            case ast.Call(func=ast.Attribute(attr="pop"), args=[ast.Constant(value=name)]):
                return name in self.excluded
            case _:
                return False


def leaves_out(node: ast.AST) -> bool:
    """Is it ``df.columns != "left"`` or ``[c for c in df.columns if c not in names]``, which need no such column?"""
    match node:
        case ast.Compare(left=ast.Attribute(attr="columns"), ops=[ast.NotEq()], comparators=[ast.Constant()]):
            return True
        case ast.ListComp(
            elt=ast.Name(id=taken),
            generators=[
                ast.comprehension(
                    target=ast.Name(id=name), iter=ast.Attribute(attr="columns"), ifs=[ast.Compare() as condition]
                )
            ],
        ) if name == taken:
            plain = isinstance(condition.left, ast.Name) and condition.left.id == name and len(condition.ops) == 1
            return plain and isinstance(condition.ops[0], ast.NotEq | ast.NotIn)
        case _:
            return False


def renamed(node: ast.AST) -> list[tuple[str, str]]:
    """Old and new names of ``df.rename(columns={"a": "b"})``, as an expression or as what a statement does."""
    match node:
        case ast.Assign(value=value) | ast.Expr(value=value):
            return renamed(value)
        case ast.Call(func=ast.Attribute(attr="rename"), args=arguments, keywords=keywords):
            every = [*arguments[:1], *(k.value for k in keywords if k.arg in ("columns", "mapper"))]
            given = next((one for one in every if isinstance(one, ast.Dict)), None)
            pairs = zip(given.keys, given.values, strict=True) if given is not None else ()
            texts = ((getattr(old, "value", None), getattr(new, "value", None)) for old, new in pairs)
            return [(old, new) for old, new in texts if isinstance(old, str) and isinstance(new, str)]
        case _:
            return []


def _stands_alone(text: str) -> bool:
    """Is an expression of several lines one without the brackets that stood around it?"""
    try:
        ast.parse(text, mode="eval")
    except SyntaxError:
        return False
    return True


def dead_columns(
    lines: list[ast.AST], columns: Columns, needed: frozenset[str], answer: frozenset[str]
) -> dict[int, str]:
    """Positions of statements that assign a column made of ``needed`` ones, and which is dropped again before anybody reads it."""
    found: dict[int, str] = {}
    for position, line in enumerate(lines):
        assigned = columns.assigned(line)
        if assigned is None or not isinstance(line, ast.Assign) or not needed & set(constants(line.value)):
            continue
        mentions = [other for other in lines[position + 1 :] if assigned[1] in set(constants(other))]
        if (mentions or assigned[1] in answer) and all(_drops(other, assigned[1], columns) for other in mentions):
            found[position] = assigned[1]
    return found


def _drops(line: ast.AST, column: str, columns: Columns) -> bool:
    return any((drop := columns.dropped(part)) is not None and column in drop[1] for part in ast.walk(line))
