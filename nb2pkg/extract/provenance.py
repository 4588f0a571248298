"""Which column of the table that comes in a value is, through the statements before it; none where one of them may change it."""

import ast
from collections.abc import Mapping
from typing import NamedTuple

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts.values import Data

ADDING = frozenset({"pandas.concat", "data.join", "data.merge", "pandas.merge"})


ROWS = "rows"


class Held(NamedTuple):
    """A variable and the column that it holds."""

    table: str
    column: str


class Provenance:
    """Follows columns backwards; a statement that might touch the column ends the way.

    ``places`` are the calls that read the raw rows, where no variable holds them; ``gapless``: no value of the column is missing,
    so what fills the gaps of a whole table leaves it alone.
    """

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.facts = columns.facts
        self.places: set[ast.AST] = set()
        self.gapless = False
        self._turns: dict[str, list[str]] = {}
        self._index = {id(statement.node): statement.index for statement in self.facts.program.statements}

    def source(self, node: ast.expr, lines: list[ast.stmt], given: str) -> str | None:
        """The column of ``given`` that an expression reads unchanged, through the statements before it; None where it is computed."""
        read = self.columns.read(node)
        held = self.before(Held(*read), lines) if read is not None else None
        return held.column if held is not None and held.table == given else None

    def before(self, held: Held, lines: list[ast.stmt]) -> Held | None:
        """Where the column was before all of the statements."""
        found: Held | None = held
        for statement in reversed(lines):
            found = self.back(statement, found) if found is not None else None
        return found

    def back(self, statement: ast.stmt, held: Held) -> Held | None:
        """Where the column was before one statement; None where the statement may have changed it."""
        index = self._index.get(id(statement))
        effects = self.facts.effects[index] if index is not None else None
        if (
            effects is not None
            and held.table not in effects.mutates | effects.maybe | effects.binds
            and not self._pops(statement, held)
        ):
            return held
        if effects is not None and not _mentions(statement, held.table):
            return None  # changed through another name
        return self._back(statement, held)

    def _back(self, statement: ast.stmt, held: Held) -> Held | None:
        """Where the column was before a statement that changes its table, or a part of one."""
        match statement:
            case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(
                values
            ):
                own = [one for one in zip(targets, values, strict=True) if _is_name(one[0], held.table)]
                plain = all(isinstance(one, ast.Name) for one in targets) and len(own) == 1
                return self._assigned(statement, *own[0], held) if plain else None
            case ast.Assign(targets=[target], value=value):
                return self._assigned(statement, target, value, held)
            case ast.AugAssign(target=target):
                touched = self._written(target, held.table)
                return held if touched is not None and held.column not in touched else None
            case ast.Expr(value=ast.Call() as call):
                return self._called(call, held)
            case ast.Delete(targets=targets):
                gone = [self._written(target, held.table) for target in targets]
                return held if all(one is not None and held.column not in one for one in gone) else None
            case ast.For(target=target, orelse=[]):
                return self._loop(statement, held) if self._written(target, held.table) == [] else None
            case ast.If(body=body, orelse=others):
                return held if self.before(held, body) == held == self.before(held, others) else None
            case _:
                return None if _mentions(statement, held.table) else held

    def _loop(self, loop: ast.For, held: Held) -> Held | None:
        """A loop over listed columns, or over anything else while its body leaves the column alone."""
        known = self._turns
        try:
            turns = evaluate(loop.iter, self.facts, at=self.columns.at(loop.iter))
        except (NotConstantError, IndexError):
            turns = None
        if (
            isinstance(loop.target, ast.Name)
            and isinstance(turns, list | tuple)
            and all(isinstance(one, str) for one in turns)
        ):
            self._turns = {**known, loop.target.id: list(turns)}
        kept = self.before(held, loop.body) == held
        self._turns = known
        return held if kept else None

    def in_turns(self, name: str, values: list[str], body: list[ast.stmt], held: Held) -> Held | None:
        """Where the column was before statements in which a name has each of these values in turn."""
        known = self._turns
        self._turns = {**known, name: values}
        found = self.before(held, body)
        self._turns = known
        return found

    def _names(self, index: ast.expr) -> list[str] | None:
        """The columns that an index names, in every turn of the loops around it."""
        if isinstance(index, ast.Name) and index.id in self._turns:
            return self._turns[index.id]
        if any(isinstance(part, ast.Name) and self._is_turn(part) for part in ast.walk(index)):
            return None
        return self.columns.names(index)

    def _is_turn(self, name: ast.Name) -> bool:
        """Is a name the variable of a loop around it, so that its last value says nothing of the others?"""
        statement = self.facts.program.statements[self.columns.at(name)].node
        loops = (one for one in ast.walk(statement) if isinstance(one, ast.For))
        return any(
            isinstance(part, ast.Name) and part.id == name.id for loop in loops for part in ast.walk(loop.target)
        )

    def _assigned(self, statement: ast.stmt, target: ast.expr, value: ast.expr, held: Held) -> Held | None:
        if isinstance(target, ast.Name):
            if target.id != held.table:
                return held if not self._popped(value, held) else None
            chooses = statement in self.columns.lowering.beside and not isinstance(value, ast.Name)
            return self.through(value, held.column) if not chooses else None
        touched = self._written(target, held.table)
        kept = touched is not None and held.column not in touched
        return held if kept or (self.gapless and self._fills_each(target, value)) else None

    def _fills_each(self, target: ast.expr, value: ast.expr) -> bool:
        """``df[name] = df[name].fillna(df[name].median())``, whichever columns these are: does it only fill gaps?"""
        match value:
            case ast.Call(func=ast.Attribute(value=filled, attr="fillna"), args=[_], keywords=[]):
                one = self.columns.read(target)  # by its own name it is meant
                return one is None and isinstance(target, ast.Subscript) and ast.unparse(filled) == ast.unparse(target)
            case _:
                return False

    def _pops(self, statement: ast.stmt, held: Held) -> bool:
        return any(isinstance(part, ast.Call) and self._popped(part, held) for part in ast.walk(statement))

    @staticmethod
    def _popped(value: ast.expr, held: Held) -> bool:
        match value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="pop"), args=[ast.Constant(value=column)]):
                return name == held.table and column == held.column
            case _:
                return False

    def _written(self, target: ast.expr, table: str) -> list[str] | None:
        """The columns of a table that a target writes: none of another table, None where that cannot be told."""
        match target:
            case ast.Name(id=name):
                return [] if name != table else None
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                every = [self._written(one, table) for one in elements]
                return [column for one in every for column in one or ()] if None not in every else None
            case ast.Subscript(value=ast.Name(id=name), slice=index):
                return self._names(index) if name == table else []
            case ast.Attribute(value=ast.Name(id=name) as owner, attr=column):
                return [] if name != table else [column] if self.columns.is_column(owner, column) else None
            case ast.Subscript(
                value=ast.Attribute(value=ast.Name(id=name), attr="loc"), slice=ast.Tuple(elts=[_, index])
            ):
                return self._names(index) if name == table else []
            case ast.Subscript(value=inner) if (read := self.columns.read(inner)) is not None:
                return [read[1]] if read[0] == table else []
            case _:
                return [] if not _mentions(target, table) else None

    def _called(self, call: ast.Call, held: Held) -> Held | None:
        if not _mentions(call, held.table):
            return held
        function = call.func
        if not isinstance(function, ast.Attribute) or not self._in_place(call):
            return None
        read = self.columns.read(function.value)
        if read is not None:
            return held if read != tuple(held) else None
        if self.gapless and isinstance(function.value, ast.Subscript) and function.attr == "fillna":
            return held  # of whichever columns
        if isinstance(function.value, ast.Name) and function.value.id == held.table:
            return self._kept(call, held)
        return None

    @staticmethod
    def _in_place(call: ast.Call) -> bool:
        given = next((k.value for k in call.keywords if k.arg == "inplace"), None)
        return isinstance(given, ast.Constant) and given.value is True

    def through(self, value: ast.expr, column: str) -> Held | None:
        """Where a column of the value of an expression was; None where it is another or computed."""
        if value in self.places:
            return Held(ROWS, column)
        if isinstance(value, ast.Name):
            return Held(value.id, column)
        chosen = self.columns.selections.chosen(value)
        if chosen is not None:
            return self.through(chosen.base, column)
        if isinstance(value, ast.Subscript):
            listed = self.columns.chosen(value.slice)
            if (listed is not None and column in listed) or (listed is None and self._picks_columns(value)):
                return self.through(value.value, column)
            return self._plain(value, column)
        if not isinstance(value, ast.Call):
            return None
        if isinstance(value.func, ast.Attribute) and isinstance(self.facts.value(value.func.value), Data):
            inner = self._method(value, column)
            return self.through(value.func.value, inner) if inner is not None else None
        return self._function(value, column)

    def _picks_columns(self, value: ast.Subscript) -> bool:
        """Does ``df[names]`` pick columns of a table, whichever they are? One that is read below is among them."""
        picked, whole = self.facts.value(value), self.facts.value(value.value)
        if not isinstance(picked, Data) or not isinstance(whole, Data) or not self._names_of_columns(value.slice):
            return False
        return picked.column is None is whole.column and picked.rows == whole.rows is not None

    def _names_of_columns(self, node: ast.expr) -> bool:
        """Are these names out of the columns of a table, as in ``[name for name in df.columns if name != "id"]``?"""
        match node:
            case ast.Name(id=name):
                found = writers(self.facts, name, before=self.columns.at(node))
                bound = bound_by(self.facts.program.statements[found[0]], name) if len(found) == 1 else None
                return bound is not None and bound.position is None and self._names_of_columns(bound.value)
            case ast.ListComp(
                elt=ast.Name(id=name), generators=[ast.comprehension(target=ast.Name(id=turn), iter=every)]
            ):
                return name == turn and self._names_of_columns(every)
            case ast.Call(func=ast.Name(id="list" | "sorted"), args=[every], keywords=[]):
                return self._names_of_columns(every)
            case ast.Call(func=ast.Attribute(value=every, attr="tolist" | "to_list" | "drop" | "difference")):
                return self._names_of_columns(every)
            case ast.Attribute(value=every, attr="values"):
                return self._names_of_columns(every)
            case ast.Attribute(value=table, attr="columns"):
                return isinstance(self.facts.value(table), Data)
            case _:
                return False

    def _plain(self, value: ast.expr, column: str) -> Held | None:
        base = self.columns.selection(value)
        return Held(base.id, column) if base is not None else None

    def _method(self, call: ast.Call, column: str) -> str | None:
        kept = self._kept(call, Held("", column))
        return kept.column if kept is not None else None

    def _kept(self, call: ast.Call, held: Held) -> Held | None:
        """The column before a method of its table was called."""
        assert isinstance(call.func, ast.Attribute)
        keywords = {k.arg: k.value for k in call.keywords}
        match call.func.attr:
            case "copy" | "join" | "merge" | "assign" if held.column not in keywords:
                return held
            case "drop":
                dropped = self._dropped(call)
                if dropped is None:
                    known = _takes_columns(call) or self.columns.selections.chosen(call) is not None
                    return held if known else None  # a column that is read below was not among those taken away
                return held if held.column not in dropped else None
            case "rename":
                return self._renamed(keywords.get("columns") or self._about_columns(call, keywords), held)
            case "fillna" if self.gapless:
                return held
            case "fillna" | "replace" | "astype":
                return held if self._spared(call, held.column) else None
            case _:
                return held if self.columns.selections.chosen(call) is not None else None

    def _dropped(self, call: ast.Call) -> list[str] | None:
        """The columns that ``df.drop(name, axis=1)`` takes away, in every turn of the loops around it."""
        if call.args and isinstance(call.args[0], ast.Name) and call.args[0].id in self._turns:
            return self._turns[call.args[0].id]
        dropped = self.columns.dropped(call)
        return dropped[1] if dropped is not None else None

    @staticmethod
    def _about_columns(call: ast.Call, keywords: Mapping[str | None, ast.expr]) -> ast.expr | None:
        """The new names in ``df.rename({"a": "b"}, axis=1)``."""
        axis = keywords.get("axis")
        about = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
        return call.args[0] if call.args and about else None

    def _renamed(self, node: ast.expr | None, held: Held) -> Held | None:
        try:
            names = evaluate(node, self.facts, at=self.columns.at(node)) if node is not None else None
        except (NotConstantError, IndexError):
            return None
        if not isinstance(names, dict):
            return None
        before = [old for old, new in names.items() if new == held.column]
        if before:
            return held._replace(column=str(before[0])) if len(before) == 1 else None
        return None if held.column in names else held

    def _spared(self, call: ast.Call, column: str) -> bool:
        """Does ``df.fillna({"age": 0})`` name the columns it changes, and not this one?"""
        given = (
            call.args[0] if call.args else next((k.value for k in call.keywords if k.arg in ("value", "dtype")), None)
        )
        if len(call.args) > 1 or not isinstance(given, ast.Dict):
            return False
        keys = [key.value if isinstance(key, ast.Constant) else ... for key in given.keys]
        return ... not in keys and column not in keys

    def _function(self, call: ast.Call, column: str) -> Held | None:
        known = self.facts.call(call)
        given = call.args or [k.value for k in call.keywords if k.arg == "data"]
        if known is None or not given:
            return None
        first = given[0]
        if known.name == "pandas.get_dummies":
            chosen = known.args.get("columns")
            listed = self.columns.names(chosen[0]) if chosen is not None else []
            named = any(k.arg in ("prefix", "prefix_sep", None) for k in call.keywords) or len(call.args) > 1
            gone = named if listed is None else column in listed  # a column that is read below was not encoded
            return self.through(first, column) if not gone else None
        if known.name in ADDING:
            if isinstance(first, ast.List | ast.Tuple) and first.elts:
                first = first.elts[0]
            return self.through(first, column)
        return None


def _mentions(node: ast.AST, name: str) -> bool:
    return any(isinstance(part, ast.Name) and part.id == name for part in ast.walk(node))


def _is_name(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _takes_columns(call: ast.Call) -> bool:
    """Does ``df.drop`` take columns away, whichever they are?"""
    given = {k.arg: k.value for k in call.keywords}
    axis = given.get("axis") or (call.args[1] if len(call.args) > 1 else None)
    about = isinstance(axis, ast.Constant) and axis.value in (1, "columns")
    return (about and len(call.args) > 0) or (set(given) <= {"columns", "inplace", "errors"} and "columns" in given)
