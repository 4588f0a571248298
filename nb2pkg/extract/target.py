"""Write ``target_of``: what the model learns to predict, as a pure function of raw rows."""

import ast
import textwrap
from collections.abc import Mapping
from dataclasses import replace

from nb2pkg.extract.columns import Columns, by_position
from nb2pkg.extract.edits import Edits
from nb2pkg.extract.hooks import NO_TARGET
from nb2pkg.extract.lane import Code, Lane, Step
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.provenance import ROWS, Held, Provenance
from nb2pkg.extract.refuse import RefusedError, refused
from nb2pkg.extract.shapes import ARRAYED, FLATTENING, Shape, Shapes, one_by_number
from nb2pkg.extract.stretch import MODULE
from nb2pkg.extract.taken_names import check_taken_names
from nb2pkg.extract.target_encoding import ENCODER, TargetEncoding, unarrayed
from nb2pkg.extract.target_lines import check_pure, shortened, target_lines
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.rows import NOTHING
from nb2pkg.facts.values import Data

FLAT = frozenset({Shape.FLAT, Shape.COLUMN})
WIDE = frozenset({Shape.TABLE, Shape.ARRAY})
UNTYPED = frozenset({"apply", "transform", "pipe", "agg"})

NOTHING_ELSE: Mapping[ast.AST, str] = {}


