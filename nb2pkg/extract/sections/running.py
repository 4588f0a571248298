"""Write ``run.py`` of a package that keeps what was fitted: the sections up to the fit, and those after it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.sections.entering import LOADED
from nb2pkg.extract.sections.fitting import FitPoint
from nb2pkg.extract.sections.rewriting import indented
from nb2pkg.extract.sections.writing import Written, calls_of, data_files

KEPT = ("joblib>=1.3", "pandas>=2.2", "scikit-learn>=1.5", "scipy>=1.11")


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


def required(files: Mapping[str, str]) -> tuple[str, ...]:
    """What a package with these files requires beside what its own modules import."""
    return KEPT if "def run_to_fit" in files["run.py"] else ()


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
        FITTED,
        _function(f"run_to_fit({config}: Config) -> Fitted", "Run the sections up to the fit.", to_fit),
        _after(parts),
        _function(
            f"run({config}: Config) -> None",
            "Do what the notebook did.",
            [f"run_from_fit({config}, run_to_fit({config}).held)"],
        ),
    ]
    return "\n\n\n".join(blocks) + "\n"


FITTED = '''class Fitted(NamedTuple):
    """What the notebook held when its model was fitted, and of that: the model, its features, the transformers."""

    held: Mapping[str, Any]
    model: Any
    features: Any
    transformers: Mapping[str, Any]'''


def _fitted(parts: Parts, fit: FitPoint, features: str) -> str:
    transformers = _mapping(name for name in fit.transformers if name in parts.held)
    model = fit.model if parts.made_with is None else f"Trained({fit.model}, {_mapping(parts.made_with)})"
    return f"return Fitted({_mapping(parts.held)}, {model}, {features}, {transformers})"


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
    config = parts.config
    reads = ((config, any(s.config or s.starts for s in parts.after)), ("held", bool(needed)))
    unused = [one for one, used in reads if not used]
    lines = (
        [f"del {', '.join(unused)}  # no section below the fit reads {'it' if len(unused) == 1 else 'them'}"]
        if unused
        else []
    )
    lines += [f'{name} = held["{name}"]' for name in needed]
    lines += calls_of(parts.after, config)
    return _function(
        f"run_from_fit({config}: Config, held: Mapping[str, Any]) -> None", "Run the sections after the fit.", lines
    )
