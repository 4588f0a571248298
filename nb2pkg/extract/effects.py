"""What README and model card say of scores: what repairs and corrections did to them, and what they are in notebook and package.

A repair is applied to the notebook, too, so beside it stands what the saved notebook shows and what its run with all repairs gives.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from textwrap import fill

from nb2pkg.extract.handover import Modules, place_of
from nb2pkg.extract.markdown import WIDTH, cell, mappings, short, table

SAVED_AND_REPAIRED = "the saved notebook shows {}, its run with all repairs gives {}"
BEFORE_AND_AFTER = "{} -> {}"
REPAIRED = "Repaired in the package, and in the copy of the notebook that `verify` runs, so that both can be run, and run again:"
CORRECTED = "Corrected in the package, one on top of the other"
MEASURED = ", with scores and learned values before and after"
UNTOUCHED = "Nothing: the package learns from the same rows as the notebook, and scores on the same."
NOTHING_ELSE = "Nothing else: the package learns from the same rows as the notebook, and scores on the same."
FEW = 3
NOT_READ = "not read off it"
ROWS = {"all": "all", "train": "training", "validation": "validation", "test": "held out"}
OTHERS = {
    "prediction": "predictions that the notebook makes of rows of its own",
    "attribute": "what the notebook reads off the fitted model",
}
SAVED_EARLIER = (
    "Where a saved score is another than that of the run, the repairs need not be why: it may have been saved by earlier code, with "
    "other versions of the libraries, or be of another draw."
)
CROSS_VALIDATED = (
    "The notebook also cross-validates. These scores are of copies fitted anew; the package does not compute them, and "
    "`verify` does not compare them."
)
OTHER_SCORES = (
    "The notebook also scores what is not this model: other models, or guesses of its own. The package does not compute these scores, and "
    "`verify` does not compare them."
)
NEWEST = "`evaluate` prints what the newest model scores."
OTHER_ROWS = (
    "The model that `train` keeps learns from the training rows alone, the notebook's from all rows: its answers may "
    "differ from the notebook's. `train --test-size 0` learns from all rows, too, and has none left to score."
)


def changes(correction: Mapping[str, object], shown: Callable[[object], str] = short) -> Iterator[str]:
    """Give each score that a correction, or all repairs together, changed, and the learned values, as verify.json tells it."""
    pattern = SAVED_AND_REPAIRED if correction.get("repair") else BEFORE_AND_AFTER
    for score in mappings(correction.get("scores")):
        told = pattern.format(shown(score.get("before")), shown(score.get("after")))
        yield f"{score.get('name')}: {told}{_held_out(correction)}"
    yield from learned(correction, shown)


def learned(correction: Mapping[str, object], shown: Callable[[object], str] = short) -> Iterator[str]:
    """Give what the steps learned before and after a correction, where it is another value; the first few of many."""
    found = mappings(correction.get("learned"))
    others = [one for one in found if one.get("before") != one.get("after")]
    for one in others[:FEW]:
        yield f"{one.get('name')}: {BEFORE_AND_AFTER.format(shown(one.get('before')), shown(one.get('after')))}"
    if others[FEW:]:
        yield f"{len(others) - FEW} more learned values in verify.json"
    if found and not others:
        yield "what the steps before the model learned is the same"


def _held_out(correction: Mapping[str, object]) -> str:
    """Say how many rows a score is of, where the package holds rows out and the notebook does not."""
    count = correction.get("held_out")
    return "" if count is None else f" on {count} held-out row{'s' * (count != 1)}"


def corrections(modules: Modules) -> str:
    """Give what the README says was corrected: the repairs, then the corrections, each in the notebook's order."""
    measured = mappings((modules.verdict or {}).get("corrections"))
    effects = {(str(one.get("rule")), str(one.get("what"))): "; ".join(changes(one)) for one in measured}
    found = mappings(modules.extraction.get("corrections"))
    repairs = [_line(one, {}) for one in found if one.get("repair")]
    made = [_line(one, effects) for one in found if not one.get("repair")]
    told = (
        f"{CORRECTED}{MEASURED * bool(measured)}:\n\n" + "\n".join(made)
        if made
        else NOTHING_ELSE
        if repairs
        else UNTOUCHED
    )
    told += f"\n\n{OTHER_ROWS}" * any(one.get("split") for one in found)
    repaired = [*_repaired(next((one for one in measured if one.get("repair")), {}))]
    return "\n\n".join([REPAIRED, "\n".join(repairs), *repaired, told]) if repairs else told


