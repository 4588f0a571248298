"""What README and model card say first: what is predicted, which rows that needs, and what an answer is."""

import ast
from collections.abc import Iterator, Mapping
from textwrap import fill

from nb2pkg.extract.handover import Modules
from nb2pkg.extract.hooks import NO_TARGET, PIPELINE, PREPROCESSING
from nb2pkg.extract.markdown import WIDTH, cell, mappings, short, table
from nb2pkg.extract.not_features import left_out

SCORES = "model/scores.py"
LONGEST = 80
FEW_ROWS = 30
UNKNOWN = "unknown"
PIPELINES = ("sklearn.pipeline.Pipeline", "sklearn.pipeline.make_pipeline", "imblearn.pipeline.Pipeline")
OWN_SCORE = {True: "the mean accuracy", False: "R^2", None: "the mean accuracy of a classifier, R^2 of a regressor"}
NOT_ANSWERED = ("predict_proba", "predict_log_proba", "decision_function")
LISTED = 20
COLUMNS = ("column", "kind", "in training", "other values", "missing value")


def description_of_model(modules: Modules) -> str:
    """Give the README's first section: target, answer, rows, columns."""
    parts = [fill(f"{told} {answer(modules)}".strip(), WIDTH, break_on_hyphens=False) for told in [task(modules)]]
    return "\n\n".join([*parts, *_columns(modules)])


def task(modules: Modules) -> str:
    """Say what is predicted by which model."""
    model = f"`{model_class(modules)}`" if modules.model else "the model of `model/pipeline.py`"
    model = f"the best that a search by {model} finds" if modules.searches else model
    found = target(modules)
    return f"Predicts {found} by {model}." if found else f"Answers by {model}, which learns without a target."


def model_class(modules: Modules) -> str:
    """Name the class of the model; of a pipeline, that of its last step."""
    if modules.model not in PIPELINES:
        return modules.model
    tree = _parsed(modules.files.get(PIPELINE, ""))
    built = [node for node in ast.walk(tree) if isinstance(node, ast.Return) and _last_part(node.value) is not None]
    last = _last_part(built[-1].value) if built else None
    called = ast.unparse(last.func) if isinstance(last, ast.Call) else ""
    root, dot, rest = called.partition(".")
    origins = _origins(tree)
    return f"{origins[root]}{dot}{rest}" if root in origins else modules.model


def _last_part(node: ast.expr | None) -> ast.expr | None:
    """Give the last step of a pipeline that lists its steps, of a pipeline within it, too."""
    match node:
        case ast.Call(func=ast.Name(id="Pipeline"), args=[ast.List(elts=[*_, ast.Tuple(elts=[_, last])]), *_]):
            return _last_part(last) or last
        case ast.Call(func=ast.Name(id="make_pipeline"), args=[*_, last]):
            return _last_part(last) or last
        case _:
            return None


def target(modules: Modules) -> str:
    """Name what is predicted, by its column or by how it is computed; nothing where the model learns without a target."""
    function = _functions(modules.files.get(PREPROCESSING, "")).get("target_of")
    returned = function.body[-1] if function is not None else None
    if function is None or not isinstance(returned, ast.Return) or returned.value is None:
        return "what `target_of` gives"
    if ast.get_docstring(function) == NO_TARGET:
        return ""
    match returned.value:
        case ast.Subscript(value=ast.Name(), slice=ast.Constant(value=str(column))):
            return f"`{column}`" if len(function.body) < 3 else f"`{column}`, as `target_of` makes it,"
        case value if len(function.body) < 3 and len(text := ast.unparse(value)) <= LONGEST:
            return f"`{text}`"
        case _:
            return "what `target_of` gives"


def answer(modules: Modules) -> str:
    """Say what an answer is: the labels of a classifier, where they are known."""
    return answer_of(modules) if target(modules) else "Each row gets the answer of its `predict`."


def answer_of(modules: Modules) -> str:
    """Say what an answer is of a model that learns with a target."""
    classes = trained(modules).get("classes", UNKNOWN)
    if not isinstance(classes, list) or not classes:
        return "Each row gets a number." if classes is None else "Each row gets one answer."
    shown = ", ".join(f"`{short(one)}`" for one in classes[:LISTED])
    return f"Each row gets one of {shown}{' and others' if classes[LISTED:] else ''}."


