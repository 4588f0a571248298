"""State that calls share unseen: random numbers that a seed starts and every draw moves on, and options of libraries."""

import ast

from nb2pkg.apis import Row
from nb2pkg.facts.arguments import Given
from nb2pkg.facts.conditions import holds
from nb2pkg.facts.flows import Flows
from nb2pkg.facts.machine import Machine
from nb2pkg.facts.site import Site
from nb2pkg.facts.values import Constant, Data, Estimator, Library, Value, parts_of

SHOWN = "shown"  # what a cell prints or shows as its last value
GENERATOR = "generator"
NO_NODE = ast.Constant(None)
DRAWING = frozenset({"fit", "fit-transform", "fit-predict", "resample", "splits"})


def family_of(name: str) -> str:
    """The library or kind of receiver that a name belongs to: ``data.fillna`` to ``data``."""
    return name.partition(".")[0]


def called(machine: Machine, site: Site) -> None:
    """A library call: it seeds, sets options, or runs under what was set before."""
    flows, row = machine.flows, site.row
    if flows is None:
        return
    family = family_of(row.name)
    if row.role == "seed" and family != GENERATOR:
        flows.seed(family, row.sets or (family,), machine.statement, kept=machine.conditional > 0)
    elif row.role == "option":
        _set(machine, flows, site.name, row, only_shown=any(holds(condition, site.args) for condition in row.unless))
    else:
        flows.use(family, row.role)
        if family != GENERATOR and not row.kind:
            _draw(machine, flows, row, site.args)


def stored(machine: Machine, name: str) -> None:
    """An attribute or item of a library is assigned: an option, where the tables say so."""
    row = machine.table.get(name)
    if machine.flows is not None and row is not None and row.role == "option":
        _set(machine, machine.flows, name, row, only_shown=False)


def _set(machine: Machine, flows: Flows, name: str, row: Row, *, only_shown: bool) -> None:
    """Options of plotting libraries count for every plot."""
    library = family_of(name)
    whole = machine.table.get(f"{library}.*")
    families = row.sets or ((library, "plot") if whole is not None and whole.role == "plot" else (library,))
    flows.set_option(library, (SHOWN,) if only_shown else families, machine.statement)


def used(machine: Machine, estimator: Estimator, role: str) -> None:
    """A method of an estimator: it and its parts run under the options set, and draw where they are fitted."""
    if machine.flows is None:
        return
    for part in parts_of(estimator):
        if isinstance(part, Estimator) and part.row is not None:
            machine.flows.use(family_of(part.row.name))
            if role in DRAWING:
                given: dict[str, Given] = {name: (NO_NODE, value) for name, value in part.parameters.items()}
                _draw(machine, machine.flows, part.row, given)


def _draw(machine: Machine, flows: Flows, row: Row, args: dict[str, Given]) -> None:
    """Draw from the library's random numbers, unless a seed is given; a generator that is given moves on."""
    if not row.stochastic or (isinstance(row.stochastic, str) and not holds(row.stochastic, args)):
        return
    seed = args.get(row.seed)
    if seed is None or (isinstance(seed[1], Constant) and seed[1].value is None):
        flows.draw(family_of(row.name), machine.statement)
    else:
        drawn_from(machine, seed[1])


def drawn_from(machine: Machine, value: Value) -> None:
    """Numbers are drawn from a generator that a variable holds."""
    if machine.flows is not None and isinstance(value, Library) and value.name == GENERATOR:
        machine.touched(value)


def shown(machine: Machine, value: Value | None) -> None:
    """A table is printed, or shown as the last value of a cell."""
    if machine.flows is not None and isinstance(value, Data):
        machine.flows.use(SHOWN)
