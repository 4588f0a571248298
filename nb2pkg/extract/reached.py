"""What of the scaffold a package reaches: definitions that nothing calls, imports of them and empty modules are left out.

``showing.py`` defines ``display`` and ``silenced``; a package whose sections call neither has a ``showing.py`` without them, and
without the imports that only they need. A test stays where all that it calls is there.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

TESTS = "tests"
Node = tuple[str, int]  # a module, and which of its statements


class Imported(NamedTuple):
    """What a name in a module stands for: a module of the package, or a name in it."""

    module: str
    name: str | None


class Module:
    """One module: its statements, which of them binds which name, and what its imports of the package stand for."""

    def __init__(self, name: str, text: str, modules: Collection[str]) -> None:
        self.name = name
        self.text = text
        self.known = modules
        self.body = ast.parse(text).body
        self.binds: dict[str, list[int]] = {}
        self.imports: dict[str, Imported] = {}
        for number, statement in enumerate(self.body):
            for bound in _bound(statement):
                self.binds.setdefault(bound, []).append(number)
            self.imports |= _imported(statement, modules)

    def stands_alone(self, number: int) -> bool:
        """Whether a statement binds nothing, so that nobody can ask for it: a docstring, the guard of ``__main__``."""
        return not _is_import(self.body[number]) and not any(_bound(self.body[number]))


def reached(texts: Mapping[str, str], package: str, whole: Collection[str]) -> dict[str, str]:
    """Give the modules of a package (by path below its folder) with what ``whole`` modules and the tests that stay ask for."""
    names = {path: _module_name(path, package) for path in texts}
    modules = {name: Module(name, texts[path], names.values()) for path, name in names.items()}
    graph = _Graph(modules)
    for path in whole:
        graph.ask((names[path], number) for number in range(len(modules[names[path]].body)))
    source = frozenset(graph.found)
    for module in modules.values():
        if module.name.startswith(f"{TESTS}."):
            graph.ask(_tests_that_stay(module, modules, source))
    found = {path: _kept(modules[name], graph.found, path in whole) for path, name in names.items()}
    return {path: text for path, text in found.items() if text is not None}


def _tests_that_stay(module: Module, modules: Mapping[str, Module], source: Collection[Node]) -> Iterator[Node]:
    """The tests of a module that need nothing of the package beside what it reaches."""
    for number, statement in enumerate(module.body):
        if isinstance(statement, ast.FunctionDef) and statement.name.startswith("test_"):
            needed = _Graph(modules)
            needed.ask([(module.name, number)])
            own = all(name.startswith(f"{TESTS}.") or (name, one) in source for name, one in needed.found)
            if own and not needed.missing:
                yield module.name, number


class _Graph:
    """Statements that ask for each other by the names that they read; ``missing`` are names that no module binds."""

    def __init__(self, modules: Mapping[str, Module]) -> None:
        self._modules = modules
        self.found: set[Node] = set()
        self.missing: set[str] = set()

    def ask(self, nodes: Iterable[Node]) -> None:
        """Find these statements, and all that they need."""
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            if node in self.found:
                continue
            self.found.add(node)
            waiting += self._needed(*node)

    def _needed(self, name: str, number: int) -> Iterator[Node]:
        module = self._modules[name]
        if _is_import(module.body[number]):
            return
        yield from ((name, one) for one in range(len(module.body)) if module.stands_alone(one))
        for read in _reads(module.body[number]):
            yield from self._named(module, read)

    def _named(self, module: Module, read: str) -> Iterator[Node]:
        """The statements that bind a name, or ``alias.name`` of a module of the package."""
        first, _, attribute = read.partition(".")
        if not attribute:
            yield from ((module.name, number) for number in module.binds.get(first, ()))
        imported = module.imports.get(first)
        if imported is None:
            return
        wanted = imported.name or attribute
        if wanted:
            other = self._modules[imported.module]
            numbers = other.binds.get(wanted, ())
            yield from ((other.name, number) for number in numbers)
            if not numbers and wanted in other.imports:
                yield from self._named(other, wanted)
            elif not numbers:
                self.missing.add(wanted)


def _kept(module: Module, found: Collection[Node], whole: bool) -> str | None:
    """The text of a module with the statements that were found; None where nothing is left of it."""
    every = whole or not module.binds
    kept = {number for number in range(len(module.body)) if every or (module.name, number) in found}
    if not kept:
        return None
    read = {name.partition(".")[0] for number in kept for name in _reads(module.body[number])}
    lines = module.text.splitlines()
    for number in reversed(range(len(module.body))):
        statement = module.body[number]
        first, last = _first_line(statement, lines), statement.end_lineno or statement.lineno
        if _is_import(statement) and (not whole or _imported(statement, module.known)):
            lines[first - 1 : last] = _import_of(statement, read, lines[first - 1 : last])
        elif not _is_import(statement) and number not in kept and not _is_docstring(statement):
            del lines[first - 1 : last]
    return "\n".join(lines) + "\n"


def _import_of(statement: ast.stmt, read: Collection[str], lines: list[str]) -> list[str]:
    """The lines of an import with the names that are read."""
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    names = [one for one in statement.names if (one.asname or one.name.partition(".")[0]) in read]
    if len(names) == len(statement.names):
        return lines
    statement.names = names
    return [ast.unparse(statement)] if names else []


def _first_line(statement: ast.stmt, lines: list[str]) -> int:
    """The line where a statement begins, with its decorators and the comments right above it."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(one.lineno for one in decorators)])
    while first > 1 and lines[first - 2].startswith("#"):
        first -= 1
    return first


def _is_import(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top binds, imports aside; those in a block of ``if`` or ``try``, too."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign() | ast.If() | ast.Try() | ast.With() | ast.For():
            stored = (one for one in ast.walk(statement) if isinstance(one, ast.Name))
            yield from (one.id for one in stored if isinstance(one.ctx, ast.Store))


def _imported(statement: ast.stmt, modules: Collection[str]) -> dict[str, Imported]:
    """What the names of an import stand for, where that is of the package."""
    if not isinstance(statement, ast.ImportFrom) or statement.module is None:
        return {}
    found = {}
    for one in statement.names:
        bound, below = one.asname or one.name, f"{statement.module}.{one.name}"
        if below in modules:
            found[bound] = Imported(below, None)
        elif statement.module in modules:
            found[bound] = Imported(statement.module, one.name)
    return found


def _reads(statement: ast.stmt) -> set[str]:
    """The names that a statement reads, those of its parameters (a test's are fixtures), and ``name.attribute``."""
    found: set[str] = set()
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                found.add(name)
            case ast.arg(arg=name):
                found.add(name)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                found.add(f"{name}.{attribute}")
    return found


def _module_name(path: str, package: str) -> str:
    """``src/NAME/model/train.py`` is ``NAME.model.train``, ``tests/alike.py`` is ``tests.alike``."""
    parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
    return ".".join(parts[1:] if parts[0] == "src" else parts) or package
