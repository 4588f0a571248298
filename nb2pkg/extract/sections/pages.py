"""The pages of a package below level 3: pyproject.toml, README.md, .gitignore, and the tests of its sections."""

import json
from collections.abc import Mapping, Sequence
from string import Template
from textwrap import fill

from nb2pkg.extract.dependencies import bounded, requirements
from nb2pkg.extract.described import answer_of
from nb2pkg.extract.documents import (
    default_text,
    description,
    environment_of,
    prefix,
    reflowed,
    seed_told,
    settings,
    versions_verified,
)
from nb2pkg.extract.handover import Modules, place_of
from nb2pkg.extract.hooks import reads_files
from nb2pkg.extract.ignores import MOST_IGNORES
from nb2pkg.extract.markdown import WIDTH, mappings
from nb2pkg.extract.runtime import SCAFFOLD
from nb2pkg.extract.sections.runtime import bundle_of
from nb2pkg.extract.sections.telling_models import described, learned_from, target, told_of_model, told_of_scores

HELD = {
    "sections.py": "`sections.py` holds a function for each section of the notebook",
    "run.py": "`run.py` calls them in order",
    "functions.py": "`functions.py` has the notebook's own functions",
    "reports.py": "`reports.py` what it draws",
}
MEANING = {
    "ANN401": "a notebook's values are of any type",
    "E501": "the notebook's own texts are not broken",
    "N803": "the notebook's own names are kept",
    "N806": "the notebook's own names are kept",
    "NPY002": "the notebook draws from the old random streams",
    "PLR0913": "a section takes all that it needs from before",
    "PLR2004": "the notebook's own numbers stand where it wrote them",
    "T201": "prints what the notebook printed",
}
TESTS_OWN = {
    "ANN401": "features of any kind are compared",
    "D103": "a test's name says what it is about",
    "NPY002": "the old random streams are what is tested",
    "PLR2004": "a test may name the number it expects",
    "S101": "pytest tests by assert",
    "S311": "nothing is kept secret",
}
STREAMS = {1: "showing.py", 2: "{showing,keeping}.py"}
SETTINGS = {
    1: "Each is an option (`--seed 1`) and an environment variable (`{prefix}SEED=1`); the option wins. {others}",
    2: "Each is an option of `train` (`--seed 1`), and of `run` but for `artifacts_dir`, and an environment variable "
    "(`{prefix}SEED=1`); the option wins. `evaluate` and `predict` take only where things are from today's settings, all else from the "
    "model. {others}",
}
OTHERS = "All other values stand where the notebook wrote them, in its statements."
FILES = "Data files are read below `--data-dir` (default: the working directory). "
KEPT = (
    "The statements run as the notebook has them, also where they do what makes scores too good or serving differ. Of that, "
    "this package still has:"
)
TESTED = (
    "The tests run the sections on the rows in `tests/data` and compare what each prints and holds with what the notebook itself "
    "printed and held there (`tests/data/golden.json`)."
)
WHAT = {
    1: "functions by section, and `run`, which does what the notebook did",
    2: "functions by stage, a bundle of fitted objects, predictions from feature rows",
}


def pages(modules: Modules) -> dict[str, str]:
    """The pages, by path."""
    return {
        "README.md": _readme(modules),
        **({"MODEL_CARD.md": _model_card(modules)} if bundle_of(modules) else {}),
        ".gitignore": _template("gitignore").template,
    }


def _template(name: str) -> Template:
    return Template((SCAFFOLD / "templates" / name).read_text(encoding="utf-8"))


def pyproject(modules: Modules, texts: Mapping[str, str], found: Sequence[tuple[str, str, int]]) -> str:
    """The text of pyproject.toml: it requires what ``texts`` import, and ignores in the author's modules what is most frequent there."""
    source = f"src/{modules.name}/"
    own = f"{source}{{{','.join(modules.files)}}}"
    logging = {"A005": "imports are absolute, the standard module stays reachable"}
    codes = {code: MEANING.get(code, f"the notebook's own code: {_plain(words)}") for code, words, _ in found}
    streams = {"NPY002": MEANING["NPY002"]}
    kept = dict(list(codes.items())[: MOST_IGNORES - 2])
    lines = _ignores(
        {
            f"{source}logging.py": logging,
            f"{source}{STREAMS[modules.level]}": streams,
            own: kept,
            "tests/**": TESTS_OWN,
        }
    )
    code = {path: text for path, text in texts.items() if path.endswith(".py")}
    required = requirements(
        modules.name, [code[path] for path in code if path.startswith(source)], modules.dependencies
    )
    tested = set(requirements(modules.name, code.values(), modules.dependencies)) - {*required, "pytest", "tests"}
    return _template("pyproject.txt").substitute(
        name=modules.name,
        description=json.dumps(description(modules), ensure_ascii=False),
        dependencies="\n".join(f"    {json.dumps(one)}," for one in bounded(required, environment_of(modules.verdict))),
        ignores="\n".join(lines),
        extras=f"dev = {json.dumps(sorted({'mypy', 'pandas-stubs', 'pytest', 'ruff', *tested}))}",
    )


