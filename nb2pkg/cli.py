"""The command line: options in, text and exit code out. Whatever is heavy is imported by the command that needs it."""

import sys
from enum import Enum
from typing import Annotated

import typer

from nb2pkg import __version__
from nb2pkg.errors import Nb2pkgError
from nb2pkg.reports import Format
from nb2pkg.rule import Confidence, Severity

COULD_NOT_RUN = 2


class RuleFormat(Enum):
    """The output formats of `nb2pkg rule`."""

    TEXT = "text"
    JSON = "json"


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
NoNetwork = Annotated[bool, typer.Option("--no-network", help="Run both without network, or refuse.")]
AllowEnv = Annotated[
    list[str] | None, typer.Option(metavar="NAME", help="Let both see this environment variable; repeated for more.")
]
Keep = Annotated[bool, typer.Option("--keep", help="Keep the temporary folders of the runs, and name them.")]
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
    extend_select: Annotated[
        list[str] | None, typer.Option(metavar="RULES", help="Rules on top of those that are selected.")
    ] = None,
    ignore: Rules = None,
    per_file_ignores: Annotated[
        list[str] | None,
        typer.Option(metavar="PATTERN:RULE", help="Rules that do not concern some files; comma-separated or repeated."),
    ] = None,
    min_confidence: Annotated[Confidence | None, typer.Option(help="Show findings at least this sure.")] = None,
    output_format: Annotated[Format | None, typer.Option()] = None,
    statistics: Annotated[bool, typer.Option("--statistics", help="Count the findings of each rule.")] = False,
    config: Annotated[
        str | None, typer.Option(metavar="FILE", help="Take this pyproject.toml or nb2pkg.toml for all files.")
    ] = None,
    isolated: Annotated[bool, typer.Option("--isolated", help="Read no configuration.")] = False,
    force_exclude: Annotated[
        bool, typer.Option("--force-exclude", help="Let exclusions hold for files that are named, too.")
    ] = False,
    jobs: Annotated[int | None, typer.Option(metavar="N", min=1, help="Processes; default: as many as pay.")] = None,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Use no cache (there is none yet).")] = False,
    fail_on: Annotated[Severity | None, typer.Option(help="Exit 1 for a shown finding at least this severe.")] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit 0 whatever is found.")] = False,
    stdin_filename: Annotated[
        str | None, typer.Option(metavar="FILE", help="Lint standard input (-) as if it were this file.")
    ] = None,
) -> None:
    """Find what will break notebooks in production, without executing them."""
    from nb2pkg.linting import LintOptions, run_lint

    options = LintOptions(
        select=select,
        extend_select=extend_select,
        ignore=ignore,
        per_file_ignores=per_file_ignores,
        min_confidence=min_confidence,
        output_format=output_format,
        statistics=statistics,
        config=config,
        isolated=isolated,
        force_exclude=force_exclude,
        jobs=jobs,
        fail_on=fail_on,
        exit_zero=exit_zero,
        stdin_filename=stdin_filename,
    )
    raise typer.Exit(run_lint(paths or ["."], options))


@app.command()
def rule(
    word: Annotated[str | None, typer.Argument(metavar="CODE_OR_NAME")] = None,
    all_rules: Annotated[bool, typer.Option("--all", help="Print every rule's.")] = False,
    output_format: Annotated[RuleFormat, typer.Option()] = RuleFormat.TEXT,
) -> None:
    """Print the card of a rule: what it finds, why, and bad and good examples."""
    from nb2pkg.config import Configurations, packs_for
    from nb2pkg.packs import load_rules
    from nb2pkg.reports.rules import rule_as_json, rules_as_json, rules_as_text
    from nb2pkg.selection import find_rule

    if all_rules == (word is not None):
        raise typer.BadParameter("name one rule, or ask for --all")
    rules = load_rules(packs_for(Configurations().of_folder(".")))
    if word is None:
        text = rules_as_json(rules) if output_format is RuleFormat.JSON else rules_as_text(rules)
    else:
        one = find_rule(word, rules)
        text = rule_as_json(one) if output_format is RuleFormat.JSON else rules_as_text([one])
    sys.stdout.write(text)


