"""Calls that bring rows or objects in from outside, or write them out."""

import ast

from nb2pkg.apis import Row
from nb2pkg.facts import paths
from nb2pkg.facts.arguments import Arguments
from nb2pkg.facts.events import Loaded, Saved
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.rows import Rows, named, narrow, source
from nb2pkg.facts.site import Site, subject
from nb2pkg.facts.subscripts import ARCHIVE
from nb2pkg.facts.values import Collection, Constant, Content, Data, Library, Unknown, Value, fits_of, parts_of


def load(machine: Machine, site: Site) -> Value:
    text = paths.text(site.value(site.row.path)) if site.row.path else None
    key_of_file = paths.file_key(text)
    if key_of_file in machine.files:
        known = machine.files[key_of_file]
        machine.read_file(key_of_file, site.node)
        if isinstance(known, Data):
            return Data(known.content)
    key = ("file", text.value) if text is not None else ("call", machine.place(site.node), machine.call_stack)
    value = Data(Content(source(key)))
    machine.events.loads.append(
        Loaded(
            value, str(text.value) if text else None, site.name, machine.place(site.node), site.node, machine.statement
        )
    )
    return Collection(ARCHIVE, (), element=value) if site.row.returns == "parts" else value


BYTES = "bytes"
BUNCH_TABLES = ("data", "target", "frame", "images", "filenames", "DESCR")


def bundle(machine: Machine, site: Site) -> Value:
    """A dataset shipped with a library: a bunch, the pair (X, y), or two such pairs where the library splits it."""
    rows = source(("bundle", site.row.name, *(literal(value) for value in site.arguments.values())))
    data = Data(Content(rows))
    machine.events.loads.append(Loaded(data, None, site.name, machine.place(site.node), site.node, machine.statement))
    wants_pair = site.value("return_X_y")
    if isinstance(wants_pair, Constant) and wants_pair.value:
        return Collection("tuple", (data, Data(Content(rows))))
    if site.row.returns == "pair":
        return _pair(rows)
    if site.row.returns == "parts":
        return Collection("tuple", tuple(_pair(narrow(rows, (named(rows, part),))) for part in ("train", "test")))
    if site.row.returns in ("value", "source", "argument"):
        return data
    items = tuple(Data(Content(rows)) if name != "DESCR" else Unknown() for name in BUNCH_TABLES)
    return Collection("dict", items, keys=tuple(Constant(name) for name in BUNCH_TABLES))


def _pair(rows: Rows) -> Collection:
    return Collection("tuple", (Data(Content(rows)), Data(Content(rows))))


def literal(value: Value) -> object:
    return (
        value.value
        if isinstance(value, Constant) and isinstance(value.value, str | int | bool | float | None)
        else value
    )


def make(machine: Machine, site: Site) -> Value:
    rows = source(("made", machine.place(site.node), machine.call_stack))
    if site.row.returns == "pair":
        return _pair(rows)
    counts = any(isinstance(part, Data) for value in site.arguments.values() for part in parts_of(value))
    return Data(Content(rows), index=counts)


def save(machine: Machine, site: Site) -> Value:
    path = site.value(site.row.path) if site.row.path else None
    text = paths.text(path)
    saved = site.receiver if site.receiver is not None else site.value(site.row.object or "0") or subject(site)
    if saved is not None:
        machine.events.saves.append(
            Saved(
                saved,
                fits_of(saved),
                str(text.value) if text else None,
                site.row.format,
                machine.place(site.node),
                site.node,
                machine.statement,
                machine.call_stack,
            )
        )
        if text is not None:
            machine.files[paths.file_key(text)] = saved
            machine.written[paths.file_key(text)] = machine.statement
    if saved is not None and not site.row.path:
        return Unknown((Library(BYTES), saved))
    return Unknown(tuple(site.arguments.values()))


def write(machine: Machine, path: Value, row: Row, arguments: Arguments, node: ast.Call) -> Value:
    """``file.write(data)``, ``pickler.dump(model)``: a save where what is written is an object or its bytes."""
    value = next(iter(arguments.values()), None)
    packed = isinstance(value, Unknown) and any(
        isinstance(part, Library) and part.name == BYTES for part in value.of[:1]
    )
    if value is not None and (packed or row.object):
        text = paths.text(path)
        place = machine.place(node)
        name = str(text.value) if text else None
        saved = Saved(value, fits_of(value), name, row.format, place, node, machine.statement, machine.call_stack)
        machine.events.saves.append(saved)
    return Unknown((path,))


def load_artifact(machine: Machine, site: Site) -> Value:
    path = site.value(site.row.path) if site.row.path else next(iter(site.arguments.values()), None)
    text = paths.text(path)
    known = machine.files.get(paths.file_key(text))
    if known is not None:
        machine.read_file(paths.file_key(text), site.node)
    value = known if known is not None else Unknown((Library("loaded"),))
    machine.events.loads.append(
        Loaded(
            value, str(text.value) if text else None, site.name, machine.place(site.node), site.node, machine.statement
        )
    )
    return value
