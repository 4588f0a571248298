"""Write ``split_rows`` for rows that are parted by hand: the notebook's own slices, masks and index lists, asked of raw rows.

``order = np.random.permutation(len(df))`` and ``X.iloc[order[:45]]`` become ``order = np.random.RandomState(config.seed)
.permutation(len(rows))`` and ``rows.iloc[order[:45]]``; ``df[df.year < 2015]`` becomes ``rows[rows["year"] < 2015]``.
"""

import ast
from collections.abc import Iterator

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.draws import Draw
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.lane import Code, Lane, Split
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.parting import INDEXERS
from nb2pkg.extract.pieces import Pieces
from nb2pkg.extract.provenance import Held
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.seeds import seeded_before
from nb2pkg.extract.splitting import write_parts
from nb2pkg.extract.strata import Strata, before_split
from nb2pkg.extract.stretch import MODULE
from nb2pkg.extract.target import TargetWriter
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import bound_by, writers
from nb2pkg.facts.values import Data, Estimator, Library

DRAWS = frozenset({"permutation", "rand", "random", "random_sample", "uniform", "choice", "randint"})
NUMBERS = frozenset({"int", "float", "round", "len", "range", "list", "min", "max", "abs"})
POSITIONS = frozenset({"numpy.arange", "numpy.floor", "numpy.ceil", "numpy.round", "math.floor", "math.ceil"})
ROW_WISE = frozenset({"isin", "isna", "isnull", "notna", "notnull", "between", "eq", "ne", "lt", "le", "gt", "ge"})
PLAIN = (
    ast.Constant, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Slice, ast.Tuple, ast.List, ast.operator, ast.unaryop,
    ast.cmpop, ast.boolop, ast.expr_context,
)  # fmt: skip


