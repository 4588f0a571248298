"""Write a small transformer: what the notebook learned from its rows becomes attributes learned in ``fit``."""

import ast
from dataclasses import replace

from nb2pkg.chance import Chance
from nb2pkg.extract.columns import Columns
from nb2pkg.extract.direct import Direct
from nb2pkg.extract.edits import Edits
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.group_values import aggregated, of_each_row
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import camel, snake, unused
from nb2pkg.extract.numbered_categories import labels_of, quantiles
from nb2pkg.extract.pieces import Pieces, PipelineStep
from nb2pkg.extract.prose import docstring
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.settings import Inline
from nb2pkg.extract.stretch import MODULE, BodyWriter, Line, Stretch
from nb2pkg.extract.tables import gives_table
from nb2pkg.extract.taught_before import TaughtBefore
from nb2pkg.extract.text import Sources
from nb2pkg.extract.transformer_class import Parts, class_text
from nb2pkg.facts.values import Learning

LONGEST = 75
GUARD = '''
def with_known_categories(table: pd.DataFrame, categories: Mapping[str, pd.CategoricalDtype]) -> pd.DataFrame:
    """Give columns their learned categories; another category is an error, and a missing value stays one."""
    for name, dtype in categories.items():
        unknown = set(table[name].dropna()) - set(dtype.categories)
        if unknown:
            message = f"unknown category in {name}: {sorted(map(str, unknown))}"
            raise ValueError(message)
    return table.astype(dict(categories))
'''


