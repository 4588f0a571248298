"""What each top-level statement did, by the names of the notebook, gathered as soon as it has run."""

from collections.abc import Iterator, Mapping

from nb2pkg.facts.flows import BROKEN, MAGIC, MAGIC_NAME, RUN
from nb2pkg.facts.machine import Machine, StepLimitError
from nb2pkg.facts.values import Collection, Estimator, Frame, Function, Instance, holds_any
from nb2pkg.graph import Effects, Flow
from nb2pkg.notebook.magics import EVERYTHING
from nb2pkg.syntax import CellSyntax

CONTAINERS = (Collection, Estimator, Instance)
MOST_FLOWS = 1_000_000
NO_EFFECTS = Effects(frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


def begin(machine: Machine) -> None:
    """Forget what the statement before this one did."""
    machine.reads, machine.names_read, machine.mutated, machine.maybe = set(), set(), {}, {}
    machine.bound = set()


def effects_of(machine: Machine) -> Effects:
    """What the statement just run did, by global names."""
    mutates: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    if machine.mutated:
        mutates = frozenset(_holding(machine, machine.mutated))
    if machine.maybe:
        maybe = frozenset(_holding(machine, machine.maybe))
    flows = _flows(machine)
    reads = machine.reads.union(flow.statement for flow in flows if not flow.why and flow.statement >= 0) - {
        machine.statement
    }
    return Effects(frozenset(reads), frozenset(machine.bound), mutates, frozenset(machine.names_read), maybe, flows)


def _flows(machine: Machine) -> frozenset[Flow]:
    if machine.flows is None:
        return frozenset()
    flows = machine.flows.taken(machine.statement, machine.cells)
    if machine.flows.count > MOST_FLOWS:
        raise StepLimitError
    if machine.maybe:
        machine.flows.guess(machine.maybe.values(), machine.statement)
    return flows


def _holding(machine: Machine, changed: Mapping[int, object]) -> Iterator[str]:
    """The global names whose value, or something it holds, is among the changed."""
    for name, value in machine.globals.items():
        if id(value) in changed:
            yield name
        elif isinstance(value, CONTAINERS):
            if holds_any(value, changed):
                yield name
        elif isinstance(value, Function) and _closes_over(value, changed):
            yield name


def _closes_over(function: Function, changed: Mapping[int, object]) -> bool:
    frame: Frame | None = function.frame
    while frame is not None:
        if id(frame) in changed:
            return True
        frame = frame.outer
    return False


def named_flows(effects: list[Effects]) -> list[Effects]:
    """Each flow with a name: what changed a value that has a name only inside a function is named as where it changed."""
    return [one._replace(flows=frozenset(_named(one.flows, effects))) if one.flows else one for one in effects]


def _named(flows: frozenset[Flow], effects: list[Effects]) -> Iterator[Flow]:
    told = {flow.statement for flow in flows if flow.name}
    for flow in flows:
        if flow.name:
            yield flow
        elif flow.statement not in told:
            origin = effects[flow.statement]
            names = origin.mutates or origin.maybe or origin.binds
            yield from (flow._replace(name=name) for name in sorted(names))


def open_magics(machine: Machine, cell: CellSyntax, *, before: int) -> None:
    """Names that the magics of the cell above line ``before`` bring, and those a cell that does not parse may bind."""
    if machine.flows is None:
        return
    for magic in cell.magics:
        if magic.line < before and (cell.cell.number, magic.line) not in machine.flows.seen:
            machine.flows.seen.add((cell.cell.number, magic.line))
            if magic.binds == EVERYTHING:
                machine.flows.open(MAGIC, cell.cell.number, RUN, after=machine.statement)
            else:
                for name in magic.binds:
                    machine.flows.may_bind(name, MAGIC, cell.cell.number, MAGIC_NAME)
    if cell.error is not None:
        for name in cell.error.names:
            machine.flows.may_bind(name, MAGIC, cell.cell.number, BROKEN)


def when_called(machine: Machine, effects: list[Effects], statement: int) -> None:
    """Add what a function that nobody calls would need to the statement that defines it."""
    if machine.flows is None or statement >= len(effects):
        return
    machine.flows.called_later()
    flows = machine.flows.taken(statement, machine.cells)
    effects[statement] = effects[statement]._replace(flows=effects[statement].flows | flows)
