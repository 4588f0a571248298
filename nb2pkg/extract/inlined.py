"""Calls of the notebook's own functions in which rows are split or a model is fitted, asked or scored are written out before anything is planned.

``train(RandomForestClassifier())`` says the same as ``model = RandomForestClassifier()`` and the statements of ``train`` below it. Every
copy keeps its place in the notebook, in the function; ``Statement.whole`` is the statement that calls it.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.extract.copies import Copier
from nb2pkg.extract.function_names import (
    LEAVING,
    aliases,
    bound_otherwise,
    names_in,
    parameters,
    read_later,
    spans,
    stored,
    used_late,
)
from nb2pkg.extract.names import unused
from nb2pkg.extract.trace import free_names
from nb2pkg.facts import Facts, interpret
from nb2pkg.facts.values import Function
from nb2pkg.syntax import Instead, Statement

DEEPEST = 3
PLAIN = (ast.Assign, ast.AugAssign, ast.Expr, ast.Delete, ast.If, ast.For, ast.With, ast.Pass, ast.Break, ast.Continue)
STAYING = (*LEAVING, ast.Lambda)
PASSED = (
    ast.Expr,
    ast.Assign,
    ast.AnnAssign,
    ast.Call,
    ast.keyword,
    ast.Attribute,
    ast.Subscript,
    ast.Tuple,
    ast.List,
    ast.Dict,
)
GIVEN = (ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Dict)
SEEING = frozenset({"dir", "eval", "exec", "globals", "locals", "vars"})
FUNCTIONS = (ast.FunctionDef, ast.ClassDef)
BLOCKS = (ast.For, ast.If, ast.With)


@dataclass(frozen=True, slots=True)
class Piece:
    """A statement to be, and the cell that the author wrote it in."""

    node: ast.stmt
    cell: int
    instead: tuple[Instead, ...] = ()
    elsewhere: tuple[tuple[ast.AST, int], ...] = ()


def inlined(facts: Facts, packs: Sequence[str] | None = None) -> Facts:
    """The same notebook with such calls written out; itself where it has none."""
    for _ in range(DEEPEST):
        statements = _Inliner(facts).statements()
        if statements == facts.program.statements:
            break
        facts = interpret(
            facts.program.with_statements(statements), load_tables(packs or [rules_folder()]), values=True
        )
    return facts


class _Inliner:
    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.program = facts.program
        self.definitions = {
            id(one.node): one for one in self.program.statements if isinstance(one.node, ast.FunctionDef)
        }
        self.wanted = {id(node) for node in self._inside_functions()}
        self.rebound = bound_otherwise(self.program.statements) if self.wanted else set()
        self.lines = Counter(line for one in self.program.statements for line in _lines(one))

    def statements(self) -> tuple[Statement, ...]:
        """All statements of the notebook, such calls written out."""
        made: list[Statement] = []
        for one in self.program.statements:
            shared = any(self.lines[line] > 1 for line in _lines(one))  # `a = train(b); c = train(d)`
            stays = one.instead or one.elsewhere or shared
            pieces = self._pieces(one.node, one.cell) if self.wanted and not stays else None
            made += [one] if pieces is None else [_statement(piece, one) for piece in pieces]
        return tuple(made)

    def _inside_functions(self) -> Iterator[ast.AST]:
        """What is split, fitted, asked and scored in functions while they are called."""
        facts = self.facts
        done = [one.node for one in facts.learnings if one.estimator is not None]
        done += [one.node for one in facts.predictions]
        done += [one.node for one in facts.scores]
        done += [one.node for one in facts.splits]
        within = {
            id(part)
            for function in self.program.statements
            if isinstance(function.node, ast.FunctionDef)
            for part in ast.walk(function.node)
        }
        yield from (node for node in done if id(node) in within)

    def _pieces(self, node: ast.stmt, cell: int) -> list[Piece] | None:
        """What a statement is written out as; None where it stays."""
        if isinstance(node, BLOCKS):
            return self._block(node, cell)
        call = self._call(node)
        if call is None:
            return None
        function = self.facts.value(call.func)
        assert isinstance(function, Function)
        assert isinstance(function.node, ast.FunctionDef)
        return _Call(self.facts, node, cell, call, self.definitions[id(function.node)]).pieces()

    def _block(self, node: ast.For | ast.If | ast.With, cell: int) -> list[Piece] | None:
        """A loop or a condition with the calls in it written out."""
        if isinstance(node, ast.For | ast.If) and node.orelse:
            return None
        called = Counter(
            ast.unparse(one.func) for one in ast.walk(node) if isinstance(one, ast.Call) and self._is_wanted(one)
        )
        if any(times > 1 for times in called.values()):
            return None
        body: list[Piece] = []
        written: list[Piece] = []
        found = False
        for one in node.body:
            pieces = self._pieces(one, cell)
            found = found or pieces is not None
            body += [Piece(one, cell)] if pieces is None else pieces
            written += pieces or []
        if not found:
            return None
        fields = {name: value for name, value in ast.iter_fields(node)} | {"body": [one.node for one in body]}
        made = ast.copy_location(type(node)(**fields), node)
        there = [(one.node, one.cell) for one in written]
        within = [part for one in body for part in one.elsewhere]
        return [Piece(made, cell, tuple(put for one in body for put in one.instead), (*there, *within))]

    def _call(self, node: ast.stmt) -> ast.Call | None:
        """The one call in a statement that is to be written out; all else in it waits for it, or needs no call."""
        if not isinstance(node, ast.Expr | ast.Assign | ast.AnnAssign):
            return None
        calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
        found = [one for one in calls if self._is_wanted(one)]
        if len(found) != 1:
            return None
        call = found[0]
        above = [one for one in ast.walk(node) if one is not call and any(part is call for part in ast.walk(one))]
        waits = all(isinstance(one, PASSED) for one in above) and not any(
            isinstance(one, ast.NamedExpr) or _unpacks(one) for one in ast.walk(node)
        )
        methods = {one.func for one in above if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)}
        return call if waits and not set(_worked_out(node)) - set(ast.walk(call)) - {*above, *methods} else None

    def _is_wanted(self, call: ast.Call) -> bool:
        """Does a call run one of the notebook's own functions in which something is split, fitted, asked or scored?"""
        function = self.facts.value(call.func) if isinstance(call.func, ast.Name) else None
        if not isinstance(function, Function) or id(function.node) not in self.definitions:
            return False
        if isinstance(call.func, ast.Name) and call.func.id in self.rebound:
            return False
        return any(id(part) in self.wanted for part in ast.walk(function.node))