class HandSplitWriter:
    """Writes the split of one lane."""

    def __init__(
        self, lowering: Lowering, sources: Sources, pieces: Pieces, target: TargetWriter, lane: Lane, strata: Strata
    ) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.provenance = target.provenance
        self.target = target.needed
        self.lane = lane
        self.strata = strata
        self.draws: list[Draw] = []
        self._needed: dict[int, str] = {}

    def write(self, train: Split, held_out: Lane) -> list[Draw]:
        """Write the function; the draws in it that have no seed."""
        test = held_out.split
        if test is None or self.strata.choices(held_out) != self.strata.choices(self.lane):
            raise refused(self.lowering.statement(train.statement), "the two parts are taken of different rows")
        first, second = (train, test) if not self._looks_at(train, "train") else (test, train)
        lines = {one.part: f"{one.part} = {self._part(one)}" for one in (first, second)}
        own = [text for _, text in sorted(self._needed.items())]
        write_parts(
            self.lowering, self.pieces, train, [*own, lines[first.part], lines[second.part], "return train, test"]
        )
        return self.draws

    def _looks_at(self, split: Split, part: str) -> bool:
        """Is a part taken by looking at the other one, as in ``df.drop(test.index)``?"""
        other = {"train": "test", "test": "train"}[part]
        return any(
            isinstance(node, ast.Attribute) and node.attr == "index" and self._part_of(node.value) == other
            for node in ast.walk(split.call)
        )

    def _part(self, split: Split) -> str:
        self.pieces.place(split.statement, "split", MODULE, "split_rows")
        match split.call:
            case ast.Subscript(value=base, slice=index):
                return self._subscript(base, index, split.statement)
            case ast.Call(func=ast.Attribute(attr="sample" | "drop" as verb)) as call:
                return self._called(call, verb, split.statement)
            case _:
                raise self._unlike(split.call, split.statement)

    def _subscript(self, base: ast.expr, index: ast.expr, at: int) -> str:
        taken = self.lowering.part(base)
        assert taken is None
        indexer = base.attr if isinstance(base, ast.Attribute) and base.attr in INDEXERS else ""
        rows = index.elts[0] if indexer and isinstance(index, ast.Tuple) else index
        if isinstance(rows, ast.Slice) and indexer == "loc":
            raise refused(self.lowering.statement(at), "`loc` parts the rows by their labels; use `iloc`")
        if indexer == "loc" and not self._is_mask(rows) and (self.strata.choices(self.lane) or self._relabelled()):
            raise refused(
                self.lowering.statement(at),
                "`loc` parts the rows by labels that are no longer their numbers; use `iloc`",
            )
        text = self._text(rows, at)
        return f"rows[{text}]" if self._is_mask(rows) else f"rows.{'loc' if indexer == 'loc' else 'iloc'}[{text}]"

    def _relabelled(self) -> bool:
        """Do the rows have labels of their own from where they are read?"""
        return any(k.arg == "index_col" for k in self.lane.root.load.keywords)

    def _is_mask(self, rows: ast.expr) -> bool:
        value = self.facts.value(rows)
        return isinstance(value, Data) and bool(value.mask) and not value.index

    def _called(self, call: ast.Call, verb: str, at: int) -> str:
        keywords = {k.arg: k.value for k in call.keywords}
        replaced = keywords.get("replace")
        if replaced is not None and not (isinstance(replaced, ast.Constant) and replaced.value is False):
            raise refused(self.lowering.statement(at), "rows are drawn more than once; such rows cannot be held out")
        given = [self._text(one, at) for one in call.args]
        given += [f"{key}={self._text(one, at)}" for key, one in keywords.items() if key not in (None, "random_state")]
        if None in keywords:
            raise self._unlike(call, at)
        if verb == "sample":
            given.append(f"random_state={self._seed(call, keywords.get('random_state'), at)}")
        return f"rows.{verb}({', '.join(given)})"

    def _seed(self, call: ast.Call, given: ast.expr | None, at: int) -> str:
        try:
            value = evaluate(given, self.facts, at=at) if given is not None else None
        except NotConstantError as error:
            raise refused(
                self.lowering.statement(at), "the seed of the draw is only known when the notebook runs"
            ) from error
        if isinstance(value, int):
            return self.pieces.settings.random_state(value, "split")
        self.draws.append(Draw(call, at, "sample"))
        return "config.seed"

    # ---- expressions

    def _text(self, node: ast.expr, at: int) -> str:
        edits: dict[ast.AST, str] = {}
        self._edit(node, at, edits)
        return self.sources.of(node, edits)

    def _edit(self, node: ast.AST, at: int, edits: dict[ast.AST, str]) -> None:
        """Put raw rows in the place of the notebook's tables, all through an expression."""
        whole = self._asked_of_rows(node, at)
        if whole is not None:
            edits[node] = whole
            return
        match node:
            case ast.Name():
                self._name(node, at)
            case ast.Call():
                self._call(node, at, edits)
            case ast.Subscript(value=value, slice=index):
                self._edit(value, at, edits)
                self._edit(index, at, edits)
            case ast.keyword(value=value):
                self._edit(value, at, edits)
            case _ if isinstance(node, PLAIN):
                for child in ast.iter_child_nodes(node):
                    self._edit(child, at, edits)
            case _:
                raise self._unlike(node, at)

    def _asked_of_rows(self, node: ast.AST, at: int) -> str | None:
        """The number, the labels or a raw column of the table that is parted; the labels of the other part."""
        match node:
            case ast.Call(func=ast.Name(id="len"), args=[table]) if self._is_whole(table, at):
                return "len(rows)"
            case ast.Subscript(value=ast.Attribute(value=table, attr="shape"), slice=ast.Constant(value=0)) if (
                self._is_whole(table, at)
            ):
                return "len(rows)"
            case ast.Attribute(value=table, attr="index") if (part := self._part_of(table)) is not None:
                return f"{part}.index"
            case ast.Attribute(value=table, attr="index") if self._is_whole(table, at):
                return "rows.index"
            case ast.Subscript() | ast.Attribute():
                return self._column(node, at)
            case _:
                return None

    def _part_of(self, table: ast.expr) -> str | None:
        """The part that a variable holds."""
        if not isinstance(table, ast.Name):
            return None
        found = [statement for statement in self.facts.program.statements if bound_by(statement, table.id) is not None]
        bound = bound_by(found[0], table.id) if len(found) == 1 else None
        taken = self.lowering.part(bound.value) if bound is not None else None
        return taken.part if taken is not None and taken.columns is None else None

    def _is_whole(self, table: ast.expr, at: int) -> bool:
        """Does a table have the rows that are parted, all of them and in their order?"""
        value = self.facts.value(table)
        if not isinstance(value, Data) or not value.rows:
            return False
        lane = self.lowering.lane(table, at=at)
        return (
            lane.root.same_rows(self.lane.root)
            and lane.split is None
            and self.strata.choices(lane) == self.strata.choices(self.lane)
        )

    def _column(self, node: ast.Subscript | ast.Attribute, at: int) -> str | None:
        """A column of the table that nothing has changed since it was read."""
        read = self.provenance.columns.read(node)
        if read is None:
            return None
        lane = self.lowering.lane(node.value, at=at)
        held = self._held(Held(*read), lane) if lane.root.same_rows(self.lane.root) else None
        if held in self.target:
            raise refused(self.lowering.statement(at), f"the rows are parted by what is predicted (`{held}`)")
        if held is None:
            text = f"the rows are parted by `{ast.unparse(node)}`, which is no column as it was read"
            raise refused(self.lowering.statement(at), text)
        return f"rows[{held!r}]"

    def _held(self, held: Held, lane: Lane) -> str | None:
        """The raw column that a column of a lane's table is."""
        if lane.root.entry != "frame" or not all(isinstance(stage, Code) for stage in lane.stages):
            return None
        found: Held | None = held
        for code in reversed(before_split(lane)):
            if found is not None and not (isinstance(code.result, ast.Name) and code.result.id == found.table):
                found = self.provenance.through(code.result, found.column)
            nodes = [self.lowering.statement(index).node for index in code.statements]
            found = self.provenance.before(found, nodes) if found is not None else None
            found = found if found is not None and found.table == code.given else None
        return found.column if found is not None else None

    def _name(self, node: ast.Name, at: int) -> None:
        """A variable: a constant, or something that statements above made of the number of rows and of draws."""
        value = self.facts.value(node)
        if isinstance(value, Library) or isinstance(node.ctx, ast.Store):
            return
        found = writers(self.facts, node.id, before=at)
        statement = self.lowering.statement(found[0]) if len(found) == 1 else None
        if statement is None or not isinstance(statement.node, ast.Assign):
            raise refused(
                self.lowering.statement(at), f"how `{node.id}`, which parts the rows, was made cannot be followed"
            )
        if statement.index not in self._needed:
            self._needed[statement.index] = ""
            self._needed[statement.index] = self._statement(statement.node, statement.index)
            self.pieces.place(statement.index, "split", MODULE, "split_rows")

    def _statement(self, node: ast.Assign, at: int) -> str:
        edits: dict[ast.AST, str] = {}
        if not all(_is_names(target) for target in node.targets):
            raise self._unlike(node, at)
        match node:
            case ast.Assign(
                targets=[ast.Tuple() as target],
                value=ast.Call(
                    func=ast.Name(id="next"), args=[ast.Call(func=ast.Attribute(value=owner, attr="split")) as call]
                ),
            ) if isinstance(splitter := self.facts.value(owner), Estimator) and splitter.kind == "splitter":
                return f"{ast.unparse(target).strip('()')} = {self._first_fold(splitter, call, at)}"
            case _:
                pass
        self._edit(node.value, at, edits)
        self.pieces.preprocessing.of([node.value], self.facts)
        return self.sources.of(node, edits)

    def _first_fold(self, splitter: Estimator, call: ast.Call, at: int) -> str:
        """The first split of a splitter, of raw rows and what it keeps the shares of, or keeps together."""
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        if not call.args or len(call.args) > 3 or set(named) - {"y", "groups"} or not self._is_whole(call.args[0], at):
            raise self._unlike(call, at)
        writer = EstimatorWriter(self.lowering, self.pieces.preprocessing, self.pieces.settings)
        text = writer.write(splitter, owner="split", at=at)
        self.draws += writer.unseeded
        made = next((one.index for one in self.facts.program.statements if splitter.node in ast.walk(one.node)), at)
        self.pieces.place(made, "split", MODULE, "split_rows")
        given = ["rows", *(self._gone_by(one, at) for one in call.args[1:])]
        given += [f"{name}={self._gone_by(one, at)}" for name, one in named.items()]
        return f"next({text}.split({', '.join(given)}))"

    def _gone_by(self, node: ast.expr, at: int) -> str:
        """What a splitter goes by; nothing, where it is given None."""
        return "None" if isinstance(node, ast.Constant) and node.value is None else self.strata.text(node, at, "rows")

    def _call(self, node: ast.Call, at: int, edits: dict[ast.AST, str]) -> None:
        known = self.facts.call(node)
        name = known.name if known is not None else ""
        arguments = [*node.args, *node.keywords]
        match node.func:
            case ast.Attribute(value=owner, attr=attr) if name == f"numpy.random.{attr}" and attr in DRAWS:
                self._draw(node, owner, at, edits)
            case ast.Name(id=function) if function in NUMBERS:
                pass
            case ast.Attribute() | ast.Name() if name in POSITIONS:
                pass
            case ast.Attribute(value=owner, attr=attr) if attr in ROW_WISE:
                arguments = [owner, *arguments]
            case _:
                raise self._unlike(node, at)
        for one in arguments:
            self._edit(one, at, edits)

    def _draw(self, node: ast.Call, owner: ast.expr, at: int, edits: dict[ast.AST, str]) -> None:
        """A draw from the one stream of NumPy: the first one after its seed, or one without any."""
        written, name = self.sources.of(owner), ast.unparse(node.func)
        seed = seeded_before(self.facts, node, at)
        if seed is None:
            self.draws.append(
                Draw(node, at, name, before=written, after=f"{written}.RandomState({self.pieces.settings.seed})")
            )
            edits[owner] = f"{written}.RandomState(config.seed)"
            return
        edits[owner] = f"{written}.RandomState({self.pieces.settings.random_state(seed, 'split')})"

    def _unlike(self, node: ast.AST, at: int) -> Exception:
        return refused(
            self.lowering.statement(at),
            f"the rows are parted with `{ast.unparse(node)[:50]}`, which raw rows cannot be asked",
        )


def _is_names(target: ast.expr) -> bool:
    parts: Iterator[ast.expr] = iter(target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    return all(isinstance(one, ast.Name) for one in parts)
