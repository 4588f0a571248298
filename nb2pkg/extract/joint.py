"""Rows of two files that are prepared as one table: what has to hold so that a package can prepare each row by itself."""

import ast
from collections.abc import Set as AbstractSet

from nb2pkg.extract.columns import Columns
from nb2pkg.extract.departures import departures
from nb2pkg.extract.lane import Code, Joint, Lane
from nb2pkg.extract.lower import Lowering
from nb2pkg.extract.refuse import refused
from nb2pkg.extract.stretch import Line
from nb2pkg.facts.values import Learning


def check_joint(lowering: Lowering, joint: Joint, x: Lane, *, needed: AbstractSet[str]) -> None:
    """Raise RefusedError where the model learns from other rows, or from columns that only one of the files has."""
    statement = lowering.statement(joint.stacked)
    if x.root.load is not joint.train.load:
        raise refused(statement, "the model learns from the rows of the second of the two files; put its rows first")
    alone = sorted(joint.own - needed)
    if alone:
        raise refused(
            statement, f"`{alone[0]}` is prepared for one of the two files only, and is not what is predicted"
        )
    lines = _lines(lowering, x)
    columns = Columns(lowering)
    gone = departures(lines, columns)
    listed = columns.static(lines[-1].node) if lines and isinstance(lines[-1].node, ast.expr) else None
    for marker in sorted(joint.markers - gone):
        if listed is None or marker in listed:
            raise refused(statement, f"the model learns from `{marker}`, which only tells the two files apart; drop it")


def _lines(lowering: Lowering, lane: Lane) -> list[Line]:
    codes = [stage for stage in lane.stages if isinstance(stage, Code)]
    lines = [Line(index, lowering.statement(index).node) for code in codes for index in code.statements]
    return [*lines, Line(None, codes[-1].result)] if codes else lines


def check_uses(lowering: Lowering, fit: Learning) -> None:
    """Raise RefusedError where the model itself is fitted on the rows of both files, or asked about them."""
    asked = [one for one in lowering.facts.predictions if one.fits and one.fits[-1] is fit]
    for index in (fit.statement, *(one.statement for one in asked)):
        if lowering.sees_both(index):
            raise refused(lowering.statement(index), "the model is given the rows of both files at once")


def own_types(joint: Joint, target: Lane | None, needed: AbstractSet[str]) -> list[str]:
    """The columns of the target that keep the types which they have in their own file."""
    if target is None:
        return []
    codes = [stage for stage in target.stages if isinstance(stage, Code)]
    stacked = any(joint.stacked in code.statements or code.at == joint.stacked for code in codes)
    return sorted(needed & joint.filled) if stacked else sorted(needed)
