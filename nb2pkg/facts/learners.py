"""Estimators: fit, transform, predict and score, and what each leaves behind."""

import ast
from collections.abc import Callable
from typing import NamedTuple

from nb2pkg.apis import Row
from nb2pkg.facts import paths, states
from nb2pkg.facts.arguments import Arguments, Given, by_name
from nb2pkg.facts.combining import as_data, combine, contents_of, record_score
from nb2pkg.facts.conditions import holds
from nb2pkg.facts.events import Call, Predicted, Saved, Split
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import NOTHING, Atom, Rows
from nb2pkg.facts.subscripts import fold_pair
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Content,
    Data,
    Estimator,
    Instance,
    Learned,
    Learning,
    Library,
    Prediction,
    Unknown,
    Value,
    fits_of,
    parts_of,
)

TELLING = frozenset({"fit", "fit_transform", "predict", "predict_proba", "transform", "partial_fit"})
MODELS = frozenset({"model", "meta", "search", "pipeline", "outlier"})
RECEIVERS = {"splitter": "splitter", "network": "network"}  # whose methods are other ones


class Use(NamedTuple):
    """A method call on an estimator: X, y and the rest by name."""

    node: ast.Call
    name: str
    estimator: Estimator
    args: dict[str, Given]
    arguments: Arguments
    row: Row | None

    def given(self, *names: str) -> Value | None:
        """The first of these arguments that was given."""
        return next((self.args[name][1] for name in names if name in self.args), None)


def from_unknown(machine: Machine, receiver: Unknown, node: ast.Call) -> Estimator:
    """An estimator nobody knows the class of: loaded, a parameter, or made by unknown code."""
    loaded = any(isinstance(part, Library) and part.name == "loaded" for part in parts_of(receiver))
    origin = "loaded" if loaded else "parameter" if receiver.parameter else "made"
    made = next((part.name for part in receiver.of if isinstance(part, Library)), "")
    return Estimator(made, None, "unknown", place=machine.place(node), node=node, origin=origin)


def is_model(estimator: Estimator) -> bool:
    """Does it predict a target? A pipeline does where its last part does."""
    if estimator.kind == "pipeline":
        return any(is_model(part) for part in estimator.parts)
    if estimator.kind == "unknown":
        return any(fit.target is not None for fit in estimator.fits)
    return estimator.kind in MODELS


def call(machine: Machine, estimator: Estimator, name: str, arguments: Arguments, node: ast.Call) -> Value:
    """``estimator.name(arguments)``."""
    row = machine.table.receiver(RECEIVERS.get(estimator.kind, "estimator"), name)
    role = row.role if row is not None else ""
    args = by_name(arguments, row)
    use = Use(node, name, estimator, args, arguments, row)
    machine.events.calls.setdefault(id(node), Call(node, f"estimator.{name}", row, estimator, args))
    states.used(machine, estimator, role)
    handler = USES.get(role)
    return handler(machine, use) if handler is not None else _other(machine, use)


def _table(value: Value | None) -> Data | None:
    return None if value is None else as_data(value)


def _x(use: Use) -> Data | None:
    given = use.given(use.row.rows if use.row and use.row.rows else "X", "X", "x", "raw_documents", "data", "0")
    return _table(given if given is not None else _made_with(use.estimator, "rows"))


def _y(use: Use) -> Data | None:
    value = use.given(use.row.target if use.row and use.row.target else "y", "y", "1") or _made_with(
        use.estimator, "target"
    )
    return None if isinstance(value, Constant) else _table(value)


def _made_with(estimator: Estimator, part: str) -> Value | None:
    """The data a model was given when it was made, for libraries that do so: ``OLS(y, X).fit()``."""
    row = estimator.row
    name = getattr(row, part) if row is not None else ""
    return estimator.parameters.get(name) if name else None


def kind_of(estimator: Estimator) -> str:
    """What a fit of it learns, in the words of the API tables; empty where it learns nothing."""
    if estimator.kind == "pipeline":
        return "model" if is_model(estimator) else "statistic"
    if estimator.row is None or estimator.kind in ("unknown",):
        return "statistic"
    if estimator.kind in MODELS:
        return "" if _is_prefit(estimator) else "model"
    if estimator.kind == "columns":
        kinds = [kind_of(part) for part in estimator.parts]
        return next((kind for kind in kinds if kind not in ("", "category")), kinds[0] if kinds else "")
    return "" if _is_prefit(estimator) else estimator.row.learns


