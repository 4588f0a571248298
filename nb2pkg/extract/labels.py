"""Row labels: where a notebook pairs rows by number or by place, and whether the package pairs the same rows.

A table read from a file numbers its rows 0, 1, 2 and so on; chosen rows keep their numbers; a table made of an array numbers
its rows anew. In the package rows keep the numbers of the raw rows all the way, so what is made of an array takes them over:

    df["z"] = pd.Series(scaler.fit_transform(df[["age"]]).ravel())                     # in the notebook
    df["z"] = pd.Series(self.scaler_.transform(df[["age"]]).ravel(), index=df.index)   # in the package

Where the notebook itself pairs rows that are not the same ones, no package should repeat it.
"""

import ast
from typing import NamedTuple

from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.extract.selection import Selections
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data, Estimator

MAKERS = frozenset({"pandas.Series", "pandas.DataFrame"})
ARRAYS = frozenset({"values", "to_numpy", "tolist", "to_list", "ravel", "flatten", "reshape", "toarray", "array"})
OF_ARRAYS = frozenset(
    {"numpy.where", "numpy.array", "numpy.asarray", "numpy.select", "numpy.digitize", "list", "sorted"}
)
UNPAIRED = frozenset({"isin", "map", "replace", "rename", "drop", "apply", "agg", "astype", "unique", "value_counts"})
ABOUT_COLUMNS = frozenset({"columns", "dtypes", "dtype", "shape", "name"})
GIVEN = (-1,)


class Numbers(NamedTuple):
    """How the rows of a value are told apart.

    ``numbering`` is where they got their numbers, None for an array; ``sequence`` where they were last chosen or put in
    order; ``counted`` tells whether the numbers still are 0, 1, 2 and so on.
    """

    numbering: tuple[int, ...] | None
    sequence: tuple[int, ...]
    counted: bool


class Renumbered(NamedTuple):
    """A call that numbers its rows anew, its last argument, and the variable whose numbers it has to take."""

    call: ast.Call
    last: ast.expr
    table: str


Known = frozenset[Numbers]
UNNUMBERED: Known = frozenset()


