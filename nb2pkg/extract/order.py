"""The order in which a notebook's cells run where document order fails: what flows decides, or the recorded run, or neither.

``print(df)`` in cell 2 and ``df = read()`` in cell 4: cell 4 runs before cell 2, if that changes nothing else.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.facts import Facts
from nb2pkg.facts.late import Late, binders_below
from nb2pkg.facts.rerunning import GROWS
from nb2pkg.graph import Flow, ran_as
from nb2pkg.notebook import Notebook
from nb2pkg.notebook.arrange import arranged

ROUNDS = 5  # a cell that has its names at last may show that another lacks some

Interpret = Callable[[Notebook], Facts]
Key = tuple[int, int]  # a statement as cell and position in it: its index depends on the order
Sources = dict[Key, frozenset[tuple[Key, str]]]


class Order(NamedTuple):
    """The code cells in the order in which they run, what was read too early in document order, and who decided."""

    facts: Facts
    cells: tuple[int, ...]
    late: tuple[Late, ...]
    recorded: bool

    def binder(self, late: Late) -> int:
        """The cell that gives a name that was read too early its value."""
        statements, effects = self.facts.program.statements, self.facts.effects
        reader = self.cells.index(late.cell)
        above = set(self.cells[:reader])
        return [s.cell for s in statements if s.cell in above and late.name in effects[s.index].binds][-1]


def order_of(facts: Facts, interpret: Interpret) -> Order | None:
    """Another order than the document's; None where that needs none. Raises RefusedError where there is none."""
    late = facts.late()
    if not late:
        return None
    by_flow = _by_flow(facts, late, interpret)
    by_counts = _by_counts(facts, late, interpret)
    if isinstance(by_flow, Order):
        if isinstance(by_counts, Order) and _flows(by_counts.facts) != _flows(by_flow.facts):
            return by_counts  # both run, and mean different things: the author ran this one
        return by_flow
    if isinstance(by_counts, Order):
        return by_counts
    raise _refusal(late[0], by_flow, by_counts)


def _refusal(late: Late, by_flow: str, by_counts: str) -> RefusedError:
    place = f"cell {late.cell} line {late.line}"
    reason = f"`{late.name}` is read above what gives it its value, and no order of the cells is sure"
    return refused(None, f"{place}: {reason}: {by_flow}; {by_counts}; move the cells into the order in which they run")


def fails_idly(facts: Facts, statement: int) -> bool:
    """Do the cells that fail in document order, from there on, write nothing that this statement needs?

    Wherever such a cell ran, what it lacks was bound by then: nothing that is made further below can come from it.
    """
    statements = facts.program.statements
    flows = [(flow, index) for index in facts.slice([statement]) for flow in facts.effects[index].flows]
    for one in facts.late():
        failed = [s.node for s in statements if s.cell == one.cell and s.index >= one.statement]
        written = {name for node in failed for name in _may_write(node)}
        cells = {statements[index].cell for index in one.binders}
        last = max(s.index for s in statements if s.cell in cells)
        if any(flow.name in written and flow.statement <= last and index > one.statement for flow, index in flows):
            return False
    return True


def _may_write(node: ast.AST) -> Iterator[str]:
    """Names that a statement binds, and those whose value it may change: all that it assigns to or calls methods of."""
    for part in ast.walk(node):
        if isinstance(part, ast.FunctionDef | ast.ClassDef):
            yield part.name
        elif isinstance(part, ast.alias):
            yield (part.asname or part.name).partition(".")[0]
        elif isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
            yield part.id
        elif isinstance(part, ast.Attribute | ast.Subscript) and not isinstance(part.ctx, ast.Load):
            yield _root(part)
        elif isinstance(part, ast.Call) and any(keyword.arg == "inplace" for keyword in part.keywords):
            yield _root(part.func)
        elif isinstance(part, ast.Expr) and isinstance(part.value, ast.Call) and _grows(part.value.func):
            yield _root(part.value.func)


