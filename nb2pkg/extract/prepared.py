"""What is planned from: the notebook as it can be run, and what was put right for that on both sides."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.extraction import code_hash
from nb2pkg.extract.handover import Modules, shown
from nb2pkg.extract.order import Order, fails_idly, order_of
from nb2pkg.extract.reading import facts_of, read_notebook
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.facts import Facts
from nb2pkg.notebook import Notebook

RULE = "use-before-definition"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The notebook as it was saved, the facts of its cells in the order they run, and the repairs.

    ``order`` is None in document order; ``doubt`` says why document order fails and no other can be told.
    """

    facts: Facts
    notebook: Notebook
    order: Order | None = None
    doubt: str = ""

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What was put right, as the ledger tells it."""
        return tuple(_moved(self.order)) if self.order is not None else ()

    def check(self, statement: int) -> None:
        """Raise RefusedError where a cell that fails in document order may have done something for this statement."""
        if self.doubt and not fails_idly(self.facts, statement):
            raise RefusedError(self.doubt)

    def why(self, reason: str) -> str:
        """A reason why cells cannot be functions, better where that is their order."""
        return self.doubt if self.doubt and "do not run from top to bottom" in reason else reason

    def finished(self, modules: Modules) -> Modules:
        """The modules of a plan, told of the notebook as it was saved."""
        told = modules.extraction
        made = [*_listed(told["corrections"]), *(one.as_json() for one in self.corrections)]
        replay = told["replay"]
        assert isinstance(replay, Mapping)
        content = {
            **told,
            "notebook_sha256": code_hash(self.notebook),
            "corrections": sorted(made, key=lambda one: (int(str(one["cell"])), int(str(one["line"])))),
            "replay": {**replay, **self._replay()},
        }
        return replace(modules, extraction=content, cells=shown(self.notebook))

    def _replay(self) -> dict[str, object]:
        """How the notebook is run; nothing where it runs as it stands."""
        if self.order is None:
            return {}
        late = [
            {"cell": one.cell, "line": one.line, "name": one.name, "binder": self.order.binder(one)}
            for one in self.order.late
        ]
        return {"order": list(self.order.cells), "late": late}


def prepare(path: str, packs: Sequence[str] | None = None) -> Prepared:
    """Read a notebook and find the order of its cells. Raises ExtractError where it cannot be read."""
    notebook = read_notebook(path)
    facts = facts_of(notebook, packs)
    try:
        order = order_of(facts, lambda other: facts_of(other, packs))
    except RefusedError as error:
        return Prepared(facts, notebook, doubt=str(error))
    return Prepared(order.facts if order is not None else facts, notebook, order)


def _moved(order: Order) -> Iterator[Correction]:
    how = "in the recorded order" if order.recorded else "in data-flow order"
    for one in order.late:
        what = f"`{one.name}` is bound below, in cell {order.binder(one)}, which runs before this cell ({how})"
        yield Correction(RULE, one.cell, one.line, what)


def _listed(value: object) -> Sequence[dict[str, object]]:
    assert isinstance(value, Sequence)
    return value
