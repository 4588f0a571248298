"""What a library call does, by the role its API-table row gives it."""

import ast
from collections.abc import Callable

from nb2pkg.facts import choosing, evaluating, handing, paths, sources, states, tables
from nb2pkg.facts.arguments import Arguments
from nb2pkg.facts.combining import as_data, combine, contents_of, lists_columns, record_score
from nb2pkg.facts.conditions import holds
from nb2pkg.facts.events import Moved
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import NOTHING, Choice, Part, source
from nb2pkg.facts.site import Site, changes_in_place, given_contents, result, subject
from nb2pkg.facts.subscripts import aligned, column_of, drop, index_choices, pick
from nb2pkg.facts.values import (
    Collection,
    Constant,
    Content,
    Data,
    Either,
    Estimator,
    Function,
    Group,
    Library,
    Unknown,
    Value,
    parts_of,
)


def perform(machine: Machine, site: Site) -> Value:
    """The value of the call, after what it does."""
    states.called(machine, site)
    if not site.row.function:
        handing.over(machine, site.arguments.values())
    if site.row.path:
        paths.record(machine, site.value(site.row.path), site.node, site.name)
    if site.row.kind:
        return _make_estimator(machine, site)
    handler = ROLES.get(site.row.role)
    return handler(machine, site) if handler is not None else _plain(machine, site)


def _make_estimator(machine: Machine, site: Site) -> Value:
    cls = site.name if "*" in site.row.name else site.row.name
    estimator = Estimator(cls, site.row, site.row.kind, place=machine.place(site.node), node=site.node)
    estimator.parameters = {name: value for name, (_, value) in site.args.items()}
    held = [part for value in site.arguments.values() for part in parts_of(value) if isinstance(part, Estimator)]
    estimator.parts = tuple(dict.fromkeys(held))
    return estimator


def _frame(machine: Machine, site: Site) -> Value:
    """A container around what it is given; a dict of columns keeps each column's own history."""
    value = subject(site)
    names = tables.column_names(site.value("columns"))
    if isinstance(value, Collection) and value.form == "dict" and value.items is not None:
        content = tables.of_columns(value)
    else:
        contents = contents_of((value,)) if value is not None else []
        known = value if isinstance(value, Unknown | Collection) else None
        data = as_data(known) if known is not None else None
        content = combine(contents) if contents else data.content if data else Content(NOTHING)
    if names is None:
        return Data(content)
    kept = content.by_column if content.names is not None else {}
    learned = content.learned if kept else content.taught()
    return Data(content._replace(names=names, by_column=kept, learned=learned))


def _rowwise(machine: Machine, site: Site) -> Value:
    contents = given_contents(site)
    first = subject(site)
    if isinstance(first, Estimator):
        return copied(first, fitted=True)
    if site.row.unit and site.row.returns == "pairs" and site.receiver is not None:
        return _one_at_a_time(site, site.receiver)
    if site.row.function:
        contents += _applied(machine, site)
    if not contents:
        return Unknown(tuple(site.arguments.values())) if first is None else _unknown_rowwise(machine, site, first)
    content = combine(contents)
    own = contents[0]
    if site.row.mask:
        return _masked(site, content, own)
    if site.receiver is not None and own.names is not None:
        content = content._replace(names=own.names, rows=own.rows)
    return result(machine, site, content)


def _one_at_a_time(site: Site, data: Data) -> Value:
    """``iterrows``, ``items``: pairs of a label and one row, or one whole column."""
    single = site.row.unit == "row" or data.column is not None
    part = Data(data.content._replace(single=single), base=None if single else data)
    return Collection("list", None, element=Collection("tuple", (Unknown(), part)))


def _masked(site: Site, content: Content, own: Content) -> Value:
    """``isnull`` and ``notnull`` of one thing are complements; ``isin`` of part of an index chooses that part."""
    value = subject(site)
    given = site.arguments.values()
    if site.row.mask == "in" and isinstance(value, Data) and value.index and given and isinstance(given[0], Data):
        return Data(content, mask=index_choices(given[0], value))
    column = value.column if isinstance(value, Data) and value.base is not None else None
    words = tuple(ast.dump(node) for node, _ in site.arguments.positional) if site.row.mask == "in" else ()
    out = site.row.mask == "not-null"
    key = ("in" if site.row.mask == "in" else "null", own.rows, column, words)
    return Data(content, mask=(Choice(key, Part("named", "in", out=out)),))


def _unknown_rowwise(machine: Machine, site: Site, first: Value) -> Value:
    if isinstance(first, Unknown) and first.data is not None:
        return Data(first.data.content)
    return Unknown(tuple(site.arguments.values()))


