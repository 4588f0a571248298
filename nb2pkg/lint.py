"""Lint one file: read it, ask every chosen rule, and keep the findings that are to be shown."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2pkg.apis import ApiTable
from nb2pkg.facts import Facts, interpret
from nb2pkg.notebook import Notebook, Unreadable, read
from nb2pkg.packs import Rule
from nb2pkg.rule import Confidence, Finding, Severity
from nb2pkg.selection import Chosen
from nb2pkg.source import Span
from nb2pkg.suppression import Suppression, silenced, suppressions
from nb2pkg.syntax import Program, parse

PYTHON = (None, "python")
CERTAINTY = {Confidence.POSSIBLE: 0, Confidence.LIKELY: 1, Confidence.CERTAIN: 2}


class RelatedPlace(NamedTuple):
    """A second place of a diagnostic; ``source`` is the line it stands on."""

    place: Span
    message: str
    source: str


class Diagnostic(NamedTuple):
    """A finding to be shown: all that any report needs, so that it can travel between processes.

    ``source`` holds the lines of the cell from ``place.line`` to ``place.end_line``, none for the file as a whole.
    """

    path: str
    place: Span
    code: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    related: tuple[RelatedPlace, ...]
    cell_id: str | None
    source: tuple[str, ...]


class Linted(NamedTuple):
    """What became of one file; ``language`` is the kernel's where it was skipped for it, else None."""

    path: str
    diagnostics: tuple[Diagnostic, ...]
    language: str | None = None


class Linter(NamedTuple):
    """The chosen rules and the API tables: what is loaded once and used for every file."""

    chosen: tuple[Chosen, ...]
    table: ApiTable
    confidence: Confidence = Confidence.LIKELY


def lint_file(path: str, linter: Linter) -> Linted:
    """Lint a file. Raises Nb2pkgError where it cannot be opened."""
    notebook = read(path)
    if isinstance(notebook, Unreadable):
        shown = _shown(Facts.of_unreadable(notebook), linter)
        return Linted(path, tuple(_of_file(rule, finding, path) for rule, finding in shown))
    if notebook.language not in PYTHON:
        return Linted(path, (), notebook.language)
    return Linted(path, tuple(lint_notebook(notebook, linter)))


def lint_notebook(notebook: Notebook, linter: Linter) -> list[Diagnostic]:
    """The diagnostics of a Python notebook, sorted by place and code."""
    program = parse(notebook)
    silences = _Silences(program)
    shown = _shown(interpret(program, linter.table), linter)
    diagnostics = [_in_cell(rule, finding, notebook) for rule, finding in shown if not silences.hold(rule, finding)]
    return sorted(diagnostics, key=lambda one: (one.place, one.code, one.message))


def _shown(facts: Facts, linter: Linter) -> Iterator[tuple[Rule, Finding]]:
    """Findings sure enough to be shown; notes only of rules that were selected."""
    floor = CERTAINTY[linter.confidence]
    for rule, notes in linter.chosen:
        for finding in rule.check(facts):
            is_note = (finding.severity or rule.severity) is Severity.NOTE
            if CERTAINTY[finding.confidence] >= floor and (notes or not is_note):
                yield rule, finding


class _Silences:
    """The suppressions of a notebook, read cell by cell and only where a finding stands."""

    def __init__(self, program: Program) -> None:
        self._texts = {syntax.cell.number: syntax.text for syntax in program.cells}
        self._read: dict[int, tuple[Suppression, ...]] = {}

    def hold(self, rule: Rule, finding: Finding) -> bool:
        """Is this finding silenced by a comment on the line where it starts or ends?"""
        place = finding.place
        if place.cell not in self._read:
            self._read[place.cell] = suppressions(self._texts.get(place.cell, ""))
        return silenced(rule.code, lines=(place.line, place.end_line), by=self._read[place.cell])


def _in_cell(rule: Rule, finding: Finding, notebook: Notebook) -> Diagnostic:
    if not finding.place.cell:
        return _of_file(rule, finding, notebook.path)
    cell = notebook.cells[finding.place.cell - 1]
    related = (
        RelatedPlace(one.place, one.message, "".join(_lines(notebook, one.place)[:1])) for one in finding.related
    )
    return _diagnostic(
        rule,
        finding,
        path=notebook.path,
        related=tuple(related),
        cell_id=cell.cell_id,
        source=_lines(notebook, finding.place),
    )


def _of_file(rule: Rule, finding: Finding, path: str) -> Diagnostic:
    related = (RelatedPlace(one.place, one.message, "") for one in finding.related)
    return _diagnostic(rule, finding, path=path, related=tuple(related))


def _diagnostic(
    rule: Rule,
    finding: Finding,
    *,
    path: str,
    related: Iterable[RelatedPlace],
    cell_id: str | None = None,
    source: tuple[str, ...] = (),
) -> Diagnostic:
    severity = finding.severity or rule.severity
    return Diagnostic(
        path,
        finding.place,
        rule.code,
        rule.name,
        severity,
        finding.confidence,
        finding.message,
        tuple(related),
        cell_id,
        source,
    )


def _lines(notebook: Notebook, place: Span) -> tuple[str, ...]:
    if not place.cell:
        return ()
    return tuple(notebook.cells[place.cell - 1].source.split("\n")[place.line - 1 : place.end_line])
