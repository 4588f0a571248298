"""A verdict as a table for the terminal."""

from collections.abc import Iterator

from nb2pkg.extract.effects import BEFORE_AND_AFTER, SAVED_AND_REPAIRED, learned
from nb2pkg.verify.verdict import Verdict

WIDTH, LONG = 60, 110
MADE = {
    "column": "the column was made in",
    "table": "the table was made in",
    "rows": "the rows were chosen in",
    "columns": "the columns were chosen in",
    "model": "the model was made in",
    "split": "the rows were split in",
    "score": "the score was computed in",
    "text": "the text was printed in",
    "texts": "the text was printed below",
    "call": "the call stands in",
}


def table(verdict: Verdict) -> str:
    """The whole report, the verdict last."""
    return "\n".join(_lines(verdict)) + "\n"


def _lines(verdict: Verdict) -> Iterator[str]:
    alone = "" if verdict.conditions.network else ", without network"
    yield f"{verdict.notebook} and {verdict.package} (level {verdict.level}, seed {verdict.seed}{alone})"
    yield from (
        f"  repaired cell {one.cell}{_of(one.notebook)}, line {one.line}: {_short(one.before, LONG)} -> {_short(one.after, LONG)}"
        for one in verdict.repairs
    )
    yield from (f"  note: {note}" for note in verdict.notes)
    if verdict.frames:
        yield ""
        yield from _columns([("frame", "rows", "", ""), *_frames(verdict)])
    if verdict.scores:
        yield ""
        yield from _columns(list(_scores(verdict)))
    if verdict.serving.rows:
        ties = f", {verdict.serving.ties} ties" if verdict.serving.ties else ""
        yield ""
        how = (
            "rows alone and in the batch"
            if verdict.level == 3
            else "feature rows from text and as the fit received them"
        )
        yield f"serving: {verdict.serving.rows} {how}: {_mark(verdict.serving.equal)}{ties}"
    for correction in verdict.corrections:
        yield ""
        yield f"{'repaired' if correction.repair else 'corrected'} {correction.rule}: {correction.what}"
        told = SAVED_AND_REPAIRED if correction.repair else BEFORE_AND_AFTER
        yield from (
            f"  {name}: {told.format(_short(before), _short(after))}" for name, before, after in correction.scores
        )
        yield from (f"  {line}" for line in learned(correction.as_json(), _short))
    if verdict.first is not None:
        yield ""
        yield f"first difference: {_short(verdict.first.words(), 2 * LONG)}"
        if (made := verdict.first.made) is not None:
            yield f"  {MADE[made.what]} cell {made.cell}{_of(made.notebook)}, line {made.line}: {_short(made.source, LONG)}"
    yield ""
    reason = f": {verdict.reason}" if verdict.reason else ""
    yield f"{verdict.verdict.replace('-', ' ')}{reason} ({verdict.seconds:.1f} s)"


def _of(notebook: str) -> str:
    return f" of {notebook}" if notebook else ""


def _frames(verdict: Verdict) -> Iterator[tuple[str, ...]]:
    for row in verdict.frames:
        yield row.name, str(row.rows), _mark(row.equal), row.detail


def _scores(verdict: Verdict) -> Iterator[tuple[str, ...]]:
    saved = any(row.saved is not None for row in verdict.scores)
    yield ("score", *(["saved"] * saved), "notebook", "package", "")
    for row in verdict.scores:
        shown = [("" if row.saved is None else _short(row.saved))] * saved
        yield row.name, *shown, _short(row.notebook), _short(row.package), _mark(row.equal)


def _mark(equal: bool) -> str:
    return "equal" if equal else "DIFFERENT"


def _short(value: object, width: int = WIDTH) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _columns(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
