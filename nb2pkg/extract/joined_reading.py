"""Write the function that reads several files and joins them: the notebook's own statements, with paths below ``config.data_dir``."""

import ast
import copy
import posixpath
import textwrap
from collections.abc import Callable, Iterator

from nb2pkg.extract.alone import Alone
from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.lane import Root
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.modern import Renamed
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.row_labels import numbered_anew
from nb2pkg.extract.text import Sources
from nb2pkg.facts.values import Data

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


class JoinedReader:
    """Writes such functions, and the constants and functions that they use, into ``blocks``."""

    def __init__(
        self,
        lowering: Lowering,
        sources: Sources,
        imports: Imports,
        blocks: list[str],
        place_of: Callable[[Root], str],
    ) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.imports = imports
        self.blocks = blocks
        self.place_of = place_of
        self.renamed: list[Renamed] = []
        self._around: dict[str, int] = {}

    def write(self, name: str, root: Root, doc: str) -> None:
        """Write one. Raises RefusedError where its paths or names cannot be carried over."""
        self._check(root)
        edits: dict[ast.AST, str] = {self._path_node(file): self.place_of(file) for file in root.files}
        self._appended(root, edits)
        body = [doc]
        for index in root.building:
            statement = self.lowering.statement(index)
            body += [*self.sources.comments_above(statement), self.sources.of(statement.node, edits)]
        fresh = numbered_anew(self.facts, root)
        body.append(f"return {root.name}" if fresh else f"return {root.name}.reset_index(drop=True)")
        self._write_around(root, "\n".join(body))
        self.imports.of([self.lowering.statement(index).node for index in root.building], self.facts)
        self.blocks.append(f"def {name}(config: Config) -> pd.DataFrame:\n" + textwrap.indent("\n".join(body), "    "))

    def _appended(self, root: Root, edits: dict[ast.AST, str]) -> None:
        """``a.append(b)``, which pandas no longer has, as ``pd.concat([a, b])``; inner calls before outer ones."""
        for index in root.building:
            found = [node for node in ast.walk(self.lowering.statement(index).node) if isinstance(node, ast.Call)]
            for node in reversed(found):
                call = self.facts.call(node)
                if call is not None and call.name == "data.append" and isinstance(node.func, ast.Attribute):
                    edits[node] = self._concat(node, node.func.value, edits)
                    before = self.sources.of(node)
                    self.renamed.append(Renamed(node, node.lineno, before, self._concat(node, node.func.value, {})))

    def _concat(self, node: ast.Call, first: ast.expr, edits: dict[ast.AST, str]) -> str:
        table = self.facts.value(node.args[0]) if len(node.args) == 1 else None
        if not isinstance(table, Data) or node.lineno != node.end_lineno:
            reason = f"`{ast.unparse(node)[:50]}` adds something else than one table; use `pd.concat`"
            raise RefusedError(f"cell {self.sources.cell_of(node)} line {node.lineno}: {reason}")
        alias = self.imports.add("pandas", "pd")
        given = [self.sources.of(one, edits) for one in (first, node.args[0])]
        options = [f", {one.arg}={self.sources.of(one.value, edits)}" for one in node.keywords]
        return f"{alias}.concat([{', '.join(given)}]{''.join(options)})"

    def _path_node(self, file: Root) -> ast.expr:
        call = self.facts.call(file.load)
        assert call is not None
        return call.args[getattr(call.row, "path", "") or "filepath_or_buffer"][0]

    def _check(self, root: Root) -> None:
        alone = Alone(self.lowering)
        for index in root.building:
            alone.certain_rows(self.lowering.statement(index).node, index)
        for file in root.files:
            options = {k.arg: k.value for k in file.load.keywords}
            header = options.get("header")
            if isinstance(header, ast.Constant) and header.value is None and "names" not in options:
                reason = "a file without a line of names is joined; give its columns names with `names=`"
                raise refused(self.lowering.statement(file.statement), reason)
            if None in options:
                reason = "the call that reads the file has options with `*`; give them by name"
                raise refused(self.lowering.statement(file.statement), reason)

    def _write_around(self, root: Root, body: str) -> None:
        """The constants and functions that the body reads, as far as anything still reads them."""
        needed = _names(ast.parse(textwrap.dedent(f"def f():\n{textwrap.indent(body, '    ')}")))
        kept: list[int] = []
        for index in reversed(root.environment):
            node = self.lowering.statement(index).node
            if self.facts.effects[index].binds & needed:
                kept.insert(0, index)
                needed |= _names(node)
        for index in kept:
            self._one_value(index)
            node = self.lowering.statement(index).node
            self.imports.of([node], self.facts)
            text = "\n".join([*self.sources.comments_above(self.lowering.statement(index)), self.sources.of(node)])
            if text not in self.blocks:
                self.blocks.append(text)

    def _one_value(self, index: int) -> None:
        for name in self.facts.effects[index].binds:
            if self._around.setdefault(name, index) != index:
                reason = f"`{name}` has another value here than in the code above that reads files; give it a name of its own"
                raise refused(self.lowering.statement(index), reason)