def _applied(machine: Machine, site: Site) -> list[Content]:
    """What the function handed to ``apply`` or ``map`` brings in: it is followed once on an element."""
    function = site.value(site.row.function)
    if isinstance(function, Library) and site.receiver is not None:
        return _applied_library(machine, site, function, site.receiver.content)
    if not isinstance(function, Function | Either) or site.receiver is None:
        return []
    element = Data(site.receiver.content._replace(single=_one_by_one(site)))
    value = machine.follow(machine, function, Arguments(((site.node, element),), {}, loose=False), site.node)
    return [content._replace(single=False) for content in contents_of((value,))]


def _one_by_one(site: Site) -> bool:
    """Does the function see elements or rows one at a time, not whole columns?"""
    axis = site.value(site.row.axis) if site.row.axis else None
    along = isinstance(axis, Constant) and axis.value in (1, "columns")
    if site.row.unit == "column":
        return along
    return (
        site.row.unit in ("element", "row") or along or (site.receiver is not None and site.receiver.column is not None)
    )


def _applied_library(machine: Machine, site: Site, function: Library, content: Content) -> list[Content]:
    """A library's function applied to whole columns learns what it learns when it is called."""
    row = machine.table.get(function.name)
    if row is None or row.role != "learns" or not row.learns or _one_by_one(site):
        return []
    learning = machine.learn(row.learns, content.rows, site.node, site.label, data=content, verb=function.name)
    return [Content(NOTHING, frozenset({learning}))]


def _opaque(machine: Machine, site: Site) -> Value:
    """``df.pipe(function)``: the user's function is followed with the receiver first."""
    function = site.value(site.row.function) if site.row.function else None
    if site.receiver is None or not isinstance(function, Function | Either):
        return _plain(machine, site)
    rest = site.arguments.positional[1:]
    given = Arguments(((site.node, site.receiver), *rest), site.arguments.keywords, loose=False)
    return machine.follow(machine, function, given, site.node)


def _statistic(machine: Machine, site: Site) -> Value:
    """One value (or one a column) computed from all rows; of a comparison with predictions it is a score."""
    if any(holds(condition, site.args) for condition in site.row.unless):
        return _rowwise(machine, site)
    contents = given_contents(site)
    if not contents:
        return Unknown(tuple(site.arguments.values()))
    content = combine(contents)
    given = site.arguments.positional[:1]
    if given and isinstance(given[0][0], ast.GeneratorExp) and lists_columns(given[0][1]):
        return Data(content)
    predicted = content.predicted
    if predicted is not None:
        apart = any(one.predicted is None for one in contents) and len(contents) > 1
        if content.compared or apart:
            record_score(
                machine, site.node, predicted.estimator, predicted.fits, predicted.rows, site.label, weak=False
            )
        return Data(Content(NOTHING, content.taught()))
    if content.single:
        return Data(content._replace(names=None, by_column={}))
    if content.rows is not None and not content.rows:
        return Data(Content(NOTHING, content.taught()))
    learning = machine.learn(
        site.row.learns or "statistic", content.rows, site.node, site.label, data=content, verb=site.name
    )
    return Data(Content(NOTHING, content.taught() | {learning}))


def _learns(machine: Machine, site: Site) -> Value:
    """Values computed from all rows, row by row the same rows: scale, get_dummies, qcut, interpolate."""
    contents = given_contents(site)
    if not contents:
        return Unknown(tuple(site.arguments.values()))
    content = combine(contents)
    if content.single or not site.row.learns or any(holds(condition, site.args) for condition in site.row.unless):
        return result(machine, site, content)
    learning = machine.learn(site.row.learns, content.rows, site.node, site.label, data=content, verb=site.name)
    return result(machine, site, content._replace(learned=content.taught() | {learning}, by_column={}, names=None))


def _columns(machine: Machine, site: Site) -> Value:
    """Other columns, the same rows; ``drop`` of an index takes rows away instead."""
    value = subject(site)
    contents = given_contents(site)
    if not contents:
        return Unknown(tuple(site.arguments.values()))
    if site.receiver is None:
        return Data(tables.beside(contents))
    taken = tables.column_names(site.value("item")) if site.row.mutates == "always" else None
    if taken is not None and len(taken) == 1:
        column = Data(column_of(site.receiver, taken[0]).content)
        machine.write(site.receiver, drop(site.receiver.content, taken))
        return column
    if site.row.reorders:
        return _aligned(site, site.receiver)
    content = tables.changed_columns(site.receiver.content, site.args, site.name)
    if content is None and isinstance(value, Data):
        content = tables.without_rows(value, site.arguments.values())
    return result(machine, site, content if content is not None else combine(contents))


