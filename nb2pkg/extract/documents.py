"""The texts of a package that speak about its notebook: configuration, pyproject, README, model card."""

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from string import Template
from textwrap import fill, shorten
from typing import TypeAlias

from nb2pkg.extract.dependencies import OF_EVERY_PACKAGE, bounded
from nb2pkg.extract.described import answer, description_of_model, learned_from, learns, meanings, model_class, target
from nb2pkg.extract.effects import corrections, not_compared, scores
from nb2pkg.extract.handover import ConfigField, Modules, place_of
from nb2pkg.extract.hooks import INGESTION, REPORTS, draws_by_seed, reads_files
from nb2pkg.extract.ignores import Ignores, ignore_lines, possible_ignores
from nb2pkg.extract.levels import RAW_ROWS
from nb2pkg.extract.markdown import WIDTH, cell, mappings, short, table
from nb2pkg.extract.other_models import other_models, turn_of_loop
from nb2pkg.extract.runtime import SCAFFOLD, TESTS, TESTS_OF_GOLDEN, TESTS_OF_ROWS, tests_written
from nb2pkg.extract.searching import BEST

Items: TypeAlias = Sequence[Mapping[str, object]]
PLACES = ("data_dir", "artifacts_dir")
SEED_OF_NOTEBOOK = "The notebook's own seed."
SEED_OF_BOTH = "The notebook's own seed, also of what it draws at random without one."
UNSEEDED = "unseeded-randomness"
SEED_OF_PACKAGE = "Seed of draws for which the notebook gives none: the package's own."


NAMES_ROWS = (
    "`read_raw` takes a column for names of the rows (`index_col`), and the package drops it: a file for `train` needs that column, a file "
    "for `predict` does not."
)
CELLS = "Cells are counted from 1, those of text included."
FIGURES = """
`report` writes figures of the notebook as pictures to `./figures` (`--out FOLDER`), each by a function of `src/{name}/reports.py`
from the raw rows or the newest model; why a figure is left out stands in `extraction.json`. It needs
`python -m pip install '.[report]'`, nothing else does.
Exit codes: 0 done, 1 some could not be drawn, with the reason, 2 could not run.
"""


SETTINGS_TOLD = {
    True: "The notebook's values; a value that it does not have is the package's own, and says so.",
    False: "Where things lie, and where random draws begin; all other values stand in the notebook's statements.",
}


def prefix(modules: Modules) -> str:
    """Give what the package's environment variables begin with."""
    return f"{modules.name.upper()}_"


def settings(modules: Modules) -> tuple[ConfigField, ...]:
    """Give every field of the configuration: those that are always there, then the notebook's own."""
    seed = ConfigField("seed", "int", repr(modules.seed), _seed_comment(modules))
    data_dir = ConfigField("data_dir", "Path", "Path()", "Where the package looks for the data files.")
    always = (
        *([data_dir] if reads_files(modules.files) else []),
        ConfigField("artifacts_dir", "Path", 'Path("artifacts")', "Where the package keeps trained models."),
        *([seed] if modules.level < RAW_ROWS or draws_by_seed(modules.files) else []),
    )
    given = {setting.name for setting in modules.config}
    given |= {"artifacts_dir"} if modules.level == 1 else set()  # no model is kept
    return (*(setting for setting in always if setting.name not in given), *modules.config)


def _seed_comment(modules: Modules) -> str:
    """Say whose seed it is."""
    if not modules.own_seed:
        return SEED_OF_PACKAGE
    made = mappings(modules.extraction.get("corrections"))
    return SEED_OF_BOTH if any(one.get("rule") == UNSEEDED for one in made) else SEED_OF_NOTEBOOK


def config(modules: Modules) -> str:
    """Give the text of ``config.py``."""
    fields = "\n\n".join(_field(setting) for setting in settings(modules))
    return f'''"""Every setting, replaceable by the environment (``{prefix(modules)}...``) and in code."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from {modules.name}.settings import read_settings
{_places(modules)}

@dataclass(frozen=True, slots=True)
class Config:
    """{SETTINGS_TOLD[modules.level == 3 or bool(modules.config)]}"""

{fields}


def load_config(environ: Mapping[str, str] | None = None, **overrides: object) -> Config:
    """Give these values, replaced by the environment's, replaced by ``overrides``."""
    source = os.environ if environ is None else environ
    return read_settings(Config, prefix="{prefix(modules)}", environ=source, overrides=overrides)
'''


