"""The runtime of a package whose notebook searches for parameters: the scaffold's modules with the search beside them."""

from pathlib import Path

FOLDER = Path(__file__).parent.parent / "scaffold" / "searching"
MODULES = ("best_parameters.py", "search.py")
BEST = "model/best_parameters.json"
IMPORTED = """from nb2pkg.scaffold.model.train import evaluate_rows, read, split
from nb2pkg.scaffold.searching.search import run_search, train
"""
COMMAND = """    told = "look for the best parameters and keep them for `train`"
    searching = add_command(commands.add_parser, "search", told)
    searching.set_defaults(command=run_search)
    add_settings(searching, [field.name for field in fields(Config)])
"""
ANSWERING = '''def answering(pipeline: Pipeline) -> Pipeline:
    """Give the pipeline as it answers: what the search found stands in its place."""
    name, search = pipeline.steps[-1]
    found = getattr(search, "best_estimator_", search)
    return type(pipeline)([*pipeline.steps[:-1], (name, found)])


def learned_by(search: Any, name: str) -> Any:
    """Give what the search learned, or else what it found has learned."""
    return getattr(search if hasattr(search, name) else search.best_estimator_, name)


'''
ANCHORS = {
    "cli.py": (
        ('"""Train the model', '"""Search for the best parameters, train the model'),
        (
            "from nb2pkg.scaffold.model.train import evaluate_rows, read, split, train\n",
            IMPORTED,
        ),
        (
            '    training = add_command(commands.add_parser, "train"',
            COMMAND + '    training = add_command(commands.add_parser, "train"',
        ),
    ),
    "tests/conftest.py": (
        (
            "from nb2pkg.scaffold.model.train import fit\n",
            "from nb2pkg.scaffold.model.train import fit\nfrom nb2pkg.scaffold.searching.search import keep_best\n",
        ),
        ("    return load_config(", "    found = load_config("),
        ('mktemp("artifacts"))\n', 'mktemp("artifacts"))\n    keep_best(found)\n    return found\n'),
    ),
    "tests/replay.py": (
        ("import build_pipeline\n", "import build_search\n"),
        ("build_pipeline(config)", "build_search(config)"),
        ("timeless(getattr(replayed.pipeline[-1], entry", "timeless(learned_by(replayed.pipeline[-1], entry"),
        (
            "            pipeline = replayed.pipeline[-1:] if apart else replayed.pipeline\n",
            "            whole = answering(replayed.pipeline)\n            pipeline = whole[-1:] if apart else whole\n",
        ),
        ("def can_be_replayed", ANSWERING + "def can_be_replayed"),
    ),
}


def modules_of_search() -> dict[str, str]:
    """Give the modules of the search by path below ``src/NAME``."""
    return {f"model/{path}": (FOLDER / path).read_text(encoding="utf-8") for path in MODULES}


def tests_of_search() -> dict[str, str]:
    """Give the tests of the search by path below ``tests``."""
    return {"test_search.py": (FOLDER / "tests" / "test_search.py").read_text(encoding="utf-8")}


def with_search(path: str, text: str) -> str:
    """Give a module of the scaffold as it is where there is a search; ``path`` is the one below the scaffold."""
    for before, after in ANCHORS.get(path, ()):
        assert before in text, (path, before)
        text = text.replace(before, after)
    return text
