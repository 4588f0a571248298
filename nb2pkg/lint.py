"""Lint one file: read it, ask every chosen rule, and keep the findings that are to be shown."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nb2pkg.apis import ApiTable
from nb2pkg.facts import Facts, interpret
from nb2pkg.notebook import Notebook, Unreadable, read, read_bytes
from nb2pkg.packs import Rule
from nb2pkg.rule import Confidence, Finding, Severity
from nb2pkg.selection import Chosen
from nb2pkg.source import Span
from nb2pkg.suppression import Silences
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
    """What became of one file; ``language`` is the kernel's where it was skipped for it, else None.

    ``limited``: there was too much code to follow it to its end, so that what argues from absence said nothing.
    """

    path: str
    diagnostics: tuple[Diagnostic, ...]
    language: str | None = None
    limited: bool = False


class Linter(NamedTuple):
    """The chosen rules and the API tables: what is loaded once and used for every file.

    ``rules`` are all that there are, chosen or not: those that a suppression can name.
    """

    chosen: tuple[Chosen, ...]
    table: ApiTable
    confidence: Confidence = Confidence.LIKELY
    rules: tuple[Rule, ...] = ()


def lint_file(path: str, linter: Linter, data: bytes | None = None) -> Linted:
    """Lint a file; ``data`` is its content where that came by standard input. Raises Nb2pkgError where it cannot be opened."""
    notebook = read(path) if data is None else read_bytes(data, path)
    if isinstance(notebook, Unreadable):
        facts = Facts.of_unreadable(notebook)
        found = ((one, finding) for one in linter.chosen for finding in one.rule.check(facts))
        shown = (_of_file(one.rule, finding, path) for one, finding in found if _is_shown(one, finding, linter))
        return Linted(path, tuple(shown))
    if notebook.language not in PYTHON:
        return Linted(path, (), notebook.language)
    facts = interpret(parse(notebook), linter.table)
    return Linted(path, tuple(_diagnosed(facts, linter)), limited=facts.limited)


def lint_notebook(notebook: Notebook, linter: Linter) -> list[Diagnostic]:
    """The diagnostics of a Python notebook, sorted by place and code."""
    return _diagnosed(interpret(parse(notebook), linter.table), linter)


def _diagnosed(facts: Facts, linter: Linter) -> list[Diagnostic]:
    shown = _unsilenced(facts, linter, _silences(facts.program))
    diagnostics = (_in_cell(rule, finding, facts.program.notebook) for rule, finding in shown)
    return sorted(diagnostics, key=lambda one: (one.place, one.code, one.message))


def _silences(program: Program) -> Silences:
    """The suppressions of a notebook; a cell of another language, which has no code of ours, is read as it stands."""
    texts = {one.cell.number: one.text if one.text.strip() else one.cell.source for one in program.cells}
    return Silences(program.notebook.ignored, texts)


def _unsilenced(facts: Facts, linter: Linter, silences: Silences) -> Iterator[tuple[Rule, Finding]]:
    """The findings to be shown; last those about suppressions that silence nothing, where all the code was followed."""
    judges = [one for one in linter.chosen if _judges(one)]
    for one in linter.chosen:
        for finding in one.rule.check(facts):
            shown = _is_shown(one, finding, linter)
            # Where suppressions are judged, those are of use that silence what would be hidden anyway.
            if (shown or judges) and not silences.hold(one.rule, finding.place) and shown:
                yield one.rule, finding
    for one in judges if not facts.limited else ():
        yield from _judged(one, facts.program, linter, silences)


def _judges(one: Chosen) -> bool:
    return one.rule.check_suppressions is not None and (one.notes or one.rule.severity is not Severity.NOTE)


def _judged(judge: Chosen, program: Program, linter: Linter, silences: Silences) -> Iterator[tuple[Rule, Finding]]:
    """What a rule about suppressions says of those that are idle; a cell that does not parse was not looked at."""
    ran = [one.rule for one in linter.chosen]
    cells = [one.cell.number for one in program.cells if one.error is None]
    assert judge.rule.check_suppressions is not None
    idle = silences.idle(ran=ran, known=linter.rules or ran, cells=cells)
    for finding in judge.rule.check_suppressions(tuple(idle)):
        if _is_shown(judge, finding, linter) and not silences.hold(judge.rule, finding.place):
            yield judge.rule, finding


def _is_shown(one: Chosen, finding: Finding, linter: Linter) -> bool:
    """Is the finding sure enough, and, where it is a note, was its rule selected?"""
    is_note = (finding.severity or one.rule.severity) is Severity.NOTE
    return CERTAINTY[finding.confidence] >= CERTAINTY[linter.confidence] and (one.notes or not is_note)


def _in_cell(rule: Rule, finding: Finding, notebook: Notebook) -> Diagnostic:
    if not finding.place.cell:
        return _of_file(rule, finding, notebook.path)
    cell = notebook.cells[finding.place.cell - 1]
    related = (
        RelatedPlace(one.place, one.message, "".join(_lines(notebook, one.place)[:1]))
        for one in dict.fromkeys(finding.related)
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
