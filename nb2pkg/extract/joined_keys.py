"""By which columns files are joined, so that of each the rows can be found that belong to some joined rows.

``a.merge(b, left_on="id", right_on="person")`` says that ``id`` and ``person`` mean the same; so do the old and the new name of a
column that is renamed. What values are grouped or labelled by is a key as well.
"""

import ast
from collections.abc import Iterator

from nb2pkg.extract.constant import evaluate
from nb2pkg.extract.edits import renamed
from nb2pkg.extract.folding import NotConstantError
from nb2pkg.extract.lane import Root
from nb2pkg.facts import Facts
from nb2pkg.facts.events import Call

Names = list[str]
LABELLING = {
    "data.groupby": "by",
    "data.set_index": "keys",
    **dict.fromkeys(("data.pivot", "data.pivot_table", "pandas.pivot", "pandas.pivot_table"), "index"),
}


def keys_of(facts: Facts, root: Root) -> list[list[Names]]:
    """Names of columns that mean the same, each as a list of the columns that are one key together."""
    calls = [(index, node) for index in root.building for node in ast.walk(facts.program.statements[index].node)]
    labels = [names for index, node in calls for names in _labels(facts, node, index)]
    found = [[names] for names in labels]
    for index, node in calls:
        found += [[[old], [new]] for old, new in renamed(node) if isinstance(node, ast.Call)]
        found += _joined(facts, node, index, labels)
    return [one for place, one in enumerate(found) if one not in found[:place]]


def _labels(facts: Facts, node: ast.AST, at: int) -> Iterator[Names]:
    """The columns that rows are grouped or labelled by."""
    call = facts.call(node)
    if call is None:
        return
    for name in (LABELLING.get(call.name, ""), "index_col"):
        names = _given(facts, call, name, at)
        if names:
            yield names


def _joined(facts: Facts, node: ast.AST, at: int, labels: list[Names]) -> list[list[Names]]:
    call = facts.call(node)
    if call is None or not call.name.endswith((".merge", ".join", ".map", ".merge_asof", ".merge_ordered")):
        return []
    given = {name: _given(facts, call, name, at) for name in ("on", "left_on", "right_on")}
    left, right = given["left_on"] or given["on"], given["right_on"] or given["on"]
    if left and right:
        return [
            [left] if left == right else [left, right],
            *([[left, one] for one in labels] if call.name.endswith(".join") else []),
        ]
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Subscript(slice=ast.Constant(value=str(column))), attr="map")):
            return [[[column], one] for one in labels]
        case _:
            return [[left or right, one] for one in labels] if left or right else []


def _given(facts: Facts, call: Call, name: str, at: int) -> Names:
    """The columns that an argument names; none where it is not there or no constant."""
    if name not in call.args:
        return []
    try:
        found = evaluate(call.args[name][0], facts, at=at)
    except NotConstantError:
        return []
    listed = [found] if isinstance(found, str) else found
    return (
        [str(one) for one in listed]
        if isinstance(listed, list | tuple) and all(isinstance(o, str) for o in listed)
        else []
    )