class Labels:
    """Follows the row numbers of the variables of one notebook, statement by statement."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.selections = Selections(lowering)
        self.renumbered: dict[ast.AST, Renumbered] = {}
        self._unlike: dict[int, ast.AST] = {}
        self._held: dict[str, Known] = {}
        self._before: dict[int, dict[str, Known]] = {}
        self._at = 0
        self.follow()

    def follow(self) -> None:
        """Follow the numbers from the first statement on; tables that were joined have numbers of their own."""
        self._unlike.clear()
        self._held.clear()
        ends = {root.building[-1]: root.name for root in self.lowering.roots.joined.values()}
        for statement in self.facts.program.statements:
            self._at = statement.index
            self._before[statement.index] = dict(self._held)
            self._run(statement.node)
            if statement.index in ends:
                self._held[ends[statement.index]] = frozenset({Numbers((self._at,), (self._at,), counted=True)})

    def check(self, node: ast.AST, at: int) -> None:
        """Raise RefusedError where other rows are paired than meant, or numbered anew with no table to take the numbers from."""
        if at in self._unlike:
            reason = "pairs rows with others than their own: some were chosen, sorted or numbered anew in between"
            raise self._refused(at, self._unlike[at], reason)
        self._at, self._held = at, dict(self._before[at])
        for part in ast.walk(node):
            if isinstance(part, ast.Call) and self._numbers_anew(part):
                table = self._table_of(part, node)
                if table is None:
                    raise self._refused(at, part, "numbers its rows anew; give it the index of the table it is made of")
                self.renumbered[part] = Renumbered(part, _last(part), table)
            elif isinstance(part, ast.FunctionDef | ast.Lambda):
                self._function(part, at)

    def _function(self, function: ast.FunctionDef | ast.Lambda, at: int) -> None:
        """Raise RefusedError where a function numbers the rows anew that it is given."""
        given = function.args
        names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        self._held |= dict.fromkeys(names, frozenset({Numbers(GIVEN, GIVEN, counted=False)}))
        if isinstance(function, ast.FunctionDef):
            self._each(function.body)
        for part in ast.walk(function):
            if isinstance(part, ast.Call) and self.lowering.name(part) in MAKERS and _fresh(self._of(part), self._at):
                raise self._refused(at, part, "numbers its rows anew inside a function; give it the index of its table")

    def chosen_at(self, name: str, at: int) -> frozenset[int]:
        """The statements at which the rows that a variable holds just before statement ``at`` were last chosen."""
        return frozenset(one.sequence[0] for one in self._before[at].get(name, UNNUMBERED))

    def takes_over(self, call: ast.Call) -> ast.Attribute | None:
        """The ``df.index`` in ``pd.Series(array, index=df.index)``, where both have the same rows."""
        index = next((k.value for k in call.keywords if k.arg == "index"), None)
        if self.lowering.name(call) not in MAKERS or not isinstance(index, ast.Attribute) or index.attr != "index":
            return None
        made, table = self.facts.value(call), self.facts.value(index.value)
        same = isinstance(made, Data) and isinstance(table, Data) and made.rows == table.rows is not None
        return index if same else None

    def counts_anew(self, call: ast.Call) -> bool:
        """Is this ``df.reset_index(drop=True)``, which the rows of the package do not go through?"""
        resets = isinstance(call.func, ast.Attribute) and call.func.attr == "reset_index"
        return resets and self.selections.chosen(call) is not None

    def only_renumbers(self, node: ast.AST) -> bool:
        """Is this ``df = df.reset_index(drop=True)``, or the same in place?"""
        match node:
            case ast.Assign(
                targets=[ast.Name(id=name)], value=ast.Call(func=ast.Attribute(value=ast.Name(id=table))) as call
            ):
                return name == table and self.counts_anew(call)
            case ast.Expr(value=ast.Call() as call):
                return self.selections.in_place(node) is not None and self.counts_anew(call)
            case _:
                return False

    def _numbers_anew(self, call: ast.Call) -> bool:
        """Is this ``pd.Series(array)`` or ``pd.DataFrame(array)`` of rows, without an index of its own?"""
        if self.lowering.name(call) not in MAKERS or any(k.arg in ("index", None) for k in call.keywords):
            return False
        value = self.facts.value(call)
        rows = isinstance(value, Data) and value.rows != NOTHING and not value.content.single
        return rows and _fresh(self._of(call), self._at)

    def _table_of(self, call: ast.Call, within: ast.AST) -> str | None:
        """A variable of the same rows that has their numbers, from the call or from the statement around it."""
        given = [*call.args, *(k.value for k in call.keywords if k.arg == "data")]
        if len(given) != 1 or isinstance(given[0], ast.Starred | ast.GeneratorExp):
            return None
        sequences = {one.sequence for one in self._of(call)}
        said = [part.id for whole in (call, within) for part in ast.walk(whole) if isinstance(part, ast.Name)]
        for name in (*said, *reversed(self._held)):
            held = self._held.get(name, UNNUMBERED)
            if held and all(one.numbering is not None and {one.sequence} == sequences for one in held):
                return name
        return None

    # ---- what one statement does

    def _run(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                held = self._meet(self._of(value), value)
                self._held.pop(name, None)  # the last one bound stands last
                self._held[name] = held
            case ast.Assign(targets=[ast.Tuple() | ast.List() as target], value=ast.Tuple(elts=values)) if len(
                target.elts
            ) == len(values):
                for value in values:
                    self._meet(self._of(value), value)
                self._several(target.elts, node)
            case ast.Assign(targets=targets, value=value):
                self._stored(targets, self._meet(self._of(value), value), node)
            case ast.AugAssign(target=target, value=value):
                self._meet(self._of(target) | self._of(value), node)
            case ast.Expr(value=ast.Call() as call):
                self._meet(self._of(call), call)
                self._in_place(node, call)
            case ast.For(body=body, orelse=others) | ast.While(body=body, orelse=others):
                self._each([*body, *others])
            case ast.If(body=body, orelse=others):
                self._each([*body, *others])
            case ast.With(body=body):
                self._each(body)
            case ast.Try(body=body, handlers=handlers, orelse=others, finalbody=last):
                self._each([*body, *(line for one in handlers for line in one.body), *others, *last])
            case _:
                pass

    def _each(self, lines: list[ast.stmt]) -> None:
        for line in lines:
            self._run(line)

    def _stored(self, targets: list[ast.expr], given: Known, node: ast.AST) -> None:
        """A column that is given to a table, or several variables bound at once."""
        for target in targets:
            match target:
                case ast.Tuple(elts=elements) | ast.List(elts=elements):
                    self._several(elements, node)
                case ast.Attribute(value=ast.Name(id=name), attr="index"):
                    self._held[name] = self._numbered_by_hand(self._held.get(name, UNNUMBERED))
                case ast.Subscript() | ast.Attribute():
                    self._meet(given | self._of(target), node)
                case _:
                    pass

    def _several(self, targets: list[ast.expr], node: ast.AST) -> None:
        """The parts of a split take turns, training rows and test rows; other values stand side by side."""
        value = node.value if isinstance(node, ast.Assign) else None
        beside = value.elts if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(targets) else None
        given = self._of(value) if value is not None else UNNUMBERED
        for place, target in enumerate(targets):
            if isinstance(target, ast.Name):
                chosen = frozenset(one._replace(sequence=(self._at, place % 2), counted=False) for one in given)
                self._held[target.id] = self._of(beside[place]) if beside is not None else chosen

    def _in_place(self, node: ast.AST, call: ast.Call) -> None:
        name = self.selections.in_place(node)
        if name is not None and isinstance(call.func, ast.Attribute):
            before = self._held.get(name, UNNUMBERED)
            self._held[name] = self._counted(before) if call.func.attr == "reset_index" else self._chosen(before)
        match call.func:
            case ast.Attribute(value=ast.Name(id=table), attr="set_index"):
                self._held[table] = self._numbered_by_hand(self._held.get(table, UNNUMBERED))
            case _:
                pass

    def _meet(self, found: Known, node: ast.AST) -> Known:
        if not all(_paired(one, other) for one in found for other in found):
            self._unlike.setdefault(self._at, node)
        numbered = frozenset(one for one in found if one.numbering is not None)
        return numbered or found

    # ---- the numbers that the rows of an expression have

    def _counted(self, before: Known) -> Known:
        return frozenset(Numbers((self._at, 1), one.sequence, counted=True) for one in before)

    def _chosen(self, before: Known) -> Known:
        return frozenset(one._replace(sequence=(self._at,), counted=False) for one in before)

    def _numbered_by_hand(self, before: Known) -> Known:
        return frozenset(Numbers((self._at, 2), one.sequence, counted=False) for one in before)

    def _array(self, before: Known) -> Known:
        return frozenset(Numbers(None, one.sequence, counted=False) for one in before)

    def _of(self, node: ast.AST) -> Known:
        """The numbers of everything that an expression pairs."""
        match node:
            case ast.Name(id=name):
                return self._held.get(name, UNNUMBERED)
            case ast.Attribute(attr=attribute) if attribute in ABOUT_COLUMNS:
                return UNNUMBERED
            case ast.Attribute(value=inner, attr=attribute) if attribute in ARRAYS:
                return self._array(self._of(inner))
            case ast.ListComp(generators=[ast.comprehension(iter=rows), *_]):
                return self._array(self._of(rows))
            case ast.GeneratorExp(generators=[ast.comprehension(iter=rows), *_]):
                return self._array(self._of(rows))
            case ast.Lambda() | ast.SetComp() | ast.DictComp():
                return UNNUMBERED
            case ast.Subscript(value=inner):
                return self._chosen(self._of(inner)) if self.selections.chosen(node) is not None else self._of(inner)
            case ast.Call():
                return self._called(node)
            case _:
                return self._children(node)

    def _children(self, node: ast.AST) -> Known:
        return frozenset[Numbers]().union(*(self._of(child) for child in ast.iter_child_nodes(node)))

    def _called(self, call: ast.Call) -> Known:
        name, role = self.lowering.name(call), self.lowering.role(call)
        if name in MAKERS:
            return self._made(call)
        if role == "load":
            return frozenset({Numbers((self._at,), (self._at,), not any(k.arg == "index_col" for k in call.keywords))})
        known = self.facts.call(call)
        if name in OF_ARRAYS or (known is not None and isinstance(known.receiver, Estimator)):
            return self._array(self._arguments(call))
        if isinstance(call.func, ast.Attribute):
            return self._method(call, call.func)
        return self._answered(call, self._arguments(call))

    def _method(self, call: ast.Call, function: ast.Attribute) -> Known:
        before = self._of(function.value)
        if function.attr in ARRAYS:
            return self._array(before)
        if function.attr == "reset_index":
            return self._counted(before)
        if function.attr == "set_index":
            return self._numbered_by_hand(before)
        if self.selections.chosen(call) is not None:
            return self._chosen(before)
        return self._answered(call, before if function.attr in UNPAIRED else before | self._arguments(call))

    def _answered(self, call: ast.Call, given: Known) -> Known:
        """Of any other call: those of all it is given; an aggregate has no rows, and a merge has rows of its own."""
        value = self.facts.value(call)
        if (isinstance(value, Data) and value.rows == NOTHING) or self.lowering.role(call) == "statistic":
            self._meet(given, call)
            return UNNUMBERED
        known = self.facts.call(call)
        if known is not None and getattr(known.row, "reorders", False):
            joined = call.func.attr == "join" if isinstance(call.func, ast.Attribute) else False
            return given if joined else frozenset({Numbers((self._at,), (self._at,), counted=True)})
        return given

    def _arguments(self, call: ast.Call) -> Known:
        parts = [self._of(one) for one in call.args] + [self._of(k.value) for k in call.keywords]
        return frozenset[Numbers]().union(*parts)

    def _made(self, call: ast.Call) -> Known:
        index = next((k.value for k in call.keywords if k.arg == "index"), None)
        if isinstance(index, ast.Attribute) and index.attr == "index":
            return self._of(index.value)
        given = (
            self._children(call.args[0]) if call.args and isinstance(call.args[0], ast.Dict) else self._arguments(call)
        )
        if index is not None:
            return self._numbered_by_hand(given)
        numbered = frozenset(one for one in given if one.numbering is not None)
        return numbered or frozenset(Numbers((self._at, 0), one.sequence, counted=True) for one in given)

    def _refused(self, at: int, node: ast.AST, reason: str) -> RefusedError:
        statement = self.lowering.statement(at)
        line = getattr(node, "lineno", statement.node.lineno)
        text = " ".join(ast.unparse(node).split())
        text = text if len(text) <= 60 else f"{text[:57]}..."
        return RefusedError(f"cell {statement.cell} line {line}: `{text}` {reason}")


def _paired(one: Numbers, other: Numbers) -> bool:
    """Do two values that meet pair each row with itself?"""
    if one.numbering is None or other.numbering is None:
        return one.sequence == other.sequence
    return one.numbering == other.numbering or (one.counted and other.counted and one.sequence == other.sequence)


def _fresh(found: Known, at: int) -> bool:
    return any(one.numbering == (at, 0) for one in found)


def _last(call: ast.Call) -> ast.expr:
    """The argument of a call that stands last."""
    given = [*call.args, *(k.value for k in call.keywords)]
    return max(given, key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0))
