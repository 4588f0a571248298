"""Find what a statement learns from rows: statistics, categories, fitted encoders; and what cannot be served row by row."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from nb2pkg.extract.beside import aggregates_only
from nb2pkg.extract.columns import Columns
from nb2pkg.extract.each_column import of_each_column
from nb2pkg.extract.gathering import TRANSFORMS
from nb2pkg.extract.given_functions import check_given_functions
from nb2pkg.extract.group_values import of_groups
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake
from nb2pkg.extract.numbered_categories import of_categories, of_quantiles
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.selection import Chosen, Selections
from nb2pkg.extract.shapes import Shape, Shapes
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Constant, Data, Estimator, Group, Learning
from nb2pkg.source import Span

UNSERVABLE: Mapping[str, str] = {
    "select": "chooses rows",
    "sample": "draws rows",
    "resample": "draws rows anew",
    "concat": "puts tables together",
    "group": "works on groups of rows",
    "learns": "learns from all rows",
    "make": "makes new values",
    "load": "reads data",
    "input": "asks for an answer",
    "split": "parts rows",
    "random": "draws at random",
}
ABOUT_COLUMNS = frozenset({"columns", "dtypes", "dtype", "name"})
HARMLESS = frozenset({"loc", "iloc", "at", "head"})
TEACHING = frozenset({"fit", "fit_transform"})
TOLD = frozenset({"get_feature_names", "get_feature_names_out"})
NAMED = 3  # columns that a sentence names; more are "the columns"


class Learns:
    """Finds learned expressions in the statements of one stretch of code."""

    def __init__(self, lowering: Lowering, columns: Columns) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.columns = columns
        self.places: set[ast.AST] = set()
        self._chosen: dict[ast.AST, Chosen] = {}
        self._beside: frozenset[ast.AST] = frozenset()
        self.selections = Selections(lowering)

    def inside(self, node: ast.AST, at: int) -> list[Learnt]:
        """The learned expressions of a node, outermost first. Raises RefusedError for what cannot be served row by row."""
        self.columns.labels.check(node, at)
        check_given_functions(self.lowering, node, at)
        found: list[Learnt] = []
        if self.selections.in_place(node) is not None:
            return found
        self._chosen = {one.node: one for one in self.selections.of(node)}
        self._beside = self._aggregated(node, at)
        self._visit(node, at, found)
        self._all_seen(node, at, found)
        return [self._in_loop(one, node, at) for one in found]

    def _aggregated(self, node: ast.AST, at: int) -> frozenset[ast.AST]:
        """The parts of ``rich = df[df.income > 5000]``, where ``rich`` is there for aggregates alone."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if node in self.lowering.beside:
                return frozenset(ast.walk(value)) if aggregates_only(self.lowering, name, at) else frozenset()
            case _:
                return frozenset()

    def _in_loop(self, learnt: Learnt, node: ast.AST, at: int) -> Learnt:
        """The learned expression with the loop around it."""
        around = list(_around(node, learnt.node))
        loops = [one for one in around if isinstance(one, ast.For | ast.While)]
        if not loops:
            return learnt
        loop = loops[0]
        if len(loops) > 1 or not isinstance(loop, ast.For) or not isinstance(loop.target, ast.Name):
            raise refused(self.lowering.statement(at), f"{learnt.what} is learned in a loop that cannot be followed")
        if any(part is learnt.node for part in ast.walk(loop.iter)):
            return learnt
        spot = next(one for one in reversed(around) if isinstance(one, ast.stmt))
        if isinstance(spot, ast.If | ast.For):
            raise refused(self.lowering.statement(at), f"{learnt.what} decides inside of a loop")
        return replace(learnt, loop=loop, spot=spot)

    def _all_seen(self, node: ast.AST, at: int, found: list[Learnt]) -> None:
        """Raise RefusedError where something is learned that was not found: inside a function, a lambda, a class."""
        seen = {id(part) for one in found for part in ast.walk(one.node)}
        seen |= {id(part) for one in self._chosen.values() for part in ast.walk(one.node)} - self._kept()
        here = {id(part) for part in ast.walk(node)}
        given = {id(one.node) for one in found}
        for learning in self.facts.learnings:
            if learning.statement != at or id(learning.node) in seen:
                continue
            if isinstance(learning.node, ast.Call) and any(id(one) in given for one in _given(learning.node)):
                continue
            if learning.static and id(learning.node) not in here:
                continue
            if learning.calls and id(learning.node) not in here and not _called_in(node, learning.calls[0], seen):
                continue
            if learning.calls or id(learning.node) in here:
                inside = learning.calls or learning.static
                where = "inside a function" if inside else "in a way that cannot be told apart"
                statement = self.lowering.statement(at)
                raise refused(statement, f"`{learning.label[:50]}` learns from rows {where}; write it out in the cell")

    def _kept(self) -> set[int]:
        """The parts of choosing expressions that are left once the choice is taken out."""
        inner = {id(one.node) for one in self._chosen.values()}
        kept = [part for one in self._chosen.values() for part in (one.base, one.columns) if part is not None]
        return {id(part) for whole in kept if id(whole) not in inner for part in ast.walk(whole)}

    def _visit(self, node: ast.AST, at: int, found: list[Learnt]) -> None:
        if node in self.places or isinstance(node, ast.Lambda):
            return
        if node in self._chosen:
            one = self._chosen[node]
            for part in filter(None, (one.base, one.columns)):
                self._visit(part, at, found)
            return
        if isinstance(node, ast.expr):
            learnt = self._learnt(node, at)
            if learnt is not None:
                for part in _given_to(learnt):
                    self._visit(part, at, found)
                found.append(learnt)
                return
            self._check(node, at)
        for child in ast.iter_child_nodes(node):
            if not (isinstance(node, ast.Call) and isinstance(child, ast.keyword) and self._taken_over(node, child)):
                self._visit(child, at, found)

    def _taken_over(self, call: ast.Call, given: ast.keyword) -> bool:
        """Is this the ``index=df.index`` of a table made of the rows of ``df``?"""
        index = self.columns.labels.takes_over(call)
        return index is not None and given.value is index

    def _learnt(self, node: ast.expr, at: int) -> Learnt | None:
        special = self.special(node, at)
        if special is not None:
            return special
        inner = self.statistic(node) if _is_value(node) else None
        if inner is not None and not self._carries_rows(node):
            column = self._column(inner)
            verb = self.lowering.name(inner).rpartition(".")[2]
            return Learnt(
                node,
                "value",
                snake("_".join(filter(None, (column, verb)))) + "_",
                node,
                f"the {verb} of {column or 'the columns'}",
            )
        return None

    def special(self, node: ast.expr, at: int) -> Learnt | None:
        """What an expression learns other than one aggregate: categories, edges, an encoder, a value for each group."""
        found = of_categories(node, self.lowering, self.columns) or self._told_by_encoder(node, at)
        if found is not None or not isinstance(node, ast.Call):
            return found
        return (
            self._dummies(node)
            or self._category(node, at)
            or self._fitted(node, at)
            or of_groups(node, self.lowering, self.columns)
            or of_quantiles(node, self.lowering, self.columns)
            or of_each_column(node, at, self.lowering, self.columns)
        )

    def statistic(self, node: ast.AST) -> ast.Call | None:
        """The first call in an expression that takes an aggregate of rows."""
        if isinstance(node, ast.Lambda):
            return None
        if isinstance(node, ast.Call) and self.lowering.role(node) == "statistic" and not self._row_wise(node):
            return node
        return next(filter(None, (self.statistic(child) for child in ast.iter_child_nodes(node))), None)

    def _row_wise(self, call: ast.Call) -> bool:
        known = self.facts.call(call)
        axis = known.args.get("axis") if known is not None else None
        return axis is not None and isinstance(axis[0], ast.Constant) and axis[0].value in (1, -1, "columns")

    def _carries_rows(self, node: ast.AST) -> bool:
        if isinstance(node, ast.Call) and self.lowering.role(node) == "statistic" and not self._row_wise(node):
            return False
        if isinstance(node, ast.Attribute) and node.attr in ABOUT_COLUMNS:
            return False
        if isinstance(node, ast.Name):
            value = self.facts.value(node)
            return isinstance(value, Group) or (isinstance(value, Data) and value.rows != NOTHING)
        return any(self._carries_rows(child) for child in ast.iter_child_nodes(node))

    def _column(self, call: ast.Call) -> str:
        for part in ast.walk(call):
            read = self.columns.read(part)
            if read is not None:
                return read[1]
        return ""

    def _dummies(self, call: ast.Call) -> Learnt | None:
        if self.lowering.name(call) != "pandas.get_dummies":
            return None
        given = next(iter(call.args), None) or next((k.value for k in call.keywords if k.arg == "data"), None)
        if given is None:
            return None
        read = self.columns.read(given)
        if read is not None:
            return Learnt(given, "categories", snake(read[1]) + "_categories_", given, f"the categories of {read[1]}")
        if isinstance(given, ast.Subscript) and isinstance(given.slice, ast.Name) and self._is_text(given.slice):
            return Learnt(given, "categories", "categories_", given, "the categories of the columns")
        listed = next((k.value for k in call.keywords if k.arg == "columns"), None)
        names = self.columns.names(listed) if listed is not None else None
        what = " and ".join(names) if names and len(names) <= NAMED else "the columns"
        return Learnt(given, "table-categories", "categories_", given, f"the categories of {what}", listed=listed)

    def _is_text(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Constant) and isinstance(value.value, str)

    def _category(self, call: ast.Call, at: int) -> Learnt | None:
        match call:
            case ast.Call(func=ast.Attribute(value=given, attr="astype"), args=[ast.Constant(value="category")]):
                listed = isinstance(given, ast.Subscript) and isinstance(given.slice, ast.List)
                if listed or (isinstance(given, ast.Name) and Shapes(self.facts, {}).of(given, at=at) is Shape.TABLE):
                    return None
                read = self.columns.read(given)
                name = snake(read[1]) if read is not None else "column"
                return Learnt(
                    call,
                    "categories",
                    f"{name}_categories_",
                    given,
                    f"the categories of {read[1] if read else 'the column'}",
                )
            case _:
                return None

    def _fitted(self, call: ast.Call, at: int) -> Learnt | None:
        known = self.facts.call(call)
        if known is None or self.lowering.role(call) not in TRANSFORMS or not isinstance(known.receiver, Estimator):
            return None
        return self._of_fit(call, "fitted", known.receiver, self.lowering.fit_of(call, at))

    def _told_by_encoder(self, node: ast.expr, at: int) -> Learnt | None:
        """The encoder of ``encoder.get_feature_names_out()`` or ``encoder.classes_``, which its fit gave it."""
        if not isinstance(node, ast.Attribute) or not isinstance(node.value, ast.Name) or not _is_learned(node.attr):
            return None
        encoder = self.facts.value(node.value)
        fits = [fit for fit in self.facts.fits if fit.estimator is encoder and fit.statement <= at]
        if not isinstance(encoder, Estimator) or not fits or fits[-1].verb not in TEACHING:
            return None
        return self._of_fit(node.value, "encoder", encoder, fits[-1])

    def _of_fit(self, node: ast.expr, form: str, encoder: Estimator, fit: Learning) -> Learnt | None:
        """What a fit taught an encoder; with a target, it is learned only where it transforms."""
        fitted = self.facts.call(fit.node)
        given = next(iter(fitted.args.values()), None) if fitted is not None else None
        if fitted is None or given is None or (form == "encoder" and len(fitted.args) > 1):
            return None
        column = self._read_in(given[0])
        name = "_".join(filter(None, (snake(column) if column else "", snake(encoder.short)))) + "_"
        return Learnt(node, form, name, given[0], f"the {encoder.short} of {column or 'the columns'}", fit)

    def _read_in(self, node: ast.expr) -> str:
        return next((read[1] for part in ast.walk(node) if (read := self.columns.read(part)) is not None), "")

    def _check(self, node: ast.expr, at: int) -> None:
        if self._chooses(node):
            text = ast.unparse(node)[:50]
            raise refused(self.lowering.statement(at), f"`{text}` chooses rows inside a statement that does more")
        if self._counts(node):
            text = ast.unparse(node)[:50]
            raise refused(
                self.lowering.statement(at), f"`{text}` depends on how many rows there are or how they are numbered"
            )
        if not isinstance(node, ast.Call):
            return
        known = self.facts.call(node)
        statement = self.lowering.statement(at)
        if known is None:
            return
        row = known.row
        text = ast.unparse(node.func)[-50:]
        if getattr(row, "neighbours", False):
            raise refused(statement, f"`{text}` reads neighbouring rows, so one row alone cannot be served")
        role = getattr(row, "role", "") if row is not None else ""
        if role == "learns" and not any(one.node is node for one in self.facts.learnings):
            return
        if getattr(row, "reorders", False) and not self._own(node):
            raise refused(statement, f"`{text}` gives rows in another order or number, which is not carried over yet")
        if (
            role in UNSERVABLE
            and known.name.rpartition(".")[2] not in HARMLESS
            and not self._columns_only(node, known.name)
        ):
            raise refused(statement, f"`{text}` {UNSERVABLE[role]}, which cannot be done for one row alone")
        if role == "crosspredict":
            raise refused(statement, f"`{text}` makes out-of-fold columns that no later row can get")

    def _chooses(self, node: ast.expr) -> bool:
        """Does an expression that is read choose rows, other than by place for all columns?"""
        if node in self._beside:
            return False
        if isinstance(node, ast.Call) and self.columns.labels.counts_anew(node):
            return False
        return isinstance(getattr(node, "ctx", ast.Load()), ast.Load) and self.selections.chosen(node) is not None

    def _counts(self, node: ast.expr) -> bool:
        """Does an expression read the number or the labels of the rows?"""
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[table]):
                pass
            case ast.Attribute(value=table, attr="index" | "shape" | "size", ctx=ast.Load()):
                pass
            case _:
                return False
        value = self.facts.value(table)
        return isinstance(value, Data) and value.rows != NOTHING and not value.index

    def _own(self, node: ast.Call) -> bool:
        """Does a call join a table with columns made of its own rows, label by label?"""
        if not (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "join"
            and len(node.args) == 1
            and not node.keywords
        ):
            return False
        one, other = self.facts.value(node.func.value), self.facts.value(node.args[0])
        return isinstance(one, Data) and isinstance(other, Data) and one.rows is not None and one.rows == other.rows

    def _columns_only(self, node: ast.Call, name: str) -> bool:
        keywords = {k.arg: k.value for k in node.keywords}
        axis = keywords.get("axis") or (node.args[1] if len(node.args) > 1 and name == "pandas.concat" else None)
        return isinstance(axis, ast.Constant) and axis.value in (1, "columns")