def _places(modules: Modules) -> str:
    """Give the constant with the settings that say where things are, which commands take whatever a model was trained with."""
    names = tuple(setting.name for setting in settings(modules) if setting.name in PLACES)
    return f"\nPLACES = {names!r}\n" if modules.level > 1 else ""


def _field(setting: ConfigField) -> str:
    line = f"    {setting.name}: {setting.annotation} = {setting.default}"
    comment = _sentence(setting.comment).replace("\\", "/").replace('"', "'")
    return f'{line}\n    """{comment}"""' if comment else line


def _sentence(text: str) -> str:
    """Give words as a sentence that fits one line of a docstring."""
    words = shorten(text, WIDTH - 10, placeholder="...").rstrip(".")
    return f"{words[0].upper()}{words[1:]}." if words else ""


def introduction(modules: Modules) -> str:
    """Give the text of the package's ``__init__.py``."""
    notebook = modules.notebook.replace("\\", "/").replace('"', "'")
    line = f"{modules.name}: extracted from {notebook} by nb2pkg."
    return f'"""{line[:100]}"""\n' if len(line) <= 100 else f'"""The package {modules.name}, extracted by nb2pkg."""\n'


def expected_settings(modules: Modules) -> str:
    """Give the text of ``tests/expected_settings.py``: what the defaults are to be."""
    told = [setting for setting in settings(modules) if setting.name not in PLACES]
    imports = "from pathlib import Path\n\n" if any("Path(" in setting.default for setting in told) else ""
    items = "".join(f"    {json.dumps(setting.name)}: {setting.default},\n" for setting in told)
    return (
        f'"""What the settings are to be where nothing else is given."""\n\n{imports}'
        f'PREFIX = "{prefix(modules)}"\n\nDEFAULTS: dict[str, object] = {{\n{items}}}\n'
    )


def pages(modules: Modules) -> dict[str, str]:
    """Give pyproject.toml, README.md, MODEL_CARD.md and .gitignore."""
    return {
        "pyproject.toml": pyproject(modules, possible_ignores(modules)),
        "README.md": _readme(modules),
        "MODEL_CARD.md": _model_card(modules),
        ".gitignore": _template("gitignore").template,
    }


def _template(name: str) -> Template:
    return Template((SCAFFOLD / "templates" / name).read_text(encoding="utf-8"))


def pyproject(modules: Modules, ignores: Ignores) -> str:
    """Give pyproject.toml with these codes ignored by ruff."""
    required = bounded({*OF_EVERY_PACKAGE, *modules.dependencies}, environment_of(modules.verdict))
    return _template("pyproject.txt").substitute(
        name=modules.name,
        description=json.dumps(description(modules), ensure_ascii=False),  # TOML has no pairs of surrogates
        dependencies="\n".join(f"    {json.dumps(requirement)}," for requirement in required),
        ignores="\n".join(ignore_lines(ignores)),
        extras="\n".join(_extras(modules)),
    )


def _extras(modules: Modules) -> Iterable[str]:
    """Give the optional dependencies: what developers need, and what figures need beside the package."""
    drawing = ["matplotlib>=3.8", *(one for one in modules.report_dependencies if one != "matplotlib")]
    figures = sorted(drawing) if REPORTS in modules.files else []
    yield f"dev = {json.dumps([*sorted(['mypy', 'pandas-stubs', 'pytest', 'ruff', *figures])])}"
    if figures:
        yield f"report = {json.dumps(figures)}"


def description(modules: Modules) -> str:
    """Give one line: the notebook's title and its name."""
    return shorten(f"{modules.title} (extracted from {Path(modules.notebook).name} by nb2pkg)", 200, placeholder="...")


