"""Names that a package does not need go out of the scaffold with all that is there for them, or not at all; twice is once."""

import ast
from textwrap import dedent

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.codemods.without import without
from nb2pkg.extract.hooks import (
    DATA_FILES,
    ENCODER,
    FEATURE_ROWS,
    FIGURES,
    FURTHER_ROWS,
    NO_TARGET,
    RESAMPLING,
    SEED,
    SELECTION,
    TARGET,
    VALIDATION,
    Hook,
    cut,
    modules_of,
    unneeded,
)
from nb2pkg.extract.runtime import SCAFFOLD

GONE, IDENTITIES = frozenset({"coder", "WITH", "coded_part"}), frozenset({"encoded"})

TAKEN_OUT = {
    "a call that does nothing": ("y = encoded(target(rows), coder)", "y = target(rows)"),
    "a call in a call": ("fit(rows, encoded(encoded(y, coder), coder))", "fit(rows, y)"),
    "a call of a sum": ("y = 2 * encoded(a + b, coder)", "y = 2 * (a + b)"),
    "parentheses that are there": ("y = 2 * encoded((a + b), coder)", "y = 2 * (a + b)"),
    "a call in an f-string": ('x = f"{encoded(y, coder)}"', 'x = f"{y}"'),
    "a call over several lines": ("y = encoded(\n    y,  # the target\n    coder,\n)", "y = y"),
    "an argument by name": ("fit(rows, coder=coder)", "fit(rows)"),
    "an argument between others": ("fit(rows, coder=made.coder, seed=1)", "fit(rows, seed=1)"),
    "a trailing comma": ("fit(\n    rows,\n    coder=coder,\n)", "fit(\n    rows)"),
    "parameters behind a star": ("def f(a, *, coder=None):\n    return a", "def f(a):\n    return a"),
    "a parameter beside another": ("def f(a, *, b, coder):\n    return a", "def f(a, *, b):\n    return a"),
    "a parameter in its place": ("def f(a, coder, *rest):\n    return a", "def f(a, *rest):\n    return a"),
    "a call of a module's": ("import m as coder\ncoder.set(1)\nx = 1", "x = 1"),
    "a module": ("import coder\nimport m, coder\nx = 1", "import m\nx = 1"),
    "an import": ("from m import coder\nx = 1", "x = 1"),
    "an import beside another": ("from m import (\n    a,\n    coder,\n)", "from m import (\n    a)"),
    "a path of that name": ("from coder.parts import a, coder", "from coder.parts import a"),
    "a function": ("def coder():\n    return 1\nx = 1", "x = 1"),
    "a class": ("class coder:\n    a: int\nx = 1", "x = 1"),
    "a field": ("class A:\n    a: int\n    coder: int | None", "class A:\n    a: int"),
    "the only field": ("class A:\n    coder: int", "class A:\n    pass"),
    "the only statement of a block": ("def f():\n    coder = 1", "def f():\n    pass"),
    "a suite of one line": ("if a: coder = 1", "if a: pass"),
    "two statements on one line": ("coder = 1; x = 2", "x = 2"),
    "a constant": ('WITH: str = "with:"\nx = 1', "x = 1"),
    "one of several that are bound": ("a, coder, b = parts", "a, b = parts"),
    "a handler": (
        "try:\n    f()\nexcept WITH as e:\n    g(e)\nexcept B:\n    h()",
        "try:\n    f()\nexcept B:\n    h()",
    ),
    "an entry": ('x = {"a": 1, "coder": made.coder}', 'x = {"a": 1}'),
    "an entry of another name": ('x = {"a": 1, "b": coder(x)}', 'x = {"a": 1}'),
    "elements": ("x = [a, *coder(b)]", "x = [a]"),
    "a call of a function": ("coder(x)\ny = 2", "y = 2"),
    "a condition": ("if part in coder:\n    x = 1\ny = 2", "y = 2"),
    "a condition with another way": ("if coder(x):\n    x = 1\nelse:\n    x = 2", "x = 2"),
    "one side of a condition": ('x = part == "raw" or part.startswith(WITH)', 'x = part == "raw"'),
    "the other side": ('x = part == "coded_part" or done', "x = done"),
    "a loop": ("for one in coder(x):\n    y = one\nz = 1", "z = 1"),
    "a text that only holds the word": ('x = "the coder is gone"', 'x = "the coder is gone"'),
}
REFUSED = {
    "an alias": "from m import encoded as coded\ny = coded(y)",
    "an alias of what goes, imported plainly, too": "from m import coder, coder as other\nx = other",
    "a function that is not called": "work = map(encoded, parts)",
    "an argument that counts by its place": "fit(rows, coder)",
    "arguments that cannot be seen": "y = encoded(*given)",
    "an argument of the call by name": "y = encoded(target=y)",
    "a value that is given back": "def f():\n    return coder",
    "a comparison": "x = coder == 1",
    "what is written into it": "coder.name = 1",
    "a condition with a second one": "if coder:\n    x = 1\nelif a:\n    x = 2",
    "a method of that name": "x = model.coder(y)",
    "all that is bound": "coder, WITH = parts",
}


