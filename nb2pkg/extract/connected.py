"""Notebooks that run one after the other: do they connect by a file, and what is handed over in its place.

``df.to_csv("clean.csv", index=False)`` and ``pd.read_csv("clean.csv")`` become ``clean = df.reset_index(drop=True)`` and
``clean``, where the file gives back what was written.
"""

import ast
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from nb2pkg.extract.corrections import Correction
from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.round_trip import Handover, crosses, handover, rereads
from nb2pkg.extract.text import Sources
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data
from nb2pkg.notebook import Notebook
from nb2pkg.notebook.joining import part_of
from nb2pkg.syntax import Statement

RULE = "handed-over-file"


def check_connected(parts: Sequence[Facts], joined: Facts) -> None:
    """Raise RefusedError where a notebook needs more of an earlier one than its files, or nothing."""
    names = [os.path.basename(part.program.notebook.path) for part in parts]
    if len({os.path.dirname(os.path.realpath(part.program.notebook.path)) for part in parts}) > 1:
        raise RefusedError(f"{' and '.join(names)} lie in different folders, where the same path is another file")
    for position, part in enumerate(parts):
        _check_variables(part, parts[:position], names[position])
    passed = {tuple(part_of(joined.program.notebook, cell) for cell in cells) for cells in _passed(joined)}
    for position in range(1, len(parts)):
        before = {one[0] for one in passed if one[1] == position and one[0] < position}
        after = {one[1] for one in passed if one[0] == position - 1 and one[1] > position - 1}
        if not before or not after:
            raise RefusedError(_apart(parts[position - 1], parts[position], names[position - 1], names[position]))


def _passed(joined: Facts) -> Iterator[tuple[int, int]]:
    """The cells that write and read each file."""
    statements = joined.program.statements
    yield from ((statements[one.written].cell, statements[one.statement].cell) for one in joined.rereads)


def _check_variables(part: Facts, earlier: Sequence[Facts], name: str) -> None:
    for missing, places in part.unresolved().items():
        owner = next((one for one in earlier if any(missing in effects.binds for effects in one.effects)), None)
        if owner is not None:
            where = os.path.basename(owner.program.notebook.path)
            place = f"cell {places[0].place.cell} of {name} line {places[0].place.line}"
            reason = (
                f"`{missing}` is a variable of {where}, and notebooks share files only; save it there and read it here"
            )
            raise RefusedError(f"{place}: {reason}")


def _apart(first: Facts, second: Facts, one: str, other: str) -> str:
    written = sorted({save.path for save in first.saves if save.path})
    read = sorted({load.path for load in second.loads if load.path})
    told = f"{one} writes {_listed(written)}, {other} reads {_listed(read)}"
    return f"{one} and {other} do not connect: {told}; extract them one by one, or let one read what the other writes"


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(f"`{path}`" for path in paths) or "nothing that is known"


# ---- in place of files


class Edit(NamedTuple):
    """A statement or expression of a cell, and what stands there instead."""

    cell: int
    node: ast.stmt | ast.expr
    text: str


def with_files_handed_over(facts: Facts) -> tuple[Notebook, tuple[Correction, ...]]:
    """The joined notebook with variables in place of the files that connect it. Raises RefusedError where they may differ."""
    taken = {name for effects in facts.effects for name in effects.binds | effects.names}
    sources = Sources(facts.program)
    edits: list[Edit] = []
    made: list[Correction] = []
    for reads in rereads(facts):
        try:
            found = _handed_over(facts, sources, handover(facts, reads), taken)
        except RefusedError:
            if any(crosses(facts, one) for one in reads):
                raise
            continue  # a file that the model may not need; ``check_own_file`` tells where it does
        edits += found
        made += [_told(facts, handover(facts, reads), read.statement) for read in reads]
    return _edited(facts, edits), tuple(made)


def check_own_file(facts: Facts, load: ast.AST) -> None:
    """Raise RefusedError where the notebook itself wrote what is loaded: what made the file belongs to the package."""
    for reads in rereads(facts):
        if any(one.node is load for one in reads):
            found = handover(facts, reads)
            _handed_over(facts, Sources(facts.program), found, set())
            statement = facts.program.statements[found.written]
            raise refused(statement, f"`{found.path}` is written here in a way that is not followed, and read again")


def _handed_over(facts: Facts, sources: Sources, handover: Handover, taken: set[str]) -> list[Edit]:
    """A variable in place of one file."""
    if not any(crosses(facts, one) for one in handover.reads) and not isinstance(facts.value(handover.value), Data):
        raise refused(facts.program.statements[handover.written], f"`{handover.path}` is written here, and is no table")
    own = _own_target(facts, handover)
    name = own or unused(snake(os.path.basename(handover.path).partition(".")[0], fallback="handed"), taken)
    edits = [_written(facts, sources, handover, name)]
    for read in handover.reads:
        statement = facts.program.statements[read.statement]
        whole = Edit(statement.cell, statement.node, "pass")
        edits.append(whole if own else _read(facts, sources, handover, name, read.node))
    taken.add(name)
    return edits


