"""What the model card says of models: of which turn of a loop this one is, and which others the notebook has."""

import shlex
from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill

from nb2pkg.extract.effects import shown_value
from nb2pkg.extract.handover import Modules, place_of
from nb2pkg.extract.markdown import WIDTH, cell, mappings, short, table


def turn_of_loop(modules: Modules) -> Iterable[str]:
    """Say of which turn of a loop the model is."""
    found = mappings(modules.extraction.get("candidates"))
    for one in found:
        if one.get("chosen") and one.get("loop"):
            last = [other for other in found if place_of(other) == place_of(one)][-1] is one
            turn = "the last turn" if last else "a turn"
            yield f", as {turn} of the loop `{short(one.get('loop'))}` fits it ({place_of(one)})"


def other_models(modules: Modules) -> str:
    """Give the models that were not chosen, with what the saved output shows of them."""
    found = mappings(modules.extraction.get("candidates"))
    others = [one for one in found if not one.get("chosen")]
    if not others:
        return (
            "None that a library fits; what else the notebook scores stands above."
            if modules.extraction.get("other_scores")
            else "None."
        )
    header = ("name", "cell", "class", "score in the saved notebook")
    rows = [[*(cell(short(one.get(key))) for key in ("name", "cell", "class")), _score(one)] for one in others]
    own = next((one.get("score") for one in found if one.get("chosen")), None)
    paths = [str(one.get("path")) for one in mappings(modules.extraction.get("notebooks"))] or [modules.notebook]
    command = f"nb2pkg extract {' '.join(map(shlex.quote, paths))} --model"
    return "\n\n".join([*_better(others, own, command), *_tried(others), table(header, rows)])


def _score(candidate: Mapping[str, object]) -> str:
    """Give the score of a candidate by its metric; where that was not read, it is but the last number that the cell shows."""
    shown, metric = shown_value(candidate.get("score")), candidate.get("metric")
    if candidate.get("score") is None:
        return shown
    return f"`{metric}` {shown}" if metric else f"{shown}, the last number that the cell shows"


def _tried(others: Sequence[Mapping[str, object]]) -> Iterable[str]:
    """Say how a model that the same loop tries is trained instead."""
    options = [f"`{one.get('option')}`" for one in others if one.get("option")]
    if options:
        yield fill(f"`train --model NAME` fits another of the same loop: {', '.join(options)}.", WIDTH)


def _better(others: Sequence[Mapping[str, object]], own: object, command: str) -> Iterable[str]:
    """Say it plainly where the notebook shows a better score of another model."""
    rivals = [one for one in others if one.get("better")]
    for one in rivals:
        shown = f"{one.get('better')} {short(one.get('score'))} against {short(own)}"
        told = f"`{one.get('name')}` of cell {one.get('cell')} scored better than this model in the saved notebook: {shown}."
        yield fill(
            f"{told} `{command} {one.get('name')}@{one.get('cell')}` extracts it.", WIDTH, break_on_hyphens=False
        )
