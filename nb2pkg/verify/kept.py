"""What the model that a package's `train` kept was trained on, and what its contract asks of rows."""

import json
from collections.abc import Mapping
from pathlib import Path

ARTIFACTS, CONTRACT, METADATA = "artifacts", "contract.json", "metadata.json"
CATEGORIES = 12
ASKED = ("name", "kind", "accepts_missing", "missing_answered_as", "accepts_unseen", "low", "high")


def model_kept(scratch: Path, known: Mapping[str, object]) -> dict[str, object] | None:
    """Numbers of rows and columns of the newest model below ``scratch``, beside what is ``known``; None where none was kept."""
    found = sorted((scratch / ARTIFACTS).glob(f"*/{METADATA}"))
    if not found:
        return None
    metadata = json.loads(found[-1].read_text(encoding="utf-8"))
    contract = json.loads(found[-1].with_name(CONTRACT).read_text(encoding="utf-8"))
    return {
        "rows": metadata["data"]["rows"],
        "training_rows": metadata["training_rows"],
        "held_out_rows": metadata["evaluation"]["rows"],
        "held_out_rows_learned_from": metadata["held_out_rows_learned_from"],
        "scores": metadata["evaluation"]["scores"],
        "columns": [_column(column) for column in contract["columns"]],
        **known,
    }


def model_told(answer: Mapping[str, object] | None) -> dict[str, object] | None:
    """The same of the model that a package below level 3 kept, as it was answered by the process that trained it."""
    trained = (answer or {}).get("trained")
    if not isinstance(trained, Mapping):
        return None
    known = {name: value for name, value in trained.items() if name != "contract"}
    return {**known, "columns": [_column(column) for column in trained["contract"]]}


def _column(column: Mapping[str, object]) -> dict[str, object]:
    """What is told of one column: the first of many categories."""
    told = {name: column.get(name) for name in ASKED}
    categories = column.get("categories")
    if not isinstance(categories, list):
        return {**told, "categories": None}
    return {**told, "categories": categories[:CATEGORIES], "category_count": len(categories)}
