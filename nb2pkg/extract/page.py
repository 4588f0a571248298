"""Write extraction.html: the notebook on the left, where each statement went on the right; no script, nothing from outside."""

from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import NamedTuple

from nb2pkg.extract.effects import NOT_READ, changes
from nb2pkg.extract.handover import Modules, ShownCell, place_of

STYLE = """
:root { color-scheme: light; --line: #d9e0e7; --soft: #f5f8fb; --ink: #1f2933; --quiet: #5a6775; --go: #0b5394; --no: #8a3b12 }
* { box-sizing: border-box } body { margin: 0 auto; padding: 1.5rem; max-width: 88rem; color: var(--ink);
  font: 15px/1.5 ui-sans-serif, system-ui, "DejaVu Sans", Arial, sans-serif }
h1 { font-size: 1.5rem; margin: 0 0 .25rem } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem } p { margin: .25rem 0 .75rem }
pre, code { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace } pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0;
  border-bottom: 1px solid var(--line); overflow-wrap: anywhere } th { font-weight: 600 } td.place, td.equal, td.different { white-space: nowrap }
.cell { border: 1px solid var(--line); border-radius: 6px; margin: .75rem 0; overflow: hidden }
.cell > h3 { margin: 0; padding: .25rem .75rem; background: var(--soft); font-size: .8rem; font-weight: 600; color: var(--quiet) }
.told { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); border-top: 1px solid var(--line) }
.told > * { padding: .35rem .75rem } .where { font-size: .9rem; background: var(--soft); border-left: 3px solid var(--go) }
.out .where { border-left-color: var(--line); color: var(--quiet) } .where small { display: block; color: var(--quiet) }
.text { padding: .35rem .75rem; color: var(--quiet) } .verdict { font-weight: 700 } .equal { color: var(--go) } .different { color: var(--no) }
.graph { overflow-x: auto; border: 1px solid var(--line); border-radius: 6px } .graph img { display: block }
@media (max-width: 50rem) { body { padding: .75rem } th { display: none } td { display: block; border: 0; padding: 0 }
  tr { display: block; padding: .35rem 0; border-bottom: 1px solid var(--line) } .told { grid-template-columns: minmax(0, 1fr) } .where { border-left-width: 3px } }
"""


class Stretch(NamedTuple):
    """Lines of a cell that went the same way; ``entry`` None for blank lines and comments at the end."""

    text: str
    entry: Mapping[str, object] | None


