"""What the saved notebook shows of a score: a number or an array, where the output below the cell can be nothing else.

``print("Accuracy:", acc)`` gives the pattern ``Accuracy: NUMBER``; one line of the cell's output is read by it, or nothing.
"""

import ast
import re
import string
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from nb2pkg.extract.outputs import Outputs
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library
from nb2pkg.syntax import Statement

NUMBER = r"[-+]?\d+(?:\.\d*)?(?:e[-+]?\d+)?"
RESULT = re.compile(rf"(?:np\.float\d+\()?({NUMBER})\)?")
ANY = r"[^\s()\[\]]+"
PADDED = rf"\x20*({NUMBER})\x20*"
WORDS = re.compile(r"\\? ")  # where the pattern of a text has a space
NUMERIC = re.compile(r"%?[<>^]?\d*(?:\.\d+)?[efg]?")
PRINTF = re.compile(r"%[-+ #0]*\d*(?:\.\d+)?([a-zA-Z%])")
HUNDRED = 100


Saved: TypeAlias = float | str | list["Saved"]


class Shown(NamedTuple):
    """A text that shows a score: its pattern, with one group for each place where the score stands; ``factors`` are what it is times."""

    pattern: str
    factors: tuple[float, ...] = ()


class SavedScores:
    """Reads the scores that a saved notebook shows."""

    def __init__(self, facts: Facts, outputs: Outputs) -> None:
        self.facts = facts
        self.outputs = outputs

    def value(self, score: ast.AST) -> Saved | None:
        """What is shown for the value of an expression, in most digits where it is shown several times; None where nothing surely is."""
        found = [reading for statement in self._after(score) for reading in self._readings(statement, score)]
        return max(found, key=lambda one: len(repr(one)), default=None)

    def _after(self, score: ast.AST) -> Iterator[Statement]:
        """The statements from the score's own on, each of which the notebook runs once."""
        found = False
        for statement in self.facts.program.statements:
            found = found or any(part is score for part in ast.walk(statement.node))
            if found and statement.whole is None and statement.node.col_offset == 0:
                yield statement

    def _readings(self, statement: Statement, score: ast.AST) -> Iterator[Saved]:
        if not isinstance(statement.node, ast.Expr):
            return
        value = statement.node.value
        factor = self._factor(value, score, statement.index)
        results = self.outputs.results(statement.cell)
        if factor and len(results) == 1 and self._is_last(statement):
            read = RESULT.fullmatch(results[0].strip())
            values = array(results[0]) if factor == 1 else None
            if read is not None:
                yield float(read[1]) / factor
            elif values is not None:
                yield values
        if isinstance(value, ast.Call) and self._is_print(value):
            yield from self._printed(value, statement, score)

    def _is_last(self, statement: Statement) -> bool:
        following = self.facts.program.statements[statement.index + 1 : statement.index + 2]
        return all(one.runs_in != statement.runs_in for one in following)

    def _is_print(self, call: ast.Call) -> bool:
        printer = self.facts.value(call.func)
        return isinstance(printer, Library) and printer.name == "builtins.print" and not call.keywords

    def _printed(self, call: ast.Call, statement: Statement, score: ast.AST) -> Iterator[float]:
        shown = joined([self._text(one, score, statement.index) for one in call.args], " ")
        if len(shown.factors) == 1 and not any(ANY in word and NUMBER in word for word in WORDS.split(shown.pattern)):
            lines = re.findall(rf"^{shown.pattern}$", self.outputs.printed(statement.cell), re.MULTILINE)
            if len(lines) == 1:
                yield float(lines[0]) / shown.factors[0]

    # ---- texts

    def _text(self, node: ast.expr, score: ast.AST, at: int) -> Shown:
        """What ``str`` of an expression looks like."""
        factor = self._factor(node, score, at)
        if factor:
            return number(factor)
        match node:
            case ast.Constant():
                return Shown(re.escape(str(node.value)))
            case ast.JoinedStr():
                return joined([self._text(one, score, at) for one in node.values])
            case ast.FormattedValue(value=value):
                return self._formatted(value, _spec(node.format_spec), score, at)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return joined([self._text(left, score, at), self._text(right, score, at)])
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod(), right=right):
                return self._printf(text, right.elts if isinstance(right, ast.Tuple) else [right], score, at)
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format"), keywords=[]):
                return self._format(text, node.args, score, at)
            case ast.Call(func=ast.Name(id="str"), args=[value], keywords=[]):
                return self._text(value, score, at)
        return Shown(ANY)

    def _formatted(self, node: ast.expr, spec: str | None, score: ast.AST, at: int) -> Shown:
        """An expression in ``{}``, with what stands behind its colon."""
        shown = self._text(node, score, at)
        if not shown.factors or not spec:
            return shown
        if spec.endswith("%"):
            return Shown(rf"\x20*({NUMBER})%", (shown.factors[0] * HUNDRED,))
        return Shown(PADDED, shown.factors) if NUMERIC.fullmatch(spec) else Shown(ANY)

    def _printf(self, text: str, given: list[ast.expr], score: ast.AST, at: int) -> Shown:
        pieces, done, left = [], 0, list(given)
        for place in PRINTF.finditer(text):
            pieces.append(Shown(re.escape(text[done : place.start()])))
            if place[1] == "%":
                pieces.append(Shown("%"))
            elif left:
                pieces.append(self._formatted(left.pop(0), place[0] if place[1] not in "sr" else "", score, at))
            done = place.end()
        return joined([*pieces, Shown(re.escape(text[done:]))])

    def _format(self, text: str, given: list[ast.expr], score: ast.AST, at: int) -> Shown:
        pieces, left = [], list(given)
        try:
            fields = list(string.Formatter().parse(text))
        except ValueError:
            return Shown(ANY)
        for before, name, spec, _ in fields:
            pieces.append(Shown(re.escape(before)))
            if name is not None:
                place = int(name) if name.isdigit() and int(name) < len(given) else None
                value = left.pop(0) if not name and left else given[place] if place is not None else None
                pieces.append(self._formatted(value, spec, score, at) if value is not None else Shown(ANY))
        return joined(pieces)

    # ---- is it the score?

    def _factor(self, node: ast.expr, score: ast.AST, at: int) -> float:
        """What an expression is of the score: 1 where it is its value, 100 where it is that in per cent, else 0."""
        match node:
            case _ if node is score:
                return 1
            case ast.Call(func=ast.Name(id="round"), args=[value, ast.Constant()], keywords=[]):
                return self._factor(value, score, at)
            case ast.BinOp(left=value, op=ast.Mult(), right=ast.Constant(value=100)):
                return self._factor(value, score, at) * HUNDRED
            case ast.BinOp(left=ast.Constant(value=100), op=ast.Mult(), right=value):
                return self._factor(value, score, at) * HUNDRED
            case ast.Name(id=name):
                made = writers(self.facts, name, before=at)
                bound = bound_by(self.facts.program.statements[made[0]], name) if len(made) == 1 else None
                if bound is not None and bound.position is None and made[0] < at:
                    return self._factor(bound.value, score, made[0])
        return 0


