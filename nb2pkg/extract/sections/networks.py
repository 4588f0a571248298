"""A network that a loop of the notebook's own trains: what holds it, what it is trained on, and how it was made."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.sections.entering import LOADED, UnseenError, Way, replaced
from nb2pkg.extract.sections.holding import Hold, read
from nb2pkg.extract.sections.inner import Passage
from nb2pkg.extract.sections.repeating import computed, row_of
from nb2pkg.extract.trace import free_names, writers
from nb2pkg.extract.ways import chain, stored
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Function, Value, parts_of
from nb2pkg.syntax import Statement

REBUILDING = frozenset(
    {"add_module", "append", "insert", "extend", "register_buffer", "register_parameter", "__setattr__"}
)
LOADER = "torch.utils.data.DataLoader"
OWN_BATCHES = ("collate_fn", "batch_sampler")
DEPTH = 3


class Made(NamedTuple):
    """The call that made a network, and the variables that it reads; they hold the same still when the network is kept."""

    call: ast.Call
    names: tuple[str, ...]


class Frame(NamedTuple):
    """A statement or a function, and the call in it that leads to the training."""

    owner: ast.AST
    call: ast.AST


def network_hold(facts: Facts, chosen: Candidate) -> Hold:
    """Where the network is held. Raises RefusedError where it is not, or where what it is trained on cannot be told."""
    statement = facts.program.statements[chosen.fit.statement]
    try:
        return _Training(facts, chosen, statement).hold()
    except UnseenError as error:
        raise refused(statement, f"what the network is trained on cannot be told: {error}") from error


class _Training:
    """One training loop, from the call of the network in it outwards."""

    def __init__(self, facts: Facts, chosen: Candidate, statement: Statement) -> None:
        self.facts = facts
        self.chosen = chosen
        self.statement = statement

    def hold(self) -> Hold:
        """The network and what goes into it in the notebook's own variables."""
        frames = self._frames(self.statement.node, DEPTH)
        if not frames:
            raise UnseenError("the way to the training loop cannot be followed")
        asked = self._asked(frames)
        network, features = asked.func, asked.args[0]
        self._check(features)
        frames[0] = frames[0]._replace(call=asked)
        for inner, outer in zip(frames, [*frames[1:], None], strict=True):
            features = Way(inner.owner, inner.call, self._passes, self._check).before(features)
            if outer is not None:
                network, features = self._outwards(inner, outer, network, features)
        network = read(network)
        held = Hold(self._last(network), network, features)
        self._check_names(held)
        return held

    def _frames(self, owner: ast.AST, depth: int) -> list[Frame]:
        """The functions around the training, the innermost first, and the statement last."""
        node = self.chosen.fit.node
        if chain(owner, node):
            return [Frame(owner, node)]
        found = []
        for call in ast.walk(owner) if depth else ():
            function = self._function(call.func) if isinstance(call, ast.Call) else None
            if function is not None and function is not owner:
                inner = self._frames(function, depth - 1)
                found += [[*inner, Frame(owner, call)]] if inner else []
        return found[0] if len(found) == 1 else []

    def _function(self, node: ast.expr) -> ast.FunctionDef | None:
        """The notebook's function that an expression names."""
        if not isinstance(node, ast.Name):
            return None
        value = self.facts.value(node) or self._global(node.id)
        return value.node if isinstance(value, Function) and isinstance(value.node, ast.FunctionDef) else None

    def _global(self, name: str) -> Value | None:
        """What a variable of the notebook holds where it is last read above the end of the training."""
        for statement in reversed(self.facts.program.statements[: self.statement.index + 1]):
            if isinstance(statement.node, ast.FunctionDef) and statement.node.name == name:
                return Function(statement.node, None, cell=statement.cell, statement=statement.index, defaults=())
            for node in ast.walk(statement.node):
                value = self.facts.value(node) if isinstance(node, ast.Name) and node.id == name else None
                if value is not None:
                    return value
        return None

    def _asked(self, frames: list[Frame]) -> ast.Call:
        """The call of the network whose error is taken back: the last one above the step."""
        step = frames[0].call
        calls = [
            one for one in ast.walk(frames[0].owner) if isinstance(one, ast.Call) and self._is_network(frames, one.func)
        ]
        before = [one for one in calls if (one.lineno, one.col_offset) < (step.lineno, step.col_offset)]  # type: ignore[attr-defined]
        if not before:
            raise UnseenError("where the loop asks the network cannot be seen")
        last = max(before, key=lambda one: (one.lineno, one.col_offset))
        if len(last.args) != 1 or last.keywords or isinstance(last.args[0], ast.Starred):
            raise UnseenError("the network is given several things")
        return last

    def _is_network(self, frames: list[Frame], node: ast.expr) -> bool:
        """Does an expression of the innermost function hold the network?"""
        value = self.facts.value(node) if isinstance(node, ast.Name | ast.Subscript) else None
        if len(frames) > 1 and isinstance(node, ast.Name):
            function, call = frames[0].owner, frames[1].call
            assert isinstance(function, ast.FunctionDef)
            assert isinstance(call, ast.Call)
            if _is_parameter(function, node.id):
                given = Passage(function, call, self.statement).given.get(node.id)
                return given is not None and self._is_network(frames[1:], given)
            places = [*stored_in(function, node.id)]
            if places:
                return any(_makes(one, places[0], self.chosen.estimator.node) for one in ast.walk(function))
            value = self._global(node.id)
        return value is not None and any(part is self.chosen.estimator for part in parts_of(value))

    def _passes(self, call: ast.Call) -> bool:
        """Does a call give on, one by one, what it is given first, as a progress bar does?"""
        row = row_of(self.facts, call)
        return row is not None and row.role == "rowwise"

    def _check(self, wanted: ast.expr) -> None:
        """Raise UnseenError where an expression may not be evaluated once more, for all rows at once."""
        call = computed(self.facts, wanted)
        if call is not None:
            raise UnseenError(f"`{ast.unparse(call)[:40]}` is computed on the way to it")

    def _outwards(self, inner: Frame, outer: Frame, network: ast.expr, features: ast.expr) -> tuple[ast.expr, ast.expr]:
        """Network and features in the words of the caller."""
        assert isinstance(inner.owner, ast.FunctionDef)
        assert isinstance(outer.call, ast.Call)
        passage = Passage(inner.owner, outer.call, self.statement)
        parameters = {one.arg for one in ast.walk(inner.owner.args) if isinstance(one, ast.arg)}
        values = {}
        for name in free_names(features):
            if name.id in parameters:
                if name.id not in passage.given:
                    raise UnseenError(f"what `{inner.owner.name}` is given as `{name.id}` cannot be seen")
                self._check(passage.given[name.id])
                values[name.id] = passage.given[name.id]
            elif isinstance(outer.owner, ast.FunctionDef) and _is_own(outer.owner, name.id):
                raise UnseenError(f"`{name.id}` is another variable in `{outer.owner.name}`")
        held = passage.outside(network) if isinstance(network, ast.Name) else None
        if held is None:
            raise UnseenError(f"the network has no name outside `{inner.owner.name}`")
        return held, replaced(features, values)

    def _last(self, network: ast.expr) -> int:
        """The last statement that gives the network its state: its training, or below it the best state that was kept."""
        found = self.statement.index
        names = {name.id for name in free_names(network)}
        for other in self.facts.program.statements[found + 1 :]:
            if names & self.facts.effects[other.index].binds:
                break
            if any(_loads(one, ast.unparse(network)) for one in ast.walk(other.node)):
                found = other.index
        return found

    def _check_names(self, held: Hold) -> None:
        """Raise where a variable holds something else by the end of the cell than what the training took."""
        features = {name.id for name in free_names(held.features)} - {LOADED}
        owners = {name.id for name in free_names(held.model)}
        if not owners or any(stored(self.statement.node, name) for name in owners) and not self._gives(owners):
            raise UnseenError("the network is made anew in the loop")
        self._check_loaders(held.features)
        cell = self.facts.program.statements[held.statement].cell
        for other in self.facts.program.statements[self.statement.index :]:
            if other.cell > cell:
                return
            effects = self.facts.effects[other.index]
            later = other.index > self.statement.index
            changed = features & (effects.binds | effects.mutates) | (owners & effects.binds if later else set())
            if changed:
                raise UnseenError(f"`{min(changed)}` is another one by the end of cell {cell}")

    def _gives(self, owners: set[str]) -> bool:
        """Is the network what a function gave, ``net = train(rows)``?"""
        node = self.statement.node
        return isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and len(owners) == 1

    def _check_loaders(self, features: ast.expr) -> None:
        """What rows are taken from has to be a loader that puts its data set's own items together."""
        for call in ast.walk(features):
            match call:
                case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=loader), _]) if name == LOADED:
                    made = self._maker(loader)
                    if made is None or any(word.arg in OWN_BATCHES for word in made.keywords):
                        raise UnseenError(f"`{loader}` is no loader of one table's rows")
                case ast.Call(func=ast.Name(id=name)) if name == LOADED:
                    raise UnseenError("the loader has no name of its own")

    def _maker(self, loader: str) -> ast.Call | None:
        """The call that made a loader."""
        bound = writers(self.facts, loader, before=self.statement.index)
        nodes = [node for index in bound for node in ast.walk(self.facts.program.statements[index].node)]
        rows = [(node, row_of(self.facts, node)) for node in nodes if isinstance(node, ast.Call)]
        found = [node for node, row in rows if row is not None and row.name == LOADER]
        return found[0] if len(found) == 1 else None