@pytest.mark.parametrize("hazard", TAKEN_OUT)
def test_what_is_taken_out(hazard: str) -> None:
    before, after = (dedent(text) for text in TAKEN_OUT[hazard])
    found = without(before, GONE, IDENTITIES)
    assert ast.dump(ast.parse(found)) == ast.dump(ast.parse(after)), found
    assert without(found, GONE, IDENTITIES) == found


@pytest.mark.parametrize("hazard", REFUSED)
def test_all_or_nothing(hazard: str) -> None:
    with pytest.raises(ExtractError, match="cannot do without"):
        without(REFUSED[hazard], GONE, IDENTITIES)


def test_comments_of_what_stays_stay() -> None:
    text = "# first\nx = 1  # one\n\n# of the coder\ncoder = 2\n# last\ny = encoded(x, coder)  # two\n"
    assert without(text, GONE, IDENTITIES) == "# first\nx = 1  # one\n# last\ny = x  # two\n"


HOOKS = (SELECTION, ENCODER, VALIDATION, RESAMPLING, FIGURES, DATA_FILES, FURTHER_ROWS, TARGET, FEATURE_ROWS, SEED)
STAND_INS = {"config.py", "searching/pipeline.py", "data/ingestion.py", "data/preprocessing.py", "model/pipeline.py"}
MODULES = sorted(
    path.relative_to(SCAFFOLD).as_posix()
    for path in SCAFFOLD.rglob("*.py")
    if path.relative_to(SCAFFOLD).parts[0] not in ("running",)
)


@pytest.mark.parametrize(
    "hooks",
    [*((hook,) for hook in HOOKS), HOOKS],
    ids=["select", "labels", "three", "more", "figures", "files", "further", "target", "features", "seed", "all"],
)
def test_every_module_of_the_scaffold_can_do_without(hooks: tuple[Hook, ...]) -> None:
    for path in sorted({*MODULES} - STAND_INS - modules_of(hooks)):
        text = (SCAFFOLD / path).read_text(encoding="utf-8")
        found = cut(text, hooks)
        ast.parse(found)
        assert cut(found, hooks) == found
        assert cut(text, ()) == text


PREPARING = "def split_rows(rows: R, config: C) -> tuple[{parts}]:\n    return rows\n"
NEEDED = {
    "nothing": ({}, set()),
    "rows are chosen": ({"data/preprocessing.py": "def select_rows(rows): ...\n"}, {SELECTION}),
    "labels": ({"model/pipeline.py": "def build_target_encoder(): ...\n"}, {ENCODER}),
    "three parts": ({"data/preprocessing.py": PREPARING.format(parts="T, T, T")}, {VALIDATION}),
    "two parts": ({"data/preprocessing.py": PREPARING.format(parts="T, T")}, set()),
    "resampling": ({"model/pipeline.py": "from imblearn.pipeline import Pipeline\n"}, {RESAMPLING}),
    "another pipeline": ({"model/pipeline.py": "from sklearn.pipeline import Pipeline\n"}, set()),
    "figures": ({"reports.py": "FIGURES = {}\n"}, {FIGURES}),
    "rows between two splits": ({"data/preprocessing.py": "def first_parts(rows): ...\n"}, {FURTHER_ROWS}),
    "another reader": ({"data/ingestion.py": "def read_raw(): ...\ndef read_test(): ...\n"}, {FURTHER_ROWS}),
    "rows of a file": (
        {"data/ingestion.py": "def read_raw(config):\n    return read(config.data_dir)\n"},
        {DATA_FILES},
    ),
    "draws": ({"model/pipeline.py": "def build_pipeline(config):\n    return Tree(config.seed)\n"}, {SEED}),
    "only the address of a file": ({"data/ingestion.py": "def located(): ...\ndef read_raw(): ...\n"}, set()),
}


@pytest.mark.parametrize(("files", "needed"), NEEDED.values(), ids=NEEDED)
def test_a_package_has_what_its_own_modules_need(files: dict[str, str], needed: set[Hook]) -> None:
    assert {*HOOKS} - {TARGET} - {*unneeded(files)} == needed


def test_a_model_without_a_target_asks_nothing_of_one() -> None:
    target = 'def target_of(rows: R, config: C) -> S:\n    """{told}"""\n    return rows\n'
    assert TARGET in unneeded({"data/preprocessing.py": target.format(told=NO_TARGET)})
    assert TARGET not in unneeded({"data/preprocessing.py": target.format(told="Give what is predicted.")})