def _readme(modules: Modules) -> str:
    level = "raw rows in, prediction out, one scikit-learn Pipeline" if modules.level == 3 else "see extraction.json"
    summary = f"Extracted from the notebook `{modules.notebook}` by nb2pkg, at level {modules.level} ({level}). {CELLS}"
    rows = (
        "a dataset that comes with a library"
        if modules.bundled
        else f"`--data-dir`, {prefix(modules)}DATA_DIR or the working directory"
    )
    text = _template("README.md").substitute(
        title=modules.title,
        about=modules.about,
        name=modules.name,
        summary=fill(summary, WIDTH, break_on_hyphens=False),
        described=description_of_model(modules),
        places=rows,
        learns=learns(modules),
        report=f"python -m {modules.name} report\n" if REPORTS in modules.files else "",
        figures=FIGURES.format(name=modules.name) if REPORTS in modules.files else "",
        how_set=_how_set(modules),
        settings=table(
            ("setting", "default", "what"),
            [(f"`{s.name}`", f"`{cell(default_text(s))}`", cell(_sentence(s.comment))) for s in settings(modules)],
        ),
        search_command=f"python -m {modules.name} search\n" if modules.searches else "",
        search=_search(modules),
        served=f"\n{modules.served}\n" if modules.served else "",
        corrections=corrections(modules),
        verified=_verified(modules),
        notes=_notes(modules),
    )
    return reflowed(text)


def _notes(modules: Modules) -> str:
    """Give the README's last section: what the plan found worth saying, and a column that only names rows."""
    named = NAMES_ROWS if "index_col=" in modules.files.get(INGESTION, "") else ""
    notes = list(filter(None, [*modules.notes, named]))
    return "".join(["\n## Notes\n\n", *(f"- {note}\n" for note in notes)]) if notes else ""


def default_text(setting: ConfigField) -> str:
    """Give a default as the command line takes and shows it: a path without the name of its type, a text without quotes."""
    match setting.annotation, ast.parse(setting.default, mode="eval").body:
        case "Path", ast.Call(args=parts):
            return str(Path(*map(ast.literal_eval, parts)))
        case "str", ast.Constant(value=str(text)) if text.strip():
            return text
        case _:
            return setting.default


def _how_set(modules: Modules) -> str:
    """Say how settings are set, by one that the package has."""
    shown = [one for one in settings(modules) if one.name not in PLACES] or settings(modules)
    option = f"--{shown[0].name.replace('_', '-')} {default_text(shown[0])}"
    return f"Each is an option of `train` (`{option}`) and an environment variable (`{prefix(modules)}{shown[0].name.upper()}`); the option wins."


def _search(modules: Modules) -> str:
    """Give what the README says of the search; nothing where there is none."""
    if not modules.searches:
        return ""
    kept = modules.recorded is not None and modules.recorded.best is not None
    first = (
        f"What it found when this package was verified came with the package (`src/{modules.name}/{BEST}`)."
        if kept
        else "Where nothing is kept yet, `train` searches first."
    )
    return (
        "\n`search` looks for the best parameters on the training rows and keeps them with their score in "
        "`artifacts/best_parameters.json`; `train` fits the model with what is kept there and does not search again. "
        f"{first} Parameters that a search with other candidates or settings found are refused until `search` has run "
        "again; new rows, another split or seed keep them, with a warning where the training rows are others. To version what a later "
        f"search found, copy the file to `src/{modules.name}/{BEST}`.\n"
    )


def reflowed(text: str) -> str:
    """Give Markdown with its paragraphs wrapped anew; code, tables, lists and headings stay as they are."""
    fenced = False
    paragraphs = []
    for paragraph in re.split(r"\n{2,}", text.strip("\n")):
        kept = fenced or paragraph.lstrip().startswith(("```", "|", "-", "#"))
        fenced ^= paragraph.count("```") % 2 == 1
        whole = (
            paragraph
            if kept
            else fill(" ".join(paragraph.split()), WIDTH, break_long_words=False, break_on_hyphens=False)
        )
        paragraphs.append(whole)
    return "\n\n".join(paragraphs) + "\n"


def _verified(modules: Modules) -> str:
    left_out = _tests_left_out(modules)
    if modules.verdict is None:
        told = (
            "Nothing: the package was extracted without `--verify`, so nothing was executed and no data was read. "
            "The data contract is learned by `train` and kept in the artifact."
        )
        return "\n\n".join([fill(told, WIDTH), *left_out])
    verdict = str(modules.verdict.get("verdict"))
    reason = str(modules.verdict.get("reason") or "")
    parts = [f"Verdict: {verdict}.", reason, _compared(modules), versions_verified(modules.verdict)]
    told = fill(" ".join(filter(None, parts)), WIDTH)
    return "\n\n".join([told, *_repairs(modules), *left_out])


