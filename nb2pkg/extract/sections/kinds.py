"""What kind of thing the notebook's names hold, as the signatures of sections say it: tables, series, estimators.

A name is told of where every statement that binds it binds the same kind: ``df = pd.read_csv(...)`` is a ``pd.DataFrame``, and
so is ``df = df.dropna()``; ``X`` that is a table first and an array later is of no kind.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence

from nb2pkg.extract.sections.uses import Use
from nb2pkg.facts import Facts
from nb2pkg.facts.values import Estimator, Library

TABLE, SERIES = "DataFrame", "Series"
READERS = frozenset(
    {"pandas.read_csv", "pandas.read_table", "pandas.read_excel", "pandas.read_parquet", "pandas.DataFrame"}
)
OTHERWISE = frozenset(
    {"chunksize", "iterator", "squeeze", "sheet_name", "header"}
)  # options that may give something else
KEEPING = {
    TABLE: frozenset(
        ["assign", "copy", "drop", "drop_duplicates", "dropna", "fillna", "head", "query", "rename", "replace"]
        + ["reset_index", "sample", "set_index", "sort_values", "tail"]
    ),
    SERIES: frozenset(["astype", "copy", "dropna", "fillna", "map", "replace"]),
}
SPLIT = "sklearn.model_selection.train_test_split"


def kinds(facts: Facts, uses: Sequence[Use], imported: Collection[str]) -> Mapping[str, str]:
    """The annotation of each name whose kind is known; ``imported`` are names at the top of every module."""
    reader = _Reader(facts, imported)
    for use in uses:
        bound = dict(reader.bindings(use.node))
        for name in use.binds | use.deletes:
            reader.found.setdefault(name, set()).add(bound.get(name, ""))
    return {name: known for name in reader.found if (known := reader.known(name))}


class _Reader:
    def __init__(self, facts: Facts, imported: Collection[str]) -> None:
        self._facts = facts
        self._imported = imported
        self.found: dict[str, set[str]] = {}

    def known(self, name: str) -> str:
        """The one kind of a name, empty where it has none or several."""
        every = self.found.get(name, set())
        return next(iter(every)) if len(every) == 1 else ""

    def bindings(self, node: ast.stmt) -> Iterator[tuple[str, str]]:
        """The names that an assignment binds, with their kinds."""
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            return
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name):
            yield target.id, self._kind(value)
        elif isinstance(target, ast.Tuple) and isinstance(value, ast.Call) and self._name(value) == SPLIT:
            parts = [part for part in value.args for _ in range(2)]
            if len(parts) == len(target.elts) and not any(isinstance(part, ast.Starred) for part in parts):
                pairs = zip(target.elts, parts, strict=True)
                yield from ((one.id, self._kind(part)) for one, part in pairs if isinstance(one, ast.Name))

    def _name(self, call: ast.Call) -> str:
        found = self._facts.call(call)
        return str(getattr(found.row, "name", "")) if found is not None else ""

    def _kind(self, node: ast.expr) -> str:
        match node:
            case ast.Name():
                return self.known(node.id)
            case ast.Subscript():
                return self._of_subscript(node)
            case ast.Call():
                return self._of_call(node)
            case _:
                return ""

    def _of_subscript(self, node: ast.Subscript) -> str:
        module, _, kind = self._kind(node.value).rpartition(".")
        if kind != TABLE:
            return ""
        if isinstance(node.slice, ast.List | ast.Compare):
            return f"{module}.{TABLE}"
        text = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        return f"{module}.{SERIES}" if text else ""

    def _of_call(self, node: ast.Call) -> str:
        options = {one.arg for one in node.keywords}
        if not isinstance(node.func, ast.Name | ast.Attribute):
            return ""
        if isinstance(node.func, ast.Attribute):
            own = self._kind(node.func.value)
            if node.func.attr in KEEPING.get(own.rpartition(".")[2], ()):
                return own if not options & {"inplace", None} else ""
        if not self._stands_at_the_top(node.func):
            return ""
        if self._name(node) in READERS and isinstance(node.func, ast.Attribute) and not options & {*OTHERWISE, None}:
            return f"{ast.unparse(node.func.value)}.{TABLE}"
        made, cls = self._facts.value(node), self._facts.value(node.func)
        known = isinstance(made, Estimator) and isinstance(cls, Library) and made.node is node and made.cls == cls.name
        return ast.unparse(node.func) if known else ""

    def _stands_at_the_top(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self._imported