def page(modules: Modules) -> str:
    """The whole page."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(modules.name)}: where the notebook went</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(modules.title)}</h1>",
        f"<p>The package <code>{escape(modules.name)}</code>, extracted from <code>{escape(modules.notebook)}</code> at level {modules.level}.</p>",
        *_verdict(modules.verdict),
        *_corrections(modules),
        *_cells(modules),
        *_graph(modules.graph),
        "</body></html>",
    ]
    return "\n".join(parts) + "\n"


def _verdict(verdict: Mapping[str, object] | None) -> Iterator[str]:
    yield "<h2>Verification</h2>"
    if verdict is None:
        yield "<p>Not verified: nothing was run.</p>"
        return
    word = str(verdict["verdict"])
    reason = f": {escape(str(verdict['reason']))}" if verdict.get("reason") else ""
    yield f'<p>Verdict: <span class="verdict {escape(word)}">{escape(word)}</span>{reason}</p>'
    replay = verdict.get("replay")
    if isinstance(replay, Mapping):
        frames = [(one["name"], f"{one['rows']} rows", one["equal"]) for one in replay["frames"]]
        yield from _compared(("compared", ""), frames)
        yield from _compared(
            ("score", "saved notebook", "its run", "package"), [_score(one) for one in replay["scores"]]
        )


def _score(one: Mapping[str, object]) -> tuple[object, ...]:
    saved = NOT_READ if one.get("saved") is None else one["saved"]
    return one["name"], saved, one["notebook"], one["package"], one["equal"]


def _compared(header: Sequence[str], rows: Sequence[tuple[object, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield f"<table><tr>{''.join(f'<th>{name}</th>' for name in header)}<th></th></tr>"
    for *texts, equal in rows:
        word = "equal" if equal else "different"
        cells = "".join(f"<td>{_short(text)}</td>" for text in texts)
        yield f'<tr>{cells}<td class="{word}">{word}</td></tr>'
    yield "</table>"


def _corrections(modules: Modules) -> Iterator[str]:
    made = modules.extraction["corrections"]
    assert isinstance(made, Sequence)
    yield "<h2>What was corrected</h2>"
    if not made:
        yield "<p>Nothing.</p>"
        return
    effects = modules.verdict.get("corrections") if modules.verdict is not None else None
    told = effects if isinstance(effects, Sequence) else []
    numbered = list(enumerate(made))
    repairs = [(position, one) for position, one in numbered if one.get("repair")]
    corrections = [(position, one) for position, one in numbered if not one.get("repair")]
    yield from _changed(
        "repaired in notebook and package", "what the saved notebook shows, and its run with all repairs", repairs, told
    )
    yield from _changed("corrected in the package", "scores and learned values before and after", corrections, told)


def _changed(
    what: str, effect: str, made: Sequence[tuple[int, Mapping[str, object]]], told: Sequence[Mapping[str, object]]
) -> Iterator[str]:
    if not made:
        return
    yield f"<table><tr><th>where</th><th>rule</th><th>{what}</th><th>{effect}</th></tr>"
    for position, one in made:
        change = "<br>".join(changes(told[position], _short)) if position < len(told) else ""
        place = escape(place_of(one))
        cells = f"<td>{escape(str(one['rule']))}</td><td>{escape(str(one['what']))}</td>"
        yield f'<tr><td class="place">{place}</td>{cells}<td>{change.replace(" -> ", " &rarr; ")}</td></tr>'
    yield "</table>"


def _short(value: object) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return escape(text if len(text) <= 60 else text[:57] + "...")


def _cells(modules: Modules) -> Iterator[str]:
    entries = modules.extraction["entries"]
    assert isinstance(entries, Sequence)
    yield "<h2>Where each statement went</h2>"
    for cell in modules.cells:
        of = f" of {escape(cell.notebook)}" if cell.notebook else ""
        yield f'<section class="cell"><h3>cell {cell.number}{of}</h3>'
        if cell.code:
            own = [one for one in entries if (one.get("notebook", ""), one["cell"]) == (cell.notebook, cell.number)]
            for stretch in stretches(cell, own):
                yield from _told(stretch)
        else:
            yield f'<div class="text"><pre>{escape(cell.source)}</pre></div>'
        yield "</section>"


def stretches(cell: ShownCell, entries: Sequence[Mapping[str, object]]) -> Iterator[Stretch]:
    """The lines of a cell, each with the entry it belongs to; comments go with the statement below them."""
    lines = cell.source.splitlines()
    done = 0
    for entry in sorted(entries, key=lambda one: int(str(one["line"]))):
        end = int(str(entry["end_line"]))
        if end > done:
            yield Stretch("\n".join(lines[done:end]), entry)
            done = end
        else:
            yield Stretch("", entry)
    if "".join(lines[done:]).strip():
        yield Stretch("\n".join(lines[done:]), None)


def _told(stretch: Stretch) -> Iterator[str]:
    entry = stretch.entry
    kept = entry is not None and entry["file"] is not None
    yield f'<div class="told{"" if kept else " out"}"><pre>{escape(stretch.text.strip(chr(10)))}</pre><div class="where">{_where(entry)}</div></div>'


def _where(entry: Mapping[str, object] | None) -> str:
    if entry is None:
        return "comment"
    kind = f"<small>{escape(str(entry['kind']))}</small>"
    if entry["file"] is None:
        return f"left out: {escape(str(entry['reason']))}{kind}"
    function = f" <code>{escape(str(entry['function']))}</code>" if entry["function"] else ""
    return f"<code>{escape(str(entry['file']))}</code>{function}{kind}"


def _graph(graph: str) -> Iterator[str]:
    if graph:
        yield "<h2>Which cell needs which</h2>"
        coded = b64encode(graph.encode()).decode()  # an image: styles of an inline drawing would be the whole page's
        yield f'<div class="graph"><img alt="cells, and the names that flow between them" src="data:image/svg+xml;base64,{coded}"></div>'