def paths_in_turn(lowering: Lowering, node: ast.expr, file: Root) -> list[str] | None:
    """The paths that a call in a loop reads, one after the other; None where it is in no loop over listed names.

    Raises RefusedError where the paths cannot be told, or lie elsewhere than below the notebook's folder.
    """
    statement = lowering.statement(file.statement)
    around = _loop_around(statement.node, file.load)
    if around is None:
        return None
    target, iterated = around
    try:
        listed = evaluate(iterated, lowering.facts, at=file.statement)
        turns = list(listed) if isinstance(listed, list | tuple | range) else None
        paths = [evaluate(_with(node, target, one), lowering.facts, at=file.statement) for one in turns or ()]
    except NotConstantError:
        turns, paths = None, []
    if turns is None or not all(isinstance(one, str) for one in paths):
        raise refused(statement, f"the path `{ast.unparse(node)[:50]}` is only known when the notebook runs")
    texts = [str(one).replace("\\", "/") for one in paths]
    if any(one.startswith(("/", "~")) or "://" in one or one[1:3] == ":/" for one in texts):
        raise refused(statement, "files are read in a loop from elsewhere; put them beside the notebook")
    return [posixpath.normpath(one) for one in texts]


def _loop_around(statement: ast.stmt, load: ast.Call) -> tuple[str, ast.expr] | None:
    """The variable of the one loop that a call stands in, and what the loop goes over."""
    for part in ast.walk(statement):
        if isinstance(part, ast.For) and any(one is load for line in part.body for one in ast.walk(line)):
            return (part.target.id, part.iter) if isinstance(part.target, ast.Name) else None
        if isinstance(part, Comprehension) and any(one is load for one in ast.walk(part)):
            first = part.generators[0]
            alone = len(part.generators) == 1 and not first.ifs
            return (first.target.id, first.iter) if alone and isinstance(first.target, ast.Name) else None
    return None


def _with(node: ast.expr, name: str, value: object) -> ast.expr:
    """An expression with a constant in the place of a variable."""

    class Turn(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return ast.copy_location(ast.Constant(value), node) if node.id == name else node  # type: ignore[arg-type]

        def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.expr:
            parts = [_part(self.visit(one)) for one in node.values]
            known = [one for one in parts if one is not None]
            return ast.copy_location(ast.Constant("".join(known)), node) if len(known) == len(parts) else node

    made: ast.expr = Turn().visit(copy.deepcopy(node))
    return made


def _part(node: ast.expr) -> str | None:
    """A part of an f-string as text; None where it is no constant."""
    match node:
        case (
            ast.Constant(value=value)
            | ast.FormattedValue(value=ast.Constant(value=value), conversion=-1, format_spec=None)
        ):
            return str(value)
        case _:
            return None


def _names(node: ast.AST) -> set[str]:
    return set(_read(node))


def _read(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
            yield part.id