@app.command()
def extract(
    notebooks: Annotated[
        list[str],
        typer.Argument(metavar="NOTEBOOK...", help="One notebook, or several in the order in which they run."),
    ],
    output: Annotated[str | None, typer.Option(metavar="DIR", help="Where to write; default: ./<name>.")] = None,
    name: Annotated[str | None, typer.Option(help="The package's name; default: from the notebook's stem.")] = None,
    model: Annotated[str | None, typer.Option(metavar="NAME[@CELL]", help="The model to extract.")] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Run notebook and package and compare them.")] = False,
    python: PythonPath = None,
    no_network: NoNetwork = False,
    allow_env: AllowEnv = None,
    keep: Keep = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier package; what you edited or added is kept and named.")
    ] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Show what would change in the target, and write nothing.")
    ] = False,
) -> None:
    """Turn a notebook, or several of one project, into a typed, tested package."""
    from nb2pkg.config import Configurations, packs_for
    from nb2pkg.extract.command import run_extract
    from nb2pkg.verify.conditions import Conditions

    notebook, *further = notebooks
    packs = packs_for(Configurations().of(notebook))
    raise typer.Exit(
        run_extract(
            notebook,
            further=further,
            output=output,
            name=name,
            model=model,
            verify=verify,
            conditions=Conditions.of(python, network=not no_network, passed=allow_env, keep=keep, packs=packs),
            dry_run=dry_run,
            force=force,
            diff=diff,
        )
    )


@app.command()
def verify(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="NOTEBOOK... PACKAGE", help="The notebook, or several in their order, and the package."),
    ],
    python: PythonPath = None,
    no_network: NoNetwork = False,
    allow_env: AllowEnv = None,
    keep: Keep = False,
    timeout: Annotated[int, typer.Option(metavar="SECONDS", min=1, help="The limit for each run.")] = 600,
    output_format: Annotated[VerifyFormat, typer.Option()] = VerifyFormat.FULL,
) -> None:
    """Run a notebook, or several of one project, and the package, and compare frames, scores and predictions."""
    from nb2pkg.config import Configurations, packs_for
    from nb2pkg.verify.command import run_verify
    from nb2pkg.verify.conditions import Conditions

    if len(paths) < 2:
        raise typer.BadParameter("name a notebook and its package")
    notebook, *further, package = paths
    packs = packs_for(Configurations().of(notebook))
    conditions = Conditions.of(python, network=not no_network, passed=allow_env, keep=keep, packs=packs)
    code = run_verify(
        notebook,
        package,
        further=further,
        conditions=conditions,
        timeout=timeout,
        output_format=output_format.value,
    )
    raise typer.Exit(code)


@app.command()
def graph(
    notebook: NotebookPath,
    output_format: Annotated[GraphFormat, typer.Option()] = GraphFormat.TEXT,
    statements: Annotated[bool, typer.Option("--statements", help="Statements instead of cells.")] = False,
    of: Annotated[str | None, typer.Option(metavar="NAME", help="Only what makes this name.")] = None,
) -> None:
    """Show which cell needs which, and the names that flow between them."""
    from nb2pkg.config import Configurations, packs_for
    from nb2pkg.graphs.command import run_graph

    packs = packs_for(Configurations().of(notebook))
    run_graph(notebook, packs=packs, output_format=output_format.value, statements=statements, of=of)


@app.command()
def facts(
    notebook: NotebookPath,
    cell: Annotated[int | None, typer.Option(metavar="N", min=1, help="Every variable after this cell.")] = None,
    of: Annotated[str | None, typer.Option(metavar="NAME", help="Only this name.")] = None,
    output_format: Annotated[FactsFormat, typer.Option()] = FactsFormat.TEXT,
) -> None:
    """Tell what is believed about each variable after each cell, and why."""
    from nb2pkg.beliefs.command import run_facts
    from nb2pkg.config import Configurations, packs_for

    run_facts(
        notebook, packs=packs_for(Configurations().of(notebook)), cell=cell, of=of, output_format=output_format.value
    )
