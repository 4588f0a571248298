"""Roles of calls that choose, draw, split, stack or repeat rows."""

import ast

from nb2pkg.facts import sources, tables
from nb2pkg.facts.combining import as_data, union
from nb2pkg.facts.comparing import in_words
from nb2pkg.facts.conditions import holds
from nb2pkg.facts.events import Split
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import Choice, Part, Rows, named, narrow
from nb2pkg.facts.site import Site, given_contents, result, subject
from nb2pkg.facts.values import Collection, Constant, Content, Data, Unknown, Value


def select(machine: Machine, site: Site) -> Value:
    """Some of the rows, chosen by what stands in them."""
    value = subject(site)
    data = as_data(value) if value is not None else None
    if data is None:
        return Unknown(tuple(site.arguments.values()))
    axis = site.value(site.row.axis) if site.row.axis else None
    if isinstance(axis, Constant) and axis.value in (1, "columns"):
        return result(machine, site, data.content)
    machine.charge(sum(len(atom.choices) for atom in data.content.rows or ()))
    text = site.value(site.row.words) if site.row.words else None
    if isinstance(text, Constant) and isinstance(text.value, str):
        choices = in_words(text.value, data.content.rows)
        if choices:
            return result(machine, site, data.content._replace(rows=_narrow(data.content, choices[0])))
    choice = Choice((site.name, ast.unparse(site.node).partition("(")[2], data.content.rows), Part("named", "in"))
    return result(machine, site, data.content._replace(rows=_narrow(data.content, choice)))


def _narrow(content: Content, choice: Choice) -> Rows | None:
    return None if content.rows is None else narrow(content.rows, (choice,))


def sample(machine: Machine, site: Site) -> Value:
    """Rows drawn, or all of them in another order; several arrays are drawn alike."""
    choice = Choice(("sample", machine.place(site.node), machine.call_stack), Part("named", "in"))
    if site.row.returns == "parts":
        return _drawn([value for _, value in site.arguments.positional], choice)
    value = subject(site)
    data = as_data(value) if value is not None else None
    if data is None:
        return Unknown(tuple(site.arguments.values()))
    return Data(data.content._replace(rows=_narrow(data.content, choice)), index=data.index)


def _drawn(values: list[Value], choice: Choice) -> Value:
    tables_in = [as_data(value) or Data(Content(None)) for value in values]
    parts = tuple(Data(data.content._replace(rows=_narrow(data.content, choice))) for data in tables_in)
    return parts[0] if len(parts) == 1 else Collection("list", parts)


def concat(machine: Machine, site: Site) -> Value:
    """Tables below each other (rows of all) or beside each other (rows of the first)."""
    contents = given_contents(site)
    if not contents:
        return Unknown(tuple(site.arguments.values()))
    if any(holds(condition, site.args) for condition in site.row.unless):
        return Data(tables.beside(contents))
    axis = site.value(site.row.axis) if site.row.axis else None
    if isinstance(axis, Constant) and axis.value in (1, "columns", -1):
        return Data(tables.beside(contents))
    return result(machine, site, union(contents))


def split(machine: Machine, site: Site) -> Value:
    """Parts of each array in order; two splits of the same rows with one literal seed and size are the same split."""
    inputs = tuple(value for _, value in site.arguments.positional)
    if not inputs:
        return Unknown(tuple(site.arguments.values()))
    if not site.row.args[0].startswith("*"):
        return _pieces(machine, site, inputs[0])
    tables_in = [as_data(value) or Data(Content(None)) for value in inputs]
    key = _split_key(machine, site, tables_in[0].content)
    parts: list[Value] = []
    for data in tables_in:
        for name in ("train", "test"):
            content = data.content
            rows = None if content.rows is None else narrow(content.rows, (named(key, name),))
            mask = () if content.rows is not None else (named(key, name),)
            parts.append(Data(content._replace(rows=rows), mask=mask, index=data.index))
    machine.events.splits.append(Split(key, inputs, site.name, machine.place(site.node), site.node, machine.statement))
    return Collection("list", tuple(parts))


def _pieces(machine: Machine, site: Site, value: Value) -> Value:
    """One array cut at the positions given: as many pieces as positions, and one more."""
    data = as_data(value) or Data(Content(None))
    cuts = site.value(site.row.sizes) if site.row.sizes else None
    key = ("pieces", machine.place(site.node), machine.call_stack)
    if not isinstance(cuts, Collection) or cuts.items is None:
        return Collection("list", None, element=Data(data.content))
    choices = [Choice(key, Part("named", number)) for number in range(len(cuts.items) + 1)]
    pieces = tuple(Data(data.content._replace(rows=_narrow(data.content, choice))) for choice in choices)
    machine.events.splits.append(
        Split(key, (value,), site.name, machine.place(site.node), site.node, machine.statement)
    )
    return Collection("list", pieces)


def _split_key(machine: Machine, site: Site, content: Content) -> object:
    seed = site.value(site.row.seed) if site.row.seed else None
    if not isinstance(seed, Constant) or seed.value is None:
        return ("split", machine.place(site.node), machine.call_stack)
    others = tuple(
        sorted(
            (name, repr(sources.literal(v)))
            for name, (_, v) in site.args.items()
            if name in ("test_size", "train_size", site.row.sizes)
        )
    )
    return ("split", content.rows, seed.value, others)


def resample(machine: Machine, site: Site) -> Value:
    """Rows repeated or made up so that classes are even; what comes out has seen all of what went in."""
    contents = given_contents(site)
    if not contents:
        return Unknown()
    learning = machine.learn("resample", contents[0].rows, site.node, site.label, data=contents[0], verb=site.name)
    arrays = [as_data(value) or Data(Content(None)) for _, value in site.arguments.positional] or [Data(contents[0])]
    parts = tuple(Data(d.content._replace(learned=d.learned | {learning}, by_column={})) for d in arrays)
    return parts[0] if len(parts) == 1 else Collection("list", parts)