def _grows(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in GROWS


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


# ---- what flows


def _by_flow(facts: Facts, late: Sequence[Late], interpret: Interpret) -> Order | str:
    """The order in which each cell runs after those it needs, and otherwise as the notebook stands; or why there is none."""
    known = {(one.cell, one.name): one for one in late}
    why = ""
    for _ in range(ROUNDS):
        doubt = next(filter(None, (_doubt(facts, one) for one in known.values())), "")
        if doubt:
            return doubt
        needs = _needs(facts, known.values())
        for arrange in (needed_first, as_soon_as):
            cells = arrange(needs)
            if cells is None:
                return _circle(facts, tuple(known.values()))
            after = interpret(arranged(facts.program.notebook, cells))
            why = _changed(facts, after, {one.cell for one in known.values()})
            if not why:
                return Order(after, tuple(cells), tuple(known.values()), recorded=False)
        more = {(one.cell, one.name): one for one in _in_document(facts, after.late())}
        if more.keys() <= known.keys():
            return why
        known = more | known
    return why


def _in_document(facts: Facts, late: Sequence[Late]) -> Iterator[Late]:
    """Readings that an arranged notebook showed, with the statements of the notebook as it stands."""
    for one in late:
        own = max(s.index for s in facts.program.statements if s.cell == one.cell)
        binders = binders_below(facts.program, facts.effects, one.name, own)
        if binders:
            yield one._replace(statement=own, binders=binders)


def _doubt(facts: Facts, late: Late) -> str:
    """Why what flows does not tell which value was read; empty where one cell alone gives it."""
    cells = list(dict.fromkeys(facts.program.statements[index].cell for index in late.binders))
    if late.cell in cells:
        return f"the same cell binds `{late.name}` below line {late.line}"
    if len(cells) > 1:
        return f"cells {', '.join(map(str, cells[:-1]))} and {cells[-1]} each bind `{late.name}`"
    return ""


def _needs(facts: Facts, late: Iterable[Late]) -> dict[int, set[int]]:
    """Which cells each code cell needs, in document order."""
    needs: dict[int, set[int]] = {cell.cell.number: set() for cell in facts.program.cells}
    for statement in facts.program.statements:
        needs[statement.cell] |= {flow.cell for flow in facts.effects[statement.index].flows if _is_sure(flow)}
    for one in late:
        needs[one.cell] |= {facts.program.statements[index].cell for index in one.binders}
    for number, needed in needs.items():
        needed.discard(number)
    return needs


def _is_sure(flow: Flow) -> bool:
    return not flow.why and flow.cell > 0


def needed_first(needs: Mapping[int, set[int]]) -> list[int] | None:
    """Each cell right after what it needs; None where two need each other."""
    done: list[int] = []
    open_: set[int] = set()

    def visit(cell: int) -> bool:
        if cell in done:
            return True
        if cell in open_:
            return False
        open_.add(cell)
        if not all(visit(one) for one in sorted(needs[cell])):
            return False
        done.append(cell)
        return True

    return done if all(visit(cell) for cell in needs) else None


def as_soon_as(needs: Mapping[int, set[int]]) -> list[int] | None:
    """Cells in their order, each as soon as it has what it needs; None where two need each other."""
    done: list[int] = []
    while len(done) < len(needs):
        ready = next((cell for cell in needs if cell not in done and needs[cell] <= set(done)), None)
        if ready is None:
            return None
        done.append(ready)
    return done


def _circle(facts: Facts, late: Sequence[Late]) -> str:
    one = late[0]
    writer = facts.program.statements[one.binders[0]]
    return f"cell {writer.cell} line {writer.node.lineno} binds it and needs what cell {one.cell} makes"


# ---- the recorded run


def _by_counts(facts: Facts, late: Sequence[Late], interpret: Interpret) -> Order | str:
    """The recorded order, where every cell has a place in it and every name a value; or why not."""
    cells = [cell for cell in facts.program.cells if cell.statements or cell.magics]
    counts = {cell.cell.number: ran_as(cell) for cell in cells}
    without = [number for number, count in counts.items() if count is None]
    if len(without) == len(counts):
        return "no execution counts are saved"
    if without:
        return f"cell {without[0]} has no execution count"
    seen: dict[int | None, int] = {}
    for number, count in counts.items():
        if count in seen:
            return f"cells {seen[count]} and {number} have the same execution count"
        seen[count] = number
    idle = [cell.cell.number for cell in facts.program.cells if cell.cell.number not in counts]
    order = [*sorted(counts, key=lambda number: counts[number] or 0), *idle]
    after = interpret(arranged(facts.program.notebook, order))
    failed = after.late()
    if failed:
        return f"in the order of the execution counts cell {failed[0].cell} line {failed[0].line} has no `{failed[0].name}`"
    if after.limited or not after.unresolved().keys() <= facts.unresolved().keys():
        return "the order of the execution counts leaves other names without a value"
    return Order(after, tuple(order), tuple(late), recorded=True)


# ---- what an order changes


def _changed(before: Facts, after: Facts, cells: set[int]) -> str:
    """What the order changes for statements that document order gave all they need; empty where nothing."""
    failed = after.late()
    if failed:
        return f"then cell {failed[0].cell} line {failed[0].line} has no `{failed[0].name}`"
    if after.limited or not after.unresolved().keys() <= before.unresolved().keys():
        return "then other names have no value"
    first, second = _flows(before), _flows(after)
    touched = _reached(second, cells)
    for statement in before.program.statements:
        key = _keys(before)[statement.index]
        lost = first[key] - second[key]
        new = {one for one in second[key] - first[key] if one[0][0] not in touched} if key[0] not in touched else set()
        if lost or new:
            (cell, _), name = min(lost or new)
            how = "no longer has" if lost else "would have"
            return f"then cell {statement.cell} line {statement.node.lineno} {how} `{name}` of cell {cell}"
    return ""


def _keys(facts: Facts) -> list[Key]:
    firsts = {cell.cell.number: cell.statements[0].index for cell in facts.program.cells if cell.statements}
    return [(statement.cell, statement.index - firsts[statement.cell]) for statement in facts.program.statements]


def _flows(facts: Facts) -> Sources:
    """From which statements each statement surely takes what."""
    keys = _keys(facts)
    return {
        keys[statement.index]: frozenset(
            (keys[flow.statement], flow.name)
            for flow in facts.effects[statement.index].flows
            if _is_sure(flow) and flow.statement >= 0 and keys[flow.statement][0] != statement.cell
        )
        for statement in facts.program.statements
    }


def _reached(flows: Sources, cells: set[int]) -> set[int]:
    """These cells and all that take something of them."""
    found = set(cells)
    while True:
        more = {key[0] for key, sources in flows.items() if any(source[0][0] in found for source in sources)} - found
        if not more:
            return found
        found |= more