class TransformerWriter:
    """Writes one transformer per row set into ``pieces``."""

    def __init__(
        self, lowering: Lowering, sources: Sources, pieces: Pieces, estimators: EstimatorWriter, columns: Columns
    ) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.estimators = estimators
        self.columns = columns
        self.direct = Direct(columns, sources)
        self.before = TaughtBefore(columns)
        self.bodies = BodyWriter(lowering, sources, pieces, columns)

    def learns_directly(self, lines: list[Line], given: str, edits: Edits) -> bool:
        """Is everything that these lines learn in the table that comes in?"""
        return None not in (
            self.direct.of(one, line, lines[:at], given, edits) for at, line in enumerate(lines) for one in line.learnt
        )

    def write(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> None:
        name = self._name(lines, stretch)
        self.pieces.taken.add(name)
        taught = self._fit_lines(lines, given, edits, stretch.code.at)
        body = self.bodies.body(lines, edits)
        for line in lines:
            if line.index is not None:
                self.pieces.place(line.index, "learned-feature" if line.learnt else "feature", MODULE, name)
        learnt = [one for line in lines for one in line.learnt]
        what = told_learnt(learnt)
        doc = docstring(f"{_upper(what)}, learned when it is fitted.", self.bodies.words(lines))
        returned = self.bodies.returned(lines)
        table = returned == "pd.DataFrame" and gives_table(lines, given, self.columns)
        parts = Parts(name, doc, given, taught, body, returned, table)
        self.pieces.blocks.append(class_text(parts, self.pieces.preprocessing))
        self.pieces.from_preprocessing.add(name)
        first = next(line for line in lines if line.learnt and line.index is not None or line.learnt)
        kind = "category" if all(self._is_category(one) for one in learnt) else "statistic"
        statement = self.lowering.statement(first.index if first.index is not None else stretch.code.at)
        taught_in = {self.lowering.statement(one.index).cell for one in lines if one.learnt and one.index is not None}
        where = f" (cells {_joined([str(cell) for cell in sorted(taught_in)])})" if len(taught_in) > 1 else ""
        self.pieces.steps.append(
            PipelineStep(
                self.bodies.step_name(snake(name)),
                f"{name}()",
                stretch.rows,
                "fit",
                kind,
                statement.cell,
                first.node.lineno,
                f"{what}{where}",
            )
        )

    @staticmethod
    def _is_category(learnt: Learnt) -> bool:
        return learnt.form in ("categories", "table-categories", "codes", "codes by appearance", "encoders") or (
            learnt.fit is not None and learnt.fit.kind == "category"
        )

    def _name(self, lines: list[Line], stretch: Stretch) -> str:
        """A name for the subject; where two row sets teach, the second is called after what it learns."""
        learnt = [one for line in lines for one in line.learnt]
        kind = "Categories" if all(self._is_category(one) for one in learnt) else "Statistics"
        wanted = [camel(stretch.subject) + ending for ending in ("Features", kind)]
        return next((one for one in wanted if one not in self.pieces.taken), None) or unused(
            wanted[-1], self.pieces.taken
        ).replace("_", "")

    def _fit_lines(self, lines: list[Line], given: str, edits: Edits, end: int) -> list[str]:
        """What ``fit`` does, and the attributes put in the place of learned expressions."""
        names: set[str] = set()
        shared: dict[
            tuple[ast.AST, ast.For | None], str
        ] = {}  # what one fit has taught is learned once, however often it is used
        simple: list[str] = []
        full: list[str] = []
        reached = True
        last = max(position for position, line in enumerate(lines) if line.learnt)
        for position, line in enumerate(lines[: last + 1]):
            before: dict[ast.stmt | None, list[str]] = {}
            for learnt in line.learnt:
                known = shared.get((learnt.fit.node, learnt.loop)) if learnt.fit is not None else None
                if known is not None:
                    edits.learn(learnt.node, self._used(replace(learnt, name=known), edits))
                    continue
                self.before.check(learnt, end if line.index is None else line.index)
                learnt = replace(learnt, name=unused(learnt.name, names))
                if learnt.fit is not None:
                    shared[learnt.fit.node, learnt.loop] = learnt.name
                names.add(learnt.name)
                direct = self.direct.of(learnt, line, lines[:position], given, edits)
                reached &= direct is not None
                simple.append(self._taught_at_once(learnt, direct or ""))
                if learnt.loop is not None:
                    full.append(f"self.{learnt.name} = {{}}")
                    before.setdefault(learnt.spot, []).append(self._taught(learnt, edits.text(learnt.given)))
                    edits.learn(learnt.node, self._used(learnt, edits))
                    continue
                full.append(self._taught(learnt, edits.text(learnt.given)))
                edits.learn(learnt.node, self._used(learnt, edits))
            if isinstance(line.node, ast.stmt) and (position < last or before):
                full.append(self._teaching(line.node, before, edits))
        return simple if reached else [f"{given} = {given}.copy()", *full]

    @staticmethod
    def _teaching(node: ast.stmt, before: dict[ast.stmt | None, list[str]], edits: Edits) -> str:
        """A statement as ``fit`` runs it: in loops, each value is learned right before the statement that uses it."""
        for spot, taught in before.items():
            assert spot is not None
            between = "; " if spot.lineno == node.lineno else "\n" + " " * spot.col_offset
            edits.replaced[spot] = between.join([*taught, edits.text(spot)])
        text = edits.text(node)
        for spot in before:
            del edits.replaced[spot]  # type: ignore[arg-type]
        return text

    def _taught_at_once(self, learnt: Learnt, given: str) -> str:
        """What ``fit`` does where it need not run the statements before; of all turns of a loop, a dictionary."""
        taught = self._taught(learnt, given)
        if learnt.loop is None:
            return taught
        value = taught.partition(" = ")[2]
        return f"self.{learnt.name} = {{{learnt.key}: {value} for {learnt.key} in {self.sources.of(learnt.loop.iter)}}}"

    def _taught(self, learnt: Learnt, given: str) -> str:
        attribute = _attribute(learnt)
        match learnt.form:
            case "categories" | "codes":
                found = f'{_operand(given, learnt.given)}.astype("category").cat.categories'
                return f"{attribute} = pd.CategoricalDtype({found})"
            case "table-categories":
                listed = f'{given}.select_dtypes(include=["object", "string", "category"]).columns'
                if learnt.listed is not None:
                    listed = self.sources.of(learnt.listed)
                learned = f'pd.CategoricalDtype({given}[name].astype("category").cat.categories)'
                return f"{attribute} = {{name: {learned} for name in {listed}}}"
            case "fitted" | "encoder":
                assert learnt.fit is not None and learnt.fit.estimator is not None
                made = self._made(learnt.fit)
                return f"{attribute} = {made}.fit({given})"
            case "codes by appearance":
                return f"{attribute} = pd.CategoricalDtype(list({given}.dropna().unique()))"
            case "encoders":
                made = self.pieces.preprocessing.add(learnt.encoder)
                return f"{attribute} = {{name: {made}().fit(column) for name, column in {given}.items()}}"
            case "edges":
                assert isinstance(learnt.node, ast.Call)
                self.pieces.preprocessing.add("numpy", "np")
                between = f"pd.qcut({given}, {quantiles(learnt.node, self.columns)}, retbins=True)[1][1:-1]"
                return f"{attribute} = [-np.inf, *{between}, np.inf]"
            case "groups":
                return f"{attribute} = {aggregated(learnt, given)}"
            case _:
                return f"{attribute} = {given}"

    def _made(self, fit: Learning) -> str:
        """The call that makes a fitted part; it stands in a class that has no configuration."""
        writer, estimator = self.estimators, fit.estimator
        assert estimator is not None
        imports, settings, unseeded = writer.imports, writer.settings, len(writer.unseeded)
        writer.imports, writer.settings = self.pieces.preprocessing, Inline(settings.seed)
        try:
            made = writer.write(estimator, owner=snake(estimator.short), at=fit.statement)
        finally:
            writer.imports, writer.settings = imports, settings
        if any(draw.chance is Chance.SURELY for draw in writer.unseeded[unseeded:]):
            raise refused(
                self.lowering.statement(fit.statement), f"{estimator.short} draws without a seed inside a feature step"
            )
        return made.replace("config.seed", repr(settings.seed))

    def _used(self, learnt: Learnt, edits: Edits) -> str:
        attribute = _attribute(learnt)
        match learnt.form:
            case "categories":
                return self._known(learnt, attribute, edits)
            case "codes" | "codes by appearance":
                codes = f'{self._known(learnt, attribute, edits)}.cat.codes.to_numpy("int64")'
                return codes if isinstance(learnt.node, ast.Subscript) else f"({codes}, {attribute}.categories)"
            case "encoders":
                return f"{edits.text(learnt.given)}.apply(lambda column: {attribute}[column.name].transform(column))"
            case "edges":
                assert isinstance(learnt.node, ast.Call)
                labels = edits.text(labels_of(learnt.node))
                return f"pd.cut({edits.text(learnt.given)}, {attribute}, labels={labels})"
            case "table-categories":
                self._need_guard()
                if isinstance(learnt.listed, ast.Attribute | ast.Call | ast.Subscript):
                    edits.replaced[learnt.listed] = f"list({attribute})"
                return f"with_known_categories({edits.text(learnt.given)}, {attribute})"
            case "fitted":
                assert isinstance(learnt.node, ast.Call)
                given = learnt.node.args[0] if learnt.node.args else learnt.given
                return f"{attribute}.transform({edits.text(given)})"
            case "groups":
                return of_each_row(learnt, attribute, self.sources, self.facts.program)
            case _:
                return attribute

    def _known(self, learnt: Learnt, attribute: str, edits: Edits) -> str:
        """A column with its learned categories, which others are none of."""
        read = self.columns.read(learnt.given)
        self._need_guard()
        if read is None and learnt.key and isinstance(learnt.given, ast.Subscript):
            table, column = edits.text(learnt.given.value), edits.text(learnt.given.slice)
            return f"with_known_categories({table}, {{{column}: {attribute}}})[{column}]"
        if read is None:
            return f"{_operand(edits.text(learnt.given), learnt.given)}.astype({attribute})"
        return f'with_known_categories({read[0]}, {{"{read[1]}": {attribute}}})["{read[1]}"]'

    def _need_guard(self) -> None:
        if GUARD not in self.pieces.blocks:
            self.pieces.preprocessing.add("collections.abc.Mapping")
            self.pieces.blocks.insert(0, GUARD)


def _attribute(learnt: Learnt) -> str:
    return f"self.{learnt.name}" + (f"[{learnt.key}]" if learnt.key else "")


def _operand(text: str, node: ast.expr) -> str:
    """An expression whose attribute is read, in brackets where it needs them."""
    return f"({text})" if isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp | ast.UnaryOp) else text


def told_learnt(learnt: list[Learnt]) -> str:
    """What is learned, in a few words: "the mean of Age and the categories of Sex"."""
    groups: dict[str, list[str]] = {}
    for one in learnt:
        what, _, column = one.what.partition(" of ")
        groups.setdefault(what, []).append(column)
    told = _joined([f"{what} of {_joined(columns)}" for what, columns in groups.items()])
    return told if len(told) < LONGEST else f"what {len(learnt)} columns need"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _joined(words: list[str]) -> str:
    unique = list(dict.fromkeys(words))
    return unique[0] if len(unique) == 1 else ", ".join(unique[:-1]) + " and " + unique[-1]
