"""Write ``run.py`` of a package that keeps what was fitted: the sections up to the fit, and those after it."""

from collections.abc import Sequence
from typing import NamedTuple

from nb2pkg.extract.sections.entering import LOADED
from nb2pkg.extract.sections.fitting import FitPoint
from nb2pkg.extract.sections.rewriting import indented
from nb2pkg.extract.sections.writing import Written, calls_of, data_files


class Parts(NamedTuple):
    """The sections on both sides of the fit's end, and the variables that cross it.

    ``made_with``: those that a network was made with, where its state alone is kept. ``imports`` are the notebook's own, ``files``
    the data files that it names.
    """

    before: Sequence[Written]
    after: Sequence[Written]
    held: tuple[str, ...]
    config: str
    made_with: tuple[str, ...] | None = None
    imports: Sequence[str] = ()
    files: Sequence[str] = ()


def stages_module(name: str, parts: Parts, fit: FitPoint, features: str) -> str:
    """The text of ``run.py``."""
    config = parts.config
    to_fit = [f"start_notebook({config}.seed)", *calls_of(parts.before, config), _fitted(parts, fit, features)]
    imports = [
        "from collections.abc import Mapping",
        "from typing import Any, NamedTuple",
        *(parts.imports if "(" in features else ()),
        f"from {name}.config import Config",
        f"from {name}.showing import start_notebook",
        *([f"from {name}.store import Trained"] if parts.made_with is not None else ()),
        *([f"from {name}.tensors import {LOADED}"] if f"{LOADED}(" in features else ()),
        *(f"from {name}.sections import {section.name}" for section in (*parts.before, *parts.after)),
    ]
    blocks = [
        f'"""Do what the notebook did: up to the fit of `{fit.model}` (cell {fit.cell}), and from there on."""',
        "\n".join([*imports, "", data_files(parts.files)]),
        FITTED.format(transformers=", the transformers" if _transformers(parts, fit) else "")
        + (TRANSFORMERS if _transformers(parts, fit) else ""),
        _function(f"run_to_fit({config}: Config) -> Fitted", "Run the sections up to the fit.", to_fit),
        _after(parts),
        _function(
            f"run({config}: Config) -> None",
            "Do what the notebook did.",
            [f"run_from_fit({f'{config}, ' if _reads_config(parts) else ''}run_to_fit({config}).held)"],
        ),
    ]
    return "\n\n\n".join(blocks) + "\n"


FITTED = '''class Fitted(NamedTuple):
    """What the notebook held when its model was fitted, and of that: the model, its features{transformers}."""

    held: Mapping[str, Any]
    model: Any
    features: Any'''
TRANSFORMERS = "\n    transformers: Mapping[str, Any]"


def _fitted(parts: Parts, fit: FitPoint, features: str) -> str:
    model = fit.model if parts.made_with is None else f"Trained({fit.model}, {_mapping(parts.made_with)})"
    transformers = _transformers(parts, fit)
    given = [_mapping(parts.held), model, features, *([_mapping(transformers)] if transformers else [])]
    return f"return Fitted({', '.join(given)})"


def _transformers(parts: Parts, fit: FitPoint) -> list[str]:
    return [name for name in fit.transformers if name in parts.held]


def _mapping(names: Sequence[str] | object) -> str:
    assert not isinstance(names, str)
    return "{" + ", ".join(f'"{name}": {name}' for name in names) + "}"  # type: ignore[attr-defined]


def _function(head: str, docstring: str, lines: Sequence[str]) -> str:
    body = "\n".join(indented(line) for line in lines)
    return f'def {head}:\n    """{docstring}"""\n{body}'


def _after(parts: Parts) -> str:
    """The function that runs the sections after the fit on what the notebook held by then."""
    needed: list[str] = []
    made: set[str] = set()
    for section in parts.after:
        needed += [name for name in section.crossing.takes if name not in made and name not in needed]
        made |= set(section.crossing.gives)
    held = "held" if needed else "_held"
    lines = [f'{name} = held["{name}"]' for name in needed]
    lines += calls_of(parts.after, parts.config)
    config = f"{parts.config}: Config, " if _reads_config(parts) else ""
    head = f"run_from_fit({config}{held}: Mapping[str, Any]) -> None"
    return _function(head, "Run the sections after the fit.", lines)


def _reads_config(parts: Parts) -> bool:
    """Whether a section after the fit reads the configuration."""
    return any(section.config or section.starts for section in parts.after)