def _repaired(repair: Mapping[str, object]) -> Iterator[str]:
    """Say what the saved notebook shows of each score, and what its run with all repairs gives, which any of them stands for."""
    found = mappings(repair.get("scores"))
    shown = [(one.get("name"), short(one.get("before")), short(one.get("after"))) for one in found]
    told = [f"Of {name} {SAVED_AND_REPAIRED.format(before, after)}." for name, before, after in shown]
    if told:
        yield " ".join([*told, *[SAVED_EARLIER] * any(before != after for _, before, after in shown)])


def _line(correction: Mapping[str, object], effects: Mapping[tuple[str, str], str]) -> str:
    rule, what = str(correction.get("rule")), str(correction.get("what"))
    effect = effects.get((rule, what))
    return f"- `{rule}` ({place_of(correction)}): {what}{f' ({effect})' if effect else ''}"


def scores(modules: Modules) -> str:
    """Give the model card's table of scores: as saved in the notebook, in its run with the repairs, in the package."""
    replay = (modules.verdict or {}).get("replay")
    found = mappings(replay.get("scores")) if isinstance(replay, Mapping) else []
    if not found:
        return _saved(modules)
    repaired = any(one.get("repair") for one in mappings(modules.extraction.get("corrections")))
    told = (
        f"As the saved notebook shows them, as its run{' with the repairs of the README' * repaired} gives them, and as the package "
        "does where it learns from the same rows."
    )
    kinds = {kind: [one for one in found if one.get("kind", "score") == kind] for kind in ("score", *OTHERS)}
    parts = [fill(told, WIDTH)] + [_compared(kind, rows) for kind, rows in kinds.items() if rows]
    return "\n\n".join([*parts, fill(_own_scores(modules), WIDTH)])


def _compared(kind: str, found: Sequence[Mapping[str, object]]) -> str:
    """Give the table of scores, or of what else the notebook shows."""
    of_rows = kind == "score"
    rows = [tuple(cell(text) for text in _score(one, of_rows=of_rows)) for one in found]
    return table(
        (OTHERS.get(kind, kind), *["rows"] * of_rows, "saved notebook", "its run", "package on the same rows"), rows
    )


def not_compared(modules: Modules) -> Iterator[str]:
    """Give the scores of the saved notebook that are not this model's: of cross-validation, and of all else."""
    kinds = (("cross_validated", CROSS_VALIDATED, "cross-validation"), ("other_scores", OTHER_SCORES, "score"))
    for key, told, header in kinds:
        found = mappings(modules.extraction.get(key))
        if found:
            rows = [(place_of(one), cell(f"`{one.get('call')}`"), shown_value(one.get("value"))) for one in found]
            yield fill(told, WIDTH)
            yield table(("where", header, "saved notebook"), rows)


def shown_value(value: object) -> str:
    """Give what the saved notebook shows as it stands in a table; None where it is not known."""
    return NOT_READ if value is None else cell(short(value))


def _score(one: Mapping[str, object], *, of_rows: bool) -> tuple[str, ...]:
    saved = NOT_READ if one.get("saved") is None else short(one["saved"])
    rows = [ROWS.get(str(one.get("part")), "another file")] * of_rows
    return str(one.get("name")), *rows, saved, short(one.get("notebook")), short(one.get("package"))


def _saved(modules: Modules) -> str:
    """Give what the saved notebook shows where nothing was run."""
    told = "Not measured at extraction: `evaluate` prints them."
    found = mappings(modules.extraction.get("saved_scores"))
    rows = [(cell(str(one.get("site"))), short(one["value"])) for one in found if one.get("value") is not None]
    shown = [table(("score, or prediction", "saved notebook"), rows)] if rows else []
    return "\n\n".join([told, *shown])


def _own_scores(modules: Modules) -> str:
    """Say what the package itself scores, after every correction: the model that it trained when it was verified."""
    model = (modules.verdict or {}).get("model")
    kept = model.get("scores") if isinstance(model, Mapping) else None
    if isinstance(model, Mapping) and isinstance(kept, Mapping) and kept:
        found = ", ".join(f"{name} {'undefined' if value is None else short(value)}" for name, value in kept.items())
        count = model.get("held_out_rows")
        return f"The model that `train` made when the package was verified, on its {count} held-out rows: {found}. {NEWEST}"
    made = [one for one in mappings((modules.verdict or {}).get("corrections")) if not one.get("repair")]
    after = mappings(made[-1].get("scores")) if made else []
    count = "".join(map(_held_out, made))
    told = ", ".join(f"{one.get('name')} {short(one.get('after'))}{count}" for one in after)
    own = f"After every correction of the README the package has {told}; " if told else ""
    return f"{own}{NEWEST}"