def array(text: str) -> list[Saved] | None:
    """The values of an array as its ``repr`` shows it, padded and wrapped as NumPy did at the time; None where some are left out."""
    try:
        shown = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    match shown:
        case ast.Call(func=ast.Name(id="array"), args=[ast.List() as listed]):
            return _listed(listed)
    return None


def _listed(node: ast.List) -> list[Saved] | None:
    found = [_listed(one) if isinstance(one, ast.List) else _item(one) for one in node.elts]
    known = [one for one in found if one is not None]
    return known if len(known) == len(found) else None


def _item(node: ast.expr) -> float | str | None:
    """A number or a text that stands in an array; None for ``nan`` and ``...``."""
    match node:
        case ast.Constant(value=int() | float() | str() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            return -value
    return None


def number(factor: float) -> Shown:
    """The score itself, as ``str`` shows it."""
    return Shown(f"({NUMBER})", (factor,))


def joined(pieces: list[Shown], separator: str = "") -> Shown:
    """Texts one after the other."""
    factors = tuple(factor for piece in pieces for factor in piece.factors)
    return Shown(separator.join(piece.pattern for piece in pieces), factors)


def _spec(node: ast.expr | None) -> str | None:
    """The constant behind the colon of ``{x:.2f}``; None where there is none."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(one.value) if isinstance(one, ast.Constant) else "," for one in node.values)
    return None
