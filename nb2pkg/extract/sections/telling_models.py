"""What the README of a package of level 2 says of its model: what the commands do, its feature rows, its scores."""

from collections.abc import Iterator, Mapping
from textwrap import fill

from nb2pkg.extract.described import answer_of, columns_known, contract_of, trained
from nb2pkg.extract.handover import Modules
from nb2pkg.extract.markdown import WIDTH, cell, mappings, short, table
from nb2pkg.extract.sections.runtime import bundle_of, sections_of

COMMANDS = (
    "`train` runs the notebook up to its fit, with what that prints on standard error, and keeps the fitted model and the "
    "variables that the rest of the notebook needs below `--artifacts-dir`. `evaluate` prints what the notebook prints after its "
    "fit, for the newest model (another: `--version NAME`) and the rows that were kept with it. Exit codes: 0 done, 1 every row refused, 2 could not run, "
    "with one line that says why."
)
SCORED = (
    "The notebook scores its model in the statement that fits it, or on the same line (cell {cell}): that score is shown by `run` "
    "and `train`; `evaluate` shows what stands below."
)
NOTHING = "Nothing stands below the fit in the notebook: `evaluate` has nothing to print, and says so."
ROWS = (
    "`predict FEATURES.csv` reads feature rows, as the fit got them in `{features}`: a CSV file with {columns}. "
    "Nothing that the notebook did to the data before its fit is done to them: at this level it is the model that is kept, and not "
    "the preparation, for the reason above. What prepares rows stands in `sections.py` ({sections}). {example}`predict` writes one line per row, to "
    "`--output FILE` or standard output; a row with a missing value where training had none, or with text where a number "
    "belongs, gets an empty prediction and the reason in the column `refused`. A number outside the training range is only a "
    "warning, unless `--strict-ranges`."
)
ABOVE = "the columns above"
OF_ARRAY = " (the fit got an array; these are its columns in their order)"
TRAINED = "{rows} feature rows, as the fit gets them in `{features}` (when the package was verified); {each}"
UNTRAINED = "the feature rows that the fit gets in `{features}`; {each}"
EACH = "each artifact's `metadata.json` says how many, and the hashes of them and of the data files"
WITH = "Kept with it: {names}."
MOST_NAMED = 12


def described(modules: Modules) -> str:
    """What is predicted by which model, what an answer is, and the columns of feature rows where they are known."""
    if not bundle_of(modules):
        return ""
    model = f"`{modules.model}`" if modules.model else "the model that the notebook then holds"
    told = f"Predicts {target(modules)} by {model}. {answer_of(modules)}"
    columns = contract_of(modules) if columns_known(modules) else ()
    return "\n\n".join(["## What it predicts", fill(told, WIDTH, break_on_hyphens=False), *columns])


def target(modules: Modules) -> str:
    """The target: its column where it is one of a known name, as the fit gets it."""
    found = bundle_of(modules).get("target")
    column, given = (found.get("column"), found.get("given")) if isinstance(found, Mapping) else (None, None)
    if column is None:
        return f"what the fit gets as `{given}`" if given else "what the notebook fits its model to"
    same = given is None or f"'{column}'" in str(given)
    return f"`{column}`" if same else f"`{column}` (as the fit gets it in `{given}`)"


def learned_from(modules: Modules) -> str:
    """The rows that the model learns from, and what is kept with it."""
    bundle, rows = bundle_of(modules), trained(modules).get("training_rows")
    told = (UNTRAINED if rows is None else TRAINED).format(rows=rows, features=bundle["features"], each=EACH)
    names = bundle.get("transformers")
    kept = WITH.format(names=", ".join(f"`{one}`" for one in names)) if isinstance(names, list) and names else ""
    return f"{told}. {kept}".strip()


def told_of_model(modules: Modules) -> str:
    """The paragraphs below the commands; nothing where there is no model."""
    bundle = bundle_of(modules)
    return "\n\n".join([COMMANDS, *_evaluate(bundle), _rows(modules, bundle)]) if bundle else ""


def _evaluate(bundle: Mapping[str, object]) -> Iterator[str]:
    if bundle["scored"]:
        yield SCORED.format(cell=bundle["cell"])
    if bundle["last"]:
        yield NOTHING


def _rows(modules: Modules, bundle: Mapping[str, object]) -> str:
    told = sections_of(modules)
    names = [str(one["function"]) for one in told]
    shown = {str(one["function"]) for one in told if one["stage"] in ("plot", "show")}
    above = [name for name in names[: names.index(str(bundle["function"]))] if name not in shown]
    columns = _columns(modules)
    if columns_known(modules):
        columns = f"{ABOVE}{OF_ARRAY if columns.endswith(OF_ARRAY) else ''}"
    return ROWS.format(
        features=bundle["features"],
        columns=columns or "the columns that `contract.json` beside a trained model names",
        sections=", ".join(f"`{name}`" for name in above) or f"the first of `{bundle['function']}`",
        example="`tests/data/sample.csv` holds such rows. " if _columns(modules) else "",
    )


def _columns(modules: Modules) -> str:
    """The columns of the feature rows that were recorded."""
    sample = modules.recorded.files.get("sample.csv", b"") if modules.recorded is not None else b""
    names = sample.decode().partition("\n")[0].strip().split(",") if sample else []
    if not names:
        return ""
    shown = names if len(names) <= MOST_NAMED else [*names[: MOST_NAMED - 1], "...", names[-1]]
    listed = ", ".join(name if name == "..." else f"`{name}`" for name in shown)
    numbered = names == [f"feature_{number}" for number in range(len(names))]
    return f"the columns {listed}{OF_ARRAY if numbered else ''}"


def told_of_scores(modules: Modules) -> str:
    """What the notebook shows below its fit: as it was saved, in its run, and by the package; nothing where that is nothing."""
    bundle, verdict = bundle_of(modules), modules.verdict or {}
    if not bundle:
        return ""
    names = [str(one["function"]) for one in sections_of(modules)]
    after = sections_of(modules)[names.index(str(bundle["function"])) + (0 if bundle["scored"] else 1) :]
    replay = verdict.get("replay")
    ran = {str(one["name"]): one for one in mappings(replay.get("scores"))} if isinstance(replay, Mapping) else {}
    otherwise = "not run" if verdict.get("verdict") in (None, "not-verified") else "nothing"
    rows = []
    for one in after:
        got = ran.get(f"{one['function']} prints", {})
        shown = [str(text or "") for text in (one.get("saved"), got.get("notebook"), got.get("package"))]
        if any(shown):
            told = [cell(short(shown[0])) or "nothing", *(cell(short(text)) or otherwise for text in shown[1:])]
            rows.append([f"`{one['function']}`", *told])
    header = ("what is shown by", "in the saved notebook", "in its run", "by the package")
    return table(header, rows) if rows else ""