def _plain(words: str) -> str:
    return " ".join(words.replace("`", "").split())[:70]


def _ignores(table: Mapping[str, Mapping[str, str]]) -> list[str]:
    lines = []
    for path, codes in table.items():
        if codes:
            lines += [f"{json.dumps(path)} = [", *(f"    {json.dumps(c)}, # {why}" for c, why in codes.items()), "]"]
    return lines


def _readme(modules: Modules) -> str:
    extraction = modules.extraction
    reason = str(extraction.get("why_not_higher"))
    corrections = extraction.get("corrections")
    rows = [f"- `{one['rule']}` ({place_of(one)}): {one['what']}" for one in corrections] if isinstance(corrections, list) else []  # fmt: skip
    summary = (
        f"Extracted from the notebook `{modules.notebook}` by nb2pkg, at level {modules.level} ({WHAT[modules.level]})."
    )
    names = [f"- `{one.name}`, {default_text(one)}: {one.comment}" for one in settings(modules)]
    text = _template("README_SECTIONS.md").substitute(
        title=modules.title,
        about=modules.about,
        name=modules.name,
        summary=fill(summary, WIDTH),
        reason="\n\n".join(
            fill(told, WIDTH, break_on_hyphens=False)
            for told in (f"It is not of a higher level, because: {reason}", *modules.notes[1:])
        ),
        commands="\n".join(f"python -m {modules.name} {one}" for one in _commands(modules)),
        settings="\n".join(names),
        described=described(modules),
        files=FILES if reads_files(modules.files) else "",
        model=told_of_model(modules),
        settings_told=SETTINGS[modules.level].format(prefix=prefix(modules), others=OTHERS),
        corrections="\n\n".join(["\n".join(rows) or "Nothing.", *_kept(modules)]),
        verified="\n\n".join(filter(None, [_verified(modules), told_of_scores(modules), _tests(modules)])),
        modules="; ".join(told for file, told in HELD.items() if file in modules.files) + ".",
    )
    return reflowed(text)


def _model_card(modules: Modules) -> str:
    text = _template("MODEL_CARD.md").substitute(
        title=modules.title,
        model=f"`{modules.model}`" if modules.model else "the model that the notebook holds when it is fitted",
        target=target(modules),
        answer=answer_of(modules),
        learned_from=learned_from(modules),
        notebook=modules.notebook,
        level=modules.level,
        seed=seed_told(modules),
        scores=told_of_scores(modules) or "The notebook shows none below its fit.",
        meanings="\n\n".join(_kept(modules)),
        candidates="At this level they are not told apart: the notebook's statements run as they are.",
    )
    return reflowed(text)


def _kept(modules: Modules) -> list[str]:
    """The faults of the notebook that its statements still have in the package."""
    found = [
        f"- `{one['rule']}` ({place_of(one)}): {one['what']}" for one in mappings(modules.extraction.get("kept_faults"))
    ]
    return [KEPT, "\n".join(found)] if found else []


def _tests(modules: Modules) -> str:
    """What the tests compare, or why they do not."""
    recorded = modules.recorded
    if recorded is not None and recorded.golden is not None:
        return TESTED
    why = recorded.why if recorded is not None and recorded.why else "the notebook was not run"
    return f"No test runs the notebook's statements, because {why}. `nb2pkg extract --verify` writes such tests where it can."


def _commands(modules: Modules) -> tuple[str, ...]:
    return ("run",) if modules.level == 1 else ("run", "train", "evaluate", "predict FEATURES.csv")


def _verified(modules: Modules) -> str:
    verdict = modules.verdict
    if verdict is None:
        return fill("Nothing: the package was extracted without `--verify`, so nothing was executed.", WIDTH)
    reason = f" ({verdict['reason']})" if verdict.get("reason") else ""
    told = f"Verdict: {verdict['verdict']}{reason}. Details are in verify.json. {versions_verified(verdict)}"
    return fill(told.rstrip(), WIDTH)