def _statement(piece: Piece, called: Statement) -> Statement:
    return replace(
        called,
        node=piece.node,
        cell=piece.cell,
        whole=called.whole or called,
        instead=piece.instead,
        elsewhere=piece.elsewhere,
    )


class _Call:
    """One call: the statement that makes it, and the function that it runs."""

    def __init__(self, facts: Facts, node: ast.stmt, cell: int, call: ast.Call, definition: Statement) -> None:
        assert isinstance(definition.node, ast.FunctionDef)
        self.facts = facts
        self.node = node
        self.cell = cell
        self.call = call
        self.definition = definition
        self.function = definition.node
        *self.body, self.last = self.function.body
        self.result = self.last.value if isinstance(self.last, ast.Return) else None
        if not isinstance(self.last, ast.Return):
            self.body.append(self.last)

    def pieces(self) -> list[Piece] | None:
        """The statements that the call is written out as; None where they would not say the same."""
        given = self._given()
        alone = isinstance(self.node, ast.Expr) and self.node.value is self.call
        if given is None or not self._is_plain() or (self.result is None and not alone):
            return None
        names = self._names(given)
        declared = {
            name
            for one in self.facts.program.statements
            for part in ast.walk(one.node)
            if isinstance(part, ast.Global)
            for name in part.names
        }
        if declared & set(names.values()):
            return None
        if not self._can_be_renamed(_changed(names)):
            return None
        made = [
            self._binding(names.get(one, one), value) for one, value in given.items() if not _is_same(one, value, names)
        ]
        made += [self._copy(one, names) for one in self.body if not _is_text(one)]
        return made if self.result is None else [*made, self._answered(self.result, names)]

    def _is_plain(self) -> bool:
        """Do the statements of the function run one after the other, and leave nothing behind but what it gives back?"""
        arguments = self.function.args
        inside = [part for one in self.body if not _is_text(one) for part in ast.walk(one)]
        inside += ast.walk(self.result) if self.result is not None else ()
        return (
            not self.function.decorator_list
            and not (arguments.vararg or arguments.kwarg)
            and all(isinstance(part, PLAIN) for part in inside if isinstance(part, ast.stmt))
            and not any(isinstance(part, STAYING) or spans(part) for part in inside)
            and not any(isinstance(part, ast.Name) and part.id in SEEING for part in inside)
            and not used_late(inside)
            and not self._names_that_comprehensions_hide()
        )

    def _names_that_comprehensions_hide(self) -> set[str]:
        """Variables of comprehensions that mean something else outside of them."""
        body = [part for one in self.function.body for part in ast.walk(one)]
        hidden = {name for part in body if isinstance(part, ast.comprehension) for name in names_in(part.target)}
        seen = {name.id for one in self.function.body for name in free_names(one)}
        return hidden & (seen | parameters(self.function))

    def _given(self) -> dict[str, ast.expr] | None:
        """What each parameter is given, in the order in which it is worked out; None where that cannot be told."""
        arguments, call = self.function.args, self.call
        positions = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        if any(isinstance(one, ast.Starred) for one in call.args):
            return None
        given = dict(zip(positions, call.args, strict=False)) | {str(one.arg): one.value for one in call.keywords}
        defaults = dict(zip(reversed(positions), reversed(arguments.defaults), strict=False))
        defaults |= {
            one.arg: value
            for one, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if value is not None
        }
        if not all(isinstance(one, ast.Constant) for name, one in defaults.items() if name not in given):
            return None
        every = {*positions, *(one.arg for one in arguments.kwonlyargs)}
        named = {str(one.arg) for one in call.keywords}
        apart = {*positions[: len(call.args)], *(one.arg for one in arguments.posonlyargs)}
        if len(call.args) > len(positions) or named & apart:
            return None
        found = given | {name: value for name, value in defaults.items() if name not in given}
        return found if set(found) == every else None

    def _names(self, given: Mapping[str, ast.expr]) -> dict[str, str]:
        """What the function's own variables are called among those of the notebook."""
        bound = stored(self.function.body)
        taken = self._taken()
        names: dict[str, str] = {}
        handed = self._handed(given)
        for name in sorted({*given, *bound}):
            value = given.get(name)
            if isinstance(value, ast.Name) and name not in bound:
                names[name] = value.id
            elif name in handed:
                names[name] = handed[name]
            elif name in taken:
                own = {part.id for part in ast.walk(self.function) if isinstance(part, ast.Name)}
                names[name] = unused(f"{self.function.name}_{name}", taken | own | set(given) | set(names.values()))
        return names

    def _handed(self, given: Mapping[str, ast.expr]) -> dict[str, str]:
        """Variables of the function that become the notebook's at its end: ``forest`` in ``model = train()`` and ``return forest``."""
        if not isinstance(self.node, ast.Assign) or self.node.value is not self.call or len(self.node.targets) != 1:
            return {}
        target = self.node.targets[0]
        pairs = (
            zip(target.elts, self.result.elts, strict=False)
            if isinstance(target, ast.Tuple) and isinstance(self.result, ast.Tuple)
            else [(target, self.result)]
        )
        found = {own.id: new.id for new, own in pairs if isinstance(new, ast.Name) and isinstance(own, ast.Name)}
        inside = {*given, *stored(self.body)}
        read = {name for one in self.facts.program.statements for name in read_later(one.node)}
        read |= {name for value in given.values() for name in names_in(value)}
        others = inside - set(found)
        alone = len(set(found.values())) == len(found)
        return {
            own: new
            for own, new in found.items()
            if alone
            and own in inside
            and new not in read
            and new not in others
            and not isinstance(given.get(own), ast.Name)
        }

    def _taken(self) -> set[str]:
        """The names that the rest of the notebook reads or binds."""
        found: set[str] = set()
        for one in self.facts.program.statements:
            if isinstance(one.node, FUNCTIONS):
                found |= {one.node.name, *read_later(one.node)}
            else:
                found |= names_in(one.node) | {alias for part in ast.walk(one.node) for alias in aliases(part)}
        return found

    def _can_be_renamed(self, changed: AbstractSet[str]) -> bool:
        """Are these variables where their places say, in f-strings too? Older parsers mistake some places there."""
        text = next(one.text for one in self.facts.program.cells if one.cell.number == self.definition.cell)
        within = [part for one in ast.walk(self.function) if isinstance(one, ast.JoinedStr) for part in ast.walk(one)]
        names = [part for part in within if isinstance(part, ast.Name) and part.id in changed]
        quoted = [part.value for part in ast.walk(self.function) if isinstance(part, ast.Constant)]
        queried = {
            text for name in changed for text in (f"@{name}", f"{name}=")
        }  # df.query("age > @limit"), f"{limit=}"
        if any(isinstance(one, str) and any(name in one for name in queried) for one in quoted):
            return False
        return all(ast.get_source_segment(text, part) == part.id for part in names)

    # ---- statements

    def _binding(self, name: str, value: ast.expr) -> Piece:
        """A parameter as a variable."""
        copied = Copier({}).of(value)
        assert isinstance(copied, ast.expr)
        target = ast.Name(name, ast.Store(), lineno=value.lineno, col_offset=value.col_offset)
        target.end_lineno, target.end_col_offset = value.lineno, value.col_offset
        node = ast.copy_location(ast.Assign([target], copied), value)
        here = self.cell if any(part is value for part in ast.walk(self.call)) else self.definition.cell
        return Piece(node, here, (Instead(copied, copied, copied, beginning=f"{name} = "),))

    def _copy(self, node: ast.stmt, names: Mapping[str, str]) -> Piece:
        copier = Copier(names)
        return Piece(copier.statement(node), self.definition.cell, tuple(copier.instead))

    def _answered(self, result: ast.expr, names: Mapping[str, str]) -> Piece:
        """The statement that makes the call, with what the function gives back in its place."""
        copier = Copier({})
        copier.swap(self.call, result, "", names=names)
        node = copier.statement(self.node)
        return Piece(
            node, self.cell, tuple(copier.instead), tuple((one.inner, self.definition.cell) for one in copier.instead)
        )


def _worked_out(node: ast.Expr | ast.Assign | ast.AnnAssign) -> Iterator[ast.expr]:
    """What a statement works out before it binds anything: all but variables, constants, and lists and the like of them."""
    for part in ast.walk(node.value) if node.value is not None else ():
        if isinstance(part, ast.expr) and not isinstance(part, GIVEN):
            yield part


def _unpacks(part: ast.AST) -> bool:
    """Is a dictionary taken apart, ``{**given}`` or ``dict(**given)``? That shows what was in it then."""
    return (isinstance(part, ast.Dict) and None in part.keys) or (isinstance(part, ast.keyword) and part.arg is None)


def _lines(one: Statement) -> set[tuple[int, int]]:
    """The first and the last line of a statement, and its cell; none of what stands in a function."""
    if one.whole is not None:
        return set()
    return {(one.cell, one.node.lineno), (one.cell, one.node.end_lineno or one.node.lineno)}


def _is_same(name: str, value: ast.expr, names: Mapping[str, str]) -> bool:
    """Is a parameter read under the name that the notebook has for what it is given?"""
    return isinstance(value, ast.Name) and names.get(name) == value.id


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _changed(names: Mapping[str, str]) -> set[str]:
    return {old for old, new in names.items() if old != new}
