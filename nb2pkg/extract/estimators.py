"""Write an estimator as the package builds it: constants in the settings, seeds explicit, names resolved."""

import ast
from collections.abc import Mapping

from nb2pkg.apis import Row
from nb2pkg.chance import UNKNOWN, Chance, chance
from nb2pkg.extract.asked_columns import (
    SELECTOR,
    Asked,
    ColumnQuestions,
    Fitted,
    front,
    question_function,
    selector_arguments,
)
from nb2pkg.extract.changing import refuse_changed
from nb2pkg.extract.closed import Closed
from nb2pkg.extract.constant import Term, Turn, dereference
from nb2pkg.extract.draws import Draw
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.modern import argument_name
from nb2pkg.extract.names import snake
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.settings import SCALARS, Settings, literal
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.extract.ways import inside
from nb2pkg.extract.which import Which
from nb2pkg.facts.values import Estimator, Function, Library, parts_of

# Parameters that take any real number, though a notebook may write a whole one: `SVC(C=10)`.
REAL = frozenset(
    [
        "C",
        "alpha",
        "bandwidth",
        "coef0",
        "eps",
        "epsilon",
        "eta0",
        "gamma",
        "l1_ratio",
        "learning_rate",
        "learning_rate_init",
        "momentum",
        "nu",
        "power_t",
        "radius",
        "reg_param",
        "tol",
        "var_smoothing",
    ]
)


