"""Bundled datasets used as arrays: columns by position become columns of the raw table."""

import ast

from nb2pkg.extract.features import FeatureWriter
from nb2pkg.extract.lane import Code
from nb2pkg.extract.refuse import refused


def bundled_columns(features: FeatureWriter, code: Code | None, gone: list[str]) -> None:
    """Write the columns step for ``iris.data[:, :2]`` and the like."""
    kept = f"[column for column in rows.columns if column not in {gone!r}]"
    picked = "" if code is None else _picked(features, code)
    result = f"names{picked}" if picked else kept
    body = [f"names = {kept}"] if picked else []
    features.picking.asked("rows", body, result)


def _picked(features: FeatureWriter, code: Code) -> str:
    """The subscript that picks columns, as it applies to a list of names."""
    statement = features.lowering.statement(code.at)
    if code.statements:
        raise refused(
            features.lowering.statement(code.statements[0]),
            "the arrays of the dataset are changed before the model gets them",
        )
    node = code.result
    if (
        not isinstance(node, ast.Subscript)
        or not any(place is node.value for place in code.places)
        or not isinstance(node.slice, ast.Tuple)
    ):
        raise refused(statement, f"`{ast.unparse(node)[:50]}` picks more than columns of the dataset")
    rows, *columns = node.slice.elts
    if not (isinstance(rows, ast.Slice) and rows.lower is None and rows.upper is None):
        raise refused(statement, f"`{ast.unparse(node)[:50]}` picks rows of the dataset")
    return _names(features, columns, statement)


def _names(features: FeatureWriter, columns: list[ast.expr], statement: object) -> str:
    kept = [one for one in columns if not _new_axis(one)]
    if len(kept) == 1 and isinstance(kept[0], ast.Slice):
        return f"[{features.sources.of(kept[0])}]" if kept[0].lower or kept[0].upper else "[:]"
    if len(kept) == 1 and isinstance(kept[0], ast.Constant) and len(columns) == 2 and isinstance(kept[0].value, int):
        position = kept[0].value
        return f"[{position}:{position + 1}]" if position >= 0 else f"[{position}:][:1]"
    raise refused(statement, "these columns of the dataset cannot be named")  # type: ignore[arg-type]


def _new_axis(node: ast.expr) -> bool:
    return (isinstance(node, ast.Constant) and node.value is None) or (
        isinstance(node, ast.Attribute) and node.attr == "newaxis"
    )