def _own_target(facts: Facts, handover: Handover) -> str:
    """What the file is read into, where nothing uses these names in between; else empty."""
    read = handover.reads[0]
    node = _only(facts.program.statements[read.statement])
    if not isinstance(node, ast.Assign) or node.value is not read.node or len(node.targets) + len(handover.reads) != 2:
        return ""
    target = node.targets[0]
    names = [one.id for one in getattr(target, "elts", [target]) if isinstance(one, ast.Name)]
    values = handover.value.elts if isinstance(handover.value, ast.Tuple | ast.List) else []
    if len(names) != (1 if isinstance(target, ast.Name) else len(values)):
        return ""
    between = facts.effects[handover.written + 1 : read.statement]
    used = any(set(names) & (one.names | one.binds | one.mutates | one.maybe) for one in between)
    return "" if used else ", ".join(names)


def _told(facts: Facts, handover: Handover, statement: int) -> Correction:
    statements = facts.program.statements
    why = "text gives its columns back as they were" if handover.text else "it gives back what was written"
    what = f"`{handover.path}`, written in cell {statements[handover.written].cell}, is handed over without the file: {why}"
    return Correction(RULE, statements[statement].cell, statements[statement].node.lineno, what)


def _written(facts: Facts, sources: Sources, handover: Handover, name: str) -> Edit:
    """The statement that wrote the file, as one that keeps the value."""
    statement = facts.program.statements[handover.written]
    node = _only(statement)
    if not isinstance(node, ast.Expr) or node.value is not handover.save:
        raise refused(statement, f"`{handover.path}` is written inside a larger statement; write it in one of its own")
    kept = _kept(facts, sources, handover)
    return Edit(statement.cell, statement.node, "pass" if kept.strip("()[]") == name else f"{name} = {kept}")


def _kept(facts: Facts, sources: Sources, handover: Handover) -> str:
    text = sources.of(handover.value)
    if isinstance(handover.value, ast.BinOp | ast.Compare | ast.IfExp | ast.UnaryOp | ast.Lambda):
        text = f"({text})"
    if handover.labels == "fresh":
        return f"{text}.reset_index(drop=True)"
    if isinstance(facts.value(handover.value), Data):
        return f"{text}.copy()"
    _check_unchanged(facts, handover)
    return text


def _check_unchanged(facts: Facts, handover: Handover) -> None:
    """Raise RefusedError where what was written, several values say, is changed before the notebook ends."""
    names = {part.id for part in ast.walk(handover.value) if isinstance(part, ast.Name)}
    own = facts.program.statements[handover.written]
    part = part_of(facts.program.notebook, own.cell)
    for statement in facts.program.statements[handover.written + 1 :]:
        effects = facts.effects[statement.index]
        changed = names & (effects.mutates | effects.maybe)
        if changed and part_of(facts.program.notebook, statement.cell) == part:
            raise refused(statement, f"`{min(changed)}` is changed after it was written to `{handover.path}`")


def _read(facts: Facts, sources: Sources, handover: Handover, name: str, node: ast.AST) -> Edit:
    statement = next(s for s in facts.program.statements if any(part is node for part in ast.walk(s.node)))
    inner = _only(statement)
    many = len(handover.reads) > 1
    if many and not isinstance(facts.value(handover.value), Data):
        raise refused(statement, f"`{handover.path}` is read more than once")
    assert isinstance(node, ast.expr)
    text = f"{name}.copy()" if many else name
    if inner is statement.node:
        return Edit(statement.cell, node, text)
    return Edit(statement.cell, statement.node, sources.of(inner, {node: text}))


def _only(statement: Statement) -> ast.stmt:
    """The one statement in a ``with`` that opens a file; else the statement itself."""
    match statement.node:
        case ast.With(body=[inner]):
            return inner
        case node:
            return node


def _edited(facts: Facts, edits: Sequence[Edit]) -> Notebook:
    """The notebook with the edits; every line keeps its number."""
    texts = {cell.cell.number: cell.cell.source for cell in facts.program.cells}
    for edit in sorted(edits, key=lambda one: (one.node.lineno, one.node.col_offset), reverse=True):
        texts[edit.cell] = _replaced(texts[edit.cell], edit)
    notebook = facts.program.notebook
    return replace(
        notebook, cells=tuple(replace(one, source=texts.get(one.number, one.source)) for one in notebook.cells)
    )


def _replaced(source: str, edit: Edit) -> str:
    lines = source.split("\n")
    node = edit.node
    first, last = node.lineno - 1, (node.end_lineno or node.lineno) - 1
    before = lines[first].encode()[: node.col_offset].decode()
    after = lines[last].encode()[node.end_col_offset :].decode()
    missing = last - first - edit.text.count("\n")
    lines[first : last + 1] = [before + edit.text + after, *([""] * missing)]
    return "\n".join(lines)
