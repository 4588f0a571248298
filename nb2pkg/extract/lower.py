"""Walk back from the rows that a call received to the raw rows, and say what lies between."""

import ast
from collections import Counter
from collections.abc import Iterator

from nb2pkg.extract.lane import Code, Gathered, Lane, Root, Split, Step
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.roots import Roots
from nb2pkg.extract.trace import Bound, bound_by, free_names, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Collection, Constant, Data, Estimator, Function, Learning, Library, UserClass
from nb2pkg.syntax import Statement

CONTAINERS = frozenset(
    {"numpy.array", "numpy.asarray", "numpy.asanyarray", "data.to_numpy", "data.copy", "data.values"}
)
ARRAYS = CONTAINERS - {"data.copy"}
TRANSFORMS = frozenset({"transform", "fit-transform"})
MAXIMUM = 400


class Lowering:
    """Lanes of one notebook; ``roots`` knows the loads."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.roots = Roots(facts)

    def lane(self, expression: ast.expr, *, at: int) -> Lane:
        """The lane of an expression that statement ``at`` evaluates. Raises RefusedError where it cannot be followed."""
        walk = _Walk(self, expression, at)
        return walk.run()

    def statement(self, index: int) -> Statement:
        """A statement by its index."""
        return self.facts.program.statements[index]

    def role(self, node: ast.AST) -> str:
        """What a call does, in the words of the API tables."""
        call = self.facts.call(node)
        return getattr(call.row, "role", "") if call is not None and call.row is not None else ""

    def name(self, node: ast.AST) -> str:
        """The resolved name of a call."""
        call = self.facts.call(node)
        return call.name if call is not None else ""

    def fit_of(self, node: ast.Call, at: int) -> Learning:
        """The fit that had taught the transformer of ``node`` when statement ``at`` ran."""
        call = self.facts.call(node)
        estimator = call.receiver if call is not None else None
        own = [fit for fit in self.facts.fits if fit.node is node]
        before = [fit for fit in self.facts.fits if fit.estimator is estimator and fit.statement <= at]
        if not (own or before):
            raise refused(self.statement(at), f"`{ast.unparse(node.func)}` is called, but nothing fitted it above")
        return (own or before)[-1]


class _Walk:
    """One walk backwards; ``stages`` grows from the call towards the raw rows."""

    def __init__(self, lowering: Lowering, expression: ast.expr, at: int) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.expression = expression
        self.at = at
        self.stages: list[Code | Step | Split] = []
        self.cut: tuple[int | None, int | None] | None = None
        self.array = False
        self.passed: list[int] = []

    def run(self) -> Lane:
        for _ in range(MAXIMUM):
            root = self.step()
            if root is not None:
                if root.entry in ("data", "target"):
                    self.array = True
                return Lane(root, tuple(reversed(self.stages)), self.cut, self.array, tuple(self.passed))
        raise refused(self.lowering.statement(self.at), "the way of these rows is too long to follow")

    def step(self) -> Root | None:
        """One step back; the root once it is reached."""
        root = self.lowering.roots.of(self.expression, at=self.at)
        if root is not None:
            return root
        node = self.expression
        if isinstance(node, ast.Name) and self._through_name(node):
            return None
        if isinstance(node, ast.Subscript) and self._through_parts(node):
            return None
        if isinstance(node, ast.Call) and self._through_call(node):
            return None
        if isinstance(node, ast.Attribute) and node.attr == "values":
            self._go(node.value, array=True)
            return None
        if (
            isinstance(node, ast.Subscript | ast.Call | ast.List)
            and not self.stages
            and self.cut is None
            and self._through_cut(node)
        ):
            return None
        return self._through_code(node)

    def _go(self, expression: ast.expr, *, at: int | None = None, array: bool = False) -> None:
        self.expression = expression
        self.at = self.at if at is None else at
        self.array |= array

    def _through_name(self, node: ast.Name) -> bool:
        found = writers(self.facts, node.id, before=self.at)
        if not found:
            raise refused(self.lowering.statement(self.at), f"`{node.id}` is defined nowhere above")
        if len(found) > 1:
            return False
        binding = self.lowering.statement(found[0])
        bound = bound_by(binding, node.id)
        if bound is None:
            return False
        if bound.position is None:
            self.passed.append(binding.index)
            self._go(bound.value, at=binding.index)
            return True
        return self._through_split(bound, binding)

    def _through_parts(self, node: ast.Subscript) -> bool:
        """``parts[0]`` where ``parts = train_test_split(...)``."""
        if not isinstance(node.value, ast.Name) or not isinstance(node.slice, ast.Constant):
            return False
        found = writers(self.facts, node.value.id, before=self.at)
        binding = self.lowering.statement(found[0]) if len(found) == 1 else None
        bound = bound_by(binding, node.value.id) if binding is not None else None
        position = node.slice.value
        if binding is None or bound is None or bound.position is not None or not isinstance(position, int):
            return False
        return position >= 0 and self._through_split(Bound(bound.value, position), binding)

    def _through_split(self, bound: Bound, binding: Statement) -> bool:
        if (
            not isinstance(bound.value, ast.Call)
            or self.lowering.role(bound.value) != "split"
            or bound.position is None
        ):
            return False
        if any(isinstance(stage, Split) for stage in self.stages):
            raise refused(binding, "the rows are split twice; only one split can be carried over")
        arrays = [argument for argument in bound.value.args if not isinstance(argument, ast.Starred)]
        if len(arrays) <= bound.position // 2:
            raise refused(binding, "the arrays that are split cannot be told apart")
        self.stages.append(Split(bound.value, binding.index, "test" if bound.position % 2 else "train"))
        self._go(arrays[bound.position // 2], at=binding.index)
        return True

    def _through_call(self, node: ast.Call) -> bool:
        name = self.lowering.name(node)
        if name in CONTAINERS:
            inner = node.func.value if name.startswith("data.") and isinstance(node.func, ast.Attribute) else None
            inner = inner or (node.args[0] if len(node.args) == 1 and not node.keywords else None)
            if inner is not None:
                self._go(inner, array=name in ARRAYS)
                return True
        return self._through_transform(node)

    def _through_transform(self, node: ast.Call) -> bool:
        call = self.facts.call(node)
        if call is None or self.lowering.role(node) not in TRANSFORMS or not isinstance(call.receiver, Estimator):
            return False
        given = call.args.get("X") or next(iter(call.args.values()), None)
        if given is None or not isinstance(node.func, ast.Attribute):
            return False
        fit = self.lowering.fit_of(node, self.at)
        self.stages.append(Step(call.receiver, node, self.at, fit, ast.unparse(node.func.value)))
        self._go(given[0])
        return True

    def _through_cut(self, node: ast.expr) -> bool:
        taken = rows_taken(node)
        if taken is None:
            return False
        self.cut, inner = taken
        self._go(inner, array=_single(node) is not None)
        return True

    def _through_code(self, node: ast.expr) -> Root | None:
        gathered = self._gather(node, stop_at_steps=True)
        if len(gathered.names) + len(gathered.roots) != 1:
            gathered = self._gather(node, stop_at_steps=False)
        if len(gathered.names) + len(gathered.roots) != 1:
            raise refused(self.lowering.statement(self.at), self._why(gathered, node))
        if gathered.names:
            (name, at), places = next(iter(gathered.names.items()))
            self.stages.append(self._code(gathered, node, name, places))
            self._go(places[0], at=at)
            return None
        root, places = next(iter(gathered.roots.values()))
        self.stages.append(self._code(gathered, node, root.name, places))
        return root

    def _why(self, gathered: Gathered, node: ast.expr) -> str:
        sources = [name for name, _ in gathered.names] + [
            root.name or "a loaded table" for root, _ in gathered.roots.values()
        ]
        text = ast.unparse(node)[:60]
        if not sources:
            return f"`{text}` comes from no rows that are read or loaded"
        return f"`{text}` is made of several row sets ({', '.join(sources)}); only one can be followed"

    def _code(self, gathered: Gathered, result: ast.expr, given: str, places: list[ast.expr]) -> Code:
        self._rebound(gathered)
        statements = tuple(sorted(gathered.statements))
        return Code(statements, result, self.at, given, tuple(places), tuple(sorted(gathered.environment)))

    def _rebound(self, gathered: Gathered) -> None:
        """A constant that the kept statements bind again or change is one of them, no constant."""
        effects = self.facts.effects
        bound = {name for index in gathered.statements for name in effects[index].binds | effects[index].mutates}
        times = Counter(name for index in gathered.environment for name in effects[index].binds)
        bound |= {name for name, count in times.items() if count > 1}
        again = {index for index in gathered.environment if effects[index].binds & bound}
        gathered.environment -= again
        gathered.statements |= again

    def _gather(self, expression: ast.expr, *, stop_at_steps: bool) -> Gathered:
        gathered = Gathered()
        waiting: list[tuple[ast.AST, int]] = [(expression, self.at)]
        while waiting:
            node, at = waiting.pop()
            for part in self._parts(node, at, gathered):
                waiting.extend(self._resolve(part, at, gathered, stop_at_steps=stop_at_steps))
        return gathered

    def _parts(self, node: ast.AST, at: int, gathered: Gathered) -> Iterator[ast.Name]:
        """The names read in ``node``; parts that are roots themselves are kept as such."""
        inside: set[int] = set()
        for part in ast.walk(node):
            if isinstance(part, ast.expr) and id(part) not in inside:
                root = self.lowering.roots.of(part, at=at)
                if root is not None:
                    gathered.roots.setdefault(self._key(root), (root, []))[1].append(part)
                    inside |= {id(one) for one in ast.walk(part)}
        yield from (name for name in free_names(node) if id(name) not in inside)

    @staticmethod
    def _key(root: Root) -> int:
        return root.statement

    def _resolve(
        self, name: ast.Name, at: int, gathered: Gathered, *, stop_at_steps: bool
    ) -> list[tuple[ast.AST, int]]:
        value = self.facts.value(name)
        if isinstance(value, Library):
            return []
        found = writers(self.facts, name.id, before=at)
        if not found:
            return []
        binding = self.lowering.statement(found[0])
        if isinstance(value, Function | UserClass) or isinstance(binding.node, ast.FunctionDef | ast.ClassDef):
            return self._environment(binding, at, gathered)
        if isinstance(value, Estimator):
            return []
        changes = [index for index in found[1:] if index not in gathered.statements]
        gathered.statements.update(changes)
        more: list[tuple[ast.AST, int]] = [(self.lowering.statement(index).node, index) for index in changes]
        bound = bound_by(binding, name.id)
        if value is None and bound is not None and bound.position is None:
            value = self.facts.value(bound.value)  # read inside a function
        if (
            isinstance(value, Constant | Collection)
            and not changes
            and bound is not None
            and not _has_rows(bound.value, self.facts)
        ):
            known = binding.index in gathered.environment
            gathered.environment.add(binding.index)
            return more if known else [*more, (bound.value, binding.index)]
        return more + self._bound(name, binding, bound, gathered, stop_at_steps=stop_at_steps)

    def _environment(self, binding: Statement, at: int, gathered: Gathered) -> list[tuple[ast.AST, int]]:
        """A function or class; what its body reads is looked up when it is called."""
        self._same_globals(binding, at, gathered)
        if binding.index in gathered.environment:
            return []
        gathered.environment.add(binding.index)
        if not isinstance(binding.node, ast.FunctionDef | ast.ClassDef):
            late = isinstance(binding.node, ast.Assign) and isinstance(binding.node.value, ast.Lambda)
            return [(binding.node, at if late else binding.index)]
        return [(binding.node, at), *((one, binding.index) for one in _when_defined(binding.node))]

    def _same_globals(self, binding: Statement, at: int, gathered: Gathered) -> None:
        """Raise RefusedError where a function reads a variable that has other values in some of its calls."""
        before = gathered.called.setdefault(binding.index, at)
        for name in free_names(binding.node) if before != at else ():
            if writers(self.facts, name.id, before=before) != writers(self.facts, name.id, before=at):
                called = next(iter(sorted(self.facts.effects[binding.index].binds)), "it")
                reason = f"`{called}` reads `{name.id}`, which changes between its calls; make it a parameter"
                raise refused(self.lowering.statement(at), reason)

    def _bound(
        self, name: ast.Name, binding: Statement, bound: Bound | None, gathered: Gathered, *, stop_at_steps: bool
    ) -> list[tuple[ast.AST, int]]:
        root = self.lowering.roots.bound_to(name.id, binding, before=binding.index + 1)
        if root is not None:
            gathered.statements -= set(root.building)
            gathered.roots.setdefault(self._key(root), (root, []))[1].append(name)
            return []
        if bound is not None and isinstance(bound.value, ast.Call):
            role = self.lowering.role(bound.value)
            if role == "split" or (stop_at_steps and role in TRANSFORMS and _whole(bound.value, self.facts)):
                gathered.names.setdefault((name.id, binding.index + 1), []).append(name)
                return []
        if binding.index in gathered.statements:
            return []
        gathered.statements.add(binding.index)
        return [(binding.node if bound is None or bound.position is not None else bound.value, binding.index)]


def _when_defined(node: ast.FunctionDef | ast.ClassDef) -> list[ast.expr]:
    """What is evaluated when a function is defined rather than when it is called."""
    functions = [part for part in ast.walk(node) if isinstance(part, ast.FunctionDef)]
    defaults = [one for function in functions for one in (*function.args.defaults, *function.args.kw_defaults) if one]
    return [*defaults, *node.decorator_list]


def _has_rows(node: ast.expr, facts: Facts) -> bool:
    return any(isinstance(facts.value(part), Data) for part in ast.walk(node))


def _whole(call: ast.Call, facts: Facts) -> bool:
    """Does a transform take a whole table (a name, perhaps as an array) rather than some of its columns?"""
    known = facts.call(call)
    given = known.args.get("X") or next(iter(known.args.values()), None) if known is not None else None
    if given is None:
        return False
    node = given[0]
    while isinstance(node, ast.Attribute) and node.attr == "values":
        node = node.value
    return isinstance(node, ast.Name)


def _single(node: ast.expr) -> tuple[int, ast.expr] | None:
    """``X.iloc[3]`` as one row of a matrix: ``X.iloc[3].values.reshape(1, -1)``, ``[X.iloc[3]]``."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr="reshape"), args=[ast.Constant(value=1), _]):
            return _row(inner)
        case ast.List(elts=[inner]):
            return _row(inner)
        case _:
            return None


