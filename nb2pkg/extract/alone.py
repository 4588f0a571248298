"""Refuse code that gives one row alone something else than it gets among the other rows, where no learned value stands for them."""

import ast
from collections.abc import Iterable, Iterator

from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.extract.selection import Selections
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Collection, Constant, Data, Estimator, Library

INDEXERS = frozenset({"loc", "iloc", "at", "iat"})
LABELLING = frozenset({"set_index", "groupby", "pivot_table", "value_counts"})
COLLECTING = frozenset({"zip", "dict", "list", "set", "tuple", "map", "filter", "iter"})
CATEGORIES = {"pandas.Categorical": 1, "pandas.CategoricalDtype": 0}  # how many arguments they have before these
FILLS = frozenset({"add", "append", "discard", "extend", "insert", "pop", "remove", "setdefault", "update"})
FITTING = frozenset({"fit", "fit_predict", "fit_resample", "fit_transform", "partial_fit"})
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Alone:
    """Checks the statements of one stretch of code."""

    def __init__(self, lowering: Lowering) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.selections = Selections(lowering)

    def check(self, node: ast.AST, at: int, learnt: Iterable[ast.AST] = (), each_turn: Iterable[ast.AST] = ()) -> None:
        """Raise RefusedError for a statement, or a result that statement ``at`` evaluates; ``learnt`` is what ``fit`` learns of it.

        What ``fit`` learns in ``each_turn`` of a loop, at its place in the loop, may depend on the turns before.
        """
        lifted = list(learnt)
        turned = list(each_turn)
        covered = {id(part) for one in [*lifted, *turned] for part in ast.walk(one)} | self._choosing(node)
        self._learnt(node, at, lifted)
        for part in ast.walk(node):
            if id(part) not in covered:
                self._part(part, at)

    def certain_rows(self, node: ast.AST, at: int) -> None:
        """Raise RefusedError where a statement reads the value of a certain row, as that of the first."""
        chosen = self._choosing(node)
        for part in ast.walk(node):
            read = isinstance(part, ast.Subscript) and isinstance(part.ctx, ast.Load) and id(part) not in chosen
            reason = self._one_row(part, part.value, part.slice) if isinstance(part, ast.Subscript) and read else None
            if reason is not None:
                raise self._refused(at, part, f"{reason}, so one row alone would get something else")

    def _choosing(self, node: ast.AST) -> set[int]:
        """What only chooses rows: rows are chosen before any of them is prepared."""
        found: set[int] = set()
        for one in self.selections.of(node):
            kept = {id(part) for whole in (one.base, one.columns) if whole is not None for part in ast.walk(whole)}
            found |= {id(part) for part in ast.walk(one.node)} - kept
        return found

    def functions(self, indexes: Iterable[int]) -> None:
        """Raise RefusedError for a function, defined by one of these statements, whose copy would draw numbers of its own."""
        for index in indexes:
            node = self.lowering.statement(index).node
            if not isinstance(node, ast.FunctionDef | ast.ClassDef):
                continue
            reason = self._draws(node) or _remembers(node)
            if reason is not None:
                raise self._refused(index, node, f"{reason}, so a row may get something else each time")
            for part in ast.walk(node):
                reason = self._numbers_categories(part)
                if reason is not None:
                    raise self._refused(index, part, f"{reason} inside a function; write it out in the cell")

    def _draws(self, node: ast.AST) -> str | None:
        for part in ast.walk(node):
            call = self.facts.call(part) if isinstance(part, ast.Call) else None
            row = call.row if call is not None else None
            if getattr(row, "stochastic", False) is True and getattr(row, "role", "") in ("make", "random"):
                return f"`{_short(part)}` draws at random for each row"
        return None

    def _refused(self, at: int, part: ast.AST, reason: str) -> RefusedError:
        statement = self.lowering.statement(at)
        line = getattr(part, "lineno", statement.node.lineno)
        return RefusedError(f"cell {statement.cell} line {line}: {reason}")

    # ---- what is learned

    def _learnt(self, node: ast.AST, at: int, lifted: list[ast.AST]) -> None:
        """What is learned must be the same before the statement, and one value for all rows."""
        local = _local(node)
        for one in lifted:
            bound = sorted({name.id for name in free_names(one)} & local)
            if bound:
                reason = f"`{_short(one)}` learns from rows where `{bound[0]}` changes on the way"
                raise self._refused(at, one, f"{reason}; learn it in a statement of its own")
            for part in ast.walk(one):
                if isinstance(part, ast.Call) and self._neighbours(part):
                    raise self._refused(
                        at, one, f"`{_short(part)}` reads neighbouring rows, so one row alone cannot be served"
                    )

    def _neighbours(self, call: ast.Call) -> bool:
        known = self.facts.call(call)
        return known is not None and bool(getattr(known.row, "neighbours", False))

    # ---- what looks at other rows

    def _part(self, part: ast.AST, at: int) -> None:
        reason = self._numbers_categories(part)
        match part:
            case _ if reason is not None:
                pass
            case ast.Subscript(value=given, slice=key):
                reason = self._one_row(part, given, key)
            case ast.Call(func=ast.Name(id="sorted" | "reversed"), args=[given, *_]) if self._rows(given):
                reason = f"`{_short(part)}` reorders the rows"
            case ast.Call(func=ast.Attribute(attr="eval"), args=[ast.Constant(value=str(text)), *_]) if "(" in text:
                reason = f"`{_short(part)}` may look at all rows in its text"
            case ast.For(iter=given) if self._rows(given):
                reason = _carried(part)
            case ast.Lambda(body=body):
                reason = self._draws(body)
            case ast.keyword(arg="out", value=ast.Name(id=name)):
                reason = f"`out={name}` changes `{name}` in a way that is not followed"
            case ast.Call(func=ast.Attribute(attr="reset_index", value=given)) if self._numbers(part, given):
                reason = f"`{_short(part)}` makes a column of the row numbers"
            case ast.Call(func=ast.Name(id="enumerate"), args=[given]) if self._rows(given):
                reason = f"`{_short(part)}` numbers the rows"
            case ast.Call(func=ast.Name(id="next")):
                reason = f"`{_short(part)}` takes one thing after another"
            case ast.Call(func=ast.Name(id=name), args=given) if name in COLLECTING and any(map(self._rows, given)):
                reason = f"`{_short(part)}` collects the rows"
            case ast.Call(args=given):
                reason = next(filter(None, map(self._handed_on, given)), None)
            case ast.Assign(targets=[ast.Subscript(value=given, slice=ast.Constant())], value=listed):
                if self._rows(given) and self._lists(listed):
                    reason = f"`{_short(listed)}` holds a value for each row"
            case _:
                pass
        if reason is not None:
            raise self._refused(at, part, f"{reason}, so one row alone would get something else")

    def _numbers_categories(self, part: ast.AST) -> str | None:
        """Why a call finds its categories among the rows it gets: ``c.astype("category")``, ``pd.Categorical(c)``."""
        if not isinstance(part, ast.Call):
            return None
        given = [*part.args, *(keyword.value for keyword in part.keywords)]
        named = any(
            isinstance(one, ast.Constant) and one.value == "category" for each in given for one in ast.walk(each)
        )
        as_type = isinstance(part.func, ast.Attribute) and part.func.attr == "astype" and named
        owner = self.facts.value(part.func.value) if isinstance(part.func, ast.Attribute) else None
        name = (
            f"{owner.name}.{part.func.attr}"
            if isinstance(owner, Library) and isinstance(part.func, ast.Attribute)
            else ""
        )
        before = CATEGORIES.get(self.lowering.name(part) or name)
        listed = any(keyword.arg in ("categories", "dtype") for keyword in part.keywords)
        made = before is not None and len(part.args) <= before and not listed
        return f"`{_short(part)}` finds the categories of its rows anew" if as_type or made else None

    def _lists(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Collection) and value.form in ("list", "tuple") and len(value.items or ()) > 1

    def _numbers(self, call: ast.Call, table: ast.expr) -> bool:
        """Does ``reset_index`` keep labels that nobody set?"""
        drops = any(
            k.arg == "drop" and isinstance(k.value, ast.Constant) and k.value.value is True for k in call.keywords
        )
        return (
            self._rows(table)
            and not drops
            and not any(
                isinstance(part, ast.Attribute) and part.attr in LABELLING
                for statement in self.facts.program.statements
                for part in ast.walk(statement.node)
            )
        )

    def _handed_on(self, node: ast.expr) -> str | None:
        """Why a method that is handed on cannot be called for each row: ``df.apply(encoder.fit_transform)``."""
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.facts.value(node.value)
        fits = "fit" in node.attr if isinstance(owner, Estimator) else node.attr in FITTING
        return f"`{_short(node)}` is handed to another call" if fits and not isinstance(owner, Data | Library) else None

    def _rows(self, node: ast.AST) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Data) and value.rows != NOTHING and not _names_columns(node)

    def _one_row(self, node: ast.Subscript, given: ast.expr, key: ast.expr) -> str | None:
        if isinstance(given, ast.Attribute) and given.attr in INDEXERS:
            rows = key.elts[0] if isinstance(key, ast.Tuple) and key.elts else key
            return f"`{_short(node)}` is about certain rows" if self._fixed(rows) and self._rows(given.value) else None
        value = self.facts.value(given)
        if isinstance(key, ast.Tuple) and key.elts and self._rows(given):
            number = isinstance(key.elts[0], ast.Constant) and type(key.elts[0].value) is int
            return f"`{_short(node)}` is about certain rows" if number else None
        single = isinstance(value, Data) and value.rows != NOTHING and (value.column is not None or _is_array(given))
        plain = not (isinstance(given, ast.Attribute) and given.attr == "str")
        return f"`{_short(node)}` is about certain rows" if single and plain and self._fixed(key) else None

    def _fixed(self, key: ast.expr) -> bool:
        """Is a row key written down rather than computed from the rows?"""
        match key:
            case ast.Constant(value=value):
                return value is not None and value is not ...
            case ast.UnaryOp(operand=ast.Constant()):
                return not isinstance(key.op, ast.Not)
            case ast.Slice(lower=lower, upper=upper, step=step):
                return any(one is not None for one in (lower, upper, step))
            case ast.List(elts=elements):
                return all(self._fixed(one) for one in elements)
            case _:
                return isinstance(self.facts.value(key), Constant)


