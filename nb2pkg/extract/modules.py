"""The texts of the notebook's own modules, put together from their pieces."""

import ast
import json
import textwrap
from collections.abc import Iterable

from nb2pkg.extract.pieces import RESAMPLER, UNREAD, Pieces
from nb2pkg.extract.sections.annotating import annotated
from nb2pkg.extract.unbound import check_bound

MODULE = "data/preprocessing.py"
ENCODER = '''def build_target_encoder() -> LabelEncoder:
    """Build what turns the target's labels into the numbers that the model learns."""
    return LabelEncoder()
'''


def prune(pieces: Pieces) -> None:
    """Take out constants that nothing reads any more, as what a column that was left out was made with."""
    for text in filter(parses, list(pieces.constants)):
        node = ast.parse(text).body[0]
        names = {one.id for one in node.targets if isinstance(one, ast.Name)} if isinstance(node, ast.Assign) else set()
        others = [other for other in (*pieces.constants, *pieces.blocks) if other != text]
        if not names or names & (_read(others) | pieces.from_preprocessing):
            continue
        pieces.constants.remove(text)
        for index, placed in list(pieces.placed.items()):
            if placed.file == MODULE and placed.function in names:
                del pieces.placed[index]
                pieces.unread[index] = UNREAD


def _read(texts: Iterable[str]) -> set[str]:
    trees = (ast.parse(text) for text in texts if parses(text))
    return {
        node.id
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }


def parses(text: str) -> bool:
    """Is a text Python? Where it is not, ``tidy`` says so."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def preprocessing_module(name: str, pieces: Pieces) -> str:
    """The text of ``data/preprocessing.py``."""
    imports = pieces.preprocessing
    imports.add(f"{name}.config.Config")
    doc = '"""Prepare raw rows as the notebook does: rows, target, split, features."""'
    own = [_typed(text, pieces) for text in pieces.constants]
    text = "\n\n".join([doc, imports.text(), *own, *pieces.blocks]) + "\n"
    check_bound(text)
    return text


def _typed(text: str, pieces: Pieces) -> str:
    """A definition of the notebook's with the annotations and the docstring that it does without."""
    definition = ast.parse(text).body[0] if parses(text) else None
    if not isinstance(definition, ast.FunctionDef | ast.ClassDef):
        return text
    made = annotated(text, f"Do what `{definition.name}` does in the notebook.")
    if "Any" in {node.id for node in ast.walk(ast.parse(made)) if isinstance(node, ast.Name)}:
        pieces.preprocessing.add("typing.Any")
    return made


def pipeline_module(name: str, pieces: Pieces, *, encoded: bool) -> str:
    """The text of ``model/pipeline.py``."""
    imports = pieces.pipeline
    resamples = any(step.kind == RESAMPLER for step in pieces.steps)
    imports.add("imblearn.pipeline.Pipeline" if resamples else "sklearn.pipeline.Pipeline")
    imports.add(f"{name}.config.Config")
    for what in sorted(pieces.from_preprocessing):
        imports.add(f"{name}.data.preprocessing.{what}")
    if pieces.candidates:
        imports.add("sklearn.base.BaseEstimator")
        imports.add(f"{name}.settings.SettingsError")
    if pieces.searches:
        imports.add(f"{name}.model.best_parameters.with_best")
    steps = ",\n".join(f'("{step.name}", {step.text})' for step in pieces.steps)
    before = "\n".join(pieces.preamble)
    if encoded:
        imports.add("sklearn.preprocessing.LabelEncoder")
    return (
        "\n\n".join(
            [
                '"""Build the pipeline: raw rows in, predictions out."""',
                imports.text(),
                *_candidates(pieces),
                *_pipelines(f"{before}\nreturn Pipeline([\n{steps},\n])", searches=pieces.searches),
                *([ENCODER] if encoded else []),
            ]
        )
        + "\n"
    )


def _pipelines(body: str, *, searches: bool) -> list[str]:
    """The function that builds the pipeline, and the one that builds its search."""
    plain = "Build the unfitted pipeline: raw rows in, prediction out."
    if not searches:
        return [_function("build_pipeline", plain, body)]
    searching = "Build the unfitted pipeline that ends in the search for the model's parameters."
    best = "Build the unfitted pipeline: raw rows in, prediction out, with the best parameters that are kept."
    return [
        _function("build_search", searching, body),
        _function("build_pipeline", best, "return with_best(build_search(config), config)"),
    ]


def _function(name: str, doc: str, body: str) -> str:
    return f"def {name}(config: Config) -> Pipeline:\n" + textwrap.indent(f'"""{doc}"""\n{body}', "    ")


def _candidates(pieces: Pieces) -> list[str]:
    """The models that the notebook tries one after the other, and the choice among them."""
    if not pieces.candidates:
        return []
    entries = ",\n".join(f"{json.dumps(name, ensure_ascii=False)}: {text}" for name, text in pieces.candidates.items())
    return [
        "def candidates(config: Config) -> dict[str, BaseEstimator]:\n"
        + textwrap.indent(
            f'"""Give the models that the notebook tries, by name, none of them fitted."""\nreturn {{\n{entries},\n}}',
            "    ",
        ),
        "def build_model(name: str, config: Config) -> BaseEstimator:\n"
        + textwrap.indent(
            '"""Build one of the candidates. Raises SettingsError where there is none of that name."""\n'
            "models = candidates(config)\n"
            "if name not in models:\n"
            "    message = f\"no model {name!r}; there are {', '.join(models)}\"\n"
            "    raise SettingsError(message)\n"
            "return models[name]",
            "    ",
        ),
    ]