def _is_parameter(function: ast.FunctionDef, name: str) -> bool:
    return any(isinstance(one, ast.arg) and one.arg == name for one in ast.walk(function.args))


def _is_own(function: ast.FunctionDef, name: str) -> bool:
    """Is a name a parameter or a variable of a function?"""
    return any(stored_in(function, name)) or _is_parameter(function, name)


def _makes(node: ast.AST, place: ast.Name, made: ast.AST) -> bool:
    """Is it the assignment that binds a name to what was made there?"""
    return isinstance(node, ast.Assign) and any(one is place for one in node.targets) and bool(chain(node.value, made))


def stored_in(function: ast.FunctionDef, name: str) -> Iterator[ast.Name]:
    """The places in a function's own body where it binds a name."""
    return (place for one in function.body for place in stored(one, name))


def _loads(node: ast.AST, network: str) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=owner, attr="load_state_dict")):
            return ast.unparse(owner) == network
        case _:
            return False


def made(facts: Facts, chosen: Candidate, held: Hold) -> Made | None:
    """The call that made the network, where its variables hold the same still; None where another way to keep it is needed."""
    call = chosen.estimator.node
    for statement in facts.program.statements[: chosen.fit.statement + 1]:
        if isinstance(statement.node, ast.Assign) and isinstance(call, ast.Call) and chain(statement.node, call):
            names = {name.id for name in free_names(call)}
            between = facts.effects[statement.index + 1 : held.statement + 1]
            changed = {name for one in between for name in one.binds | one.mutates}
            own = {name.id for name in free_names(held.model)}
            plain = not any(isinstance(one, ast.Lambda | ast.Starred) for one in ast.walk(call))
            later = facts.program.statements[statement.index + 1 : held.statement + 1]
            rebuilt = any(_rebuilds(node, own) for one in later for node in ast.walk(one.node))
            return Made(call, tuple(sorted(names))) if plain and not rebuilt and not names & (changed - own) else None
    return None


def _rebuilds(node: ast.AST, networks: set[str]) -> bool:
    """Does it put another part into a network: ``net.last = Linear(4, 1)``, ``net.append(...)``?"""
    match node:
        case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
            return bool(networks & {name.id for name in free_names(node)})
        case ast.Call(func=ast.Attribute(value=owner, attr=method)) if method in REBUILDING:
            return bool(networks & {name.id for name in free_names(owner)})
        case _:
            return False