def _remembers(node: ast.FunctionDef | ast.ClassDef) -> str | None:
    """Why a function gives one answer now and another later: it keeps something between its calls."""
    for function in ast.walk(node):
        if isinstance(function, ast.Global | ast.Nonlocal):
            return f"`{node.name}` changes `{function.names[0]}` between its calls"
        if isinstance(function, ast.FunctionDef) and any(
            isinstance(one, ast.List | ast.Dict | ast.Set)
            for one in (*function.args.defaults, *function.args.kw_defaults)
        ):
            return f"`{function.name}` keeps a list between its calls"
        if (
            isinstance(function, ast.FunctionDef)
            and function.name == "__call__"
            and any(isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store) for part in ast.walk(function))
        ):
            return f"`{node.name}` remembers its calls"
    return None


def _is_array(node: ast.expr) -> bool:
    match node:
        case ast.Attribute(attr="values") | ast.Call(func=ast.Attribute(attr="to_numpy")):
            return True
        case _:
            return False


def _names_columns(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("columns", "dtypes")


def _carried(loop: ast.For) -> str | None:
    """Why a loop over rows carries something from one row to the next; None where it does not."""
    known: set[str] = set()
    stored = {
        part.id
        for line in loop.body
        for part in ast.walk(line)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }
    for line in loop.body:
        read = {name.id for name in free_names(line)} | _updated(line)
        early = sorted((read & stored) - known)
        if early:
            return f"the loop carries `{early[0]}` from one row to the next"
        known |= {part.id for part in ast.walk(line) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}
    filled = _filled(loop)
    looked = sorted({name.id for name in free_names(loop) if name not in filled} & {name.id for name in filled} - known)
    return f"the loop looks at `{looked[0]}`, which it fills row by row" if looked else None


def _filled(loop: ast.For) -> set[ast.Name]:
    """Where a loop puts something into a container: ``seen`` of ``seen.add(city)`` and of ``counts[city] = 1``."""
    found: set[ast.Name] = set()
    for part in (one for line in loop.body for one in ast.walk(line)):
        match part:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name() as name, attr=verb))) if verb in FILLS:
                found.add(name)
            case ast.Subscript(value=ast.Name() as name, ctx=ast.Store() | ast.Del()):
                found.add(name)
    return found


def _updated(line: ast.stmt) -> set[str]:
    return {
        part.target.id
        for part in ast.walk(line)
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name)
    }


def _local(node: ast.AST) -> set[str]:
    """Names that a statement binds for its own parts: of loops, comprehensions, lambdas, and of every line of a compound statement."""
    found: set[str] = set()
    for part in ast.walk(node):
        if isinstance(part, COMPREHENSIONS):
            found |= {
                one.id
                for generator in part.generators
                for one in ast.walk(generator.target)
                if isinstance(one, ast.Name)
            }
        elif isinstance(part, ast.Lambda):
            found |= {one.arg for one in ast.walk(part.args) if isinstance(one, ast.arg)}
        elif isinstance(part, ast.For | ast.While | ast.If | ast.With | ast.Try):
            found |= set(_written(part))
    return found


def _written(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        match part:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.Subscript(value=value, ctx=ast.Store()) | ast.Attribute(value=value, ctx=ast.Store()):
                yield from (one.id for one in ast.walk(value) if isinstance(one, ast.Name))
            case _:
                pass


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
