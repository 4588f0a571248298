"""The texts of the notebook's own modules, put together from their pieces."""

import textwrap

from nb2pkg.extract.pieces import RESAMPLER, Pieces
from nb2pkg.extract.unbound import check_bound


def preprocessing_module(name: str, pieces: Pieces) -> str:
    """The text of ``data/preprocessing.py``."""
    imports = pieces.preprocessing
    imports.add(f"{name}.config.Config")
    doc = '"""Prepare raw rows as the notebook does: rows, target, split, features."""'
    text = "\n\n".join([doc, imports.text(), *pieces.constants, *pieces.blocks]) + "\n"
    check_bound(text)
    return text


def pipeline_module(name: str, pieces: Pieces, *, encoded: bool) -> str:
    """The text of ``model/pipeline.py``."""
    imports = pieces.pipeline
    resamples = any(step.kind == RESAMPLER for step in pieces.steps)
    imports.add("imblearn.pipeline.Pipeline" if resamples else "sklearn.pipeline.Pipeline")
    imports.add("sklearn.preprocessing.LabelEncoder")
    imports.add(f"{name}.config.Config")
    for what in sorted(pieces.from_preprocessing):
        imports.add(f"{name}.data.preprocessing.{what}")
    steps = ",\n".join(f'("{step.name}", {step.text})' for step in pieces.steps)
    before = "\n".join(pieces.preamble)
    encoder = "return LabelEncoder()" if encoded else "return None"
    return (
        "\n\n".join(
            [
                '"""Build the pipeline: raw rows in, predictions out."""',
                imports.text(),
                "def build_pipeline(config: Config) -> Pipeline:\n"
                + textwrap.indent(
                    f'"""Build the unfitted pipeline: raw rows in, prediction out."""\n{before}\nreturn Pipeline([\n{steps},\n])',
                    "    ",
                ),
                "def build_target_encoder() -> LabelEncoder | None:\n"
                + textwrap.indent(
                    f'"""Build what turns the target\'s texts into numbers, where the notebook has it."""\n{encoder}',
                    "    ",
                ),
            ]
        )
        + "\n"
    )
