"""Which statements bind a global name: the last one, and those before it where a branch or loop may not have run."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nb2pkg.facts.machine import ABSENT, Machine

NOWHERE = frozenset[int]()
Bound = tuple[str, frozenset[int]]  # a name and what bound it before


def bind(machine: Machine, name: str) -> None:
    """The current statement binds the name."""
    before = machine.bound_at.get(name, NOWHERE)
    _write(machine, name, before, frozenset((machine.statement,)))
    if machine.tentative:
        machine.tentative[-1].append((name, before))
    elif machine.flows is not None and machine.journal is None:
        machine.flows.bound(name)


def doubt(machine: Machine, bound: Sequence[Bound]) -> None:
    """What bound these names before may still count."""
    for name, before in bound:
        now = machine.bound_at.get(name, NOWHERE)
        _write(machine, name, now, now | before)
        if machine.tentative:
            machine.tentative[-1].append((name, before))


@contextmanager
def noted(machine: Machine) -> Iterator[list[Bound]]:
    """What is bound within, to be doubted later."""
    machine.tentative.append([])
    yield machine.tentative[-1]
    machine.tentative.pop()


@contextmanager
def doubtful(machine: Machine) -> Iterator[None]:
    """Within, statements may never run: a loop's body."""
    with noted(machine) as bound:
        yield
    doubt(machine, bound)


def _write(machine: Machine, name: str, before: frozenset[int], after: frozenset[int]) -> None:
    if machine.journal is not None:
        machine.journal.append((machine.bound_at, name, before or ABSENT))
    machine.bound_at[name] = after
