"""Write the modules of a package below level 3: sections, reports, functions, and the run that calls them in order."""

import json
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from nb2pkg.extract.sections.annotating import annotated, with_keywords
from nb2pkg.extract.sections.bodies import Drawing
from nb2pkg.extract.sections.flow import Crossing
from nb2pkg.extract.sections.rewriting import indented

# Signatures are typed, so that whoever calls is checked; what mypy has against the statements inside is the notebook's.
AUTHORS_OWN = """
# The statements in these functions are the notebook's own. They were written without types (a name that holds first a
# list, then an array; arguments that stubs do not know): mypy checks who calls the functions, and not what is in them.
# mypy: ignore-errors
"""
SHOWING = ("close_figures", "current_figure", "display", "show_result", "silenced")


class Written(NamedTuple):
    """One section as a function; ``starts`` where it is the first of a further notebook, which starts afresh."""

    name: str
    docstring: str
    crossing: Crossing
    body: str
    config: str
    starts: bool = False


def module(docstring: str, imports: Iterable[str], blocks: Iterable[str]) -> str:
    """The text of a module: sentence, imports, blocks; the formatter takes away the imports that it does not need."""
    return "\n\n".join([f'"""{docstring}"""\n{AUTHORS_OWN}', "\n".join(imports), *blocks]) + "\n"


def imports_of(name: str, lines: Sequence[str], functions: Sequence[str], drawings: Sequence[str]) -> list[str]:
    """The imports a module of this package may need; those that it does not are taken away again."""
    found = [*lines, "import functools", "from typing import Any", f"from {name}.config import Config"]
    found += [f"from {name}.showing import {', '.join(SHOWING)}"]
    found += [f"from {name}.functions import {one}" for one in functions]
    return found + [f"from {name}.reports import {one}" for one in drawings]


def section_function(section: Written, kinds: Mapping[str, str]) -> str:
    """The text of a section's function; ``kinds`` are the annotations of names."""
    gives = section.crossing.gives
    lines = [f'"""{section.docstring}"""', section.body]
    if gives:
        lines.append(f"return {', '.join(gives)}")
    body = "\n".join(indented(line) for line in lines if line)
    parameters = _parameters(section.crossing.takes, kinds, config=section.config)
    return f"def {section.name}({parameters}) -> {_type(gives, kinds)}:\n{body}"


def _parameters(takes: Sequence[str], kinds: Mapping[str, str], *, config: str) -> str:
    return ", ".join(
        [*([f"{config}: Config"] if config else []), *(f"{name}: {kinds.get(name, 'Any')}" for name in takes)]
    )


def _type(gives: Sequence[str], kinds: Mapping[str, str]) -> str:
    if not gives:
        return "None"
    found = [kinds.get(name, "Any") for name in gives]
    return found[0] if len(found) == 1 else f"tuple[{', '.join(found)}]"


def drawing_function(drawing: Drawing, config: str) -> str:
    """The text of a function of ``reports.py``."""
    parameters = _parameters(drawing.takes, {}, config=config if drawing.config else "")
    head = f"def {drawing.name}({parameters}) -> object:"
    doc = f'    """Draw what cell {drawing.cell} draws."""'
    return f"{head}\n{doc}\n{indented(drawing.body)}\n    return current_figure()"


def definition(source: str, given: tuple[str, ...], docstring: str) -> str:
    """The text of one of the notebook's functions or classes."""
    return annotated(with_keywords(source, given) if given else source, docstring)


def run_module(name: str, sections: Sequence[Written], config: str, files: Sequence[str]) -> str:
    """The text of ``run.py``."""
    imports = [
        f"from {name}.config import Config",
        f"from {name}.showing import start_notebook",
        *(f"from {name}.sections import {section.name}" for section in sections),
    ]
    lines = [f"start_notebook({config}.seed)", *calls_of(sections, config)]
    body = textwrap.indent("\n".join(lines), "    ")
    function = f'def run({config}: Config) -> None:\n    """Do what the notebook did, section by section."""\n{body}'
    return (
        "\n\n".join(
            [
                '"""Do what the notebook did, from its first cell to its last."""',
                "\n".join(imports),
                data_files(files),
                function,
            ]
        )
        + "\n"
    )


def data_files(files: Sequence[str]) -> str:
    """The line that names the notebook's data files, below the data directory; nothing where it reads none."""
    if not files:
        return ""
    return f"DATA_FILES: tuple[str, ...] = ({''.join(f'{json.dumps(one)}, ' for one in files)})"


def calls_of(sections: Iterable[Written], config: str) -> Iterator[str]:
    """The calls of sections in their order; a further notebook starts afresh before its first."""
    for section in sections:
        if section.starts:
            yield f"start_notebook({config}.seed)"
        yield call_of(section)


def call_of(section: Written) -> str:
    """The call of a section, with what it takes and gives."""
    given = ", ".join([*([section.config] if section.config else []), *section.crossing.takes])
    result = ", ".join(section.crossing.gives)
    return f"{result} = {section.name}({given})" if result else f"{section.name}({given})"
