"""The label encoder of a target: ``df["kind"] = encoder.fit_transform(df["kind"])`` becomes what the package decodes answers with."""

import ast
from dataclasses import replace

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.lane import Code
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.provenance import ROWS, Held, Provenance
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts.values import Estimator

ENCODER = "sklearn.preprocessing.LabelEncoder"


class TargetEncoding:
    """Finds the encoder of one target; ``encoded`` tells whether there is one."""

    def __init__(self, lowering: Lowering, pieces: Pieces, columns: Columns, provenance: Provenance) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.pieces = pieces
        self.columns = columns
        self.provenance = provenance
        self.encoded = False

    def source(self, read: tuple[str, str] | None, statements: list[ast.stmt], code: Code) -> str | None:
        """The raw column that is predicted, where nothing but its own label encoder changes it on the way."""
        held = Held(*read) if read is not None else None
        encoding: ast.stmt | None = None
        for statement in reversed(statements):
            before = self.provenance.back(statement, held) if held is not None else None
            if before is None and held is not None and encoding is None and self._encodes(statement, held):
                encoding, before = statement, held
            held = before
        if held is None or held.table != (code.given or ROWS):
            return None
        if encoding is not None:
            self._encoded_by(encoding)
        return held.column

    def without(self, code: Code, read: tuple[str, str] | None) -> Code:
        """Without the label encoder of a target that is computed: it becomes the target's own encoder."""
        held = Held(*read) if read is not None else None
        for index in reversed(code.statements):
            node = self.facts.program.statements[index].node
            if held is not None and self._encodes(node, held):
                self._encoded_by(node)
                return replace(code, statements=tuple(one for one in code.statements if one != index))
            if held is None or self.provenance.back(node, held) != held:
                return code
        return code

    def _encodes(self, statement: ast.stmt, held: Held) -> bool:
        """Is this ``df["kind"] = encoder.fit_transform(df["kind"])`` with a label encoder?"""
        if not isinstance(statement, ast.Assign) or self.columns.assigned(statement) != tuple(held):
            return False
        value = self._named_value(statement.value, held)
        call = self.facts.call(value)
        if call is None or not isinstance(call.receiver, Estimator) or call.receiver.cls != ENCODER or self.encoded:
            return False
        given = next(iter(call.args.values()), None)
        learns = self.lowering.role(value) == "fit-transform"
        return learns and given is not None and self.columns.read(unarrayed(given[0])) == tuple(held)

    def _named_value(self, value: ast.expr, held: Held) -> ast.expr:
        """What a variable was given above, where nothing has changed the table since; or the expression itself."""
        if not isinstance(value, ast.Name):
            return value
        at = self.columns.at(value)
        found = writers(self.facts, value.id, before=at)
        bound = bound_by(self.lowering.statement(found[0]), value.id) if len(found) == 1 else None
        if bound is None or bound.position is not None:
            return value
        between = self.facts.effects[found[0] + 1 : at]
        same = all(held.table not in one.binds | one.mutates | one.maybe for one in between)
        return bound.value if same else value

    def _encoded_by(self, statement: ast.stmt) -> None:
        self.encoded = True
        index = next(one.index for one in self.facts.program.statements if one.node is statement)
        self.pieces.place(index, "target", "model/pipeline.py", "build_target_encoder")


def unarrayed(node: ast.expr) -> ast.expr:
    """A column without the conversions to an array around it."""
    match node:
        case ast.Attribute(value=value, attr="values"):
            return unarrayed(value)
        case ast.Call(func=ast.Attribute(value=value, attr="to_numpy" | "ravel" | "copy"), args=[]):
            return unarrayed(value)
        case ast.Call(func=ast.Attribute(attr="Series" | "array" | "asarray"), args=[value], keywords=[]):
            return unarrayed(value)
        case _:
            return node
