"""Write the text of a metric: truth and prediction in the places of the notebook's variables, everything else a constant."""

import ast
from collections.abc import Callable, Mapping

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.imports import Imports
from nb2pkg.extract.lane import Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import Bound, bound_by, writers
from nb2pkg.extract.ways import Inside, inside
from nb2pkg.facts.events import Predicted
from nb2pkg.facts.values import Library


class MetricWriter:
    """Writes calls of metrics; ``predicted`` are the chosen model's own answers, ``is_target`` tells whether rows are its target,
    ``followed`` which statements the last text is made of."""

    def __init__(
        self,
        lowering: Lowering,
        sources: Sources,
        imports: Imports,
        predicted: Mapping[int, Predicted],
        is_target: Callable[[Lane], bool],
    ) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.imports = imports
        self._predicted = predicted
        self._is_target = is_target
        self.followed: set[int] = set()

    def text(self, node: ast.Call, statement: int, name: str, truth: str, prediction: str) -> tuple[str, list[Lane]]:
        """The call as the package makes it, and the rows it is about."""
        if any(isinstance(argument, ast.Starred) for argument in node.args) or any(
            k.arg is None for k in node.keywords
        ):
            raise refused(self.lowering.statement(statement), "`*` in the arguments of a metric")
        lanes: list[Lane] = []
        self.followed = {statement}
        given = self.facts.call(node)
        by_node = {id(value[0]): key for key, value in (given.args if given is not None else {}).items()}
        pieces = []
        arguments: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        for argument in arguments:
            value = argument.value if isinstance(argument, ast.keyword) else argument
            role = by_node.get(id(value), "")
            text = self._argument(value, statement, role, truth, prediction, lanes)
            pieces.append(f"{argument.arg}={text}" if isinstance(argument, ast.keyword) else text)
        library, _, short = name.rpartition(".")
        return f"{self.imports.add(library)}.{short}({', '.join(pieces)})", lanes

    def _argument(self, value: ast.expr, at: int, role: str, truth: str, prediction: str, lanes: list[Lane]) -> str:
        if role and role == truth:
            lane = self.lowering.lane(value, at=at)
            if not self._is_target(lane):
                raise refused(self.lowering.statement(at), "the truth is not the model's target")
            lanes.append(lane)
            return "target"
        if role and role == prediction:
            return self._prediction(value, at, lanes)
        try:
            return repr(evaluate(value, self.facts, at=at))
        except NotConstantError as error:
            raise refused(self.lowering.statement(at), f"`{ast.unparse(value)[:40]}` is not a constant") from error

    def _prediction(self, node: ast.expr, at: int, lanes: list[Lane]) -> str:
        """An expression made of predictions, with ``pipeline.predict(rows)`` in the place of the model's calls."""
        edits: dict[ast.AST, str] = {}
        self._substitute(node, at, lanes, edits)
        return self.sources.of(node, edits)

    def _substitute(self, node: ast.AST, at: int, lanes: list[Lane], edits: dict[ast.AST, str]) -> None:
        one = self._predicted.get(id(node))
        if one is not None:
            call = self.facts.call(node)
            given = call.args.get("X") if call is not None else None
            if given is None:
                raise refused(self.lowering.statement(at), "what the model predicted on cannot be seen")
            lanes.append(self.lowering.lane(given[0], at=one.statement))
            self.followed.add(one.statement)
            edits[node] = f"pipeline.{one.verb}(rows)"
            return
        if isinstance(node, ast.Name):
            self._name(node, at, lanes, edits)
            return
        for child in ast.iter_child_nodes(node):
            self._substitute(child, at, lanes, edits)

    def _name(self, node: ast.Name, at: int, lanes: list[Lane], edits: dict[ast.AST, str]) -> None:
        value = self.facts.value(node)
        if isinstance(value, Library):
            self.imports.add(value.name, node.id)
            return
        bound, index = self._bound(node, at)
        if bound is None or bound.position is not None:
            raise refused(self.lowering.statement(at), f"how `{node.id}` was made cannot be followed")
        edits[node] = self._prediction(bound.value, index, lanes)

    def made_of(self, node: ast.Name, at: int) -> ast.expr | None:
        """The expression that a name is bound to; None where that is not one, or only a part of it."""
        bound, _ = self._bound(node, at)
        return bound.value if bound is not None and bound.position is None else None

    def _bound(self, node: ast.Name, at: int) -> tuple[Bound | None, int]:
        """What a name is bound to, and where: above, or in the same loop before it is read."""
        here = inside(self.lowering.statement(at).node, node)
        if isinstance(here, Inside) and not here.loop and not here.position:
            return Bound(here.value), at
        found = writers(self.facts, node.id, before=at) if here is None else ()
        binding = self.lowering.statement(found[0]) if len(found) == 1 else None
        return (bound_by(binding, node.id), binding.index) if binding is not None else (None, at)
