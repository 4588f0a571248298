"""What the steps of a fitted pipeline learned, as plain values: attributes by ``step.attribute_``."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from typing import Any

ABOUT_COLUMNS = frozenset({"n_features_in_", "feature_names_in_", "feature_names_out_", "n_samples_seen_"})
MANY = 50  # values of one attribute that are told


def learned(pipeline: Any, names: list[str]) -> dict[str, Any]:
    """The learned values of these steps; of a part within a step, ``step.part.attribute_``."""
    return {name: value for step in names for name, value in _of(pipeline.named_steps.get(step), step)}


def changed(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """The values that both have, before and after a correction."""
    return [{"name": name, "before": before[name], "after": after[name]} for name in before if name in after]


def _of(part: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The learned values of one part, and of the parts within it."""
    inner = getattr(part, "transformers_", None) or getattr(part, "steps", None)
    if inner is not None:
        for label, one, *_ in inner:
            yield from _of(one, f"{name}.{label}")
        return
    for attribute, value in getattr(part, "__dict__", {}).items():
        if not attribute.endswith("_") or attribute.startswith("_") or attribute in ABOUT_COLUMNS:
            continue
        if hasattr(value, "get_params"):
            yield from _of(value, f"{name}.{attribute}")
            continue
        found = _plain(value)
        if found is not None:
            yield f"{name}.{attribute}", found


def _plain(value: Any) -> Any:
    """A value as JSON holds it; None where it is too much to tell, or is no value but a helper."""
    pandas = sys.modules.get("pandas")
    if isinstance(value, (bool, str)):
        return value
    if hasattr(value, "categories") and hasattr(value, "ordered"):
        return _plain(value.categories)
    if pandas is not None and isinstance(value, pandas.Series):
        return _plain(value.to_dict())
    if isinstance(value, Mapping):
        items = {str(key): _plain(item) for key, item in value.items()} if len(value) <= MANY else {}
        return items if items and None not in items.values() else None
    if hasattr(value, "tolist"):
        value = value.tolist() if getattr(value, "size", 1) <= MANY else None
    if isinstance(value, (list, tuple)):
        several = [_plain(item) for item in value]
        return several if len(several) <= MANY and None not in several else None
    if isinstance(value, (bool, int, str)):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else None
