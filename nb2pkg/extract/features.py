"""Write a stretch of the notebook's own statements as pipeline steps: columns first, then pure functions, then what learns."""

import ast
from collections.abc import Mapping
from dataclasses import replace

from nb2pkg.extract.alone import Alone
from nb2pkg.extract.basis import Basis
from nb2pkg.extract.columns import Columns, by_position
from nb2pkg.extract.departures import departures
from nb2pkg.extract.edits import Edits, dead_columns
from nb2pkg.extract.estimators import EstimatorWriter
from nb2pkg.extract.filling import FillWriter
from nb2pkg.extract.functions import Functions
from nb2pkg.extract.lane import Code
from nb2pkg.extract.learned import Learns
from nb2pkg.extract.liveness import bare, live_columns
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.named_anew import check_names
from nb2pkg.extract.names import snake, unused
from nb2pkg.extract.picking import COLUMNS, FEATURES, Picking
from nb2pkg.extract.pieces import UNREAD, Pieces, PipelineStep
from nb2pkg.extract.prose import docstring
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.seeing import seeing
from nb2pkg.extract.selection import Chosen, remaining_names
from nb2pkg.extract.stretch import MODULE, BodyWriter, Line, Stretch, indent, live, only_names, stored, unwrapped
from nb2pkg.extract.text import Sources
from nb2pkg.extract.trace import free_names
from nb2pkg.extract.transformers import TransformerWriter


