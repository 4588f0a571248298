"""What goes into a call inside loops and functions, in the words of the notebook above the statement it stands in.

For ``for xb, yb in loader: xb = xb.to(device); loss = cost(net(xb), yb)`` what goes into ``net`` is
``loaded_rows(loader, 0).to(device)``: part 0 of everything that the loader loads, in the order of its data set.
"""

import ast
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence

from nb2pkg.extract.trace import free_names
from nb2pkg.extract.ways import chain, stored

LOADED = "loaded_rows"
NUMBERING = frozenset({"enumerate"})
LEFT_ALONE = frozenset({"print", "len", "display", "type"})  # given a value, they leave it as it is


class UnseenError(Exception):
    """What goes in cannot be told; the reason in words."""


class Way:
    """The way from the start of a statement or function to a call in it.

    ``passes`` tells calls that give on, one by one, what they are given; ``check`` raises UnseenError where an expression may
    not be evaluated once more, and for all rows at once.
    """

    def __init__(
        self, owner: ast.AST, call: ast.AST, passes: Callable[[ast.Call], bool], check: Callable[[ast.expr], None]
    ) -> None:
        self.path = chain(owner, call)
        self.passes = passes
        self.check = check

    def before(self, wanted: ast.expr) -> ast.expr:
        """An expression of the call in the words of the start. Raises UnseenError."""
        found = _whole_rows(wanted, self.path)
        for outer, part in reversed([*itertools.pairwise(self.path)]):
            if isinstance(outer, ast.Lambda | ast.comprehension | ast.ListComp | ast.GeneratorExp):
                raise UnseenError("it is called in a comprehension")
            for sibling in _above(outer, part):
                found = _whole_rows(self._undone(sibling, found), self.path)
            if isinstance(outer, ast.For) and any(part is one for one in outer.body):
                found = self._out_of(outer, found)
            if isinstance(outer, ast.For | ast.While):
                _refuse_carried(outer, found)
        return found

    def _undone(self, statement: ast.stmt, wanted: ast.expr) -> ast.expr:
        """The expression before a statement that may bind what it reads."""
        names = {name.id for name in free_names(wanted)}
        bound = {name for name in names if stored(statement, name)}
        if not bound:
            _refuse_changed(statement, names)
            return wanted
        given = _assigned(statement)
        if not bound <= given.keys():
            raise UnseenError(f"`{min(bound)}` is made in a way that cannot be followed")
        for name in bound:
            self.check(given[name])
        return replaced(wanted, given)

    def _out_of(self, loop: ast.For, wanted: ast.expr) -> ast.expr:
        """The expression before a loop whose variable it reads: all that the loop goes over."""
        names = {name.id for name in free_names(wanted)}
        source, target = loop.iter, loop.target
        while isinstance(source, ast.Call) and source.args:
            if isinstance(source.func, ast.Name) and source.func.id in NUMBERING:
                target = target.elts[1] if isinstance(target, ast.Tuple) and len(target.elts) > 1 else target
            elif not self.passes(source):
                break
            source = source.args[0]
        turned = {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)} & names
        if not turned:
            return wanted
        parts = _parts(target)
        if isinstance(target, ast.Name) and turned == {target.id}:
            return _of_batch(wanted, target.id, source)
        if not turned <= parts.keys() or not isinstance(source, ast.Name | ast.Subscript | ast.Attribute):
            raise UnseenError(f"`{min(turned)}` comes out of a loop that cannot be followed")
        return replaced(wanted, {name: _loaded(source, number) for name, number in parts.items()})


def _above(outer: ast.AST, part: ast.AST) -> Iterator[ast.stmt]:
    """The statements of a block above one of its own, the nearest first."""
    for _, block in ast.iter_fields(outer):
        if isinstance(block, list) and any(part is one for one in block):
            place = next(i for i, one in enumerate(block) if one is part)
            yield from (one for one in reversed(block[:place]) if isinstance(one, ast.stmt))


