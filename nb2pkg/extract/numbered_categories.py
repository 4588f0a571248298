"""Find codes by order of appearance and bins cut at quantiles: ``pd.factorize(df["city"])[0]``, ``pd.qcut(df["income"], 4, labels=False)``.

What the rows teach are the categories in the order in which they appear, and the edges of the bins. The outermost edges are open, so
that a row beyond all rows that were learned from is in the first or the last bin, as it would be among them.
"""

import ast

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.learnt import Learnt
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.names import snake
from nb2pkg.facts.values import Constant

FACTORIZE = frozenset({"pandas.factorize", "data.factorize"})
QCUT = "pandas.qcut"


def of_categories(node: ast.expr, lowering: Lowering, columns: Columns) -> Learnt | None:
    """What ``pd.factorize(df["city"])[0]`` learns, or the pair that it is the first of."""
    first = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value == 0
    call = node.value if isinstance(node, ast.Subscript) and first else node
    if not isinstance(call, ast.Call) or lowering.name(call) not in FACTORIZE:
        return None
    given = _given(call, columns)
    known = lowering.facts.call(call)
    options = {k.arg: k.value for k in call.keywords}
    if known is None or given is None or len(call.args) > (lowering.name(call) == "pandas.factorize"):
        return None
    if set(options) - {"sort"} or any(not isinstance(one, ast.Constant) for one in options.values()):
        return None
    ordered = "sort" in options and getattr(options["sort"], "value", None) is True
    column = _column(given, columns)
    what = f"the categories of {column or 'the column'}"
    form = "codes" if ordered else "codes by appearance"
    return Learnt(node, form, f"{snake(column or 'column')}_categories_", given, what)


def of_quantiles(call: ast.expr, lowering: Lowering, columns: Columns) -> Learnt | None:
    """What ``pd.qcut(df["income"], 4, labels=False)`` learns."""
    if not isinstance(call, ast.Call) or lowering.name(call) != QCUT:
        return None
    given = _given(call, columns)
    options = _options(call)
    labels = options.get("labels")
    if given is None or labels is None or set(options) != {"x", "q", "labels"} or quantiles(call, columns) is None:
        return None
    value = lowering.facts.value(labels)
    if isinstance(value, Constant) and value.value is not False:
        return None
    column = _column(given, columns)
    return Learnt(
        call, "edges", f"{snake(column or 'column')}_edges_", given, f"the quantile edges of {column or 'the column'}"
    )


def quantiles(call: ast.Call, columns: Columns) -> str | None:
    """The quantiles as Python writes them, where they reach over all rows."""
    try:
        found = evaluate(_options(call)["q"], columns.facts, at=columns.at(call))
    except (KeyError, NotConstantError, IndexError):
        return None
    if isinstance(found, list) and found and all(isinstance(one, int | float) for one in found):
        return repr(found) if (found[0], found[-1]) == (0, 1) else None
    return repr(found) if isinstance(found, int) and not isinstance(found, bool) else None


def labels_of(call: ast.Call) -> ast.expr:
    """What the bins are called."""
    return _options(call)["labels"]


def _options(call: ast.Call) -> dict[str, ast.expr]:
    """The arguments of ``pd.qcut`` by name."""
    order = ("x", "q", "labels", "retbins", "precision", "duplicates")
    return {**dict(zip(order, call.args, strict=False)), **{k.arg or "**": k.value for k in call.keywords}}


def _given(call: ast.Call, columns: Columns) -> ast.expr | None:
    """The column that is numbered: by its name, or by the variable of a loop."""
    inner = call.args[0] if call.args else next((k.value for k in call.keywords if k.arg == "x"), None)
    if inner is None and isinstance(call.func, ast.Attribute) and call.func.attr == "factorize":
        inner = call.func.value
    if inner is None or columns.read(inner) is not None:
        return inner
    match inner:
        case ast.Subscript(value=ast.Name(), slice=ast.Name() as key):
            value = columns.facts.value(key)
            return inner if isinstance(value, Constant) and isinstance(value.value, str) else None
        case _:
            return None


def _column(given: ast.expr, columns: Columns) -> str | None:
    read = columns.read(given)
    return read[1] if read is not None else None
