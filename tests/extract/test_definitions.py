"""Which definition does kept code run? Where more than one may reach it, or it is changed later, the notebook falls a level."""

from pathlib import Path

import pytest

from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, planned, refusal, with_column

HALF = "def rate(value):\n    return value / 2"
SQUARE = "def rate(value):\n    return value**2 + 1"
USED = 'df["rate"] = df["income"].apply(rate)'
PREPARER = "class Preparer:\n    def run(self, value):\n        return value / 2"
PREPARED = 'preparer = Preparer()\ndf["rate"] = df["income"].apply(preparer.run)'
ENDING = (with_column("rate"), MODEL)


def under(head: str, code: str) -> str:
    """Code as the block of a statement."""
    return f"{head}:\n    " + code.replace("\n", "\n    ")


IN_A_BLOCK = "cell 4 line 1: `rate` is defined in a block, so which code it stands for is not sure; define it in a line of its own"
BOUND = "`{}` is bound here, or may be; bind it once, in a line of its own"
RATE = BOUND.format("rate")
DOUBTFUL = {
    "again-under-if": ([HALF, under("if len(df)", SQUARE), USED], f"cell 5 line 1: {RATE}"),
    "again-under-a-constant": ([HALF, under("again = True\nif again", SQUARE), USED], f"cell 5 line 2: {RATE}"),
    "again-in-a-loop": ([HALF, under("for name in df.columns", SQUARE), USED], f"cell 5 line 1: {RATE}"),
    "again-while": ([HALF, under("while rate(2) == 1", SQUARE), USED], f"cell 5 line 1: {RATE}"),
    "again-where-something-fails": (
        [HALF, under("try:\n    1 / 0\nexcept ZeroDivisionError", SQUARE), USED],
        f"cell 5 line 1: {RATE}",
    ),
    "again-in-a-match": ([HALF, under("match len(df):\n  case 60", SQUARE), USED], f"cell 5 line 1: {RATE}"),
    "in-both-branches": ([under("if len(df) < 5", HALF) + "\n" + under("else", SQUARE), USED], IN_A_BLOCK),
    "in-a-handler": ([under("try", "from nowhere import rate") + "\n" + under("except ImportError", HALF), USED], IN_A_BLOCK),
    "a-lambda-under-if": (
        ["rate = lambda value: value / 2", "if len(df):\n    rate = lambda value: value**2", USED],
        f"cell 5 line 1: {RATE}",
    ),
    "an-alias-under-if": (
        [HALF, "def other(value):\n    return value**2", "if len(df):\n    rate = other", USED],
        f"cell 6 line 1: {RATE}",
    ),
    "a-function-of-a-library": (["rate = np.log1p", "if len(df):\n    rate = np.sqrt", USED], f"cell 5 line 1: {RATE}"),
    "what-the-function-calls": (
        ["def part(value):\n    return value / 2", "def rate(value):\n    return part(value) + 1",
         "if len(df):\n    def part(value):\n        return value**2", USED],
        f"cell 6 line 1: {BOUND.format('part')}",
    ),
    "through-globals": (
        [HALF, "def other(value):\n    return value**2", 'globals()["rate"] = other', USED],
        "cell 7 line 1: `df` may have got another value in cell 6 (exec or globals())",
    ),
    "a-class-under-if": (
        [PREPARER, under("if len(df)", PREPARER.replace("/ 2", "* 7")), PREPARED],
        f"cell 5 line 1: {BOUND.format('Preparer')}",
    ),
    "an-object-under-if": (
        [PREPARER, PREPARER.replace("/ 2", "* 7").replace("Preparer", "Other"),
         "preparer = Preparer()\nif len(df):\n    preparer = Other()", 'df["rate"] = df["income"].apply(preparer.run)'],
        f"cell 6 line 2: {BOUND.format('preparer')}",
    ),
    "a-method-that-is-set": (
        [PREPARER, "Preparer.run = lambda self, value: value * 7", PREPARED],
        "cell 5 line 1: `Preparer.run` is set on code that the package takes as it was written",
    ),
    "a-method-that-is-set-by-name": (
        [PREPARER, 'setattr(Preparer, "run", lambda self, value: value * 7)', PREPARED],
        "cell 5 line 1: `Preparer` is changed here, and the package takes it as it was written",
    ),
    "a-function-that-binds-another": (
        [HALF, "def other(value):\n    return value**2", "def change():\n    global rate\n    rate = other", "change()", USED],
        "cell 6 line 1: `change` changes `rate` between its calls, so a row may get something else each time",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "reason"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_one_of_several_definitions_is_not_taken(tmp_path: Path, cells: list[str], reason: str) -> None:
    assert refusal(tmp_path, HEAD, LOAD, FILL, *cells, *ENDING) == reason


TWICE = "def twice(function):\n    def inner(value):\n        return 2 * function(value)\n    return inner"
SURE = {
    "again-at-the-margin": [HALF, SQUARE, USED],
    "again-below-its-use": [HALF, USED, SQUARE],
    "again-where-it-cannot-be": [HALF, under("again = False\nif again", SQUARE), USED],
    "again-in-a-function-that-nobody-calls": [HALF, under("def change()", f"global rate\n{SQUARE}"), USED],
    "a-decorator": [TWICE, f"@twice\n{HALF}", USED],
    "a-decorator-by-hand": [TWICE, HALF, "rate = twice(rate)", USED],
    "a-partial": [
        "from functools import partial\ndef power(value, by=1):\n    return value**by",
        "rate = partial(power, by=2)",
        USED,
    ],
    "an-object-that-is-changed": [
        PREPARER.replace("/ 2", "* self.by"),
        "preparer = Preparer()\npreparer.__dict__['by'] = 7",
        'df["rate"] = preparer.run(df["income"])',
    ],
}


@pytest.mark.parametrize("cells", SURE.values(), ids=SURE)
def test_the_one_definition_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str]) -> None:
    notebook = [HEAD, LOAD, FILL, *cells, *ENDING]
    assert difference(tmp_path, notebook, planned(tmp_path, *notebook), monkeypatch) == ""
