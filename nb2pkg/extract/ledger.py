"""The ledger: for every statement and magic, the file and function it went to, or the reason it was left out."""

import ast
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.guards import is_guard
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.plots.planning import REPORTS, Reports
from nb2pkg.extract.sites import Sites
from nb2pkg.extract.text import first_line
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library
from nb2pkg.notebook import Notebook
from nb2pkg.syntax import Magic, Statement

Entry = dict[str, object]
MAGICS = {
    "shell": "a shell line; the package needs no set-up of its own",
    "help": "asks for help on screen",
    "line": "a notebook command without effect outside it",
    "cell": "a cell in another language or a notebook command",
}
ASKED = "asks the model for answers that no score of the package is made of; `verify` compares them"


def entries(
    facts: Facts,
    pieces: Pieces,
    chosen: Candidate,
    found: tuple[Candidate, ...],
    sites: Sites,
    package: str,
    drawn: Reports,
) -> list[Entry]:
    """All entries, in the order of the notebook."""
    reasons = _Reasons(facts, chosen, found, sites, drawn)
    every = [_statement(one, pieces, reasons, package) for one in _once(facts.program.statements, pieces, reasons)]
    every += [_magic(magic) for cell in facts.program.cells for magic in cell.magics]
    return sorted(
        every, key=lambda entry: (int(str(entry["cell"])), int(str(entry["line"])), int(str(entry["end_line"])))
    )


def _once(statements: Sequence[Statement], pieces: Pieces, reasons: "_Reasons") -> Iterator[Statement]:
    """Every statement, and a loop or a call that was written out once: as the part that went somewhere."""
    loops: dict[int, list[Statement]] = {}
    for one in statements:
        if one.whole is None:
            yield one
        else:
            loops.setdefault(id(one.whole.node), []).append(one)
    for turns in loops.values():
        told = next((one for one in turns if one.index in pieces.placed), None) or reasons.speaking(turns)
        assert told.whole is not None
        yield replace(told, node=told.whole.node, cell=told.whole.cell)


def _entry(
    cell: int, line: int, end_line: int, kind: str, *, file: str | None, function: str | None, reason: str | None
) -> Entry:
    return {
        "cell": cell,
        "line": line,
        "end_line": end_line,
        "kind": kind,
        "file": file,
        "function": function,
        "reason": reason,
    }


def _magic(magic: Magic) -> Entry:
    return _entry(
        magic.cell,
        magic.line,
        magic.end_line,
        "magic",
        file=None,
        function=None,
        reason=MAGICS.get(magic.kind, MAGICS["line"]),
    )


def _statement(statement: Statement, pieces: Pieces, reasons: "_Reasons", package: str) -> Entry:
    node = statement.node
    line, end = first_line(node), node.end_lineno or node.lineno
    placed = pieces.placed.get(statement.index)
    if placed is not None and (placed.kind != "evaluation" or statement.index in reasons.sites.in_scores):
        path = f"src/{package}/{placed.file}"
        return _entry(statement.cell, line, end, placed.kind, file=path, function=placed.function or None, reason=None)
    figure = reasons.drawn.places.get(statement.index)
    if figure is not None:
        path = f"src/{package}/{REPORTS}"
        return _entry(statement.cell, line, end, "plot", file=path, function=figure, reason=None)
    unread = pieces.unread.get(statement.index)
    kind, reason = ("exploration", unread) if unread is not None else reasons.of(statement)
    return _entry(statement.cell, line, end, kind, file=None, function=None, reason=reason)


def extracting(notebook: Notebook) -> str:
    """The command that extracts another model of a notebook, up to its name."""
    paths = [part.path for part in notebook.parts] or [notebook.path]
    return f"nb2pkg extract {' '.join(shlex.quote(Path(path).name) for path in paths)} --model"


class _Reasons:
    """Why statements are left out."""

    def __init__(
        self, facts: Facts, chosen: Candidate, found: tuple[Candidate, ...], sites: Sites, drawn: Reports
    ) -> None:
        self.facts = facts
        self.chosen = chosen
        self.sites = sites
        self.drawn = drawn
        self.others = {one.fit.statement: one for one in found if one.fit is not chosen.fit}
        self.command = extracting(facts.program.notebook)
        self.for_others = {at: one for fit, one in self.others.items() for at in self._above(fit)}

    def speaking(self, parts: Sequence[Statement]) -> Statement:
        """Of the parts that a loop or a call was written out as, the one that has most to tell."""
        return next((one for one in parts if one.index in self.others), parts[0])

    def of(self, statement: Statement) -> tuple[str, str]:
        """The kind of a statement and why it is not needed."""
        node = statement.node
        if statement.index in self.sites.unscored:
            return "evaluation", self.sites.unscored[statement.index]
        if isinstance(node, ast.FunctionDef) and self._is_written_out(statement):
            return "function", "its statements are told where it is called"
        if is_guard(node):
            return "exploration", "always holds in a notebook; its statements are told one by one"
        if isinstance(node, ast.Import | ast.ImportFrom):
            return "import", "each module of the package imports what it needs"
        if statement.index in self.others:
            other = self.others[statement.index]
            return (
                "candidate",
                f"fits another candidate ({other.name}, cell {other.cell}); {self.command} {other.name}@{other.cell} extracts it",
            )
        if statement.index in self.sites.preparing:
            return "transformer", "rows that the model is only asked about go through the same pipeline"
        why = self.drawn.reasons.get(statement.index)
        roles = set(self._roles(node))
        if "plot" in roles or why:
            return "display", f"plotting: {why}" if why else "plotting"
        if "option" in roles:
            return "display", "sets how the notebook shows things"
        if roles & {"crossval", "crosspredict"}:
            return "evaluation", "cross-validates copies; the package scores the fitted pipeline"
        if statement.index in self.sites.statements:
            return "evaluation", ASKED
        if roles & {"score", "metric", "predict"}:
            return "evaluation", "scores or uses another candidate, or values that are not the model's predictions"
        if statement.index in self.for_others and not isinstance(node, ast.Expr):
            other = self.for_others[statement.index]
            told = f"only another candidate ({other.name}, cell {other.cell}) needs it"
            return "candidate", f"{told}; {self.command} {other.name}@{other.cell} extracts it"
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            return "exploration", "nothing that the model needs calls it"
        if isinstance(node, ast.Expr):
            return "display", "display only"
        return "exploration", "exploration; the model does not need it"

    def _above(self, fit: int) -> set[int]:
        """The statements that a fit is made of, as far as anything flows from them."""
        found, waiting = set[int](), [fit]
        while waiting:
            above = {flow.statement for flow in self.facts.effects[waiting.pop()].flows if flow.statement >= 0}
            waiting += above - found
            found |= above
        return found

    def _is_written_out(self, function: Statement) -> bool:
        """Do statements of a function stand in the place of its calls?"""
        first, last = function.node.lineno, function.node.end_lineno or function.node.lineno
        for one in self.facts.program.statements:
            for part, cell in ((one.node, one.cell), *one.elsewhere) if one.whole is not None else ():
                if cell == function.cell and first < getattr(part, "lineno", 0) <= last:
                    return True
        return False

    def _roles(self, node: ast.AST) -> Iterator[str]:
        for part in ast.walk(node):
            call = self.facts.call(part) if isinstance(part, ast.Call) else None
            if call is not None and call.row is not None:
                yield getattr(call.row, "role", "")
            elif isinstance(part, ast.Name):
                value = self.facts.value(part)
                if isinstance(value, Library) and value.name.startswith(("matplotlib", "seaborn", "plotly")):
                    yield "plot"
