"""Findings as a JSON array for other programs; cells count from 1, null stands for the file as a whole."""

import json
from collections.abc import Sequence

from nb2pkg.lint import Diagnostic, RelatedPlace


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """An array of objects, `[]` for none."""
    return json.dumps([_object(one) for one in diagnostics], indent=2) + "\n"


def _object(one: Diagnostic) -> dict[str, object]:
    return {
        "path": one.path,
        "cell": one.place.cell or None,
        "line": one.place.line,
        "column": one.place.column,
        "end_line": one.place.end_line,
        "end_column": one.place.end_column,
        "code": one.code,
        "name": one.name,
        "severity": one.severity.value,
        "confidence": one.confidence.value,
        "message": one.message,
        "related": [_related(place) for place in one.related],
        "cell_id": one.cell_id,
    }


def _related(one: RelatedPlace) -> dict[str, object]:
    return {
        "cell": one.place.cell or None,
        "line": one.place.line,
        "column": one.place.column,
        "message": one.message,
    }
