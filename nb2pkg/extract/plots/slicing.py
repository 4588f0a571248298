"""What a figure needs of the statements above it: those that made its data, up to what the package gives in their place.

For ``counts = df.age.value_counts()`` and ``counts.plot()`` the figure needs the first statement, and ``df``: the rows as they are
read, and every statement that changed them until there.
"""

import ast
from dataclasses import dataclass, field

from nb2pkg.extract.imports import imported
from nb2pkg.extract.plots.drawing import PLOTTING, Drawings, Figure, calls_in
from nb2pkg.extract.plots.leaves import FRAME, Leaf, Leaves
from nb2pkg.extract.refuse import RefusedError
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.events import Call
from nb2pkg.facts.flows import HANDED, OPTIONS, UNKNOWN_CALL, WHEN_CALLED
from nb2pkg.facts.values import Data, Library
from nb2pkg.graph import Flow
from nb2pkg.syntax import Statement

REFUSED = {
    "load": "it draws from another file",
    "split": "its rows are parted here, and not as they were for the model",
    "crossval": "models are fitted for it",
    "crosspredict": "models are fitted for it",
    "resample": "its rows are resampled",
    "load-artifact": "it draws from another file",
    "network": "it draws from the network",
    "save": "it writes a file",
}
UNDRAWN = ("bokeh", "altair", "folium", "graphviz", "pydot", "pydotplus", "dtreeviz", "plotnine", "ggplot", "cufflinks", "pygal", "hvplot", "holoviews", "pyLDAvis", "chart_studio", "sweetviz", "shap", "lime", "ipyvolume")  # fmt: skip
ANSWERS = frozenset({"predict", "predict_proba", "predict_log_proba", "decision_function"})
STATES = (OPTIONS, "random state of ")


@dataclass(slots=True)
class Needed:
    """What a figure needs: statements by index (``data`` beside its own), settings of how things look, and leaves by variable.

    ``edits`` are expressions that the package has something else for, ``rows`` the leaves that the model is asked about.
    """

    data: set[int] = field(default_factory=set)
    style: set[int] = field(default_factory=set)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    edits: dict[ast.AST, str] = field(default_factory=dict)
    rows: set[str] = field(default_factory=set)


