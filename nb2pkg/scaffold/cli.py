"""Train the model, evaluate it, and predict with it."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pandas as pd

from nb2pkg.scaffold.config import PLACES, Config, load_config
from nb2pkg.scaffold.data.contract import ContractError, Problem
from nb2pkg.scaffold.logging import logger_of, start_logging
from nb2pkg.scaffold.model.artifacts import Artifact, ArtifactError, chosen, hash_of, load
from nb2pkg.scaffold.model.predict import predict_file, write_answers
from nb2pkg.scaffold.model.refusals import RowsError, raising_rows_error
from nb2pkg.scaffold.model.train import evaluate_rows, read, split, train
from nb2pkg.scaffold.options import QUIET, add_command, add_settings, add_version
from nb2pkg.scaffold.settings import SettingsError

LOGGER = logger_of(__name__)
DONE, NOTHING_ANSWERED, FAILED = 0, 1, 2
REPORTING = "nb2pkg.scaffold.reporting"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code: 0 done, 1 every row was refused, 2 could not run."""
    options = vars(build_parser().parse_args(arguments))
    start_logging(quiet=bool(options.pop("quiet")))
    command = options.pop("command")
    try:
        return int(command(options))
    except (ArtifactError, ContractError, RowsError, SettingsError, OSError) as error:
        return fail(error)


def fail(error: Exception) -> int:
    """Say in one line why nothing could be done."""
    LOGGER.error("%s", error)
    return FAILED


def build_parser() -> argparse.ArgumentParser:
    """Give the parser; every field of the configuration is an option of ``train``."""
    parser = argparse.ArgumentParser(prog=__package__, description=__doc__)
    parser.add_argument("--quiet", action="store_true", help=QUIET)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    training = add_command(commands.add_parser, "train", "fit on the training rows and keep the model")
    training.set_defaults(command=run_train)
    add_settings(training, [field.name for field in fields(Config)])
    evaluation = add_command(commands.add_parser, "evaluate", "score a model on the rows it was not fitted on")
    evaluation.set_defaults(command=run_evaluate)
    evaluation.add_argument("--output-format", choices=("text", "json"), default="text")
    evaluation.add_argument(
        "--changed-data", action="store_true", help="score although the rows are not those of training"
    )
    add_version(evaluation)
    add_settings(evaluation, PLACES)
    prediction = add_command(commands.add_parser, "predict", "answer the rows of a CSV file with a model")
    prediction.set_defaults(command=run_predict)
    prediction.add_argument("input", type=Path, metavar="INPUT", help="raw rows as CSV with a header")
    prediction.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: standard output)")
    prediction.add_argument("--strict-ranges", action="store_true", help="refuse what is otherwise a warning")
    add_version(prediction)
    add_settings(prediction, ["artifacts_dir"])
    if find_spec(REPORTING) is not None:
        figures = add_command(commands.add_parser, "report", "write the notebook's figures as pictures")
        figures.set_defaults(command=lambda options: import_module(REPORTING).run_report(options))
        figures.add_argument("--out", type=Path, metavar="FOLDER", default=Path("figures"), help="default: figures")
        add_version(figures)
        add_settings(figures, PLACES)
    return parser


def run_train(options: dict[str, object]) -> int:
    """Train and print the directory of the new model."""
    sys.stdout.write(f"{train(load_config(None, **options))}\n")
    return DONE


def run_evaluate(options: dict[str, object]) -> int:
    """Score a model on its held-out rows, split as it was trained."""
    as_json = options.pop("output_format") == "json"
    any_rows = bool(options.pop("changed_data"))
    version = version_of(options)
    places = load_config(None, **options)
    path = chosen(places.artifacts_dir, version)
    artifact = load(path)
    config = trained_config(artifact.metadata["config"], places=places)
    raw = read(config)
    same = require_same_rows(raw, artifact, any_rows=any_rows)
    parts = split(raw, config)
    with raising_rows_error("the model cannot be scored", config, rows=raw):
        scores = evaluate_rows(artifact.pipeline, parts["test"], config, encoder=artifact.encoder)
        validation = evaluate_rows(artifact.pipeline, parts["validation"], config, encoder=artifact.encoder)
    result = {"version": path.name, "changed_data": not same, **scores, "validation": validation}
    sys.stdout.write(json.dumps(result, indent=1) + "\n" if as_json else show(result))
    return DONE


def version_of(options: dict[str, object]) -> str | None:
    """Take out of the options which model is wanted; None where none is named."""
    version = options.pop("version")
    return None if version is None else str(version)


def require_same_rows(raw: pd.DataFrame, artifact: Artifact, *, any_rows: bool) -> bool:
    """Tell whether these are the rows the model was trained on a split of.

    Raises RowsError where they are others; with ``any_rows`` only warns.
    """
    data = artifact.metadata["data"]
    if isinstance(data, dict) and data["sha256"] == hash_of(raw):
        return True
    message = "these are not the rows the model was trained on: some that it learned from may be scored as held out"
    if not any_rows:
        message = f"{message}; train again, or score them all the same with --changed-data"
        raise RowsError(message)
    LOGGER.warning(message)
    return False


def trained_config(recorded: object, *, places: Config) -> Config:
    """Give the configuration a model was trained with, reading and writing in today's places."""
    settings = recorded.items() if isinstance(recorded, dict) else ()
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in settings}
    return load_config({}, **values | {name: getattr(places, name) for name in PLACES})


def show(result: dict[str, object]) -> str:
    """Give an evaluation as text: one score per line."""
    rows = "rows of changed data" if result["changed_data"] else "held-out rows"
    heading = f"model {result['version']}, {result['rows']} {rows}, split as in training"
    return "\n".join([heading, *score_lines(result), *validation_lines(result["validation"])]) + "\n"


def validation_lines(result: object) -> Iterator[str]:
    """Give the scores of the rows that something was chosen by."""
    if isinstance(result, dict):
        yield f"{result['rows']} validation rows, to choose by"
        yield from score_lines(result)


def score_lines(result: Mapping[str, object]) -> Iterator[str]:
    """Give the scores of one part of the rows."""
    scores, undefined = result["scores"], result["undefined"]
    for name, value in scores.items() if isinstance(scores, dict) else ():
        reason = undefined.get(name) if isinstance(undefined, dict) else None
        text = f"undefined ({reason})" if value is None else f"{value}"
        yield f"{name}: {text}" if "\n" not in text else f"{name}:\n{text.rstrip()}"


def run_predict(options: dict[str, object]) -> int:
    """Write one prediction per row; refused rows stay empty, with the reason beside them."""
    source, output = options.pop("input"), options.pop("output")
    strict = bool(options.pop("strict_ranges"))
    version = version_of(options)
    artifact = load(chosen(load_config(None, **options).artifacts_dir, version))
    answers = predict_file(artifact, Path(str(source)), strict_ranges=strict)
    for warning in answers.warnings:
        LOGGER.warning("%s", warning_line(warning))
    if answers.refused:
        LOGGER.warning(
            "%s of %s rows refused, see the column `refused`", len(answers.refused), len(answers.predictions)
        )
    text = write_answers(answers)
    if output is None:
        sys.stdout.write(text)
    else:
        Path(str(output)).write_text(text, encoding="utf-8")
    return NOTHING_ANSWERED if answers.predictions and len(answers.refused) == len(answers.predictions) else DONE


def warning_line(problem: Problem) -> str:
    """Give a warning as one line."""
    first, *others = problem.rows
    more = f" and {len(others)} more" if others else ""
    return f"{problem.column}: {problem.message} in row {first + 1}{more}"
