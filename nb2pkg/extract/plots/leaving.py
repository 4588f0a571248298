"""Take figures out of a planned package that cannot be drawn on its sample rows; the ledger says why."""

import ast
from collections.abc import Mapping
from dataclasses import replace

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.plots.planning import REPORTS

EVERY = "*"
FIGURE = "draw_"


def without_figures(modules: Modules, undrawn: Mapping[str, str]) -> Modules:
    """The modules without these figures (``"*"``: without any), each with the reason in its entries."""
    text = modules.files.get(REPORTS)
    if text is None or not undrawn:
        return modules
    tree = ast.parse(text)
    names = {one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith(FIGURE)}
    gone = names if EVERY in undrawn else names & {f"{FIGURE}{name}" for name in undrawn}
    kept = _without(text, tree, gone) if gone != names else ""
    left = {one.name for one in ast.parse(kept).body if isinstance(one, ast.FunctionDef)}
    files = {**modules.files, REPORTS: kept} if kept else {p: t for p, t in modules.files.items() if p != REPORTS}
    entries = modules.extraction["entries"]
    assert isinstance(entries, list)
    told = [_entry(one, left, undrawn) for one in entries]
    return replace(modules, files=files, extraction={**modules.extraction, "entries": told})


def _without(text: str, tree: ast.Module, gone: set[str]) -> str:
    """The module without some functions, what only they call, and their entries in the register."""
    body = [one for one in tree.body if not (isinstance(one, ast.FunctionDef | ast.ClassDef) and one.name in gone)]
    register = body[-1]
    lines = text.splitlines()
    entries = [
        line for line in lines[register.lineno : register.end_lineno] if not any(f" {one}(" in line for one in gone)
    ]
    while True:
        read = {part.id for one in body for part in ast.walk(one) if isinstance(part, ast.Name)}
        called = [
            one
            for one in body
            if not isinstance(one, ast.FunctionDef | ast.ClassDef) or one.name.startswith(FIGURE) or one.name in read
        ]
        if len(called) == len(body):
            break
        body = called
    start = tree.body[0].end_lineno or 1
    first = next(one for one in body[1:])
    head = lines[: first.lineno - 1] if first.lineno > start else lines[:start]
    texts = ["\n".join(lines[one.lineno - 1 : one.end_lineno]) for one in body[1:-1]]
    return "\n".join(["\n".join(head), *texts, lines[register.lineno - 1], *entries]) + "\n"


def _entry(entry: dict[str, object], left: set[str], undrawn: Mapping[str, str]) -> dict[str, object]:
    """An entry of the ledger; one of a figure that is gone says why."""
    if not str(entry["file"] or "").endswith(f"/{REPORTS}") or entry["function"] in left:
        return entry
    why = (
        undrawn.get(str(entry["function"]).removeprefix(FIGURE))
        or undrawn.get(EVERY)
        or "no figure is left that needs it"
    )
    return {
        **entry,
        "kind": "display",
        "file": None,
        "function": None,
        "reason": f"plotting: it cannot be drawn on the sample rows: {why}",
    }