class TargetWriter:
    """Writes the target of one lane; ``needed`` are the raw columns it reads, ``encoding`` whether labels are encoded."""

    def __init__(self, lowering: Lowering, sources: Sources, pieces: Pieces, *, function: str = "target_of") -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.columns = Columns(lowering)
        self.provenance = Provenance(self.columns)
        self.needed: frozenset[str] = frozenset()
        self.answer: frozenset[str] = frozenset()
        self.encoding = TargetEncoding(lowering, pieces, self.columns, self.provenance)
        self.positional = False
        self.function = function
        self.doc = "Give what is predicted." if function == "target_of" else "Give what the split of the rows goes by."
        self.raw = Shape.TABLE

    def write(self, lane: Lane | None, bundled: str | None) -> None:
        """Write the function."""
        self.pieces.preprocessing.add("pandas", "pd")
        if lane is None:
            self._function(['return pd.Series(index=rows.index, dtype="float64")'], NO_TARGET)
            return
        self._encoder(lane)
        codes = [stage for stage in lane.stages if isinstance(stage, Code)]
        codes = [*codes[:1], *(code for code in codes[1:] if not self._hands_on(code, codes[0]))]
        if len(codes) > 1 and self._through(codes):
            return
        if len(codes) > 1:
            self._taken_out(codes)
            return
        if not codes or lane.root.entry == "target":
            column = bundled or "target"
            if codes:
                self._computed(codes[0], column)
            else:
                self._column(column)
            return
        self._code(codes[0])

    def _taken_out(self, codes: list[Code]) -> None:
        """Write a column that is taken out of its table after the split. Raises RefusedError where it is changed there."""
        try:
            taken = self._taken_after(codes)
        except RefusedError:
            if len(codes) > 2 or not self._flattens(*codes):
                raise
            self._code(replace(codes[0], result=_before_widening(codes[0].result)), then=codes[1])
        else:
            self._code(codes[0], taken)

    def _flattens(self, first: Code, then: Code) -> bool:
        """Is the one column of a table taken out after the split, wherever the model is given a target?"""
        whole = isinstance(first.result, ast.Name) or self._shape(first.result, first) not in WIDE
        if whole or then.statements or not self._plain_taking(then) or self._meets_rows():
            return False
        return self._shape(then.result, then) in FLAT

    def _meets_rows(self) -> bool:
        """Does a table or an array of columns meet other rows, as in ``(y_test - predicted) ** 2``? A column would meet them otherwise."""
        shapes = Shapes(self.facts, {})
        for statement in self.facts.program.statements:
            for part in ast.walk(statement.node):
                rows = [one for one in _operands(part) if self._has_rows(one)]
                if len(rows) > 1 and any(shapes.of(one, at=statement.index) in WIDE for one in rows):
                    return True
        return False

    def _has_rows(self, node: ast.expr) -> bool:
        value = self.facts.value(node)
        return isinstance(value, Data) and value.rows != NOTHING

    def _plain_taking(self, code: Code) -> bool:
        """Is it ``y.values.ravel()``, ``np.ravel(y)``, ``y["age"]`` or ``y.iloc[:, 0]``, and nothing else?"""
        names = (ast.Name, ast.Attribute, ast.Subscript, ast.Constant, ast.Slice, ast.Tuple, ast.expr_context)
        for part in ast.walk(code.result):
            called = part.func.attr if isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute) else ""
            if not isinstance(part, names) and called not in FLATTENING | ARRAYED | {"squeeze"}:
                return False
            if isinstance(part, ast.Subscript) and not _takes_all_rows(part.slice):
                return False
        return {one.id for one in free_names(code.result)} <= {code.given, "np", "numpy"}

    def _computed(self, code: Code, column: str) -> None:
        """What the notebook makes of the target array of a bundled dataset, as in ``digits.target == 9``."""
        result = unarrayed(code.result)
        nodes = [self.facts.program.statements[index].node for index in code.statements]
        if not any(part in code.places for node in [*nodes, result] for part in ast.walk(node)):
            raise refused(
                self.lowering.statement(code.at), "the target of the bundled dataset is computed in several steps"
            )
        self.needed = self.answer = frozenset({column})
        self.raw = Shape.FLAT
        if result in code.places:
            self._column(column)
            return
        check_pure(self.columns, code)
        self.pieces.preprocessing.of([*nodes, result], self.facts)
        edits = Edits(self.columns, self.sources, frozenset())
        compared = isinstance(result, ast.Compare) and result.left in code.places
        array = f"rows[{column!r}]" if compared else f"rows[{column!r}].to_numpy()"
        edits.replaced.update(dict.fromkeys(code.places, array))
        for index in [*code.statements, code.at]:
            self.pieces.place(index, "target", MODULE, self.function)
        self._function([*(edits.text(node) for node in nodes), *self._given_back(code, edits, "")], self.doc)

    def _through(self, codes: list[Code]) -> bool:
        """Write a column that is taken out of its table after the split, where nothing changed it before."""
        held = self._back_to(codes, 0)
        if held is not None:
            self._column(held.column)
        return held is not None

    def _back_to(self, codes: list[Code], first: int) -> Held | None:
        """The column of the last result where this stretch begins; None where it is changed on the way."""
        read = self.columns.read(unarrayed(self.lowering.without_parts(codes[-1].result)))
        held = Held(*read) if read is not None else None
        for position, code in reversed(list(enumerate(codes))[first:]):
            nodes = [self.facts.program.statements[index].node for index in code.statements]
            if position < len(codes) - 1:
                result = self.lowering.without_parts(code.result)
                held = self.provenance.through(result, held.column) if held is not None else None
            held = self.provenance.before(held, nodes) if held is not None else None
            if held is not None and code.given and held.table != code.given:
                held = None
        return held

    def _hands_on(self, code: Code, first: Code) -> bool:
        """Is a stretch nothing but what comes in, perhaps as an array? A table of one column is no column."""
        result = unarrayed(code.result)
        same = not code.statements and isinstance(result, ast.Name) and result.id == code.given
        return same and (result is code.result or self.columns.read(unarrayed(first.result)) is not None)

    def _taken_after(self, codes: list[Code]) -> str:
        """The column of the first stretch's table that is taken out after the split. Raises RefusedError where it is changed there."""
        held = self._back_to(codes, 1)
        table = self.lowering.without_parts(codes[0].result)
        if held is None or not isinstance(table, ast.Name) or not codes[0].given:
            raise refused(self.lowering.statement(codes[-1].at), "the target is changed after the split")
        return held.column

    def _encoder(self, lane: Lane) -> None:
        steps = [stage for stage in lane.stages if isinstance(stage, Step)]
        if not steps:
            return
        if len(steps) > 1 or steps[0].estimator.cls != ENCODER:
            raise refused(
                self.lowering.statement(steps[0].statement), f"the target goes through {steps[0].estimator.short}"
            )
        self.encoding.encoded = True
        self.pieces.place(steps[0].statement, "target", "model/pipeline.py", "build_target_encoder")

    def _column(self, column: str) -> None:
        self.needed = self.answer = frozenset({column})
        self._function([f"return rows[{column!r}]"], "Give the column that is predicted.")

    def _code(self, code: Code, taken: str = "", then: Code | None = None) -> None:
        """Write the statements of a stretch; ``taken`` is the column of its table that is the target, "" where the result is it.

        ``then`` takes the one column out of the result.
        """
        self.provenance.places = set() if code.given else set(code.places)
        statements = [self.facts.program.statements[index].node for index in code.statements]
        result = self.lowering.without_parts(code.result)
        read = (result.id, taken) if taken and isinstance(result, ast.Name) else self.columns.read(unarrayed(result))
        column = self.encoding.source(read, statements, code)
        if column is not None:
            self._column(column)
            return
        if self._table_of_one(result, statements, code, flat=then is not None):
            return
        short = self.encoding.without(shortened(self.columns, code, read), read)
        try:
            needed, texts = self._needed(short, code, taken=taken)
        except RefusedError:
            if self.function != "target_of":
                raise
            self.provenance.gapless = True  # train refuses rows without a target
            column = self.encoding.source(read, statements, code)
            if column is not None:
                self._column(column)
                return
            needed, texts = self._needed(short, code, taken=taken)
        self._written(needed, read, taken, then, texts)

    def made_for_the_split(self, code: Code) -> None:
        """Write a column that rows are parted by; what it learns of the rows, it learns of the rows that are parted."""
        read = self.columns.read(unarrayed(code.result))
        self._written(shortened(self.columns, code, read), read)

    def _written(
        self,
        code: Code,
        read: tuple[str, str] | None,
        taken: str = "",
        then: Code | None = None,
        texts: Mapping[ast.AST, str] = NOTHING_ELSE,
    ) -> None:
        edits = Edits(self.columns, self.sources, frozenset())
        edits.replaced |= texts
        selections = self.columns.selections
        nodes = [self.facts.program.statements[index].node for index in code.statements]
        nodes = [node for node in nodes if selections.in_place(node) is None]
        edits.stripped |= {one.node: one for node in [*nodes, code.result] for one in selections.of(node)}
        self.positional = any(by_position(part) or one_by_number(part) for part in ast.walk(code.result))
        check_taken_names(self.lowering.statement(code.at), [*nodes, code.result], given=code.given, places=code.places)
        named = self._read([*nodes, code.result]) | set(filter(None, [taken]))
        self.needed = frozenset() if self.positional else frozenset(named)
        self.answer = frozenset({read[1]} if read is not None else ())
        self.pieces.preprocessing.of([*nodes, code.result], self.facts)
        for index in code.statements:
            self.pieces.place(index, "target", MODULE, self.function)
        for index in code.environment:
            self.pieces.constants.append(self.sources.of(self.facts.program.statements[index].node))
            self.pieces.place(index, "configuration", MODULE, self.function)
        column = f"[{taken!r}]" if taken else ""
        alone = code.given != "rows" and not nodes
        if alone or not code.given:
            edits.replaced.update(dict.fromkeys(code.places, "rows"))
        start = [f"{code.given} = rows.copy()"] if code.given and not alone else []
        body = [*start, *(edits.text(node) for node in nodes), *self._given_back(code, edits, column, then)]
        self._function(body, self.doc)

    def _given_back(self, code: Code, edits: Edits, column: str, then: Code | None = None) -> list[str]:
        """The last lines: a column as it stands, anything else as what train and evaluate take for one."""
        if column:
            return [f"return {edits.text(unarrayed(code.result))}{column}"]
        if then is not None and self._shape(code.result, code) in FLAT:
            return self._given_back(code, edits, column)
        if then is not None and unarrayed(then.result) in then.places:
            return [f"return pd.Series({edits.text(unarrayed(code.result))}.to_numpy().ravel(), index=rows.index)"]
        if then is not None:
            outer = Edits(self.columns, self.sources, frozenset())
            outer.replaced.update(dict.fromkeys(then.places, edits.text(unarrayed(code.result))))
            self.pieces.preprocessing.of([then.result], self.facts)
            return [f"return pd.Series({outer.text(then.result)}, index=rows.index)"]
        node = unarrayed(code.result)
        if self._shape(node, code) is Shape.TABLE and self._shape(code.result, code) is Shape.FLAT:
            node = code.result
        text = edits.text(node)
        match self._shape(node, code):
            case Shape.FLAT:
                return [f"return pd.Series({text}, index=rows.index)"]
            case Shape.TABLE:
                self.pieces.preprocessing.add("typing.cast")
                return [f'return cast("pd.Series", {text})']
            case Shape.ARRAY:
                self.pieces.preprocessing.add("typing.cast")
                return [f'return cast("pd.Series", pd.DataFrame({text}, index=rows.index))']
            case _ if self._untyped(node):
                return [f"target: pd.Series = {text}", "return target"]
            case _:
                return [f"return {text}"]

    def _shape(self, node: ast.expr, code: Code) -> Shape:
        return Shapes(self.facts, dict.fromkeys(code.places, self.raw)).of(node, at=code.at)

    def _untyped(self, node: ast.expr) -> bool:
        """Do the stubs of the libraries not know that this is a column?"""
        calls = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
        applied = any(isinstance(call.func, ast.Attribute) and call.func.attr in UNTYPED for call in calls)
        return applied or any(self.lowering.name(call).startswith("numpy.") for call in calls)

    def _needed(self, code: Code, whole: Code, *, taken: str) -> tuple[Code, Mapping[ast.AST, str]]:
        """The code without what the target does not need, and what reads otherwise then.

        Raises RefusedError where what is left learns from rows.
        """
        try:
            check_pure(self.columns, code)
        except RefusedError:
            lines = target_lines(self.columns, self.provenance, whole) if not taken else None
            if lines is None:
                raise
            code = replace(whole, statements=tuple(lines.kept))
            check_pure(self.columns, code)
            return code, lines.texts
        return code, {}

    def _table_of_one(self, result: ast.expr, statements: list[ast.stmt], code: Code, *, flat: bool) -> bool:
        """Write ``df[["price"]]`` where nothing changes the column on its way, whatever else is learned there."""
        match result:
            case ast.Subscript(value=ast.Name(id=table), slice=ast.List(elts=[ast.Constant(value=str() as name)])):
                held = self.provenance.before(Held(table, name), statements)
            case _:
                return False
        if held is None or tuple(held) != (code.given or ROWS, name):
            return False
        if flat:
            self._column(name)
            return True
        self.needed = self.answer = frozenset({name})
        self.pieces.preprocessing.add("typing.cast")
        self._function(
            [f'return cast("pd.Series", rows[[{name!r}]])'], "Give the column that is predicted, as a table."
        )
        return True

    def _read(self, nodes: list[ast.stmt | ast.expr]) -> set[str]:
        read: set[str] = set()
        for node in nodes:
            read |= {found[1] for part in ast.walk(node) if (found := self.columns.read(part)) is not None}
        return read

    def _function(self, body: list[str], doc: str) -> None:
        text = f'"""{doc}"""\n' + "\n".join(body)
        head = f"def {self.function}(rows: pd.DataFrame, config: Config) -> pd.Series:"
        self.pieces.blocks.append(head + "\n" + textwrap.indent(text, "    "))


def _operands(part: ast.AST) -> list[ast.expr]:
    match part:
        case ast.BinOp(left=left, right=right):
            return [left, right]
        case ast.Compare(left=left, comparators=others):
            return [left, *others]
        case _:
            return []


def _takes_all_rows(key: ast.expr) -> bool:
    """Is it ``["age"]`` or ``[:, 0]``?"""
    match key:
        case ast.Constant(value=str()):
            return True
        case ast.Tuple(elts=[ast.Slice(lower=None, upper=None, step=None), ast.Constant()]):
            return True
        case _:
            return False


def _before_widening(node: ast.expr) -> ast.expr:
    """What ``y.reshape(-1, 1)`` is made of."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=inner, attr="reshape"), args=[ast.UnaryOp() as rows, ast.Constant(value=1)]
        ):
            return inner if ast.unparse(rows) == "-1" else node
        case _:
            return node