def _given_to(learnt: Learnt) -> list[ast.expr]:
    """The expressions within a learned one that ``transform`` works out again: what they learn is learned before it."""
    match learnt.form, learnt.node:
        case "fitted", ast.Call(args=[given, *_]):
            return [given]
        case (("categories" | "table-categories"), node) if learnt.given is not node:
            return [learnt.given]
        case (("categories" | "table-categories"), node):
            return [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr)]
        case _:
            return []


def _is_learned(attribute: str) -> bool:
    """Does an attribute of a transformer hold what its fit learned?"""
    return attribute in TOLD or (attribute.endswith("_") and not attribute.startswith("_"))


def _is_value(node: ast.expr) -> bool:
    """Can an expression stand by itself, unlike the ``*limits`` of a call and the ``a:b`` of an index?"""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return not any(isinstance(one, ast.Starred | ast.Slice | ast.FormattedValue) for one in parts)


def _given(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(k.value for k in call.keywords)]


def _around(node: ast.AST, inner: ast.AST) -> Iterator[ast.AST]:
    """The nodes around another, outermost first."""
    for child in ast.iter_child_nodes(node):
        if child is inner or any(part is inner for part in ast.walk(child)):
            yield node
            if child is not inner:
                yield from _around(child, inner)
            return


def _called_in(node: ast.AST, place: Span, seen: set[int]) -> bool:
    """Does a call at this place stand in the node, outside of what was seen?"""
    return any(
        isinstance(part, ast.Call)
        and id(part) not in seen
        and (part.lineno, part.end_lineno) == (place.line, place.end_line)
        for part in ast.walk(node)
    )
