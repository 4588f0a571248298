"""The text of a path that the notebook puts together: ``Path("data") / "raw" / "a.csv"``, ``os.path.join(folder, "a.csv")``."""

import ast
import posixpath

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Library

PATHS = frozenset({"pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath"})
JOINING = frozenset({"os.path.join", "posixpath.join"})
DEEPEST = 20


def path_text(node: ast.expr, facts: Facts, *, at: int, depth: int = DEEPEST) -> str | None:
    """The path that an expression of statement ``at`` is; None where it is no constant."""
    try:
        value = evaluate(node, facts, at=at)
    except NotConstantError:
        return _computed(node, facts, at, depth - 1) if depth else None
    return value if isinstance(value, str) else None


def _computed(node: ast.expr, facts: Facts, at: int, depth: int) -> str | None:
    match node:
        case ast.Name(id=name):
            found = writers(facts, name, before=at)
            bound = bound_by(facts.program.statements[found[0]], name) if len(found) == 1 else None
            if bound is None or bound.position is not None:
                return None
            return path_text(bound.value, facts, at=found[0], depth=depth)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _joined([left, right], facts, at, depth)
        case ast.Call(func=function, args=parts, keywords=[]) if _dotted(function, facts) in PATHS | JOINING:
            return _joined(parts, facts, at, depth) if parts else "."
        case _:
            return None


def _joined(parts: list[ast.expr], facts: Facts, at: int, depth: int) -> str | None:
    texts = [path_text(part, facts, at=at, depth=depth) for part in parts]
    known = [text for text in texts if text is not None]
    return posixpath.normpath(posixpath.join(*known)) if len(known) == len(texts) else None


def _dotted(node: ast.expr, facts: Facts) -> str:
    """The full name of a library's function."""
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, facts)
        return f"{owner}.{node.attr}" if owner else ""
    value = facts.value(node)
    return value.name if isinstance(value, Library) else ""
