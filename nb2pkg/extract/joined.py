"""Several files that are joined before anything else: the statement after which one variable holds the rows of all.

    people = pd.read_csv("people.csv")
    visits = pd.read_csv("visits.csv").groupby("person")["cost"].sum().reset_index()
    df = people.merge(visits, on="person", how="left")      # df, after this statement, is where raw rows begin

From there on ``df`` is followed as a table that was read. What stands before is ingestion, in the notebook's own words.
"""

import ast

from nb2pkg.extract.gathering import Gathering
from nb2pkg.extract.joining_code import JoiningCode
from nb2pkg.extract.lane import Gathered, Root
from nb2pkg.extract.roots import Roots
from nb2pkg.extract.trace import writers
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Data

REPEATING = (ast.For, ast.While, ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


class Joins:
    """Finds where files are joined; what it finds is a root from then on."""

    def __init__(self, facts: Facts, roots: Roots, gathering: Gathering) -> None:
        self.facts = facts
        self.roots = roots
        self.gathering = gathering

    def meet(self, expression: ast.expr, *, at: int) -> bool:
        """Make a root of the variable in which the files meet that an expression is made of; False where there is none.

        Raises RefusedError where they are joined by code that cannot stand in ingestion.
        """
        gathered = self.gathering.gather(expression, at=at, stop_at_steps=False)
        if not self._several(gathered):
            return False
        files = {id(one.load) for one in _files(gathered)}
        for index in sorted(gathered.statements):
            effects = self.facts.effects[index]
            for name in sorted(effects.binds | effects.mutates):
                root = self._root(name, index, files) if self._is_table(name, index) else None
                if root is not None and self._holds_all(root, expression, at):
                    code = JoiningCode(self.facts, self.roots, self.gathering, root)
                    if not code.joins():
                        continue
                    code.check()
                    self.roots.joined[root.name, self._binding(root)] = root
                    return True
        return False

    def _several(self, gathered: Gathered) -> bool:
        """Are rows made of several files, or of one call that reads several, and of nothing else?"""
        files = _files(gathered)
        if gathered.names or gathered.parts or not files or any(one.kind != "file" for one in files):
            return False
        return len(gathered.roots) > 1 or (len(files) == 1 and self.repeated(files[0]))

    def repeated(self, file: Root) -> bool:
        """Is a file read by a call that runs many times, in a loop?"""
        statement = self.facts.program.statements[file.statement].node
        loops = (part for part in ast.walk(statement) if isinstance(part, REPEATING))
        return any(part is file.load for loop in loops for part in ast.walk(loop))

    def _root(self, name: str, index: int, files: set[int]) -> Root | None:
        """The variable as it is after a statement, where it is made of all files."""
        inner = self.gathering.gather(ast.Name(name, ast.Load()), at=index + 1, stop_at_steps=False)
        parts = tuple(sorted(_files(inner), key=lambda one: (one.statement, one.load.lineno, one.load.col_offset)))
        if inner.names or inner.parts or {id(one.load) for one in parts} != files:
            return None
        self.gathering.rebind(inner)
        made = [root for root, _ in inner.roots.values()]
        building = {index, *inner.statements}.union(*({one.statement, *one.building} for one in made))
        ordered = tuple(sorted(building))
        if ordered[-1] != index:
            return None
        around = tuple(sorted(inner.environment.union(*(one.environment for one in made)) - building))
        return Root("file", "frame", parts[0].load, parts[0].statement, name, ordered, files=parts, environment=around)

    def _is_table(self, name: str, index: int) -> bool:
        """Does a variable hold a table where it is read next? A list of tables is none, nor is one column."""
        for statement in self.facts.program.statements[index + 1 :]:
            for node in ast.walk(statement.node):
                if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
                    value = self.facts.value(node)
                    return isinstance(value, Data) and value.column is None
            if name in self.facts.effects[statement.index].binds:
                return False
        return False

    def _holds_all(self, root: Root, expression: ast.expr, at: int) -> bool:
        """Do all rows of an expression come through a root?"""
        known = self.roots.joined
        self.roots.joined = {**known, (root.name, self._binding(root)): root}
        found = self.gathering.gather(expression, at=at, stop_at_steps=False)
        self.roots.joined = known
        return not found.names and [one for one, _ in found.roots.values()] == [root]

    def _binding(self, root: Root) -> int:
        """The statement that first binds the variable."""
        return writers(self.facts, root.name, before=root.building[-1] + 1)[0]


def _files(gathered: Gathered) -> list[Root]:
    """The files that rows come from, those of a table that was joined among them."""
    return [file for root, _ in gathered.roots.values() for file in root.files or (root,)]