def _aligned(site: Site, data: Data) -> Value:
    """``reindex``, ``align``: the labels of another table, or those that two have in common."""
    axis = site.value(site.row.axis) if site.row.axis else None
    names = tables.column_names(site.value("columns"))
    along = "columns" in site.args or (isinstance(axis, Constant) and axis.value in (1, "columns"))
    tables_in = [data, *(one for one in site.arguments.values() if isinstance(one, Data))]
    contents = [aligned(one.content) if along else one.content for one in tables_in]
    if site.row.returns == "pair":
        return Collection("tuple", tuple(Data(content) for content in contents[:2]))
    return Data(pick(contents[0], names) if names is not None else contents[0]._replace(names=None))


def _index(machine: Machine, site: Site) -> Value:
    """Positions or labels of rows, to index other data with."""
    if any(holds(condition, site.args) for condition in site.row.unless):
        return _rowwise(machine, site)
    value = subject(site)
    contents = contents_of((value,)) if value is not None else []
    mask = value.mask if isinstance(value, Data) else ()
    if not contents or not contents[0].rows:
        return Data(Content(source(("index", machine.place(site.node), machine.call_stack))), index=True)
    return Data(contents[0]._replace(names=None, by_column={}, predicted=None), mask=mask, index=True)


def _group(machine: Machine, site: Site) -> Value:
    value = subject(site)
    data = as_data(value) if value is not None else None
    if data is None:
        return Unknown()
    by = tuple(ast.dump(given[0]) for given in site.args.values())
    return Group(data, by=by, window=site.row.neighbours)


def _mutate(machine: Machine, site: Site) -> Value:
    value = subject(site)
    if value is not None:
        machine.touched(value)
    contents = contents_of(site.arguments.values())
    if isinstance(value, Data) and site.row.mutates:
        machine.write(value, combine([value.content, *contents])._replace(rows=value.content.rows))
    return Unknown()


def _fit(machine: Machine, site: Site) -> Value:
    """A function that fits and gives the model back: ``train(params, rows)``."""
    model = Estimator(site.row.name, site.row, "model", place=machine.place(site.node), node=site.node)
    data = site.value(site.row.rows) if site.row.rows else None
    table = as_data(data) if data is not None else None
    content = table.content if table is not None else None
    fit = machine.learn(
        "model", content.rows if content else None, site.node, site.label, estimator=model, data=content, target=content,
        verb=site.name,
    )  # fmt: skip
    model.fits = (fit,)
    if site.row.validation in site.args:
        model.marks |= {"validated"}
    return model


def _random(machine: Machine, site: Site) -> Value:
    return Library("generator")


def copied(estimator: Estimator, *, fitted: bool) -> Estimator:
    """Another object with the same parameters, and the same fits where those are copied too."""
    copy = Estimator(
        estimator.cls,
        estimator.row,
        estimator.kind,
        place=estimator.place,
        node=estimator.node,
        origin=estimator.origin,
    )
    copy.parameters = dict(estimator.parameters)
    copy.parts = estimator.parts
    copy.fits = estimator.fits if fitted else ()
    copy.marks = estimator.marks if fitted else frozenset()
    return copy


def _plain(machine: Machine, site: Site) -> Value:
    given = site.value(site.row.estimator) if site.row.estimator else None
    if isinstance(given, Estimator) and site.row.returns == "self":
        return copied(given, fitted=False)
    if site.receiver is not None and changes_in_place(site):
        machine.touched(site.receiver)
    return Unknown(tuple(site.arguments.values()))


def _plot(machine: Machine, site: Site) -> Value:
    """A figure: what is drawn on it later changes nothing that it is given."""
    _plain(machine, site)
    return Unknown((Library(site.name),)) if site.receiver is None else Unknown((site.receiver,))


def _directory(machine: Machine, site: Site) -> Value:
    known = paths.text(site.value(site.row.path)) if site.row.path else None
    text = str(known.value) if known is not None else None
    machine.events.moves.append(Moved(site.name, text, machine.place(site.node)))
    return Constant(None)


def _path(machine: Machine, site: Site) -> Value:
    return paths.joined(site.name, [value for _, value in site.arguments.positional])


ROLES: dict[str, Callable[[Machine, Site], Value]] = {
    "load": sources.load,
    "bundle": sources.bundle,
    "make": sources.make,
    "frame": _frame,
    "plot": _plot,
    "split": choosing.split,
    "concat": choosing.concat,
    "select": choosing.select,
    "resample": choosing.resample,
    "sample": choosing.sample,
    "rowwise": _rowwise,
    "statistic": _statistic,
    "learns": _learns,
    "index": _index,
    "metric": evaluating.metric,
    "crossval": evaluating.crossval,
    "crosspredict": evaluating.crosspredict,
    "search": evaluating.crossval,
    "save": sources.save,
    "load-artifact": sources.load_artifact,
    "group": _group,
    "columns": _columns,
    "mutate": _mutate,
    "fit": _fit,
    "opaque": _opaque,
    "random": _random,
    "path": _path,
    "directory": _directory,
}