class FeatureWriter:
    """Writes stretches into ``pieces``."""

    def __init__(self, lowering: Lowering, sources: Sources, pieces: Pieces, estimators: EstimatorWriter) -> None:
        self.lowering = lowering
        self.facts = lowering.facts
        self.sources = sources
        self.pieces = pieces
        self.estimators = estimators
        self.columns = Columns(lowering)
        self.picking = Picking(self.facts, pieces)
        self.learns = Learns(lowering, self.columns)
        self.alone = Alone(lowering)
        self.basis = Basis(lowering, self.columns, self.learns)
        self.functions = Functions(lowering, sources)
        self.bodies = BodyWriter(lowering, sources, pieces, self.columns)
        self.fills = FillWriter(lowering, sources, pieces, self.columns, self.picking, self.bodies)
        self.transformers = TransformerWriter(lowering, sources, pieces, estimators, self.columns)

    def write(self, stretch: Stretch) -> None:
        """Write one stretch as up to three steps."""
        self.learns.places = set(stretch.code.places) if not stretch.code.given else set()
        self.columns.raw = frozenset(self.learns.places)
        stripped = self._stripped(stretch.code)
        lines = self._prepared(self.lines(stretch.code), stripped)
        lines, stretch = self._alive(lines, stretch, stripped)
        dead = (
            dead_columns([line.node for line in lines], self.columns, stretch.needed, stretch.answer)
            if stretch.first
            else {}
        )
        edits = Edits(self.columns, self.sources, stretch.raw.unseen | set(dead.values()))
        edits.stripped |= stripped
        check_names(self.lowering, [(line.index or stretch.code.at, line.node) for line in lines], edits.excluded)
        if not stretch.code.given:
            edits.replaced.update(dict.fromkeys(stretch.code.places, "rows"))
        for position in dead:
            self.pieces.place(lines[position].index or 0, "target", MODULE, "target_of")
        lines = [line for position, line in enumerate(lines) if position not in dead]
        lines = self._without_targets_own(lines, edits, stretch)
        given = stretch.code.given or "rows"
        self._environment(stretch.code)
        if stretch.first:
            lines, given = self._columns_step(lines, given, edits, stretch)
        lines = self._staying(lines, edits, stretch)
        if not all(line.index is None and self._same(line.node, given, edits) for line in lines):
            self._rest(lines, given, edits, stretch)

    @staticmethod
    def _same(result: ast.stmt | ast.expr, given: str, edits: Edits) -> bool:
        """Is a result what came in, maybe without columns that it does not have?"""
        return edits.text(result).removesuffix(".copy()") == given

    def _alive(
        self, lines: list[Line], stretch: Stretch, stripped: Mapping[ast.AST, Chosen]
    ) -> tuple[list[Line], Stretch]:
        """The lines without those that nobody needs, where the result names its columns, and the raw columns that are left."""
        if not (stretch.first and stretch.code.given):
            return lines, stretch
        around = [self.facts.program.statements[index].node for index in stretch.code.environment]
        names = {name.id for node in around for name in free_names(node)}
        found = live_columns(lines, stretch.code.given, self.columns, stripped, names)
        if found is None:
            return lines, stretch
        self.pieces.unread |= {line.index: UNREAD for line in found.dead if line.index is not None}
        listed = None if stretch.needed & set(found.columns) else found.columns
        raw = stretch.raw._replace(listed=listed)
        return list(found.lines), replace(stretch, raw=raw, code=replace(stretch.code, given=found.given))

    def _staying(self, lines: list[Line], edits: Edits, stretch: Stretch) -> list[Line]:
        """The lines without those that only take away columns which the rows come without."""
        gone = [line for line in lines if isinstance(line.node, ast.stmt) and edits.vanishes(line.node)]
        for line in gone:
            if line.index is not None and stretch.raw.listed is not None:
                self.pieces.place(line.index, "feature", MODULE, COLUMNS)
        return [line for line in lines if line not in gone]

    def _without_targets_own(self, lines: list[Line], edits: Edits, stretch: Stretch) -> list[Line]:
        """The lines without those that only change a column of the target, which nothing after them reads."""
        kept: list[Line] = []
        read: set[str] = set()
        for line in reversed(lines):
            assigned = self.columns.assigned(line.node)
            if assigned is not None and assigned[1] in edits.excluded & stretch.needed and assigned[1] not in read:
                self.pieces.place(line.index or 0, "target", MODULE, "target_of")
                continue
            read |= set(edits.read(line.node))
            kept.insert(0, line)
        return kept

    def lines(self, code: Code) -> list[Line]:
        """The statements and the result."""
        statements = self.facts.program.statements
        return [*(Line(index, statements[index].node) for index in code.statements), Line(None, code.result)]

    def _stripped(self, code: Code) -> dict[ast.AST, Chosen]:
        """The choices of rows in a stretch, which prepared rows do not go through."""
        return {one.node: one for line in self.lines(code) for one in self.learns.selections.of(line.node)}

    def _prepared(self, lines: list[Line], stripped: dict[ast.AST, Chosen]) -> list[Line]:
        """The lines without choices in place and without what only served to choose."""
        if not any(self.learns.selections.selects(line.node) for line in lines):
            return lines
        kept: list[Line] = []
        needed: set[str] = set()
        for line in reversed(seeing(lines, self.learns)):
            if self.learns.selections.in_place(line.node) is not None or self.columns.labels.only_renumbers(line.node):
                continue
            if only_names(line.node) and not stored(line.node) & needed:
                continue
            needed |= {name.id for name in remaining_names(line.node, stripped)}
            kept.insert(0, line)
        return kept

    def _environment(self, code: Code) -> None:
        for index in code.environment:
            self._one_value(index)
            node = self.facts.program.statements[index].node
            self.columns.labels.check(node, index)
            self.pieces.preprocessing.of([node], self.facts)
            edits = Edits(self.columns, self.sources, frozenset())
            if isinstance(node, ast.FunctionDef):
                edits.replaced |= self.functions.check(node, index)
            comments = self.sources.comments_above(self.facts.program.statements[index])
            text = "\n".join([*comments, edits.sources.of(node, edits.replaced)])
            if text not in self.pieces.constants:
                self.pieces.constants.append(text)
            self.pieces.place(
                index, "configuration", MODULE, getattr(node, "name", "") or ast.unparse(node).split("=")[0].strip()
            )

    def _one_value(self, index: int) -> None:
        """A name of the module has one value: the statements of another stretch may not give it a second."""
        for name in self.facts.effects[index].binds:
            if self.pieces.bound.setdefault(name, index) != index:
                raise refused(
                    self.lowering.statement(index),
                    f"`{name}` has another value here than in the code above that is kept too; give it a name of its own",
                )

    # ---- the columns

    def _columns_step(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> tuple[list[Line], str]:
        count, name = self._prefix(lines, given)
        if len(lines) == 1 and self.columns.read(bare(lines[0].node)) is not None:
            return lines, given
        if stretch.raw.listed is not None and not self._all_listed(lines[:count]):
            self.picking.listed(list(stretch.raw.listed), COLUMNS)
            return lines, given
        chosen, rest = lines[:count], lines[count:]
        last = chosen[-1].node if chosen else None
        listed = self._listed(last) if isinstance(last, ast.expr | ast.Assign) else None
        for line in chosen:
            if line.index is not None:
                self.pieces.place(line.index, "feature", MODULE, FEATURES if listed else "feature_columns")
        if listed is not None:
            self.picking.listed([column for column in listed if column not in edits.excluded])
        else:
            self._computed_columns(chosen, given, name, edits, stretch)
        if not rest and isinstance(last, ast.expr):
            return [], name
        return rest, name

    def _all_listed(self, chosen: list[Line]) -> bool:
        """Do the lines end with a list of columns that are all there is to do?"""
        last = chosen[-1].node if chosen else None
        return isinstance(last, ast.expr | ast.Assign) and self._listed(last) is not None

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
        """Is the table turned into an array that is more than handed on?"""
        is_array = (isinstance(value, ast.Attribute) and value.attr == "values") or "to_numpy" in ast.unparse(value)
        return is_array and any(line.index is not None or not isinstance(line.node, ast.Name) for line in rest)

    def _computed_columns(self, chosen: list[Line], given: str, name: str, edits: Edits, stretch: Stretch) -> None:
        dropped = departures(chosen, self.columns)
        own = Edits(self.columns, self.sources, edits.excluded - stretch.needed - stretch.raw.away)
        own.stripped |= edits.stripped
        own.replaced |= edits.replaced
        body = [
            own.text(line.node) for line in chosen if isinstance(line.node, ast.stmt) and not own.vanishes(line.node)
        ]
        last = chosen[-1].node if chosen else None
        table = own.text(unwrapped(last)) if isinstance(last, ast.expr) else name if chosen else given
        gone = sorted(edits.excluded - dropped)
        kept = f"{table}.columns"
        result = f"[column for column in {kept} if column not in {gone!r}]" if gone else f"list({kept})"
        self.picking.asked(given, self.bodies.copied(chosen, given, body), result)
        self.pieces.preprocessing.of([line.node for line in chosen], self.facts)

    def _rest(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> None:
        at = stretch.code.at
        lines = [
            replace(line, learnt=tuple(self.learns.inside(line.node, at if line.index is None else line.index)))
            for line in lines
        ]
        lines = [self._of_both(line, stretch) for line in lines]
        self.basis.check(lines, stretch, self._choices(stretch))
        self._without_target(lines, edits, stretch)
        self.alone.functions(stretch.code.environment)
        for line in lines:
            once = [one.node for one in line.learnt if one.loop is None]
            each_turn = [one.node for one in line.learnt if one.loop is not None]
            self.alone.check(line.node, at if line.index is None else line.index, once, each_turn)
        self.pieces.preprocessing.of([line.node for line in lines], self.facts)
        first = next((position for position, line in enumerate(lines) if line.learnt), None)
        if first is None:
            self._function(lines, given, edits, stretch)
            return
        cut = self._first_part(lines, first, given, edits)
        if cut > 0:
            name = next(iter(live(lines, cut, given)))
            self._function([*lines[:cut], Line(None, ast.Name(name, ast.Load()))], given, edits, stretch)
            lines, given = lines[cut:], name
        parts = self._by_rows(lines, given, stretch)
        for number, (part, name) in enumerate(parts):
            rows = next((line.rows for line in part if line.learnt), "") or stretch.rows
            after = [line for later, _ in parts[number + 1 :] for line in later]
            if not self.fills.write(part, name, replace(stretch, rows=rows), after, edits.excluded):
                self.transformers.write(part, name, edits, replace(stretch, rows=rows))
                self.picking.columns = None

    def _first_part(self, lines: list[Line], first: int, given: str, edits: Edits) -> int:
        """How many lines before the ``first`` that learns are a step of their own, so that what learns need not repeat them."""
        if len(live(lines, first, given)) == 1:
            return first
        if self.transformers.learns_directly(lines, given, edits):
            return 0
        return next((cut for cut in range(first, 0, -1) if len(live(lines, cut, given)) == 1), 0)

    def _of_both(self, line: Line, stretch: Stretch) -> Line:
        """A line that saw the rows of two files says so."""
        joint = self.lowering.joint
        at = stretch.code.at if line.index is None else line.index
        return replace(line, rows=joint.rows) if joint is not None and self.lowering.sees_both(at) else line

    def _without_target(self, lines: list[Line], edits: Edits, stretch: Stretch) -> None:
        """Rows that are predicted have no target, so nothing may read it, nor count columns past it."""
        if stretch.positional and any(by_position(part) for line in lines for part in ast.walk(line.node)):
            statement = self.lowering.statement(stretch.code.at)
            raise refused(statement, "columns and target are taken by position after columns were changed; name them")
        target = edits.excluded & stretch.needed
        for line in lines if not stretch.first else ():
            if isinstance(line.node, ast.Assign) and isinstance(line.node.value, ast.Tuple):
                self._no_target_beside(line.node, line.index or 0, stretch.needed)
        for line in lines if target else ():
            statement = self.lowering.statement(stretch.code.at if line.index is None else line.index)
            name = next((text for text in edits.read(line.node) if text in target), None)
            if name is not None:
                raise refused(statement, f"the features are made with `{name}`, which the target is made of too")
            if any(by_position(part) for part in ast.walk(line.node)):
                raise refused(
                    statement,
                    f"columns are taken by position while `{', '.join(sorted(target))}` is among them; name them",
                )

    def _no_target_beside(self, node: ast.Assign, at: int, target: frozenset[str]) -> None:
        """``X, y = train[["a"]], train["y"]`` reads both; where it has to stay, X needs a statement of its own."""
        for part in ast.walk(node.value):
            read = self.columns.read(part)
            if read is not None and read[1] in target:
                reason = f"features and `{read[1]}`, the target, are taken in one statement; give each its own"
                raise refused(self.lowering.statement(at), reason)

    def _choices(self, stretch: Stretch) -> list[int]:
        """The statements of a stretch that choose rows."""
        selections = self.learns.selections
        lines = [line for line in self.lines(stretch.code) if line.index is not None]
        return [
            line.index or 0
            for line in lines
            if selections.selects(line.node) and not selections.only_numbers(line.node)
        ]

    def _by_rows(self, lines: list[Line], given: str, stretch: Stretch) -> list[tuple[list[Line], str]]:
        """Lines that learned from two row sets are two steps: the first ends where the second begins."""
        learning = [position for position, line in enumerate(lines) if line.learnt]
        kinds = list(dict.fromkeys(lines[position].rows or stretch.rows for position in learning))
        if len(kinds) < 2:
            return [(lines, given)]
        cut = next(position for position in learning if (lines[position].rows or stretch.rows) == kinds[1])
        if len(kinds) > 2 or any(
            (lines[position].rows or stretch.rows) == kinds[0] for position in learning if position > cut
        ):
            statement = self.lowering.statement(lines[cut].index or stretch.code.at)
            raise refused(
                statement,
                "values are learned from different rows by turns; learn those of the same rows one after the other",
            )
        between = live(lines, cut, given)
        if len(between) != 1:
            statement = self.lowering.statement(lines[cut].index or stretch.code.at)
            raise refused(
                statement, "values are learned before and after rows are chosen, in tables that depend on each other"
            )
        name = next(iter(between))
        return [([*lines[:cut], Line(None, ast.Name(name, ast.Load()))], given), (lines[cut:], name)]

    def _function(self, lines: list[Line], given: str, edits: Edits, stretch: Stretch) -> None:
        name = unused(self._verb(lines, stretch), self.pieces.taken)
        self.pieces.taken.add(name)
        body = self.bodies.body(lines, edits)
        for line in lines:
            if line.index is not None:
                self.pieces.place(line.index, "feature", MODULE, name)
        returned = self.bodies.returned(lines)
        doc = docstring(self._told(lines), self.bodies.words(lines))
        head = f"def {name}({given}: pd.DataFrame) -> {returned}:"
        self.pieces.preprocessing.add("pandas", "pd")
        self.pieces.blocks.append("\n".join([head, *indent([doc, *self.bodies.copied(lines, given, body)])]))
        self.pieces.from_preprocessing.add(name)
        transformer = self.pieces.pipeline.add("sklearn.preprocessing.FunctionTransformer")
        self.pieces.steps.append(PipelineStep(self.bodies.step_name(name), f"{transformer}({name})", kind="function"))
        if not self.fills.same_columns(lines, given):
            self.picking.columns = None

    def _told(self, lines: list[Line]) -> str:
        read = self.columns.read(bare(lines[-1].node))
        if read is not None and len(lines) == 1:
            return f"Give the column {read[1]}.".replace("\\", "/").replace('"', "'")
        return self.bodies.told(lines, "Prepare the columns")

    def _verb(self, lines: list[Line], stretch: Stretch) -> str:
        result = self.columns.read(lines[-1].node)
        if result is not None and len(lines) == 1:
            return snake(f"{result[1]}_of")
        assigned = [found[1] for line in lines if (found := self.columns.assigned(line.node)) is not None]
        return snake(f"prepare_{assigned[0]}") if len(set(assigned)) == 1 else snake(f"prepare_{stretch.subject}")