class EstimatorWriter:
    """Writes construction calls; ``imports`` and ``settings`` collect what they need; ``turn`` is the last of a loop unless given."""

    def __init__(self, lowering: Lowering, imports: Imports, settings: Settings, turn: Turn | None = None) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.imports = imports
        self.settings = settings
        self.unseeded: list[Draw] = []
        self.functions: list[tuple[str, int]] = []
        self.turn = turn
        self.which = Which(lowering.facts, turn)
        self.questions = ColumnQuestions(lowering)
        self.asked: dict[str, Asked] = {}
        self.fitted: dict[ast.AST, Fitted] = {}
        self.rows: Fitted | None = None

    def write(self, estimator: Estimator, *, owner: str, at: int) -> str:
        """The expression that makes an unfitted copy of an estimator as it was when statement ``at`` ran."""
        node = estimator.node
        if not isinstance(node, ast.Call):
            raise refused(self.lowering.statement(at), f"how {estimator.short} was made cannot be seen")
        made = next((s.index for s in self.facts.program.statements if any(n is node for n in ast.walk(s.node))), None)
        if made is None or self.facts.call(node) is None:
            raise refused(self.lowering.statement(at), f"{estimator.short} is made inside a function")
        refuse_changed(self.facts, estimator, at=at)
        return self.call(node, at=made, owner=owner)

    def fitted_on(self, estimator: Estimator, rows: ast.expr, *, at: int) -> None:
        """Remember the rows that come to an estimator, and so to its first step, at statement ``at``."""
        self.fitted[front(estimator).node] = Fitted(rows, at)

    def expression(self, node: ast.expr, *, at: int, owner: str, name: str = "") -> str:
        """An argument of an estimator."""
        asked = self._asked(node, at=at, owner=owner)
        if asked:
            return asked
        value = literal(node)
        if value is not ... and name:
            return self._scalar(value, name, owner)
        match node:
            case ast.Constant():
                return repr(node.value)
            case ast.Call():
                return self.call(node, at=at, owner=owner, name=name)
            case ast.List() | ast.Tuple():
                inner = ", ".join(self.expression(one, at=at, owner=owner) for one in node.elts)
                return f"[{inner}]" if isinstance(node, ast.List) else f"({inner}{',' if len(node.elts) == 1 else ''})"
            case ast.Dict(keys=keys, values=values):
                pairs = [
                    f"{self.expression(key, at=at, owner=owner)}: {self.expression(one, at=at, owner=owner)}"
                    for key, one in zip(keys, values, strict=True)
                    if key is not None
                ]
                return "{" + ", ".join(pairs) + "}"
            case ast.Name():
                return self._name(node, at=at, owner=owner, name=name)
            case _:
                return self._other(node, at=at, owner=owner, name=name)

    def _asked(self, node: ast.expr, *, at: int, owner: str) -> str:
        """What names columns by their types, where an argument is such a list; "" for any other."""
        question = self.questions.asked(node, self.rows, at=at) if self.rows is not None else None
        if question is None:
            return ""
        given = selector_arguments(question)
        if given is not None:
            pieces = [f"{name}={self.expression(one, at=question.at, owner=owner)}" for name, one in given.items()]
            return f"{self.imports.add(SELECTOR)}({', '.join(pieces)})"
        if not question.name:
            return ""
        asked = question_function(question)
        self.asked[asked.name] = asked
        return asked.name

    def _scalar(self, value: object, name: str, owner: str) -> str:
        if name == "random_state" and isinstance(value, int):
            return self.settings.random_state(value, snake(owner))
        about = f"`{name}` of the {owner.replace('_', ' ')}"
        kind = "float" if name in REAL and type(value) is int else None
        return self.settings.lift(name, value, owner=owner, comment=about, kind=kind)

    def _other(self, node: ast.expr, *, at: int, owner: str, name: str) -> str:
        library = self.facts.value(node)
        if isinstance(library, Library):
            return self.imports.add(library.name)
        try:
            value = dereference(node, self.facts, at=at, turn=self.turn)
        except NotConstantError as error:
            return self._closed(node, error, at=at, owner=owner)
        return self._value(value, Term(node, at), owner=owner, name=name)

    def _closed(self, node: ast.expr, reason: NotConstantError, *, at: int, owner: str) -> str:
        """An expression that is written as it stands, as ``10.0 ** np.arange(-3, 3)``; ``reason`` is why it is no constant."""

        def variable(one: ast.expr) -> str:
            value = self.facts.value(one)
            if one is node or (value is not None and any(isinstance(part, Estimator) for part in parts_of(value))):
                raise NotConstantError(str(reason))
            return self.expression(one, at=at, owner=owner)

        try:
            return Closed(self.facts, write=variable, library=self.imports.add).text(node)
        except (NotConstantError, RefusedError) as error:
            raise refused(
                self.lowering.statement(at), f"`{ast.unparse(node)[:50]}` is not a constant ({reason})"
            ) from error

    def _value(self, value: object, read: Term, *, owner: str, name: str) -> str:
        """What an expression was found to hold; parts that are no constants are written as they stand in the notebook."""
        match value:
            case Term():
                if value == read:
                    raise refused(
                        self.lowering.statement(read.at), f"`{ast.unparse(read.node)[:50]}` is not a constant"
                    )
                return self.expression(value.node, at=value.at, owner=owner, name=name)
            case list() | tuple():
                inner = ", ".join(self._value(one, read, owner=owner, name="") for one in value)
                return f"[{inner}]" if isinstance(value, list) else f"({inner}{',' if len(value) == 1 else ''})"
            case dict():
                pairs = (f"{key!r}: {self._value(one, read, owner=owner, name='')}" for key, one in value.items())
                return "{" + ", ".join(pairs) + "}"
            case _:
                return self._scalar(value, name, owner) if type(value) in SCALARS and name else repr(value)

    def _name(self, node: ast.Name, *, at: int, owner: str, name: str) -> str:
        value = self.facts.value(node)
        if isinstance(value, Library):
            return self.imports.add(value.name)
        if isinstance(value, Estimator):
            made = self.facts.value(self.which.made(node, at=at) or node)
            return self.write(made if isinstance(made, Estimator) else value, owner=owner, at=at)
        if inside(self.lowering.statement(at).node, node) is not None:
            return self._other(node, at=at, owner=owner, name=name)
        if isinstance(value, Function):
            self.functions.append((node.id, value.statement))
            return node.id
        found = writers(self.facts, node.id, before=at)
        stored = self._stored(node, found, owner=owner)
        if stored is not None:
            return stored
        binding = self.lowering.statement(found[0]) if len(found) == 1 else None
        bound = bound_by(binding, node.id) if binding is not None else None
        if binding is None or bound is None or bound.position is not None:
            return self._other(node, at=at, owner=owner, name=name)
        return self.expression(bound.value, at=binding.index, owner=owner, name=name)

    def _stored(self, node: ast.Name, found: tuple[int, ...], *, owner: str) -> str | None:
        """A dictionary that is filled key by key: ``params = {}``, then ``params["C"] = [1, 10]``."""
        bound = bound_by(self.lowering.statement(found[0]), node.id) if len(found) > 1 else None
        if bound is None or bound.position is not None or not isinstance(bound.value, ast.Dict) or bound.value.keys:
            return None
        items: dict[str, str] = {}
        for index in found[1:]:
            match self.lowering.statement(index).node:
                case ast.Assign(
                    targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=key))], value=value
                ) if name == node.id:
                    items[repr(key)] = self.expression(value, at=index, owner=owner)
                case _:
                    return None
        return "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"

    def call(self, node: ast.Call, *, at: int, owner: str, name: str = "") -> str:
        """A call that makes an estimator, or another value for one."""
        outer, self.rows = self.rows, self.fitted.get(node)
        try:
            return self._called(node, at=at, owner=owner, name=name)
        finally:
            self.rows = outer

    def _called(self, node: ast.Call, *, at: int, owner: str, name: str) -> str:
        known = self.facts.call(node)
        if known is None and self._is_dict(node):
            keys: list[ast.expr | None] = [ast.Constant(keyword.arg) for keyword in node.keywords]
            pairs = ast.Dict(keys, [keyword.value for keyword in node.keywords])
            return self.expression(pairs, at=at, owner=owner)
        if known is None or known.receiver is not None:
            return self._other(node, at=at, owner=owner, name=name)
        row = known.row if isinstance(known.row, Row) else None
        if getattr(row, "role", "") == "make" and getattr(row, "stochastic", False):
            drawn = f"`{ast.unparse(node)[:50]}` is drawn at random; write down what it gave"
            raise refused(self.lowering.statement(at), drawn)
        names = tuple(getattr(row, "args", ()) or ())
        pieces = []
        spread: dict[str, object] = {}
        for position, argument in enumerate(node.args):
            if isinstance(argument, ast.Starred):
                raise refused(self.lowering.statement(at), "`*` in the arguments of an estimator")
            name = names[position] if position < len(names) and not names[position].startswith("*") else ""
            text = self.expression(argument, at=at, owner=owner, name="" if name in ("steps", "transformers") else name)
            pieces.append(f"{name}={text}" if name and type(literal(argument)) is bool else text)
        for keyword in node.keywords:
            if keyword.arg is None:
                spread |= self._spread(keyword.value, at)
                continue
            if (
                keyword.arg == "random_state"
                and isinstance(keyword.value, ast.Constant)
                and keyword.value.value is None
            ):
                continue
            text = self.expression(keyword.value, at=at, owner=owner, name=keyword.arg)
            pieces.append(f"{argument_name(row, keyword.arg)}={text}")
        for key, value in spread.items():
            text = self._value(value, Term(node, at), owner=owner, name=key)
            pieces.append(f"{argument_name(row, key)}={text}")
        pieces += self._seed(node, at, row, spread)
        return f"{self.imports.add(known.name)}({', '.join(pieces)})"

    def _is_dict(self, node: ast.Call) -> bool:
        """Is it ``dict(C=[1, 10])``, with names alone?"""
        made = self.facts.value(node.func)
        plain = not node.args and all(keyword.arg is not None for keyword in node.keywords)
        return plain and isinstance(made, Library) and made.name == "builtins.dict"

    def _spread(self, node: ast.expr, at: int) -> dict[str, object]:
        """The arguments that ``**params`` stands for."""
        try:
            found = dereference(node, self.facts, at=at, turn=self.turn)
        except NotConstantError as error:
            raise refused(self.lowering.statement(at), f"`**` in the arguments of an estimator ({error})") from error
        if not isinstance(found, dict) or not all(isinstance(key, str) for key in found):
            raise refused(self.lowering.statement(at), "`**` in the arguments of an estimator")
        return found

    def _seed(self, node: ast.Call, at: int, row: Row | None, spread: Mapping[str, object]) -> list[str]:
        """The seed of the package, where the call has none and may draw."""
        if row is None or not row.seed or not row.kind:
            return []
        given = {**_written(node, row), **{name: _plain(value) for name, value in spread.items()}}
        known = chance(row, given)
        if given.get(row.seed) is not None or known is Chance.NEVER:
            return []
        self.unseeded.append(Draw(node, at, row.name.rpartition(".")[2], known))
        return [f"{row.seed}=config.seed"]


def _written(node: ast.Call, row: Row) -> dict[str, object]:
    """The arguments that a call is given, as far as their values are written there."""
    positional = dict(zip(row.args, node.args, strict=False))
    named = {one.arg: one.value for one in node.keywords if one.arg is not None}
    return {name: _value_of(value) for name, value in {**positional, **named}.items()}


def _value_of(node: ast.expr) -> object:
    try:
        return _plain(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError):
        return UNKNOWN


def _plain(value: object) -> object:
    """A value as conditions of the tables can read it."""
    return value if value is None or isinstance(value, bool | int | float | str) else UNKNOWN
