"""What is planned from: one or several notebooks as they can be run, and what was put right for that on both sides."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from nb2pkg.extract.answers import Answer, answers, with_answers
from nb2pkg.extract.connected import check_connected, with_files_handed_over
from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.extraction import code_hash
from nb2pkg.extract.handover import Modules, shown
from nb2pkg.extract.order import Order, fails_idly, order_of
from nb2pkg.extract.outputs import read_outputs
from nb2pkg.extract.own_words import translated
from nb2pkg.extract.reading import facts_of, read_notebook
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.facts import Facts
from nb2pkg.notebook import Notebook
from nb2pkg.notebook.arrange import arranged
from nb2pkg.notebook.joining import firsts, in_own_words, join

RULE = "use-before-definition"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The notebook as it was saved (several are joined), the facts of its cells in the order they run, and the repairs.

    ``order`` is None in document order; ``doubt`` says why document order fails and no other can be told.
    """

    facts: Facts
    notebook: Notebook
    order: Order | None = None
    doubt: str = ""
    handed: tuple[Correction, ...] = ()
    answers: tuple[Answer, ...] = ()
    packs: Sequence[str] | None = None

    @property
    def corrections(self) -> tuple[Correction, ...]:
        """What was put right, as the ledger tells it."""
        return (
            *(_moved(self.order) if self.order is not None else ()),
            *self.handed,
            *(one.told() for one in self.answers),
        )

    def check(self, statement: int) -> None:
        """Raise RefusedError where a cell that fails in document order may have done something for this statement."""
        if self.doubt and not fails_idly(self.facts, statement):
            raise RefusedError(self.doubt)

    def why(self, reason: str) -> str:
        """A reason why cells cannot be functions, better where that is their order."""
        return self.doubt if self.doubt and "do not run from top to bottom" in reason else reason

    def words(self, text: str) -> str:
        """A sentence with each cell as its own notebook knows it."""
        return in_own_words(self.notebook, text)

    def wanted(self, model: str | None) -> str | None:
        """``NAME@CELL`` with the cell counted over all notebooks: it is one of the last."""
        name, at, cell = (model or "").partition("@")
        if not at or not self.notebook.parts or not cell.isdigit():
            return model
        return f"{name}@{int(cell) + list(firsts(self.notebook))[-1] - 1}"

    def for_raw_rows(self) -> "Prepared":
        """The same with values handed over instead of files. Raises RefusedError where they may not be the same."""
        if not self.facts.rereads:
            return self
        edited, made = with_files_handed_over(self.facts)
        return replace(self, facts=facts_of(edited, self.packs), handed=made)

    def finished(self, modules: Modules) -> Modules:
        """The modules of a plan, told of the notebooks as they were saved."""
        told = modules.extraction
        made = [*_listed(told["corrections"]), *(one.as_json() for one in self.corrections)]
        replay = told["replay"]
        assert isinstance(replay, Mapping)
        content = {
            **told,
            "entries": [self._entry(one) for one in _listed(told["entries"])],
            "notebook_sha256": code_hash(self.notebook),
            "corrections": sorted(made, key=lambda one: (int(str(one["cell"])), int(str(one["line"])))),
            "replay": {**replay, **self._replay(), "repairs": [*_listed(replay["repairs"]), *self._repairs()]},
        }
        finished = replace(modules, extraction=content, cells=shown(self.notebook))
        return translated(finished, self.notebook) if self.notebook.parts else finished

    def _repairs(self) -> Iterator[dict[str, object]]:
        """Texts that are put in the place of what the notebook asks a person."""
        for one in self.answers:
            yield from one.told().repairs

    def _entry(self, entry: dict[str, object]) -> dict[str, object]:
        """An entry of the ledger; a reading that is handed over has no place, and that is why."""
        made = next((one for one in self.handed if (one.cell, one.line) == (entry["cell"], entry["line"])), None)
        return entry if made is None or entry["file"] else {**entry, "kind": "ingestion", "reason": made.what}

    def _replay(self) -> dict[str, object]:
        """How the notebook is run; nothing where it runs as it stands."""
        if self.order is None:
            return {}
        late = [
            {"cell": one.cell, "line": one.line, "name": one.name, "binder": self.order.binder(one)}
            for one in self.order.late
        ]
        return {"order": list(self.order.cells), "late": late}


def prepare(path: str, packs: Sequence[str] | None = None, *, further: Sequence[str] = ()) -> Prepared:
    """Read a notebook, or several that run one after the other, and find the order of their cells.

    Raises ExtractError where one cannot be read, or several do not belong together.
    """
    parts = [_prepared(one, packs) for one in (path, *further)]
    return _answered(_joined(parts, packs) if further else parts[0], packs)


def _answered(prepared: Prepared, packs: Sequence[str] | None) -> Prepared:
    """The same with answers and defaults in the place of what the notebook asks a person."""
    found = tuple(answers(prepared.facts, read_outputs(prepared.notebook)))
    if not found:
        return prepared
    edited = with_answers(prepared.facts.program.notebook, found)
    return replace(prepared, facts=facts_of(edited, packs), answers=found)


def _prepared(path: str, packs: Sequence[str] | None) -> Prepared:
    """One notebook."""
    notebook = read_notebook(path)
    facts = facts_of(notebook, packs)
    try:
        order = order_of(facts, lambda other: facts_of(other, packs))
    except RefusedError as error:
        return Prepared(facts, notebook, doubt=str(error), packs=packs)
    return Prepared(order.facts if order is not None else facts, notebook, order, packs=packs)


def _joined(parts: Sequence[Prepared], packs: Sequence[str] | None) -> Prepared:
    """Several notebooks that run one after the other. Raises ExtractError where they do not belong together."""
    doubted = next((one for one in parts if one.doubt), None)
    if doubted is not None:
        raise RefusedError(f"{os.path.basename(doubted.notebook.path)}: {doubted.doubt}")
    joined = join([part.notebook for part in parts])
    moved = [(part, first - 1) for part, first in zip(parts, firsts(joined), strict=True)]
    cells = tuple(cell.cell.number + by for part, by in moved for cell in part.facts.program.cells)
    facts = facts_of(arranged(joined, cells), packs)
    check_connected([part.facts for part in parts], facts)
    orders = [(part.order, by) for part, by in moved if part.order is not None]
    late = tuple(one._replace(cell=one.cell + by) for order, by in orders for one in order.late)
    found = Order(facts, cells, late, any(order.recorded for order, _ in orders)) if orders else None
    return Prepared(facts, joined, found, packs=packs)


def _moved(order: Order) -> Iterator[Correction]:
    how = "in the recorded order" if order.recorded else "in data-flow order"
    for one in order.late:
        what = f"`{one.name}` is bound below, in cell {order.binder(one)}, which runs before this cell ({how})"
        yield Correction(RULE, one.cell, one.line, what, repair=True)


def _listed(value: object) -> Sequence[dict[str, object]]:
    assert isinstance(value, Sequence)
    return value