def _is_prefit(estimator: Estimator) -> bool:
    """Do its parameters say that a fit learns nothing?"""
    given: dict[str, Given] = {name: (ast.Constant(None), value) for name, value in estimator.parameters.items()}
    return estimator.row is not None and any(holds(condition, given) for condition in estimator.row.unless)


def record_fit(machine: Machine, use: Use, x: Data | None, y: Data | None) -> Learning | None:
    """The fit as an event, also of the parts it holds."""
    estimator = use.estimator
    kind = kind_of(estimator)
    if estimator.kind == "unknown" and y is not None:
        kind = "model"
    content = x.content if x is not None else None
    learning = machine.learn(
        kind or "nothing", _rows_behind(content) if content else None, use.node, ast.unparse(use.node.func), estimator=estimator,
        data=content, target=y.content if y is not None else None, verb=use.name,
    )  # fmt: skip
    fits = (*estimator.fits, learning) if use.name == "partial_fit" else (learning,)
    machine.set_field(estimator, "fits", fits)
    machine.touched(estimator)
    if kind in ("selection", "filter"):
        machine.events.selectors.append(learning)
    for part in parts_of(estimator):
        if isinstance(part, Estimator) and part is not estimator and estimator.kind in ("pipeline", "columns"):
            machine.set_field(part, "fits", (learning,))
    if estimator.kind == "search":
        _mark(machine, estimator, "cross-validated")
    return learning


def _rows_behind(content: Content) -> Rows | None:
    """The rows of the data, and of values without rows (``unique()``) those that they were taken from."""
    if content.rows is None or content.rows:
        return content.rows
    return frozenset[Atom]().union(*(one.rows or NOTHING for one in content.taught()))


def stepped(machine: Machine, trainer: Unknown, node: ast.Call) -> None:
    """An optimizer's step trains the networks whose parameters it holds; on which rows is not known."""
    for network in _networks(trainer):
        machine.touched(network)
        if not any(fit.node is node and fit.statement == machine.statement for fit in network.fits):
            fit = machine.learn("model", None, node, ast.unparse(node.func), estimator=network, verb="step")
            machine.set_field(network, "fits", (*network.fits, fit))


def _networks(trainer: Unknown) -> list[Estimator]:
    """The networks that something was made of, and not those that are their layers."""
    found = [part for part in parts_of(trainer) if isinstance(part, Estimator) and part.kind == "network"]
    inner = {id(layer) for one in found for layer in parts_of(one) if layer is not one}
    for part in parts_of(trainer):
        if isinstance(part, Instance) and part.cls.library is not None:
            own = part.attributes.get(part.cls.library.name)
            layers = (one for one in part.attributes.values() if one is not own)
            inner |= {id(layer) for one in layers for layer in parts_of(one)} if own is not None else set()
    return [one for one in found if id(one) not in inner]


def _mark(machine: Machine, estimator: Estimator, mark: str) -> None:
    for part in parts_of(estimator):
        if isinstance(part, Estimator):
            part.marks |= {mark}


def _fit(machine: Machine, use: Use) -> Value:
    x, y = _x(use), _y(use)
    record_fit(machine, use, x, y)
    held_out = use.given("validation_data", "eval_set", "validation_split", use.row.validation if use.row else "")
    if held_out is not None:
        _validated(machine, use, held_out)
    return use.estimator


def _validated(machine: Machine, use: Use, held_out: Value) -> None:
    use.estimator.marks |= {"validated"}
    contents = contents_of((held_out,))
    if contents:
        record_score(machine, use.node, use.estimator, use.estimator.fits, contents[0].rows, "validation", weak=True)


def taught_by(estimator: Estimator) -> Learned:
    """What a transform adds: the estimator's fits, unless they learned nothing."""
    return frozenset(fit for fit in estimator.fits if fit.kind != "nothing")


def _transformed(machine: Machine, use: Use, x: Data | None) -> Value:
    content = x.content if x is not None else Content(None)
    machine.events.predictions.append(
        Predicted(
            use.estimator,
            use.estimator.fits,
            content,
            machine.place(use.node),
            use.node,
            machine.statement,
            use.name,
            machine.call_stack,
            machine.static,
        )
    )
    given = _y(use)
    learned = content.taught() | taught_by(use.estimator)
    if given is not None and use.name == "fit_transform":
        learned |= given.learned if use.estimator.kind == "encoder" else frozenset()
    return Data(content._replace(learned=learned, by_column={}, names=None))


