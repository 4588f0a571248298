"""Write a stretch of the notebook's own statements as pipeline steps: columns first, then pure functions, then what learns."""

import ast
import textwrap
from dataclasses import dataclass, replace

from nb2pkg.extract.columns import Columns, constants
from nb2pkg.extract.edits import Edits, dead_columns
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.lane import Code
from nb2pkg.extract.learned import Learns, Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import camel, snake, unused
from nb2pkg.extract.pieces import Pieces, PipelineStep
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.facts.values import Data

MODULE = "data/preprocessing.py"
LONGEST = 75
KNOWN = '''
def known(table: pd.DataFrame, categories: Mapping[str, pd.CategoricalDtype]) -> pd.DataFrame:
    """Give columns their learned categories; a category nobody has seen is an error, never the one left out."""
    for name, dtype in categories.items():
        unseen = set(table[name].dropna()) - set(dtype.categories)
        if unseen:
            message = f"unknown category in {name}: {sorted(map(str, unseen))}"
            raise ValueError(message)
    return table.astype(dict(categories))
'''


@dataclass(frozen=True, slots=True)
class Line:
    """A statement of the stretch, or its result (``index`` None); ``learnt`` is what it learns."""

    index: int | None
    node: ast.stmt | ast.expr
    learnt: tuple[Learnt, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of code with what is known about its rows: their part, and the columns serving rows do not have."""

    code: Code
    rows: str
    needed: frozenset[str]
    first: bool
    subject: str
    whole: bool = False


class FeatureWriter:
    """Writes stretches into ``pieces``."""

    def __init__(self, lowering: Lowering, sources: Sources, pieces: Pieces, estimators: EstimatorWriter) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.estimators = estimators
        self.columns = Columns(lowering)
        self.learns = Learns(lowering, self.columns)

    def write(self, stretch: Stretch) -> None:
        """Write one stretch as up to three steps."""
        lines = self.lines(stretch.code)
        mentioned = {text for line in lines for text in constants(line.node)}
        dead = dead_columns([line.node for line in lines], self.columns, stretch.needed) if stretch.first else {}
        excluded = frozenset((stretch.needed & mentioned) | set(dead.values()))
        edits = Edits(self.columns, self.sources, excluded if stretch.first else frozenset())
        for position in dead:
            self.pieces.place(lines[position].index or 0, "target", MODULE, "target_of")
        lines = [line for position, line in enumerate(lines) if position not in dead]
        given = stretch.code.given
        self._environment(stretch.code)
        if stretch.first:
            lines, given = self._columns_step(lines, given, edits, stretch)
        lines = [line for line in lines if not (isinstance(line.node, ast.stmt) and edits.vanishes(line.node))]
        if not all(line.index is None and isinstance(line.node, ast.Name) and line.node.id == given for line in lines):
            self._rest(lines, given, edits, stretch)

    def lines(self, code: Code) -> list[Line]:
        """The statements and the result."""
        statements = self.facts.program.statements
        return [*(Line(index, statements[index].node) for index in code.statements), Line(None, code.result)]

    def _environment(self, code: Code) -> None:
        for index in code.environment:
            node = self.facts.program.statements[index].node
            self.pieces.preprocessing.of([node], self.facts)
            text = self.sources.of(node)
            if text not in self.pieces.constants:
                self.pieces.constants.append(text)
            self.pieces.place(index, "configuration", MODULE, getattr(node, "name", "") or ast.unparse(node).split("=")[0].strip())

    # ---- the columns

    def _columns_step(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> tuple[list[Line], str]:
        count, name = self._prefix(lines, given)
        chosen, rest = lines[:count], lines[count:]
        last = chosen[-1].node if chosen else None
        listed = self._listed(last) if isinstance(last, ast.expr | ast.Assign) else None
        for line in chosen:
            if line.index is not None:
                self.pieces.place(line.index, "feature", MODULE, "FEATURES" if listed else "feature_columns")
        if listed is not None:
            self.static_columns(listed)
        else:
            self._computed_columns(chosen, given, name, edits, stretch)
        if not rest and isinstance(last, ast.expr):
            return [], name
        return rest, name

    def _listed(self, node: ast.expr | ast.Assign) -> list[str] | None:
        return self.columns.static(node.value if isinstance(node, ast.Assign) else node)

    def _prefix(self, lines: list[Line], given: str) -> tuple[int, str]:
        """How many lines from the start only select columns, and the table they leave."""
        best, name = 0, given
        for position, line in enumerate(lines):
            target = self._selects(line, lines, position)
            if target is None:
                break
            if live(lines, position + 1, given) <= {target}:
                best, name = position + 1, target
        return best, name

    def _selects(self, line: Line, lines: list[Line], position: int) -> str | None:
        node = line.node
        if isinstance(node, ast.expr):
            return "" if self.columns.selection(node) is not None else None
        in_place = self.columns.drops_in_place(node)
        if in_place is not None:
            return in_place[0]
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if self.columns.selection(value) is not None:
                return name if not self._array_used(value, lines[position + 1 :]) else None
            case _:
                return None

    @staticmethod
    def _array_used(value: ast.expr, rest: list[Line]) -> bool:
        """Is the table turned into an array that later statements change?"""
        is_array = (isinstance(value, ast.Attribute) and value.attr == "values") or "to_numpy" in ast.unparse(value)
        return is_array and any(line.index is not None for line in rest)

    def static_columns(self, listed: list[str]) -> None:
        """Pick columns by a list."""
        self.pieces.constants.append(f"FEATURES = {listed!r}")
        self._pick("FEATURES")

    def _pick(self, what: str) -> None:
        self.pieces.from_preprocessing.add(what)
        transformer = self.pieces.pipeline.add("sklearn.compose.ColumnTransformer")
        self.pieces.preamble.append(f'columns = {transformer}([("features", "passthrough", {what})], verbose_feature_names_out=False)')
        self.pieces.preamble.append('columns.set_output(transform="pandas")')
        self.pieces.steps.append(PipelineStep("columns", "columns", kind="columns"))

    def _computed_columns(self, chosen: list[Line], given: str, name: str, edits: Edits, stretch: Stretch) -> None:
        dropped = {name for line in chosen for name in self._dropped(line.node)}
        own = Edits(self.columns, self.sources, edits.excluded - stretch.needed)
        body = [own.text(line.node) for line in chosen if isinstance(line.node, ast.stmt) and not own.vanishes(line.node)]
        last = chosen[-1].node if chosen else None
        table = own.text(_unwrapped(last)) if isinstance(last, ast.expr) else name if chosen else given
        gone = sorted(edits.excluded - dropped)
        kept = f"{table}.columns"
        result = f"[column for column in {kept} if column not in {gone!r}]" if gone else f"list({kept})"
        self.columns_function(given, self._copied(chosen, given, body), result)
        self.pieces.preprocessing.of([line.node for line in chosen], self.facts)

    def _dropped(self, node: ast.AST) -> set[str]:
        return {name for part in ast.walk(node) if (drop := self.columns.dropped(part)) is not None for name in drop[1]}

    def columns_function(self, given: str, body: list[str], result: str) -> None:
        """The function that names the columns, and the step that asks it."""
        self.pieces.preprocessing.add("pandas", "pd")
        doc = '"""Name the columns that the model learns from; asked once, on the rows it is fitted on."""'
        text = "\n".join([f"def feature_columns({given}: pd.DataFrame) -> list[str]:", *indent([doc, *body, f"return {result}"])])
        self.pieces.blocks.append(text)
        self._pick("feature_columns")

    def _copied(self, lines: list[Line], given: str, body: list[str]) -> list[str]:
        changed = any(line.index is not None and given in self.facts.effects[line.index].mutates for line in lines)
        return [f"{given} = {given}.copy()", *body] if changed else body

    # ---- functions and transformers

    def _rest(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> None:
        at = stretch.code.at
        lines = [replace(line, learnt=tuple(self.learns.inside(line.node, at if line.index is None else line.index))) for line in lines]
        self.pieces.preprocessing.of([line.node for line in lines], self.facts)
        first = next((position for position, line in enumerate(lines) if line.learnt), None)
        if first is None:
            self._function(lines, given, edits, stretch)
            return
        before = live(lines, first, given)
        if first > 0 and len(before) == 1:
            name = next(iter(before))
            self._function([*lines[:first], Line(None, ast.Name(name, ast.Load()))], given, edits, stretch)
            lines, given = lines[first:], name
        self._transformer(lines, given, edits, stretch)

    def _function(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> None:
        name = unused(self._verb(lines, stretch), self.pieces.taken)
        self.pieces.taken.add(name)
        body = self._body(lines, edits)
        for line in lines:
            if line.index is not None:
                self.pieces.place(line.index, "feature", MODULE, name)
        returned = self._type(lines[-1].node)
        doc = f'"""{self._told(lines, "Prepare the columns")}"""'
        head = f"def {name}({given}: pd.DataFrame) -> {returned}:"
        self.pieces.preprocessing.add("pandas", "pd")
        self.pieces.blocks.append("\n".join([head, *indent([doc, *self._copied(lines, given, body)])]))
        self.pieces.from_preprocessing.add(name)
        transformer = self.pieces.pipeline.add("sklearn.preprocessing.FunctionTransformer")
        self.pieces.steps.append(PipelineStep(self._step_name(name), f"{transformer}({name})", kind="function"))

    def _step_name(self, name: str) -> str:
        return unused(name, {step.name for step in self.pieces.steps})

    def _verb(self, lines: list[Line], stretch: Stretch) -> str:
        result = self.columns.read(lines[-1].node)
        if result is not None and len(lines) == 1:
            return snake(f"{result[1]}_of")
        assigned = [found[1] for line in lines if (found := self.columns.assigned(line.node)) is not None]
        return snake(f"prepare_{assigned[0]}") if len(set(assigned)) == 1 else snake(f"prepare_{stretch.subject}")

    def _told(self, lines: list[Line], what: str) -> str:
        cells = sorted({self.facts.program.statements[line.index].cell for line in lines if line.index is not None})
        if not cells:
            return f"{what}."
        where = f"cell {cells[0]} does" if len(cells) == 1 else f"cells {cells[0]} to {cells[-1]} do"
        return f"{what} as {where} in the notebook."

    def _type(self, node: ast.AST) -> str:
        value = self.facts.value(node)
        if isinstance(node, ast.Attribute) and node.attr == "values":
            self.pieces.preprocessing.add("numpy", "np")
            return "np.ndarray"
        if (isinstance(value, Data) and value.column is not None) or self.columns.read(node) is not None:
            return "pd.Series"
        return "pd.DataFrame"

    def _body(self, lines: list[Line], edits: Edits) -> list[str]:
        texts = []
        for line in lines:
            if line.index is None:
                text = line.node.id if isinstance(line.node, ast.Name) else edits.text(line.node)
                texts.append(f"return {text}")
            else:
                statement = self.facts.program.statements[line.index]
                texts += [*self.sources.comments_above(statement), edits.text(line.node)]
        return texts

    def _transformer(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> None:
        name = unused(camel(stretch.subject) + "Features", self.pieces.taken)
        self.pieces.taken.add(name)
        taught = self._fit_lines(lines, given, edits)
        body = self._body(lines, edits)
        for line in lines:
            if line.index is not None:
                self.pieces.place(line.index, "learned-feature" if line.learnt else "feature", MODULE, name)
        learnt = [one for line in lines for one in line.learnt]
        what = _told_learnt(learnt)
        self._class(name, given, taught, body, what, self._type(lines[-1].node))
        self.pieces.from_preprocessing.add(name)
        first = next(line for line in lines if line.learnt and line.index is not None or line.learnt)
        kind = "category" if all(self._is_category(one) for one in learnt) else "statistic"
        statement = self.lowering.statement(first.index if first.index is not None else stretch.code.at)
        self.pieces.steps.append(
            PipelineStep(self._step_name("features"), f"{name}()", stretch.rows, "fit", kind, statement.cell, first.node.lineno, what)
        )

    @staticmethod
    def _is_category(learnt: Learnt) -> bool:
        return learnt.form in ("categories", "table-categories") or (learnt.fit is not None and learnt.fit.kind == "category")

    def _class(self, name: str, given: str, taught: list[str], body: list[str], what: str, returned: str) -> None:
        imports = self.pieces.preprocessing
        for dotted in ("sklearn.base.BaseEstimator", "sklearn.base.TransformerMixin", "sklearn.utils.validation.check_is_fitted", "typing.Self"):
            imports.add(dotted)
        imports.add("pandas", "pd")
        lines = [
            f"class {name}(TransformerMixin, BaseEstimator):",
            *indent([f'"""{_upper(what)}, learned when it is fitted."""', ""]),
            *indent([f"def fit(self, {given}: pd.DataFrame, _target: object = None) -> Self:"]),
            *indent(indent([f'"""Learn {what}."""', *taught, "return self", ""])),
            *indent([f"def transform(self, {given}: pd.DataFrame) -> {returned}:"]),
            *indent(indent(['"""Make the features, one row at a time."""', "check_is_fitted(self)", f"{given} = {given}.copy()", *body])),
        ]
        self.pieces.blocks.append("\n".join(lines))

    def _fit_lines(self, lines: list[Line], given: str, edits: Edits) -> list[str]:
        """What ``fit`` does, and the attributes put in the place of learned expressions."""
        names: set[str] = set()
        simple: list[str] = []
        full: list[str] = []
        reached = True
        last = max(position for position, line in enumerate(lines) if line.learnt)
        for position, line in enumerate(lines[: last + 1]):
            for learnt in line.learnt:
                learnt = replace(learnt, name=unused(learnt.name, names))
                names.add(learnt.name)
                direct = self._relative(learnt.given, lines[:position], given, edits)
                reached &= direct is not None
                simple.append(self._taught(learnt, direct or ""))
                full.append(self._taught(learnt, edits.text(learnt.given)))
                edits.learn(learnt.node, self._used(learnt, edits))
            if position < last and isinstance(line.node, ast.stmt):
                full.append(edits.text(line.node))
        return simple if reached else [f"{given} = {given}.copy()", *full]

    def _taught(self, learnt: Learnt, given: str) -> str:
        attribute = f"self.{learnt.name}"
        match learnt.form:
            case "categories":
                return f'{attribute} = pd.CategoricalDtype({given}.astype("category").cat.categories)'
            case "table-categories":
                listed = f"{given}[{self.sources.of(learnt.listed)}]" if learnt.listed is not None else given
                if learnt.listed is None:
                    listed = f'{given}.select_dtypes(include=["object", "string", "category"])'
                learned = 'pd.CategoricalDtype(column.astype("category").cat.categories)'
                return f"{attribute} = {{name: {learned} for name, column in {listed}.items()}}"
            case "fitted":
                assert learnt.fit is not None and learnt.fit.estimator is not None
                imports, self.estimators.imports = self.estimators.imports, self.pieces.preprocessing
                made = self.estimators.write(learnt.fit.estimator, owner=snake(learnt.fit.estimator.short), at=learnt.fit.statement)
                self.estimators.imports = imports
                if "config." in made:
                    raise refused(self.lowering.statement(learnt.fit.statement), f"`{made}` inside a feature step takes settings")
                return f"{attribute} = {made}.fit({given})"
            case _:
                return f"{attribute} = {given}"

    def _used(self, learnt: Learnt, edits: Edits) -> str:
        attribute = f"self.{learnt.name}"
        match learnt.form:
            case "categories":
                read = self.columns.read(learnt.given)
                self._need_known()
                if read is None:
                    return f"{edits.text(learnt.given)}.astype({attribute})"
                return f'known({read[0]}, {{"{read[1]}": {attribute}}})["{read[1]}"]'
            case "table-categories":
                self._need_known()
                return f"known({edits.text(learnt.given)}, {attribute})"
            case "fitted":
                assert isinstance(learnt.node, ast.Call)
                given = learnt.node.args[0] if learnt.node.args else learnt.given
                return f"{attribute}.transform({edits.text(given)})"
            case _:
                return attribute

    def _need_known(self) -> None:
        if KNOWN not in self.pieces.blocks:
            self.pieces.preprocessing.add("collections.abc.Mapping")
            self.pieces.blocks.insert(0, KNOWN)

    def _relative(self, node: ast.expr, before: list[Line], given: str, edits: Edits) -> str | None:
        """A learned expression in terms of the table that comes in; None where statements before it made it."""
        statements = [line.node for line in before if isinstance(line.node, ast.stmt)]
        found: dict[ast.AST, str] = {}
        if not self._substitute(node, statements, given, before, found):
            return None
        return self.sources.of(node, found)

    def _substitute(self, node: ast.AST, statements: list[ast.stmt], given: str, before: list[Line], found: dict[ast.AST, str]) -> bool:
        read = self.columns.read(node)
        if read is not None and isinstance(self.facts.value(getattr(node, "value", node)), Data):
            assert isinstance(node, ast.expr)
            column = self.columns.source(node, statements, given)
            if column is not None:
                found[node] = f'{given}["{column}"]'
            return column is not None
        if isinstance(node, ast.Name) and isinstance(self.facts.value(node), Data):
            changed = any(line.index is not None and given in _changes(self.facts, line.index) for line in before)
            return node.id == given and not changed
        return all(self._substitute(child, statements, given, before, found) for child in ast.iter_child_nodes(node))


def _changes(facts: object, index: int) -> frozenset[str]:
    effects = facts.effects[index]  # type: ignore[attr-defined]
    return frozenset(effects.mutates | effects.binds)


def _unwrapped(node: ast.expr) -> ast.expr:
    """A selecting expression without its last conversion to an array."""
    if isinstance(node, ast.Attribute) and node.attr == "values":
        return node.value
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "to_numpy":
        return node.func.value
    return node


def live(lines: list[Line], position: int, given: str) -> set[str]:
    """The variables that lines from ``position`` on read and that lines before it made."""
    made = {given}
    for line in lines[:position]:
        made |= _stored(line.node)
    needed: set[str] = set()
    for line in reversed(lines[position:]):
        needed -= _stored(line.node)
        needed |= {name.id for name in free_names(line.node)}
    return needed & made


def _stored(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)}


def _told_learnt(learnt: list[Learnt]) -> str:
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


def indent(lines: list[str]) -> list[str]:
    """Lines, each one level deeper; a statement of several lines keeps its shape."""
    return [textwrap.indent(line, "    ") if line else "" for line in lines]
