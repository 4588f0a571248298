"""Which statements of a cell draw, and which of them draw one figure.

``plt.figure()``, ``plt.hist(df.age)``, ``plt.show()``, ``df.plot()`` in one cell are two figures: a notebook shows and forgets its
figure at ``plt.show()`` and at the end of the cell, and some calls begin a new one.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data, Function, Group, Library
from nb2pkg.syntax import CellSyntax, Statement

PLOTTING = ("matplotlib", "seaborn", "pylab", "mpl_toolkits", "plotly")
SHOWING = frozenset({"show", "close", "pause", "savefig", "write_image", "write_html", "ion", "ioff", "clf", "draw"})
OWN_FIGURE = frozenset(
    {
        "matplotlib.pyplot.figure",
        "matplotlib.pyplot.subplots",
        "matplotlib.pyplot.subplot_mosaic",
        "matplotlib.pyplot.matshow",
        "pandas.plotting.scatter_matrix",
        *(
            f"seaborn.{name}"
            for name in (
                "pairplot", "jointplot", "relplot", "displot", "catplot", "lmplot", "clustermap", "FacetGrid", "PairGrid", "JointGrid", "factorplot",
            )
        ),
    }
)  # fmt: skip
EMPTY = ("matplotlib.pyplot.figure", "matplotlib.pyplot.subplots", "matplotlib.pyplot.subplot_mosaic")
CURRENT = ("matplotlib.", "seaborn.", "data.")
WITH_AXES = ("ax", "axes")
FRAME_PLOTS = ("data.plot", "data.hist", "group.plot", "group.hist")


@dataclass(frozen=True, slots=True)
class Figure:
    """The statements that draw one figure, in their order; ``several`` where a loop among them shows more than one.

    ``doubt`` is why it cannot be followed, "" where it can.
    """

    cell: int
    statements: tuple[Statement, ...]
    several: bool
    doubt: str = ""


class Drawings:
    """Tells what draws; every answer is derived from the facts alone."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    def figures(self, cell: CellSyntax) -> Iterator[Figure]:
        """The figures of a cell, in order."""
        found: list[Statement] = []
        names: set[str] = set()
        doubt = ""
        for statement in cell.statements:
            node = statement.node
            if found and self._begins(node, found):
                yield self._figure(found, doubt)
                found, names, doubt = [], set(), ""
            if self.draws(node) or self._goes_on(node, names) or (found and self.shows(node)):
                found.append(statement)
                if not self.shows(node):
                    names |= self.facts.effects[statement.index].binds
            elif isinstance(node, ast.Expr) and _roots(node) & names and not _prints(node):
                doubt = f"what `{ast.unparse(node)[:40]}` draws is not known"
            if found and self._ends(node):
                yield self._figure(found, doubt)
                found, names, doubt = [], set(), ""
        if found:
            yield self._figure(found, doubt)

    def _figure(self, found: list[Statement], doubt: str) -> Figure:
        drawn = [one.node for one in found if not self.shows(one.node)]
        if not doubt and all(self._only_begins(one) for one in drawn):
            doubt = "nothing is drawn on it here"
        if not doubt and any(self._shows_in_turn(one) for one in drawn):
            doubt = "a function shows several figures in turn"
        return Figure(found[0].cell, tuple(found), any(self._repeats(one) for one in drawn), doubt)

    def _only_begins(self, node: ast.stmt) -> bool:
        """Does a statement make an empty figure and nothing else?"""
        value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
        return isinstance(value, ast.Call) and self._name(value) in EMPTY

    def _shows_in_turn(self, node: ast.stmt) -> bool:
        """Does a function of the notebook show figures in a loop, or is it called in one?"""
        within = {
            part
            for loop in ast.walk(node)
            if isinstance(loop, ast.For | ast.While | ast.comprehension)
            for part in ast.walk(loop)
        }
        for call in calls_in(node):
            function = self.facts.value(call.func)
            if isinstance(function, Function) and self._shows_inside(call):
                loops = (one for one in ast.walk(function.node) if isinstance(one, ast.For | ast.While))
                inner = any(self._is_show(part) for loop in loops for part in calls_in(loop))
                if call in within or inner or sum(map(self._is_show, calls_in(function.node))) > 1:
                    return True
        return False

    def _shows_inside(self, call: ast.Call) -> bool:
        """Does a call lead to a function of the notebook that shows a figure?"""
        function = self.facts.value(call.func)
        return isinstance(function, Function) and any(map(self._is_show, calls_in(function.node)))

    def _is_show(self, call: ast.Call) -> bool:
        return isinstance(call.func, ast.Attribute) and call.func.attr == "show"

    def _repeats(self, node: ast.stmt) -> bool:
        """Does a loop within the statement show or begin figures?"""
        loops = [part for part in ast.walk(node) if isinstance(part, ast.For | ast.While | ast.comprehension)]
        inside = (part for loop in loops for part in ast.walk(loop) if isinstance(part, ast.Call))
        return any(self.creates(part) or self._is_show(part) for part in inside)

    # ---- one statement

    def draws(self, node: ast.stmt) -> bool:
        """Does a statement draw, by itself or through a function of the notebook?"""
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        return any(self.draws_by(part) for part in calls_in(node))

    def draws_by(self, call: ast.Call) -> bool:
        """Does a call draw?"""
        known = self.facts.call(call)
        if known is not None and known.row is not None:
            return getattr(known.row, "role", "") == "plot" and not self._is_material(known.name)
        function = self.facts.value(call.func)
        if isinstance(function, Function):
            return any(self.draws_by(part) for part in calls_in(function.node) if part is not call)
        return False

    @staticmethod
    def _is_material(name: str) -> bool:
        """A picture of words that is drawn later is no drawing by itself."""
        return name.startswith(("wordcloud.", "PIL."))

    def shows(self, node: ast.stmt) -> bool:
        """Does a statement only show, keep or close what was drawn?"""
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr=attr))) if attr in SHOWING:
                value = self.facts.value(owner)
                return not isinstance(value, Data) and not (isinstance(value, Library) and not _plots(value.name))
            case _:
                return False

    def _ends(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="show" | "close"))):
                return True
            case _:
                return any(self._shows_inside(call) for call in calls_in(node))

    def _goes_on(self, node: ast.stmt, names: set[str]) -> bool:
        """Does a statement go on with axes that the figure has bound?"""
        match node:
            case ast.Expr(value=ast.Call(func=owner)) | ast.For(iter=owner):
                return bool(_roots(owner) & names)
            case ast.Assign(value=ast.Attribute() | ast.Subscript() | ast.Call(func=ast.Attribute()) as value):
                stored = any(_roots(one) & names for one in node.targets if isinstance(one, ast.Attribute))
                return stored or bool(_roots(value) & names)
            case ast.Assign(targets=[ast.Attribute() as target]):
                return bool(_roots(target) & names)
            case _:
                return False

    # ---- new figures

    def creates(self, call: ast.Call) -> bool:
        """Does a call begin a figure of its own?"""
        name = self._name(call)
        if any(k.arg in WITH_AXES for k in call.keywords):
            return False
        if name in OWN_FIGURE:
            return True
        if name == "data.boxplot":
            return any(k.arg == "by" for k in call.keywords)
        if name.startswith("sklearn.") and self._role(call) == "plot":
            return True
        return name.startswith(FRAME_PLOTS) and not self._of_one_column(call)

    def _of_one_column(self, call: ast.Call) -> bool:
        known = self.facts.call(call)
        receiver = known.receiver if known is not None else None
        receiver = receiver.data if isinstance(receiver, Group) else receiver
        return isinstance(receiver, Data) and receiver.column is not None

    def first_creating(self, node: ast.stmt) -> ast.Call | None:
        """The first call of a statement that begins a figure."""
        return next((part for part in calls_in(node) if self.creates(part)), None)

    def _begins(self, node: ast.stmt, before: list[Statement]) -> bool:
        """Does a statement begin a figure while another one is already drawn on?"""
        made = self.first_creating(node)
        if made is None:
            return False
        return not all(self._only_begins(one.node) for one in before) or self._name(made) in EMPTY

    def is_replaced(self, node: ast.stmt, after: ast.stmt | None) -> bool:
        """Is an empty figure left at once for one that the next statement begins?"""
        made = self.first_creating(after) if after is not None else None
        return self._only_begins(node) and isinstance(node, ast.Expr) and made is not None

    def on_current_axes(self, node: ast.stmt) -> bool:
        """Do all calls of a statement that draw surely draw on the figure that is there?"""
        return all(
            self._name(call).startswith(CURRENT) and not self.creates(call)
            for call in calls_in(node)
            if self.draws_by(call)
        )

    def _name(self, call: ast.Call) -> str:
        known = self.facts.call(call)
        return known.name if known is not None else ""

    def _role(self, call: ast.Call) -> str:
        known = self.facts.call(call)
        return getattr(known.row, "role", "") if known is not None and known.row is not None else ""

    def name_of(self, call: ast.Call) -> str:
        """The resolved name of a call."""
        return self._name(call)


def calls_in(node: ast.AST) -> Iterator[ast.Call]:
    """The calls of a statement, or of a function's body, in the order they are written."""
    return (part for part in ast.walk(node) if isinstance(part, ast.Call))


def _prints(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == "print"


def _plots(name: str) -> bool:
    return name.startswith(PLOTTING)


def _roots(node: ast.AST) -> set[str]:
    """The variables that an expression starts from: ``axes`` of ``axes[0].set_title``, ``axes`` and ``df`` of ``zip(axes, df)``."""
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