def _assigned(statement: ast.stmt) -> dict[str, ast.expr]:
    """The names that an assignment binds, each with its value; a value that is unpacked by number."""
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return {}
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Name):
        return {target.id: value}
    parts = _parts(target)
    if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
        return {name: value.elts[at] for name, at in parts.items() if len(value.elts) == len(target.elts)}
    if isinstance(value, ast.Name):
        return {name: ast.Subscript(value, ast.Constant(at), ast.Load()) for name, at in parts.items()}
    return {}


def _parts(target: ast.expr) -> dict[str, int]:
    names = target.elts if isinstance(target, ast.Tuple | ast.List) else ()
    return {one.id: at for at, one in enumerate(names) if isinstance(one, ast.Name)}


def _of_batch(wanted: ast.expr, batch: str, source: ast.expr) -> ast.expr:
    """``batch[0]`` is part 0 of what is loaded; a batch as a whole is none."""

    class Parts(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=int(at))) if name == batch:
                    return _loaded(source, at)
            self.generic_visit(node)
            return node

    found: ast.expr = Parts().visit(_copied(wanted))
    if any(name.id == batch for name in free_names(found)):
        raise UnseenError(f"`{batch}` is a batch that is taken as a whole")
    return found


def _loaded(source: ast.expr, number: int) -> ast.expr:
    if not isinstance(source, ast.Name | ast.Subscript | ast.Attribute):
        raise UnseenError("what a loop goes over is made in the loop's own line")
    return ast.Call(ast.Name(LOADED, ast.Load()), [source, ast.Constant(number)], [])


def _whole_rows(wanted: ast.expr, path: Sequence[ast.AST]) -> ast.expr:
    """``X[start:end]`` and ``X[chosen]`` inside a loop are rows of ``X``."""
    turning = {
        name.id
        for loop in path
        if isinstance(loop, ast.For)
        for name in ast.walk(loop.target)
        if isinstance(name, ast.Name)
    }

    class Whole(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
            self.generic_visit(node)
            if isinstance(node.slice, ast.Name) and node.slice.id in turning:
                raise UnseenError("it is given one row at a time")
            slices = isinstance(node.slice, ast.Slice) and not _constant(node.slice)
            chosen = isinstance(node.slice, ast.Name | ast.Subscript)
            return node.value if slices or chosen else node

    found: ast.expr = Whole().visit(_copied(wanted))
    return found


def _constant(node: ast.AST) -> bool:
    return not any(isinstance(one, ast.Name | ast.Call) for one in ast.walk(node))


def _refuse_carried(loop: ast.For | ast.While, wanted: ast.expr) -> None:
    """What a loop hands from one turn to the next is not what it started from."""
    for name in free_names(wanted):
        if stored(loop, name.id) and name.id != LOADED:
            raise UnseenError(f"`{name.id}` is bound in the loop again")


def _refuse_changed(statement: ast.stmt, names: set[str]) -> None:
    """Raise UnseenError where a statement may change in place what one of these names holds."""
    for node in ast.walk(statement):
        match node:
            case ast.Subscript(ctx=ast.Store() | ast.Del(), value=ast.Name(id=name)) if name in names:
                raise UnseenError(f"`{name}` is changed in place")
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)) if (
                name in names and method.endswith("_")
            ):
                raise UnseenError(f"`{name}` is changed in place")
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        func, given = statement.value.func, statement.value.args
        handed = {one.id for one in given if isinstance(one, ast.Name)} & names
        if handed and not (isinstance(func, ast.Name) and func.id in LEFT_ALONE):
            raise UnseenError(f"`{min(handed)}` may be changed by `{ast.unparse(func)}`")


def replaced(wanted: ast.expr, values: Mapping[str, ast.expr]) -> ast.expr:
    """An expression with the names in it that have a value replaced by it."""

    class Replaced(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            return _copied(values[node.id]) if node.id in values else node

    found: ast.expr = Replaced().visit(_copied(wanted))
    return found


def _copied(node: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(node), mode="eval").body
