"""Are rows that the model is only asked about prepared as those that it learned from, with nothing learned of themselves?"""

import ast
from collections.abc import Hashable
from collections.abc import Set as AbstractSet
from typing import TypeGuard

from nb2pkg.extract.alike import Alike
from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.columns import Columns
from nb2pkg.extract.copies import Copier
from nb2pkg.extract.lane import Code, Lane, Stage, Step
from nb2pkg.extract.learned import Learns
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.nameless import Part, nameless
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.selection import Selections
from nb2pkg.extract.shapes import Shape, Shapes
from nb2pkg.facts.events import Predicted
from nb2pkg.facts.values import Learning

_OWN = "`{}` prepares rows with values of their own; take those of the training rows"
NAMING = "pandas.get_dummies"
COMPARING = "sklearn."
GIVEN = frozenset({"value", "fitted", "encoder"})


class AskedRows:
    """Compares lanes with that of the chosen model; ``needed`` are the columns that the target is made of."""

    def __init__(self, lowering: Lowering, chosen: Candidate, lane: Lane, needed: AbstractSet[str]) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.chosen = chosen
        self.lane = lane
        self.needed = needed
        self.columns = Columns(lowering)
        self.learns = Learns(lowering, self.columns)
        self.selections = Selections(lowering)

    def check(self, lane: Lane, one: Predicted) -> None:
        """Raise RefusedError where the rows of a lane are prepared otherwise."""
        if lane.root.same_rows(self.lane.root):
            taught = self._compared(lane)
            if taught is None:
                raise self._different(one)
            self._taught_alike(lane, taught)
        else:
            self._prepared_alike(lane, one)
        self._own_categories(lane)

    def _prepared_alike(self, lane: Lane, one: Predicted) -> None:
        """Raise RefusedError where rows of another file are prepared with what was learned from themselves."""
        if [self._taught_at(step.fit) for step in lane.learned()] != [
            self._taught_at(step.fit) for step in self.lane.learned()
        ]:
            message = f"the rows of `{ast.unparse(one.node)[:40]}` do not go through the steps that the model's rows went through"
            raise refused(self.lowering.statement(one.statement), message)
        joint = self.lowering.joint
        alike = self._compared(lane)
        taught = alike if alike is not None else frozenset()
        if alike is None and (_with_values(lane) or self._told_apart(lane)):
            raise self._different(one)
        own = _made_at(lane) - _made_at(self.lane) - {one.statement} - (joint.twins if joint is not None else set())
        for learning in self.facts.learnings:
            own_one = learning.statement in own and learning.node not in taught
            if own_one and self._named_by(learning, lane):
                continue  # columns of other categories have other names, which the model refuses
            if own_one and not learning.static and learning.kind != "model":
                raise refused(self.lowering.statement(learning.statement), _OWN.format(learning.label[:50]))
        if alike is None:
            raise self._different(one)

    def _named_by(self, learning: Learning, lane: Lane) -> bool:
        """Is the model given ``pd.get_dummies(test[names])`` as it stands, and does it compare the names of columns?"""
        codes = [stage for stage in lane.stages if isinstance(stage, Code)]
        if not codes or lane.array or self.lane.array or lane.learned():
            return False
        result = codes[-1].result
        last = self.lowering.statement(codes[-1].statements[-1]) if codes[-1].statements else None
        if isinstance(result, ast.Name) and isinstance(last, ast.Assign) and isinstance(last.targets[0], ast.Name):
            result = last.value if last.targets[0].id == result.id else result
        named = isinstance(result, ast.Call) and self.lowering.name(result) == NAMING
        return named and learning.node is result and self.chosen.estimator.cls.startswith(COMPARING)

    def _compared(self, lane: Lane) -> AbstractSet[ast.AST] | None:
        """The values of training rows that a lane takes; None where it is another than the model's."""
        apart = not lane.root.same_rows(self.lane.root) and not self._told_apart(lane)
        alike = Alike(self.columns, self.needed, self._before(), taught=self._taught_at, apart=apart)
        same = not _with_values(lane) and self.shape(lane) == self.shape(self.lane)
        return alike.values if same or alike.lanes(self.lane, lane) else None

    def _told_apart(self, lane: Lane) -> bool:
        """Are these the rows of the second of two files that were prepared as one table?"""
        joint = self.lowering.joint
        return joint is not None and lane.root.load is joint.test.load

    def _different(self, one: Predicted) -> RefusedError:
        asked = ast.unparse(one.node)[:40]
        text = f"the rows of `{asked}` are prepared differently from those the model learned from"
        return refused(self.lowering.statement(one.statement), text)

    def _taught_alike(self, lane: Lane, taught: AbstractSet[ast.AST]) -> None:
        """Raise RefusedError where rows that the model predicts on are prepared with values learned from themselves."""
        other = _made_at(lane) - _made_at(self.lane)
        for learning in self.facts.learnings:
            if (
                learning.statement in other
                and learning.statement != self.chosen.fit.statement
                and not learning.static
                and learning.kind == "statistic"
                and learning.by_hand
                and learning.rows != self.chosen.fit.rows
                and learning.node not in taught
            ):
                raise refused(self.lowering.statement(learning.statement), _OWN.format(learning.label[:50]))

    def _own_categories(self, lane: Lane) -> None:
        """Raise RefusedError where a lane finds categories, bins or groups in its own rows and nothing would tell that they are others."""
        own = _made_at(lane) - _made_at(self.lane) - self._twins()
        for code in (stage for stage in lane.stages if isinstance(stage, Code)):
            results = [(code.at, code.result)] if code.at in own else []
            nodes = [(at, self.lowering.statement(at).node) for at in code.statements if at in own]
            for at, node in [*nodes, *results]:
                found = next((call for call in ast.walk(node) if self._finds_its_own(call, at, code)), None)
                if found is not None:
                    raise refused(self.lowering.statement(at), _OWN.format(ast.unparse(found)[:50]))

    def _twins(self) -> AbstractSet[int]:
        return (
            self.lowering.joint.twins | self.lowering.joint.region if self.lowering.joint is not None else frozenset()
        )

    def _finds_its_own(self, node: ast.AST, at: int, code: Code) -> bool:
        learnt = self.learns.special(node, at) if isinstance(node, ast.expr) else None
        if learnt is None or learnt.form in GIVEN:
            return False
        named = isinstance(node, ast.Call) and self.lowering.name(node) == NAMING
        return not named or Shapes(self.facts, {}).of(code.result, at=code.at) is Shape.ARRAY

    def shape(self, lane: Lane) -> list[object]:
        """What a lane does, whatever its variables are called."""
        return [lane.root.entry, *(self._stage(stage) for stage in lane.stages if self._counts(stage))]

    def _counts(self, stage: Stage) -> TypeGuard[Code | Step]:
        """Is a stage one that changes rows, other than before two files were put together?"""
        before = self._before()
        if isinstance(stage, Code) and stage.at in before and before.issuperset(stage.statements):
            return False
        return isinstance(stage, Code | Step)

    def _before(self) -> frozenset[int]:
        """What is done to two files up to where they are put together; it was found to be the same."""
        return self.lowering.joint.before if self.lowering.joint is not None else frozenset()

    def _stage(self, stage: Code | Step) -> object:
        match stage:
            case Step():
                return ("step", self._taught_at(stage.fit))
            case Code():
                lines = [index for index in stage.statements if index not in self._before()]
                parts = [Part(self._unpicked(self.lowering.statement(index).node), index) for index in lines]
                result = self._unpicked(self.lowering.without_parts(stage.result))
                return nameless(self.lowering, [*parts, Part(result, stage.at)], stage, self._taught_at)

    def _unpicked(self, node: ast.stmt | ast.expr) -> ast.stmt | ast.expr:
        """Code without the choice of the training rows of two files: for the other file there is nothing to choose."""
        picked = self.lowering.joint.picked if self.lowering.joint is not None else frozenset()
        found = [part for part in ast.walk(node) if part in picked]
        copier = Copier({})
        for part in found:
            chosen = self.selections.chosen(part)
            if chosen is not None and isinstance(part, ast.expr):
                direct = isinstance(node, ast.Assign) and node.value is part
                copier.swap(part, chosen.base, ".copy()" if direct else "")
        return copier.of(node) if found else node

    def _taught_at(self, fit: Learning) -> Hashable:
        """What tells a fit from others; both halves of what was fitted on the rows of two files at once are the same."""
        joint = self.lowering.joint
        both = joint is not None and fit.statement in joint.region | joint.twins
        return fit.place if both else id(fit)


def _made_at(lane: Lane) -> set[int]:
    """The statements that prepare the rows of a lane."""
    codes = [stage for stage in lane.stages if isinstance(stage, Code)]
    return {index for code in codes for index in (*code.statements, code.at)}


def _with_values(lane: Lane) -> bool:
    """Does a lane take values of other rows?"""
    return any(stage.asides for stage in lane.stages if isinstance(stage, Code))
