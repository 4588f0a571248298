"""What keeps a notebook from becoming functions: what cannot be read, or would be wrong in silence."""

import ast
import builtins
from collections.abc import Iterator

from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections.showing import installs_in_blocks
from nb2pkg.extract.sections.uses import Use
from nb2pkg.names import names_of
from nb2pkg.syntax import Magic, Program, Statement

WHOLE_SCOPE = frozenset({"globals", "locals", "exec", "eval", "get_ipython", "vars"})
LATER = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
HISTORY = frozenset({"In", "Out", "_", "__", "___", "_i", "_ii", "_iii", "_dh", "_ih", "_oh"})
PROVIDED = frozenset(dir(builtins)) | {"display", "__name__"}
EXTENSIONS = ("%load_ext", "%reload_ext")  # bring commands; a name they bring is one that nothing binds


def refuse_whole(program: Program) -> None:
    """Raise RefusedError for what no package of functions can hold."""
    for cell in program.cells:
        for magic in cell.magics:
            _refuse_magic(magic)
    for statement in program.statements:
        _refuse_statement(statement, program)


def _refuse_magic(magic: Magic) -> None:
    if magic.binds and not magic.text.startswith(EXTENSIONS):
        place = f"cell {magic.cell} line {magic.line}"
        raise refused(None, f"{place}: `{magic.text.splitlines()[0][:60]}` gives values that no Python statement gives")


def _refuse_statement(statement: Statement, program: Program) -> None:
    node = statement.node
    asked = _questions(node)
    asks = bool(asked) and not any("input" in names_of(one.node).binds for one in program.statements)
    values = program.magic_values - set(installs_in_blocks(program))
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and (statement.cell, part.lineno, part.col_offset) in values:
            raise refused(statement, "a shell line or notebook command stands where a value is needed, or in a block")
        if isinstance(part, ast.Await | ast.AsyncFor | ast.AsyncWith) and not isinstance(node, ast.AsyncFunctionDef):
            raise refused(statement, "it awaits at top level")
        if asks and part in asked:
            reason = "asks a person for a value, and no answer is saved at this place; give the value a name"
            raise refused(statement, f"`{ast.unparse(part)[:60]}` {reason}")
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and _sees_all(part):
            raise refused(statement, f"`{part.func.id}` may read or bind any name of the notebook")
    given = names_of(node).deferred_binds
    if given:
        raise refused(statement, f"a function assigns the notebook's own `{min(given)}` (`global`)")


def _questions(node: ast.AST) -> set[ast.Call]:
    """The calls of ``input`` that are made when a statement runs, not when a function that it defines does."""
    later = {part for one in ast.walk(node) if isinstance(one, LATER) for part in ast.walk(one)}
    calls = {part for part in ast.walk(node) if isinstance(part, ast.Call) and isinstance(part.func, ast.Name)}
    return {one for one in calls - later if isinstance(one.func, ast.Name) and one.func.id == "input"}


def _sees_all(call: ast.Call) -> bool:
    assert isinstance(call.func, ast.Name)
    if call.func.id == "eval" and call.args and isinstance(call.args[0], ast.Constant):
        return True
    return call.func.id in WHOLE_SCOPE and not (call.func.id == "vars" and call.args)


def undefined(use: Use, known: frozenset[str], later: frozenset[str]) -> Iterator[str]:
    """The names a statement needs, at once or ``later``, that nothing before it, nor Python, gives."""
    yield from sorted(((use.reads - known) | (use.later - later)) - PROVIDED)
