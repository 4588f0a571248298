"""Write fills by a mean or median of the same columns as one step of scikit-learn's own, where that is shown to be the same.

``df["age"] = df["age"].fillna(df["age"].mean())`` and the like, then ``df[["age", "income"]]``: an imputer for the columns of each
measure, and the columns by their list again, since the imputed ones come first. What is shown, else the code stays as it is:

* the fills come first, each of columns of its own, from the very rows and columns that it fills;
* nothing but choosing columns, a type-blind ``get_dummies`` or fitted transformers comes after, for an imputer makes whole numbers floats;
* the columns afterwards are listed; one that has no value at all is dropped by the imputer, so that choosing it fails, aloud.
"""

import ast
from dataclasses import dataclass, field

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.direct import turns
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.liveness import bare
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.picking import FEATURES, Picking
from nb2pkg.extract.pieces import Pieces, PipelineStep
from nb2pkg.extract.prose import commented
from nb2pkg.extract.stretch import MODULE as PREPROCESSING
from nb2pkg.extract.stretch import BodyWriter, Line, Stretch
from nb2pkg.extract.text import Sources
from nb2pkg.extract.transformers import told_learnt

MODULE = "model/pipeline.py"
STEP = "fill_missing"
OF_COLUMNS = {"data.mean": "mean", "data.median": "median"}
OF_ONE = {"numpy.mean": "mean", "numpy.nanmean": "mean", "numpy.nanmedian": "median"}
INDICATORS = "pandas.get_dummies"
TYPED = frozenset(
    [
        "FunctionTransformer",
        "float16",
        "float32",
        "Float32",
        "Float64",
        "Int64",
        "convert_dtypes",
        "dtype_backend",
        "downcast",
    ]
)