def learned_from(modules: Modules) -> str:
    """Say on how many rows the model was trained and scored when it was verified."""
    found = trained(modules)
    every = "each artifact's `metadata.json` says how many, and the hash of all rows that were read"
    if not found:
        return f"the rows `split_rows` does not hold out; {every}"
    counts = (
        f"{found.get('training_rows')} of {found.get('rows')} rows, scored on {found.get('held_out_rows')} held out"
    )
    return f"{counts} (by `split_rows`, when the package was verified){''.join(_weak(found))}; {every}"


def _weak(found: Mapping[str, object]) -> Iterator[str]:
    """Say why scores are worth little: so few rows are held out, or they were learned from."""
    held_out, learned = found.get("held_out_rows"), found.get("held_out_rows_learned_from")
    if isinstance(held_out, int) and 0 < held_out < FEW_ROWS:
        yield ", so few that another split may give quite other scores"
    if isinstance(learned, int) and learned:
        yield f", {learned} of them the same, value for value, as rows that were learned from"


def trained(modules: Modules) -> Mapping[str, object]:
    """Give what is known of the model that was trained when the package was verified."""
    found = (modules.verdict or {}).get("model")
    return found if isinstance(found, Mapping) else {}


def _columns(modules: Modules) -> Iterator[str]:
    """Give the columns that rows need: as the verified contract has them, else as the code names them."""
    if not columns_known(modules):
        told = f"Rows need {needed(modules)}. What is in them is learned by `train`: `contract.json` beside the model says it."
        yield fill(told, WIDTH, break_on_hyphens=False)
        return
    yield from contract_of(modules)


def columns_known(modules: Modules) -> bool:
    """Tell whether a model was trained, so that the columns of its contract are known."""
    return bool(mappings(trained(modules).get("columns")))


def contract_of(modules: Modules) -> Iterator[str]:
    """Give the columns of the contract that the verified model has."""
    found = mappings(trained(modules).get("columns"))
    yield fill(
        "To be answered, rows need these columns; others, the target too, are ignored. This is the contract of the model that was trained "
        "when the package was verified; each model has its own beside it, in `contract.json`.",
        WIDTH,
    )
    yield table(COLUMNS, [tuple(map(cell, _column(one))) for one in found[:LISTED]])
    if found[LISTED:]:
        yield f"And {len(found) - LISTED} more, which `contract.json` lists."


def _column(column: Mapping[str, object]) -> tuple[str, ...]:
    categories, low, high = column.get("categories"), column.get("low"), column.get("high")
    values = f"{_number(low, column)} to {_number(high, column)}" if low is not None else ""
    if isinstance(categories, list):
        values = ", ".join(short(one) for one in categories)
        values += f" and {more} more" if (more := _count(column) - len(categories)) > 0 else ""
    others = "" if not values else "answered with a warning" if column.get("accepts_unseen") else "refused"
    if low is not None and others != "refused":
        others = f"{'whole numbers' if column.get('kind') == 'integer' else 'numbers'} {others}"
    missing = "answered" if column.get("accepts_missing") else "refused"
    if (category := column.get("missing_answered_as")) is not None:
        missing = f"answered as {short(category)}, with a warning"
    return f"`{column.get('name')}`", str(column.get("kind")), values, others, missing


def _number(value: object, column: Mapping[str, object]) -> str:
    whole = isinstance(value, float) and column.get("kind") == "integer"
    return f"{value:.0f}" if whole else f"{value:g}" if isinstance(value, float) else str(value)


def _count(column: Mapping[str, object]) -> int:
    count = column.get("category_count")
    return count if isinstance(count, int) else 0


def needed(modules: Modules) -> str:
    """Name the columns that the first step of the pipeline keeps."""
    preprocessing = modules.files.get(PREPROCESSING, "")
    functions = _functions(preprocessing)
    first = _first_step(modules.files.get(PIPELINE, ""))
    if "feature_columns" in functions and first == "feature_columns":
        return _asked(functions["feature_columns"], preprocessing)
    names = _listed(functions.get(first), preprocessing)
    if not names:
        return "the columns that the steps of the pipeline read"
    shown = ", ".join(f"`{name}`" for name in names[:LISTED])
    return f"the columns {shown}" + (f" and {len(names) - LISTED} more" if names[LISTED:] else "")


def _asked(function: ast.FunctionDef, text: str) -> str:
    """Say of a function that names columns once they are read which ones these are."""
    gone = left_out(function, _lists(text))
    if gone is None:
        return "the columns that `feature_columns` names of the training rows"
    but = f", but {', '.join(f'`{name}`' for name in gone)}" if gone else ""
    return f"every column that the training rows have{but}"