def _row(node: ast.expr) -> tuple[int, ast.expr] | None:
    match node:
        case ast.Attribute(value=inner, attr="values"):
            return _row(inner)
        case ast.Call(func=ast.Attribute(value=inner, attr="to_numpy"), args=[]):
            return _row(inner)
        case ast.Subscript(value=ast.Attribute(value=inner, attr="iloc"), slice=ast.Constant(value=int(number))):
            return (number, inner) if number >= 0 else None
        case _:
            return None


def rows_taken(node: ast.expr) -> tuple[tuple[int | None, int | None], ast.expr] | None:
    """``X[0:10]``, ``X.iloc[:5]``, ``X.head(3)``: the rows taken and what they are taken from."""
    single = _single(node)
    if single is not None:
        return (single[0], single[0] + 1), single[1]
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.step is None:
        start, stop = _bound_number(node.slice.lower), _bound_number(node.slice.upper)
        inner = node.value
        if isinstance(inner, ast.Attribute) and inner.attr == "iloc":
            inner = inner.value
        return ((start[0], stop[0]), inner) if start and stop else None
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "head"
        and not node.keywords
    ):
        count = _bound_number(node.args[0]) if node.args else (5,)
        return ((0, count[0]), node.func.value) if count else None
    return None


def _bound_number(node: ast.expr | None) -> tuple[int | None] | None:
    if node is None:
        return (None,)
    try:
        number = ast.literal_eval(node)
    except ValueError:
        return None
    return (number,) if isinstance(number, int) else None