def versions_verified(verdict: Mapping[str, object]) -> str:
    """Say with which versions notebook and package were run; nothing where neither ran."""
    environment = environment_of(verdict)
    named = {"python": "Python"} | {name: name for name in environment if name not in ("python", "platform")}
    told = ", ".join(f"{shown} {environment[name]}" for name, shown in named.items() if name in environment)
    return f"Both ran with {told}." if told else ""


def environment_of(verdict: Mapping[str, object] | None) -> Mapping[str, object]:
    """Give the versions that notebook and package ran with; none where neither ran."""
    found = (verdict or {}).get("environment")
    ran = verdict is not None and verdict.get("verdict") != "not-verified"
    return found if ran and isinstance(found, Mapping) else {}


def _repairs(modules: Modules) -> list[str]:
    found = mappings((modules.verdict or {}).get("repairs"))
    lines = [f"- {place_of(one)}: `{short(one.get('after'))}`" for one in found]
    told = "The notebook was run with these repairs, and the package has them too:"
    return ["\n".join([told, "", *lines])] if lines else []


def _compared(modules: Modules) -> str:
    verdict = modules.verdict or {}
    replay, serving = verdict.get("replay"), verdict.get("serving")
    replay = replay if isinstance(replay, Mapping) else {}
    serving = serving if isinstance(serving, Mapping) else {}
    told = [
        f"{sum(bool(item.get('equal')) for item in items)} of {len(items)} {what}"
        for items, what in _kinds(mappings(replay.get("frames")), mappings(replay.get("scores")))
        if items
    ]
    if serving.get("rows"):
        same = "each" if serving.get("equal") else "NOT each"
        told.append(f"{same} of {serving['rows']} rows alone gets what it gets in the batch")
    return f"Compared with the notebook's own run (details in verify.json), equal: {'; '.join(told)}." if told else ""


def _kinds(frames: Items, scores: Items) -> Iterable[tuple[Items, str]]:
    """Give what was compared by kind, as its plural."""
    yield frames, "tables and other checks"
    for kind in ("score", "prediction", "attribute"):
        yield [one for one in scores if one.get("kind", "score") == kind], f"{kind}s"


def _tests_left_out(modules: Modules) -> list[str]:
    wanted = (*TESTS, *TESTS_OF_ROWS, *TESTS_OF_GOLDEN)
    left_out = [name for name in wanted if name not in tests_written(modules) and name.startswith("test_")]
    if not left_out:
        return []
    why = modules.recorded.why if modules.recorded is not None and modules.recorded.why else "no rows were recorded"
    names = ", ".join(f"`{name}.py`" for name in left_out)
    return [fill(f"Tests not written, because {why}: {names}. `nb2pkg extract --verify` writes them.", WIDTH)]


def _model_card(modules: Modules) -> str:
    return _template("MODEL_CARD.md").substitute(
        title=modules.title,
        model=_model(modules) if modules.model else "see `model/pipeline.py`",
        target=target(modules).rstrip(",") or "nothing: it learns without a target",
        answer=answer(modules),
        learned_from=learned_from(modules),
        meanings="\n\n".join(filter(None, [meanings(modules), *not_compared(modules)])),
        notebook=modules.notebook,
        level=modules.level,
        seed=seed_told(modules),
        scores=scores(modules),
        candidates=other_models(modules),
    )


def seed_told(modules: Modules) -> str:
    """Name the settings that draws go by."""
    found = [one for one in settings(modules) if one.name == "seed" or one.name.endswith("_seed")]
    whose = {"seed": f" ({'the notebook' if modules.own_seed else 'the package'}'s own)"}
    told = [f"`{one.name}` {one.default}{whose.get(one.name, '')}" for one in found]
    return "; ".join(told) or "nothing is drawn at random by a seed"


def _model(modules: Modules) -> str:
    searched = "the best that a search by {} finds, fitted on all training rows" if modules.searches else "{}"
    return searched.format(f"`{model_class(modules)}`") + "".join(turn_of_loop(modules))
