"""Write the candidates of a loop over models: each under its name, the notebook's own as what is trained unless another is asked for."""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from nb2pkg.errors import ExtractError
from nb2pkg.extract.choose import Candidate
from nb2pkg.extract.constant import Turn, turns_of
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.settings import Inline, Settings
from nb2pkg.extract.ways import loops
from nb2pkg.extract.which import Which
from nb2pkg.facts.values import Estimator, parts_of

FEWEST = 2


class Entrant(NamedTuple):
    """One model of the loop: the name that the notebook has for it, the turn it is fitted in, and what it is."""

    name: str
    turn: Turn
    estimator: Estimator


class RegistryWriter:
    """Writes the models of a loop; ``owner`` names the settings of the chosen one."""

    def __init__(self, lowering: Lowering, pieces: Pieces, estimators: EstimatorWriter) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.pieces = pieces
        self.estimators = estimators

    def write(self, chosen: Candidate, *, owner: str) -> str | None:
        """The expression that gives the model to train; None where the notebook fits no list of models."""
        entrants = self._entrants(chosen)
        if len(entrants) < FEWEST:
            return None
        at, last = chosen.fit.statement, entrants[-1]
        plain = {one.name: self._text(one, Imports(), Inline(self.pieces.settings.seed), at=at) for one in entrants}
        if len({text for text in plain.values() if text is not None}) < FEWEST:
            return None
        texts = {last.name: self.estimators.write(last.estimator, owner=owner, at=at)}
        for one in entrants[:-1]:
            text = self._text(one, self.pieces.pipeline, self.pieces.settings, at=at) if plain[one.name] else None
            if text is not None:
                texts[one.name] = text
        order = [one.name for one in entrants if one.name in texts]
        self.pieces.candidates = {name: texts[name] for name in order}
        self.pieces.tried = {one.name: one.estimator for one in entrants if one.name in texts}
        comment = f"which of the candidates is trained: {', '.join(order)}"
        return f"build_model({self.pieces.settings.lift('model', last.name, owner=owner, comment=comment)}, config)"

    def _text(self, one: Entrant, imports: Imports, settings: Settings, *, at: int) -> str | None:
        """The expression that makes a candidate; None where it cannot be written, or needs functions of the notebook."""
        writer = EstimatorWriter(self.lowering, imports, settings, one.turn)
        writer.fitted, writer.asked = self.estimators.fitted, self.estimators.asked
        try:
            text = writer.write(one.estimator, owner=snake(one.name), at=at)
        except ExtractError:
            return None
        return text if not writer.functions else None

    def _entrants(self, chosen: Candidate) -> list[Entrant]:
        """The models that the loop around the fit goes through."""
        fit = chosen.fit
        statement = self.lowering.statement(fit.statement)
        around = loops(statement.node, fit.node)
        if len(around) != 1 or not self._goes_over_models(around[0]) or not isinstance(fit.node, ast.Call):
            return []
        func = fit.node.func
        if not isinstance(func, ast.Attribute):
            return []
        try:
            turns = turns_of(around[0], self.facts, at=statement.index)
            return list(self._named(turns, around[0], func.value, statement.index))
        except (NotConstantError, ExtractError):
            return []

    def _goes_over_models(self, loop: ast.For) -> bool:
        """Are there models among what the loop goes over, or picks by number or name?"""
        read = [part for part in ast.walk(loop) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)]
        return any(self._holds_models(part) for part in [loop.iter, *read])

    def _holds_models(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        if value is None or isinstance(value, Estimator):
            return False
        return sum(isinstance(part, Estimator) for part in parts_of(value)) >= FEWEST

    def _named(self, turns: list[object], loop: ast.For, receiver: ast.expr, at: int) -> Iterator[Entrant]:
        taken: set[str] = set()
        for number, one in enumerate(turns):
            turn = Turn(loop, number)
            made = Which(self.facts, turn).made(receiver, at=at)
            estimator = self.facts.value(made) if made is not None else None
            if isinstance(estimator, Estimator):
                name = unused(_label(one) or snake(estimator.short), taken)
                taken.add(name)
                yield Entrant(name, turn, estimator)


def _label(turn: object) -> str:
    """The name in one turn: the text in ``"forest", RandomForestClassifier()``."""
    parts = turn if isinstance(turn, tuple) and not hasattr(turn, "_fields") else (turn,)
    return next((one for one in parts if isinstance(one, str)), "")
