"""The command line: run, train, evaluate, and predict from feature rows."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pandas as pd

from nb2pkg.scaffold.config import PLACES, Config, load_config
from nb2pkg.scaffold.data.contract import ContractError, Problem
from nb2pkg.scaffold.logging import logger_of, start_logging
from nb2pkg.scaffold.model.artifacts import ArtifactError, chosen, load
from nb2pkg.scaffold.model.predict import predict_file, write_answers
from nb2pkg.scaffold.options import QUIET, add_command, add_settings, add_version
from nb2pkg.scaffold.running.refusals import DataError, explained
from nb2pkg.scaffold.running.stages.run import run
from nb2pkg.scaffold.running.stages.train import evaluate, train
from nb2pkg.scaffold.settings import SettingsError

LOGGER = logger_of(__name__)
DONE, NOTHING_ANSWERED, FAILED = 0, 1, 2
UNREADABLE = (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code: 0 done, 1 every row was refused, 2 could not run."""
    options = vars(build_parser().parse_args(arguments))
    start_logging(quiet=bool(options.pop("quiet")))
    command = options.pop("command")
    try:
        return run_command(str(command), options)
    except (ArtifactError, ContractError, DataError, SettingsError, OSError, *UNREADABLE) as error:
        return fail(error)


def fail(error: Exception) -> int:
    """Say in one line why nothing could be done."""
    LOGGER.error("%s", error)
    return FAILED


def build_parser() -> argparse.ArgumentParser:
    """Give the parser; every field of the configuration is an option of the commands that start from the data."""
    parser = argparse.ArgumentParser(prog=__package__, description=__doc__)
    parser.add_argument("--quiet", action="store_true", help=QUIET)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    settings = [field.name for field in fields(Config)]
    running = add_command(commands.add_parser, "run", "do what the notebook did, from its first cell to its last")
    add_settings(running, [name for name in settings if name != "artifacts_dir"])
    training = add_command(commands.add_parser, "train", "run the notebook up to its fit and keep what was fitted")
    add_settings(training, settings)
    told = "print what the notebook prints after its fit, for a model and the rows kept with it"
    evaluation = add_command(commands.add_parser, "evaluate", told)
    add_version(evaluation)
    add_settings(evaluation, PLACES)
    prediction = add_command(commands.add_parser, "predict", "answer the feature rows of a CSV file with a model")
    prediction.add_argument("input", type=Path, metavar="INPUT", help="feature rows as CSV with a header")
    prediction.add_argument("--output", type=Path, metavar="FILE", help="where to write (default: standard output)")
    prediction.add_argument("--strict-ranges", action="store_true", help="refuse rows unlike the training rows")
    add_version(prediction)
    add_settings(prediction, ["artifacts_dir"])
    return parser


def run_command(command: str, options: dict[str, object]) -> int:
    """Run one command with its options."""
    if command == "predict":
        return predict(options)
    version = version_of(options)
    config = load_config(None, **options)
    with explained(config):
        match command:
            case "run":
                run(config)
            case "train":
                sys.stdout.write(f"{train(config)}\n")
            case _:
                evaluate(config, version=version)
    return DONE


def predict(options: dict[str, object]) -> int:
    """Write one prediction per row; refused rows stay empty, with the reason beside them."""
    source, output = options.pop("input"), options.pop("output")
    strict = bool(options.pop("strict_ranges"))
    version = version_of(options)
    artifact = load(chosen(load_config(None, **options).artifacts_dir, version))
    answers = predict_file(artifact, Path(str(source)), strict_ranges=strict)
    for warning in answers.warnings:
        LOGGER.warning("%s", warning_line(warning))
    refused, count = len(answers.refused), len(answers.predictions)
    if refused:
        LOGGER.warning("%s of %s rows refused, see the column `refused`", refused, count)
    text = write_answers(answers)
    if output is None:
        sys.stdout.write(text)
    else:
        Path(str(output)).write_text(text, encoding="utf-8")
    return NOTHING_ANSWERED if count and refused == count else DONE


def version_of(options: dict[str, object]) -> str | None:
    """Take out of the options which model is wanted; None where none is named."""
    version = options.pop("version", None)
    return None if version is None else str(version)


def warning_line(problem: Problem) -> str:
    """Give a warning as one line."""
    return f"{problem.column}: {problem.message} in {len(problem.rows)} rows, the first is row {problem.rows[0] + 1}"