def _transform(machine: Machine, use: Use) -> Value:
    return _transformed(machine, use, _x(use))


def _fit_transform(machine: Machine, use: Use) -> Value:
    x, y = _x(use), _y(use)
    record_fit(machine, use, x, y)
    if use.estimator.kind == "resampler":
        return _resampled(use, x, y)
    return _transformed(machine, use, x)


def _resampled(use: Use, x: Data | None, y: Data | None) -> Value:
    learned = taught_by(use.estimator)
    parts = [
        Data(data.content._replace(learned=data.learned | learned, by_column={})) for data in (x, y) if data is not None
    ]
    return Collection("tuple", tuple(parts)) if len(parts) > 1 else parts[0] if parts else Unknown((use.estimator,))


def _asked(machine: Machine, use: Use) -> Content:
    """What the estimator is asked about; that it was asked is recorded."""
    x = _x(use)
    content = x.content if x is not None else Content(None)
    estimator = use.estimator
    machine.events.predictions.append(
        Predicted(
            estimator,
            estimator.fits,
            content,
            machine.place(use.node),
            use.node,
            machine.statement,
            use.name,
            machine.call_stack,
            machine.static,
        )
    )
    return content


def _predict(machine: Machine, use: Use) -> Value:
    content = _asked(machine, use)
    estimator = use.estimator
    return Data(
        Content(content.rows, taught_by(estimator), predicted=Prediction(estimator, estimator.fits, content.rows))
    )


def _fit_predict(machine: Machine, use: Use) -> Value:
    record_fit(machine, use, _x(use), _y(use))
    return _predict(machine, use)


def _score(machine: Machine, use: Use) -> Value:
    rows = _asked(machine, use).rows
    estimator = use.estimator
    record_score(machine, use.node, estimator, estimator.fits, rows, ast.unparse(use.node.func), weak=False)
    return Data(Content(NOTHING))


def _splits(machine: Machine, use: Use) -> Value:
    """The index pairs of a splitter: one (train, test) pair stands for every fold."""
    x = _x(use)
    rows = x.content.rows if x is not None else None
    place = machine.place(use.node)
    key = (place, machine.call_stack)
    given = tuple(value for _, value in use.arguments.positional)
    machine.events.splits.append(Split(("fold", key), given, use.name, place, use.node, machine.statement))
    return Collection("list", None, element=fold_pair(key, rows))


def _save(machine: Machine, use: Use) -> Value:
    path = use.given(use.row.path if use.row else "", "filepath", "0")
    text = paths.text(path)
    paths.record(machine, path, use.node, f"estimator.{use.name}")
    if path is not None:
        machine.events.saves.append(
            Saved(
                use.estimator,
                fits_of(use.estimator),
                str(text.value) if text else None,
                use.row.format if use.row else "",
                machine.place(use.node),
                use.node,
                machine.statement,
                machine.call_stack,
            )
        )
    if text is not None:
        machine.files[paths.file_key(text)] = use.estimator
        machine.written[paths.file_key(text)] = machine.statement
    return Unknown((use.estimator,))


def _other(machine: Machine, use: Use) -> Value:
    """``set_params``, ``compile``, ``add``, and methods nobody knows: the object stays what it is."""
    estimator = use.estimator
    row = use.row
    if row is not None and row.returns in ("self", "receiver"):
        machine.touched(estimator)
        return estimator
    if row is not None and row.role in ("read", "plain", "display"):
        return Unknown((estimator,))
    held = [part for value in use.arguments.values() for part in parts_of(value) if isinstance(part, Estimator)]
    if held:
        machine.set_field(estimator, "parts", (*estimator.parts, *held))
    if row is not None or held:
        machine.touched(estimator)
    else:
        machine.maybe[id(estimator)] = estimator
    contents = contents_of(use.arguments.values())
    if contents:
        return Data(combine(contents)._replace(predicted=Prediction(estimator, estimator.fits, contents[0].rows)))
    return Unknown((estimator,))


USES: dict[str, Callable[[Machine, Use], Value]] = {
    "fit": _fit,
    "transform": _transform,
    "fit-transform": _fit_transform,
    "resample": _fit_transform,
    "predict": _predict,
    "fit-predict": _fit_predict,
    "score": _score,
    "splits": _splits,
    "save": _save,
}