def _first_step(pipeline: str) -> str:
    """Name the function that the first step of the pipeline calls; the one of a ColumnTransformer that picks columns, too."""
    for node in ast.walk(_parsed(pipeline)):
        match node:
            case ast.Call(func=ast.Name(id="Pipeline"), args=[ast.List(elts=[ast.Tuple(elts=[_, step]), *_]), *_]):
                match step:
                    case ast.Call(func=ast.Name(id="FunctionTransformer"), args=[ast.Name(id=name), *_]):
                        return name
                    case ast.Name(id="select_columns"):
                        return "feature_columns"
    return ""


def _listed(function: ast.FunctionDef | None, text: str) -> list[str]:
    """Give the columns that a function takes by a constant list: ``return rows[FEATURES]``."""
    match function.body[-1] if function is not None else None:
        case ast.Return(value=ast.Subscript(value=ast.Name(), slice=ast.Name(id=constant))):
            return _lists(text).get(constant, [])
    return []


def _lists(text: str) -> dict[str, list[str]]:
    """Give the lists of texts that a module binds, by name."""
    lists: dict[str, list[str]] = {}
    for node in _parsed(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                lists[name] = _texts(value, lists)
    return lists


def learns(modules: Modules) -> str:
    """Say which columns of its rows `train` learns from, where the rows decide; nothing where they are listed."""
    preprocessing = modules.files.get(PREPROCESSING, "")
    function = _functions(preprocessing).get("feature_columns")
    if function is None or _first_step(modules.files.get(PIPELINE, "")) != "feature_columns":
        return ""
    gone = left_out(function, _lists(preprocessing))
    if gone is None:
        return " It learns from the columns that `feature_columns` names of these rows."
    but = f" but {', '.join(f'`{name}`' for name in gone)}" if gone else ""
    if modules.bundled:
        return f" Every column of these rows{but} is a feature."
    return f" Every column of these rows{but} is a feature: a column of numbers that is added is learned from, and `predict` then needs it."


def _texts(node: ast.expr, lists: Mapping[str, list[str]]) -> list[str]:
    """Give the texts of ``["age"]``, ``numeric`` and ``[*numeric, "city"]``."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Name(id=name) | ast.Starred(value=ast.Name(id=name)):
            return lists.get(name, [])
        case ast.List(elts=elements):
            return [text for one in elements for text in _texts(one, lists)]
        case _:
            return []


def _functions(text: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in _parsed(text).body if isinstance(node, ast.FunctionDef)}


def _parsed(text: str) -> ast.Module:
    """Give the tree of a module; an empty one where it is no Python, which formatting says."""
    try:
        return ast.parse(text)
    except SyntaxError:
        return ast.Module([], [])


def meanings(modules: Modules) -> str:
    """Say of each score how it is computed, in the words of ``model/scores.py``."""
    text = modules.files.get(SCORES, "")
    origins = _origins(_parsed(text))
    rows = []
    for name, function in _functions(text).items():
        returned = function.body[-1]
        if isinstance(returned, ast.Return) and returned.value is not None:
            told = cell(f"`{ast.unparse(returned.value)}`") + _origin(returned.value, origins, modules)
            rows.append((f"`{name}`", told))
    asked = [f"`{one}`" for one in NOT_ANSWERED if f"pipeline.{one}(" in text]
    told = (
        fill(f"Scores of {' and '.join(asked)} are not of the answers that `predict` writes.", WIDTH) if asked else ""
    )
    return "\n\n".join(filter(None, [table(("score", "how it is computed"), rows), told])) if rows else ""


def _origins(tree: ast.Module) -> dict[str, str]:
    """Give what each imported name stands for, in full."""
    return {
        name.asname or name.name: f"{node.module}.{name.name}"
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def _origin(value: ast.expr, origins: Mapping[str, str], modules: Modules) -> str:
    """Name a metric in full: ``metrics.accuracy_score`` is one of scikit-learn's."""
    if not isinstance(value, ast.Call):
        return ""
    called = ast.unparse(value.func)
    if called.endswith(".sqrt"):
        return _origin(value.args[0], origins, modules)
    root, dot, rest = called.partition(".")
    if called == "pipeline.score":
        classes = trained(modules).get("classes", UNKNOWN)
        return f": {OWN_SCORE[None if classes == UNKNOWN else classes is not None]}"
    return f": `{origins[root]}{dot}{rest}`" if root in origins else ""