@dataclass(slots=True)
class Fills:
    """The columns of each measure, and the variables that hold a measure which is not used yet."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    held: dict[str, tuple[list[str], str]] = field(default_factory=dict)

    def add(self, columns: list[str], measure: str) -> bool:
        """Remember a fill; False where a column is filled a second time."""
        known = {one for every in self.columns.values() for one in every}
        self.columns.setdefault(measure, []).extend(columns)
        return not known & set(columns) and len(set(columns)) == len(columns)


class FillWriter:
    """Writes such steps into ``pieces``; ``picking`` knows which columns come in."""

    def __init__(
        self,
        lowering: Lowering,
        sources: Sources,
        pieces: Pieces,
        columns: Columns,
        picking: Picking,
        bodies: BodyWriter,
    ) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.columns = columns
        self.picking = picking
        self.bodies = bodies

    def write(self, lines: list[Line], given: str, stretch: Stretch, after: list[Line], gone: frozenset[str]) -> bool:
        """Write the lines of one row set as such steps; False where they stay a transformer of their own.

        ``after`` are the lines of the stretch below them, ``gone`` the columns that the rows come without.
        """
        fills, rest = self._fills(lines, given)
        kept = self._kept(rest, given, gone, stretch)
        if kept is None or not self._numbers_only(after, stretch):
            return False
        filled = {one for every in fills.columns.values() for one in every}
        if not filled or not filled <= set(kept) or not self.picking.can_list(kept):
            return False
        self._step(lines, fills, rest, stretch)
        self.picking.again(kept)
        return True

    # ---- what is shown

    def _fills(self, lines: list[Line], given: str) -> tuple[Fills, list[Line]]:
        """The fills that the lines start with, as far as they learn, and the lines below."""
        fills = Fills()
        for position, line in enumerate(lines):
            learns = any(one.learnt for one in lines[position:]) or fills.held
            if not learns or not isinstance(line.node, ast.stmt):
                return fills, lines[position:]
            if not self._is_fill(line.node, line.learnt, given, fills):
                break
        return Fills(), lines

    def _is_fill(self, node: ast.stmt, learnt: tuple[Learnt, ...], given: str, fills: Fills) -> bool:
        """Take one statement into account; False where it is none of a fill."""
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if len(learnt) == 1 and learnt[0].node is value:
                found = self._measure(value, given, {})
                if found is not None:
                    fills.held[name] = found
                return found is not None and name != given
            case ast.For(target=ast.Name(id=key), body=[one], orelse=[]):
                return self._is_one(one, learnt, given, {key: turns(self.columns, node)}, fills)
            case _:
                return self._is_one(node, learnt, given, {}, fills)

    def _is_one(
        self, node: ast.stmt, learnt: tuple[Learnt, ...], given: str, loops: dict[str, list[str]], fills: Fills
    ) -> bool:
        """``df["age"] = df["age"].fillna(value)`` or the same in place."""
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Attribute(value=source)) as call):
                where, options = [target, source], call.keywords
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=source)) as call) if self._in_place(call):
                where, options = [source], [one for one in call.keywords if one.arg != "inplace"]
            case _:
                return False
        values = [*call.args, *(one.value for one in options if one.arg == "value")]
        if self.lowering.name(call) != "data.fillna" or len(values) != 1 or len(values) < len(call.args) + len(options):
            return False
        found = self._value(values[0], learnt, given, loops, fills)
        return (
            found is not None and all(self._named(one, given, loops) == found[0] for one in where) and fills.add(*found)
        )

    def _value(
        self, value: ast.expr, learnt: tuple[Learnt, ...], given: str, loops: dict[str, list[str]], fills: Fills
    ) -> tuple[list[str], str] | None:
        """Which columns a fill takes its value from, and how."""
        if isinstance(value, ast.Name) and not learnt:
            return fills.held.pop(value.id, None)
        return self._measure(value, given, loops) if len(learnt) == 1 and learnt[0].node is value else None

    def _measure(self, value: ast.expr, given: str, loops: dict[str, list[str]]) -> tuple[list[str], str] | None:
        """The columns and the measure of ``df["age"].mean()`` and ``np.mean(df["age"])``."""
        if not isinstance(value, ast.Call) or value.keywords:
            return None
        name = self.lowering.name(value)
        match value:
            case ast.Call(func=ast.Attribute(value=measured), args=[]) if name in OF_COLUMNS:
                columns, measure = self._named(measured, given, loops), OF_COLUMNS[name]
            case ast.Call(args=[measured]) if name in OF_ONE and self.columns.read(measured) is not None:
                columns, measure = self._named(measured, given, loops), OF_ONE[name]
            case _:
                return None
        return (columns, measure) if columns else None

    def _named(self, node: ast.expr, given: str, loops: dict[str, list[str]]) -> list[str]:
        """The columns of the table that comes in; none of any other."""
        match node:
            case ast.Subscript(value=ast.Name(id=table), slice=ast.Name(id=key)) if key in loops:
                return loops[key] if table == given else []
            case _:
                read = self.columns.read(node)
        if read is not None:
            return [read[1]] if read[0] == given else []
        match node:
            case ast.Subscript(value=ast.Name(id=table), slice=index) if table == given:
                return self.columns.chosen(index) or []
            case _:
                return []

    @staticmethod
    def _in_place(call: ast.Call) -> bool:
        given = next((one.value for one in call.keywords if one.arg == "inplace"), None)
        return isinstance(given, ast.Constant) and given.value is True

    def same_columns(self, lines: list[Line], given: str) -> bool:
        """Do these lines write nothing but columns that are there already?"""
        for line in lines:
            match line.node:
                case ast.Assign(targets=[target]):
                    written = self._named(target, given, {})
                    if not written or not set(written) <= set(self.picking.columns or ()):
                        return False
                case ast.Name(id=name) if name == given:
                    pass
                case _:
                    return False
        return True

    def _kept(self, rest: list[Line], given: str, gone: frozenset[str], stretch: Stretch) -> list[str] | None:
        """The columns that are left by lines that only choose among them, in their order; None where nobody can list them."""
        table, kept = given, self.picking.columns if stretch.first else None
        for line in rest:
            node = line.node
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if not line.learnt:
                    chosen: ast.expr = value
                case ast.expr() if not line.learnt:
                    name, chosen = table, node
                case _:
                    return None
            base = self.columns.selection(chosen)
            if base is None or base.id != table:
                return None
            table, kept = name, self._chosen(chosen, kept)
        return [one for one in kept if one not in gone] if kept is not None and len(set(kept)) == len(kept) else None

    def _chosen(self, node: ast.expr, kept: list[str] | None) -> list[str] | None:
        """The columns of a table after an expression chose among them."""
        if isinstance(node, ast.Name):
            return kept
        if (drop := self.columns.dropped(node)) is not None:
            left = self._chosen(drop[0], kept)
            return [one for one in left if one not in drop[1]] if left is not None else None
        if isinstance(bare(node), ast.Name):
            return kept
        rows = self.columns.selections.chosen(node)
        if rows is not None and rows.columns is None:
            return self._chosen(rows.base, kept)
        return self.columns.static(node)

    def _numbers_only(self, after: list[Line], stretch: Stretch) -> bool:
        """Is nothing done afterwards that tells a whole number from the same float?"""
        if not stretch.last or self._typed():
            return False
        values = [line.node.value if isinstance(line.node, ast.Assign) else line.node for line in after]
        return not values or (
            self._leaves_numbers(values[0])
            and all(isinstance(one, ast.expr) and self.columns.selection(one) is not None for one in values[1:])
        )

    def _leaves_numbers(self, node: ast.AST) -> bool:
        """``pd.get_dummies(df)`` of a whole table makes indicators of texts alone."""
        return (
            isinstance(node, ast.Call)
            and self.lowering.name(node) == INDICATORS
            and len(node.args) == 1
            and all(one.arg in ("drop_first", "dtype") for one in node.keywords)
        )

    def _typed(self) -> bool:
        """Has the notebook steps of its own, which may see types, or numbers of types that an imputer changes?"""
        parts = [part for one in self.facts.program.statements for part in ast.walk(one.node)]
        words = {getattr(part, name, None) for part in parts for name in ("id", "attr", "arg")}
        words |= {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
        return bool(words & TYPED) or any(isinstance(part, ast.ClassDef) for part in parts)

    # ---- what is written

    def _step(self, lines: list[Line], fills: Fills, rest: list[Line], stretch: Stretch) -> None:
        name = self.bodies.step_name(self.picking.free(STEP))
        statements = self.facts.program.statements
        comments = [
            text
            for line in lines
            if line.index is not None
            for text in self.sources.comments_above(statements[line.index])
        ]
        for line in lines:
            if line.index is not None and line in rest:
                self.pieces.place(line.index, "feature", PREPROCESSING, FEATURES)
            elif line.index is not None:
                self.pieces.place(line.index, "learned-feature", MODULE, "build_pipeline")
        imputer = self.pieces.pipeline.add("sklearn.impute.SimpleImputer")
        transformer = self.pieces.pipeline.add("sklearn.compose.ColumnTransformer")
        groups = ",\n".join(
            f'    ("{measure}", {imputer}(strategy="{measure}"), {columns!r})'
            for measure, columns in fills.columns.items()
        )
        made = f'{name} = {transformer}([\n{groups},\n], remainder="passthrough", verbose_feature_names_out=False)'
        self.pieces.preamble += [*commented(self.bodies.words(lines)), *comments, made]
        self.pieces.preamble.append(f'{name}.set_output(transform="pandas")')
        learnt = [one for line in lines for one in line.learnt]
        first = next(line for line in lines if line.learnt)
        cell = self.lowering.statement(stretch.code.at if first.index is None else first.index).cell
        told = told_learnt(learnt)
        self.pieces.steps.append(
            PipelineStep(name, name, stretch.rows, "fit", "statistic", cell, first.node.lineno, told)
        )
