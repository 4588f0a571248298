"""The command line: options in, text and exit code out. Whatever is heavy is imported by the command that needs it."""

import sys
from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

from nb2pkg import __version__
from nb2pkg.errors import Nb2pkgError
from nb2pkg.reports import Format
from nb2pkg.rule import Confidence, Severity

if TYPE_CHECKING:
    from nb2pkg.config import Config
    from nb2pkg.lint import Linted

COULD_NOT_RUN = 2


class VerifyFormat(Enum):
    """The output formats of `nb2pkg verify`."""

    FULL = "full"
    JSON = "json"


class GraphFormat(Enum):
    """The output formats of `nb2pkg graph`."""

    TEXT = "text"
    MERMAID = "mermaid"
    DOT = "dot"
    JSON = "json"
    SVG = "svg"


class FactsFormat(Enum):
    """The output formats of `nb2pkg facts`."""

    TEXT = "text"
    JSON = "json"


app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Find what breaks machine-learning notebooks in production, and extract a tested package from them.",
)

Rules = Annotated[
    list[str] | None,
    typer.Option(metavar="RULES", help="Codes, prefixes, names or ALL; comma-separated or repeated."),
]
PythonPath = Annotated[
    str | None,
    typer.Option(metavar="PATH", help="The interpreter that runs notebook and package; by default the tool's own."),
]
NotebookPath = Annotated[str, typer.Argument(metavar="NOTEBOOK")]


def main() -> None:
    """Run the command line; what the user can put right becomes a message and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal of ASCII prints all
    try:
        app()
    except Nb2pkgError as error:
        print(f"nb2pkg: {error}", file=sys.stderr)
        raise SystemExit(COULD_NOT_RUN) from error
    except ModuleNotFoundError as error:
        if error.name is None or error.name.startswith("nb2pkg"):
            raise
        print(f"nb2pkg: module {error.name} is missing: pip install 'nb2pkg[verify]'", file=sys.stderr)
        raise SystemExit(COULD_NOT_RUN) from error


def _print_version(asked: bool) -> None:
    if asked:
        print(f"nb2pkg {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of no command."""


@app.command()
def lint(
    paths: Annotated[
        list[str] | None, typer.Argument(metavar="PATHS", help="Notebooks and folders; default: .")
    ] = None,
    select: Rules = None,
    ignore: Rules = None,
    min_confidence: Annotated[Confidence | None, typer.Option(help="Show findings at least this sure.")] = None,
    output_format: Annotated[Format | None, typer.Option()] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Read no pyproject.toml.")] = False,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Use no cache (there is none yet).")] = False,
    fail_on: Annotated[Severity | None, typer.Option(help="Exit 1 for a shown finding at least this severe.")] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 whatever is found.")] = False,
) -> None:
    """Find what will break notebooks in production, without executing them."""
    from nb2pkg.apis import rules_folder
    from nb2pkg.config import Config, load_config
    from nb2pkg.parallel import Job, lint_files
    from nb2pkg.reports import render
    from nb2pkg.selection import split_words

    named = paths or ["."]
    config = Config() if isolated else load_config(named)
    job = Job(
        packs=(rules_folder(),),
        select=config.select if select is None else split_words(select),
        ignore=config.ignore if ignore is None else split_words(ignore),
        confidence=min_confidence or config.min_confidence or Confidence.LIKELY,
    )
    linted = lint_files(_notebooks(named, config), job)
    diagnostics = [one for file in linted for one in file.diagnostics]
    _say_skipped(linted)
    sys.stdout.write(render(diagnostics, output_format or config.output_format or Format.FULL))
    floor = fail_on or config.fail_on or Severity.WARNING
    order = list(Severity)
    failing = any(order.index(one.severity) <= order.index(floor) for one in diagnostics)
    raise typer.Exit(int(failing and not exit_zero))


def _notebooks(named: "Sequence[str]", config: "Config") -> list[str]:
    """The notebooks to lint; what the user named is never excluded."""
    from nb2pkg.config import excluded
    from nb2pkg.notebook import find

    return [path for path in find(named) if path in named or not excluded(path, config)]


def _say_skipped(linted: "Sequence[Linted]") -> None:
    skipped = [file for file in linted if file.language is not None]
    if skipped:
        languages = ", ".join(sorted({str(file.language) for file in skipped}))
        noun = "notebook" if len(skipped) == 1 else "notebooks"
        print(f"Skipped {len(skipped)} {noun} with another kernel than Python: {languages}", file=sys.stderr)


@app.command()
def rule(word: Annotated[str, typer.Argument(metavar="CODE_OR_NAME")]) -> None:
    """Print the card of a rule: what it finds, why, and bad and good examples."""
    from nb2pkg.apis import rules_folder
    from nb2pkg.cards import card_text
    from nb2pkg.packs import load_rules
    from nb2pkg.selection import find_rule

    sys.stdout.write(card_text(find_rule(word, load_rules([rules_folder()]))))


@app.command()
def extract(
    notebook: NotebookPath,
    output: Annotated[str | None, typer.Option(metavar="DIR", help="Where to write; default: ./<name>.")] = None,
    name: Annotated[str | None, typer.Option(help="The package's name; default: from the notebook's stem.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME[@CELL]", help="The model to extract.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Run notebook and package and compare them.")] = False,
    python: PythonPath = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a target that is not empty.")] = False,
) -> None:
    """Turn a notebook into a typed, tested package."""
    from nb2pkg.extract.command import run_extract

    raise typer.Exit(
        run_extract(
            notebook,
            output=output,
            name=name,
            model=model,
            verify=verify,
            python=python,
            dry_run=dry_run,
            force=force,
        )
    )


@app.command()
def verify(
    notebook: NotebookPath,
    package: Annotated[str, typer.Argument(metavar="PACKAGE")],
    python: PythonPath = None,
    timeout: Annotated[int, typer.Option(metavar="SECONDS", min=1, help="The limit for each run.")] = 600,
    output_format: Annotated[VerifyFormat, typer.Option()] = VerifyFormat.FULL,
) -> None:
    """Run a notebook and its package and compare frames, scores and predictions."""
    from nb2pkg.verify.command import run_verify

    raise typer.Exit(run_verify(notebook, package, python=python, timeout=timeout, output_format=output_format.value))


@app.command()
def graph(
    notebook: NotebookPath,
    output_format: Annotated[GraphFormat, typer.Option()] = GraphFormat.TEXT,
    statements: Annotated[bool, typer.Option("--statements", help="Statements instead of cells.")] = False,
    of: Annotated[str | None, typer.Option(metavar="NAME", help="Only what makes this name.")] = None,
) -> None:
    """Show which cell needs which, and the names that flow between them."""
    from nb2pkg.graphs.command import run_graph

    run_graph(notebook, output_format=output_format.value, statements=statements, of=of)


@app.command()
def facts(
    notebook: NotebookPath,
    cell: Annotated[int | None, typer.Option(metavar="N", min=1, help="Every variable after this cell.")] = None,
    of: Annotated[str | None, typer.Option(metavar="NAME", help="Only this name.")] = None,
    output_format: Annotated[FactsFormat, typer.Option()] = FactsFormat.TEXT,
) -> None:
    """Tell what is believed about each variable after each cell, and why."""
    from nb2pkg.beliefs.command import run_facts

    run_facts(notebook, cell=cell, of=of, output_format=output_format.value)