class Slicer:
    """Finds what figures need. Raises RefusedError with the reason why one cannot be drawn from what the package has."""

    def __init__(self, drawings: Drawings, leaves: Leaves) -> None:
        self.drawings = drawings
        self.leaves = leaves
        self.facts = drawings.facts
        self.models = {one.statement for one in self.facts.fits if one.estimator and self.facts.is_model(one.estimator)}
        self.splits = {one.statement for one in self.facts.splits}

    def needed(self, figure: Figure) -> Needed:
        """What one figure needs."""
        if figure.doubt:
            raise RefusedError(figure.doubt)
        own = {one.index for one in figure.statements}
        found = Needed()
        waiting = sorted(own)
        seen = set(waiting)
        while waiting:
            index = waiting.pop()
            statement = self.facts.program.statements[index]
            self._check(statement, own=index in own)
            for above in sorted(self._above(statement, found, own) - seen):
                seen.add(above)
                waiting.append(above)
                found.data.add(above)
        self._style(found, own)
        self._check_names(found, own)
        return found

    def _style(self, found: Needed, own: set[int]) -> None:
        """Add what settings of how things look are made of."""
        waiting = sorted(found.style)
        while waiting:
            apart = Needed()
            above = self._above(self.facts.program.statements[waiting.pop()], apart, own)
            if apart.leaves:
                raise RefusedError("how it looks depends on the rows")
            waiting += sorted(above - found.style)
            found.style |= above

    def _check(self, statement: Statement, *, own: bool) -> None:
        """Raise RefusedError for a statement that the package cannot repeat."""
        if statement.index in self.models:
            raise RefusedError(
                "a model is fitted while it is drawn"
                if own
                else "it is about another model than the one that was chosen"
            )
        if not own and self.drawings.draws(statement.node):
            raise RefusedError("it goes on with a figure that was begun elsewhere")
        if statement.whole is not None:
            raise RefusedError("it stands in a loop that is written out turn by turn")
        for call in calls_in(statement.node):
            known = self.facts.call(call)
            row = known.row if known is not None else None
            if known is not None and known.name.split(".")[0] in UNDRAWN:
                raise RefusedError(f"`{known.name.split('.')[0]}` gives no figure")
            role = getattr(row, "role", "")
            if role in REFUSED:
                raise RefusedError(REFUSED[role])
            if role != "plot" and known is not None and _draws_at_random(row, known):
                raise RefusedError(f"`{ast.unparse(call)[:40]}` draws at random without a seed")

    def _above(self, statement: Statement, found: Needed, own: set[int]) -> set[int]:
        """The statements that one statement needs, what the package has a leaf for left out."""
        flows: dict[str, list[Flow]] = {}
        for flow in self.facts.effects[statement.index].flows:
            if flow.statement in own:
                continue
            flows.setdefault(flow.name, []).append(flow)
        self._asked_of_model(statement, found)
        self._given_with_model(statement, found)
        above: set[int] = set()
        for name, several in sorted(flows.items()):
            writers = {one.statement for one in several}
            if name.startswith(STATES):
                if name.startswith(OPTIONS) and name.removeprefix(OPTIONS).split(".")[0] in PLOTTING:
                    found.style |= writers
                continue
            if self._is_library(name, statement):
                continue
            leaf = self._leaf(name, statement, writers, asked=name in found.rows)
            if leaf is not None:
                if found.leaves.setdefault(name, leaf) != leaf:
                    raise RefusedError(f"`{name}` is two things in turn")
                if leaf.of != FRAME:
                    continue
                several = [
                    one for one in several if one.statement not in self.leaves.reading
                ]  # what changed the raw rows since
            above |= self._followed(name, several)
        return above

    def _followed(self, name: str, several: list[Flow]) -> set[int]:
        for flow in several:
            if flow.why == UNKNOWN_CALL:
                raise RefusedError(f"what a call above does to `{name}` is not known")
            if flow.statement < 0 or flow.why not in ("", HANDED, WHEN_CALLED):
                raise RefusedError(f"where `{name}` comes from is not known ({flow.why or 'a magic'})")
        return {flow.statement for flow in several}

    def _leaf(self, name: str, statement: Statement, writers: set[int], *, asked: bool) -> Leaf | None:
        node = _reading(statement.node, name)
        model = self.leaves.model(node, at=statement.index) if node is not None else None
        if model is not None:
            if self.leaves.package.pieces.searches and not _only_asks(statement.node, name):
                raise RefusedError("what the search itself found is kept by `search`, and the model is what it found")
            return model
        frame = self.leaves.frame(name, writers, at=statement.index) if not asked else None
        if frame is not None:
            return frame
        if not asked and not self._parted(writers):
            return None
        part = self.leaves.part(node, at=statement.index) if node is not None else None
        if part is None and (asked or writers & self.splits):
            raise RefusedError(f"`{name}` is a part of the rows that the package does not make by itself")
        return part

    def _parted(self, writers: set[int]) -> bool:
        """Does the value go back to a split?"""
        return bool(self.facts.slice(writers) & self.splits)

    def _asked_of_model(self, statement: Statement, found: Needed) -> None:
        """What the chosen model is asked about has to be rows as the package prepares them, or made-up ones."""
        for one in self.facts.predictions:
            if one.statement != statement.index or one.estimator is not self.leaves.package.chosen.estimator:
                continue
            call = self.facts.call(one.node)
            given = call.args.get("X") if call is not None else None
            if given is None or one.calls or not self.leaves.package.sites.data_rows(one):
                if given is None or one.calls:
                    raise RefusedError("the model is used inside a function")
                continue
            leaf = self.leaves.part(given[0], at=statement.index)
            if leaf is None:
                raise RefusedError(f"`{ast.unparse(given[0])[:40]}` is prepared differently from the rows of the model")
            if isinstance(given[0], ast.Name):
                self._rows(given[0].id, leaf, found)
            else:
                found.edits[given[0]] = leaf.text

    def _given_with_model(self, statement: Statement, found: Needed) -> None:
        """Rows that a call takes together with the model are rows as the package prepares them."""
        for call in calls_in(statement.node):
            given = [*call.args, *(k.value for k in call.keywords)]
            if not any(self.leaves.is_model(one) for one in given):
                continue
            for one in given:
                if isinstance(one, ast.Name) and isinstance(self.facts.value(one), Data):
                    leaf = self.leaves.part(one, at=statement.index)
                    if leaf is None:
                        raise RefusedError(f"`{one.id}` is prepared differently from the rows of the model")
                    self._rows(one.id, leaf, found)

    @staticmethod
    def _rows(name: str, leaf: Leaf, found: Needed) -> None:
        if found.leaves.setdefault(name, leaf) != leaf:
            raise RefusedError(f"`{name}` is two things in turn")
        found.rows.add(name)

    def _is_library(self, name: str, statement: Statement) -> bool:
        node = _reading(statement.node, name)
        value = self.facts.value(node) if node is not None else None
        return isinstance(value or imported(name, self.facts), Library)

    def _check_names(self, found: Needed, own: set[int]) -> None:
        """What is kept may bind a variable anew that the package gives only where it is the raw table, and after it was read."""
        for index in found.data | own:
            again = {
                name
                for name in self.facts.effects[index].binds & found.leaves.keys()
                if found.leaves[name].of != FRAME or index < max(self.leaves.reading)
            }
            if again:
                raise RefusedError(f"`{min(again)}` is two things in turn")


def _reading(statement: ast.stmt, name: str) -> ast.Name | None:
    return next((one for one in free_names(statement) if one.id == name), None)


def _only_asks(statement: ast.stmt, name: str) -> bool:
    """Is a model only asked for answers, so that the best model of a search can stand for the search?"""
    asked = {id(part.value) for part in ast.walk(statement) if isinstance(part, ast.Attribute) and part.attr in ANSWERS}
    return all(id(one) in asked for one in free_names(statement) if one.id == name)


def _draws_at_random(row: object, call: Call) -> bool:
    """Does a call draw from a stream that nobody can repeat?"""
    condition, seed = getattr(row, "stochastic", False), call.args.get(getattr(row, "seed", ""))
    if not condition or any(k.arg is None for k in call.node.keywords):
        return bool(condition)
    if seed is not None and not (isinstance(seed[0], ast.Constant) and seed[0].value is None):
        return False
    if isinstance(condition, str):
        key, _, values = condition.partition("=")
        found = call.args.get(key)
        if found is None:
            return False
        return not isinstance(found[0], ast.Constant) or str(found[0].value) in values.split("|")
    return True
