"""Why the notebook's statements cannot run with the data at hand, in one line that names the statement."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import FrameSummary, extract_tb

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.running.run import DATA_FILES

LIBRARIES = ("pandas", "sklearn")
HERE = Path(__file__).parent


class DataError(ValueError):
    """A statement of the notebook cannot run with the data at hand."""


@contextmanager
def explained(config: Config) -> Iterator[None]:
    """Raise DataError instead of what a library raises where a table cannot be read, lacks a column or has no rows.

    Every other error is one of the package or of its settings, and goes on as it is.
    """
    try:
        yield
    except (KeyError, AttributeError, ValueError) as error:
        place = place_of(error)
        if place is None or not is_about_data(error):
            raise
        statement = f"{Path(place.filename).name}, line {place.lineno}, `{place.line}`"
        message = with_files(f"{statement}: {reason_of(error)}", config)
        raise DataError(message) from error


def with_files(reason: str, config: Config) -> str:
    """Add the data files that are there to a reason."""
    files = [str(config.data_dir / name) for name in DATA_FILES if (config.data_dir / name).is_file()]
    return f"{reason}; read from {', '.join(files)}" if files else reason


def is_about_data(error: Exception) -> bool:
    """Tell whether a table was asked for what it has not, or a library refuses the values that it was given."""
    if isinstance(error, AttributeError):
        return type(error.obj).__module__.partition(".")[0] == "pandas"
    frames = error.__traceback__
    while frames is not None and frames.tb_next is not None:
        frames = frames.tb_next
    module = "" if frames is None else str(frames.tb_frame.f_globals.get("__name__"))
    return module.partition(".")[0] in LIBRARIES or isinstance(error, UnicodeDecodeError)


def place_of(error: Exception) -> FrameSummary | None:
    """Give the innermost line of this package that an error came through; None where only this module was called."""
    own = [one for one in extract_tb(error.__traceback__)[1:] if HERE in Path(one.filename).parents]
    return own[-1] if own else None


def reason_of(error: Exception) -> str:
    """Give the reason on one line; of what is looked up in a table and not there, its name."""
    if isinstance(error, AttributeError):
        return f"not in the table: {error.name}"
    text = " ".join(str(error.args[0]).split()).rstrip(".") if error.args else type(error).__name__
    return f"not in the table: {text}" if isinstance(error, KeyError) else text
