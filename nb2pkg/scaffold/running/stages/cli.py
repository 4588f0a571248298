"""The command line: run, train, evaluate, and predict from feature rows."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import pandas as pd

from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.data.contract import ContractError
from nb2pkg.scaffold.logging import logger_of, start_logging
from nb2pkg.scaffold.model.artifacts import ArtifactError, newest
from nb2pkg.scaffold.model.predict import predict_file, write_answers
from nb2pkg.scaffold.running.stages.run import run
from nb2pkg.scaffold.running.stages.store import load_version
from nb2pkg.scaffold.running.stages.train import evaluate, train
from nb2pkg.scaffold.settings import SettingsError

LOGGER = logger_of(__name__)
DONE, NOTHING_ANSWERED, FAILED = 0, 1, 2
UNREADABLE = (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError)
COMMANDS = {
    "run": "do what the notebook did, from its first cell to its last",
    "train": "run the notebook up to its fit and keep what was fitted",
    "evaluate": "print what the notebook prints after the fit, for the newest model",
    "predict": "answer the feature rows of a CSV file with the newest model",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give the exit code: 0 done, 1 every row was refused, 2 could not run."""
    options = vars(build_parser().parse_args(arguments))
    start_logging(quiet=bool(options.pop("quiet")))
    command = options.pop("command")
    try:
        return run_command(str(command), options)
    except (ArtifactError, ContractError, SettingsError, OSError, *UNREADABLE) as error:
        return fail(error)


def fail(error: Exception) -> int:
    """Say in one line why nothing could be done."""
    LOGGER.error("%s", error)
    return FAILED


def build_parser() -> argparse.ArgumentParser:
    """Give the parser; every field of the configuration is an option of every command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quiet", action="store_true", help="show only warnings")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    defaults = Config()
    for name, told in COMMANDS.items():
        command = commands.add_parser(name, help=told)
        if name == "predict":
            command.add_argument("input", type=Path, metavar="INPUT", help="feature rows as CSV with a header")
        for field in fields(Config):
            shown = str(getattr(defaults, field.name)).replace("%", "%%")
            option = f"--{field.name.replace('_', '-')}"
            command.add_argument(option, dest=field.name, metavar="VALUE", help=f"default: {shown}")
    return parser


def run_command(command: str, options: dict[str, object]) -> int:
    """Run one command with its options."""
    source = options.pop("input", None)
    config = load_config(None, **options)
    match command:
        case "run":
            run(config)
        case "train":
            sys.stdout.write(f"{train(config)}\n")
        case "evaluate":
            evaluate(config)
        case _:
            return predict(config, Path(str(source)))
    return DONE


def predict(config: Config, source: Path) -> int:
    """Write one prediction per row; refused rows stay empty, with the reason beside them."""
    answers = predict_file(load_version(newest(config.artifacts_dir)), source)
    for warning in answers.warnings:
        LOGGER.warning("%s: %s", warning.column, warning.message)
    sys.stdout.write(write_answers(answers))
    return NOTHING_ANSWERED if answers.predictions and len(answers.refused) == len(answers.predictions) else DONE
