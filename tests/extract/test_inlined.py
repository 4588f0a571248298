"""Calls of the notebook's own functions are written out: the model is given the same rows, or the notebook falls a level."""

import ast
import contextlib
import io
from pathlib import Path

import pytest

from nb2pkg.extract.inlined import inlined
from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from nb2pkg.extract.plan import Plan
from nb2pkg.extract.prepared import prepare
from nb2pkg.extract.text import Sources
from nb2pkg.verify.verdict import verify
from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, SPLIT, planned, refusal, write

TREE = "DecisionTreeClassifier(max_depth=3, random_state=0)"
METRICS = HEAD + "\nfrom sklearn.metrics import accuracy_score"
TRAIN = """def train(model, X, y):
    \"\"\"Fit.\"\"\"
    model.fit(X, y)
    return model"""
SCORED = """def scored(model):
    model.fit(X_train, y_train)
    predicted = model.predict(X_test)
    return accuracy_score(y_test, predicted)"""

SAME = {
    "a-model-that-is-given": [SPLIT, TRAIN, f"model = train({TREE}, X_train, y_train)\nmodel.score(X_test, y_test)"],
    "a-model-that-is-made": [
        SPLIT,
        ("def train(depth=3):\n    tree = DecisionTreeClassifier(max_depth=depth, random_state=0)\n"
        "    tree.fit(X_train, y_train)\n    return tree"),
        "model = train()\nmodel.score(X_test, y_test)",
    ],
    "the-last-of-two-calls": [SPLIT, SCORED, "scored(LogisticRegression())", f"print(scored({TREE}))"],
    "turn-by-turn": [
        SPLIT,
        SCORED,
        (f'models = {{"line": LogisticRegression(), "tree": {TREE}}}\nresults = {{}}\n'
        "for name, model in models.items():\n    results[name] = scored(model)"),
    ],
    "a-split": [
        ('def parts(table):\n    X = table[["age", "income"]]\n    y = table["left"]\n'
        "    return train_test_split(X, y, test_size=0.25, random_state=3)"),
        f"X_train, X_test, y_train, y_test = parts(df)\nmodel = {TREE}\nmodel.fit(X_train, y_train)\nmodel.score(X_test, y_test)",
    ],
    "a-scaler": [
        SPLIT,
        ("def scale(train, test):\n    scaler = StandardScaler()\n    train = scaler.fit_transform(train)\n"
        "    test = scaler.transform(test)\n    return train, test"),
        f"X_train, X_test = scale(X_train, X_test)\nmodel = {TREE}\nmodel.fit(X_train, y_train)\nmodel.score(X_test, y_test)",
    ],
    "a-parameter-that-is-bound-anew": [
        'def parts(df):\n    df = df[["age", "income", "left"]]\n    return train_test_split(df, test_size=0.25, random_state=3)',
        (f'train, test = parts(df)\nmodel = {TREE}\nmodel.fit(train[["age", "income"]], train["left"])\n'
        'model.score(test[["age", "income"]], test["left"])'),
    ],
    "all-in-one": [f"def main():\n    {line}\n    model = {TREE}\n    model.fit(X_train, y_train)\n"
        "    print(model.score(X_test, y_test))\n\nmain()" for line in [SPLIT.replace("\n", "\n    ")]],
}  # fmt: skip


@pytest.mark.parametrize("cells", SAME.values(), ids=SAME)
def test_the_model_is_given_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str]) -> None:
    notebook = [METRICS, LOAD, FILL, *cells]
    assert difference(tmp_path, notebook, planned(tmp_path, *notebook), monkeypatch) == ""


GROWN = "def train(m, n):\n    m.fit(X, y)\n    n.append(1)\n    return 1"
# Each binds `result`; what is around the function makes a careless rewriting give another one.
TRAPS = {
    "a-name-of-its-own": (
        "depth = 1\ndef train(m):\n    train_depth = 2\n    depth = 5\n    m.fit(X, y)\n    return train_depth, depth",
        f"result = train({TREE})",
    ),
    "a-comprehension-of-the-result": (
        "def train(m, k):\n    m.fit(X, y)\n    return [k * i for i in (1, 2)]",
        f"i = 10\nresult = train({TREE}, i)",
    ),
    "a-comprehension-and-a-global": (
        "c = 5\ndef train(m):\n    print([c for c in range(3)])\n    m.fit(X, y)\n    return c",
        f"result = 3\nresult = train({TREE})",
    ),
    "what-is-read-before-the-call": (
        'h = {"n": 3}\ndef train(m, h):\n    m.fit(X, y)\n    h["n"] = 30\n    return 1',
        f'result = [h["n"], train({TREE}, h)]',
    ),
    "a-lambda-of-the-result": (
        "def train(m):\n    m.fit(X, y)\n    return 4, (lambda m: m + 1)",
        f"tree = {TREE}\na, f = train(tree)\nresult = f(3)",
    ),
    "a-generator": (
        "def train(m, low):\n    m.fit(X, y)\n    return (t for t in (1, 2, 3) if t > low)",
        f"a = train({TREE}, 1)\nb = train({TREE}, 2)\nresult = list(a)",
    ),
    "a-name-in-a-text": (
        'limit = 30\ndef train(m, limit):\n    m.fit(X, y)\n    return len(df.query("income > @limit"))',
        f"result = train({TREE}, 5000)",
    ),
    "an-import-inside": (
        "model = 7\ndef train(m):\n    if len(X):\n        import math as model\n    m.fit(X, y)\n    return model.pi",
        f"three = train({TREE})\nresult = model",
    ),
    "a-text-of-several-lines": (
        'def train(m):\n    for i in range(1):\n        shown = """a\n            b"""\n    m.fit(X, y)\n    return shown',
        f"result = train({TREE})",
    ),
    "a-function-made-anew": (
        "def train(m):\n    m.fit(X, y)\n    return 1\nif len(X):\n    def train(m):\n        m.fit(X, y)\n        return 2",
        f"result = train({TREE})",
    ),
    "a-name-that-a-function-reads": (
        "tree = 5\ndef seen():\n    return [t for t in (1,)], tree\ndef train(m):\n    inner = m.fit(X, y)\n    print(seen())\n    return inner",
        f"tree = train({TREE})\nresult = tree.max_depth",
    ),
    "the-last-statement-of-a-loop": (
        "def train(m, k):\n    m.fit(X, y)\n    return k + 1",
        f"result = []\nfor k in range(3):\n    result.append(train({TREE}, k))",
    ),
    "a-call-before-it": (
        f"n = []\ndef grow():\n    n.append(1)\n    return len(n)\n{GROWN}",
        f"result = [grow(), train({TREE}, n)]",
    ),
    "an-attribute-before-it": (
        ("from types import SimpleNamespace\nh = SimpleNamespace(n=3)\n"
        "def train(m, h):\n    m.fit(X, y)\n    h.n = 30\n    return 1"),
        f"result = [h.n, train({TREE}, h)]",
    ),
    "a-sum-before-it": (f"n = []\n{GROWN}", f"result = [n + [5], train({TREE}, n)]"),
    "a-comparison-before-it": (f"n = []\n{GROWN}", f"result = [n == [], train({TREE}, n)]"),
    "a-negation-before-it": (f"n = []\n{GROWN}", f"result = [not n, train({TREE}, n)]"),
    "an-alternative-before-it": (f"n = []\n{GROWN}", f"result = [n or 0, train({TREE}, n)]"),
    "a-text-before-it": (f"n = []\n{GROWN}", f'result = [f"{{n}}", train({TREE}, n)]'),
    "unpacked-before-it": (f"n = []\n{GROWN}", f"result = [[*n], train({TREE}, n)]"),
    "a-dictionary-unpacked-before-it": (
        'h = {"n": 3}\ndef train(m, h):\n    m.fit(X, y)\n    h["n"] = 30\n    return 1',
        f'result = {{**h, "other": train({TREE}, h)}}',
    ),
    "keywords-unpacked-before-it": (
        'h = {"n": 3}\ndef train(m, h):\n    m.fit(X, y)\n    h["n"] = 30\n    return 1',
        f'result = dict(**h, other=train({TREE}, h))',
    ),
    "a-comprehension-before-it": (f"n = []\n{GROWN}", f"result = [[one for one in n], train({TREE}, n)]"),
    "bound-before-it": (f"k = [7]\n{GROWN}", f"result = [(k := [2]), train({TREE}, k)]"),
    "bound-among-its-arguments": (
        "def train(m, a, b):\n    m.fit(X, y)\n    return a, b",
        f"k = 1\nresult = train({TREE}, k, (k := 5))",
    ),
    "another-function-in-a-loop-that-does-not-run": (
        f"{GROWN}\ndef other(m, n):\n    m.fit(X, y)\n    return 2\nrun = train\nfor name in X.columns[:0]:\n    run = other",
        f"result = run({TREE}, [])",
    ),
    "only-where-it-is-asked-for": (f"n = []\n{GROWN}", f"flag = 0\nresult = flag and train({TREE}, n)\nresult = n"),
    "nothing-given-back": ("def train(m):\n    m.fit(X, y)", f"result = train({TREE})"),
    "a-variable-that-a-function-binds": (
        "k = 1\ndef bind():\n    global k\n    k = 5\ndef train(m, p):\n    m.fit(X, y)\n    bind()\n    return p",
        f"result = train({TREE}, k)",
    ),
    "a-decorator": (
        ("def twice(function):\n    def inner(*given):\n        return 2 * function(*given)\n    return inner\n"
        "@twice\ndef train(m):\n    m.fit(X, y)\n    return 3"),
        f"result = train({TREE})",
    ),
    "any-number-of-arguments": ("def train(m, *more):\n    m.fit(X, y)\n    return len(more)", f"result = train({TREE})"),
    "named-arguments-of-any-name": ("def train(m, **more):\n    m.fit(X, y)\n    return len(more)", f"result = train({TREE})"),
    "its-own-variables": ("def train(m):\n    m.fit(X, y)\n    return sorted(locals())", f"result = train({TREE})"),
    "one-thing-after-another": ("def train(m):\n    m.fit(X, y)\n    n = yield 3", f"result = list(train({TREE}))"),
    "a-default-that-is-worked-out-once": (
        "def train(m, k=[]):\n    m.fit(X, y)\n    k.append(1)\n    return len(k)",
        f"train({TREE})\nresult = train({TREE})",
    ),
    "a-default-of-before": (
        "k = 1\ndef train(m, p=k):\n    m.fit(X, y)\n    return p",
        f"k = 2\nresult = train({TREE})",
    ),
    "a-parameter-in-a-comprehension": (
        "def train(m, c):\n    shown = [c for c in range(3)]\n    m.fit(X, y)\n    return c, shown",
        f"c = 8\nresult = train({TREE}, 5), c",
    ),
    "a-parameter-in-a-comprehension-with-what-it-is-given": (
        "g = 100\ndef train(m, c):\n    shown = [c + g for c in range(3)]\n    m.fit(X, y)\n    return c, shown",
        f"result = train({TREE}, g)",
    ),
    "a-name-that-is-made-up": (
        "depth = 1\ntrain_depth = 4\ndef train(m):\n    depth = 5\n    m.fit(X, y)\n    return depth, train_depth",
        f"result = train({TREE}), depth, train_depth",
    ),
    "exchanged": (
        "def train(m, a, b):\n    m.fit(X, y)\n    a = a + 1\n    return b, a",
        f"a, b = 1, 20\na, b = train({TREE}, a, b)\nresult = a, b",
    ),
    "both-the-same": (
        "def train(m):\n    k = [1]\n    m.fit(X, y)\n    return k, k",
        f"a, b = train({TREE})\na.append(2)\nresult = a, b",
    ),
    "a-starred-target": (
        "def train(m):\n    k = 3\n    m.fit(X, y)\n    return k",
        f"k = 9\nresult = other = train({TREE})\nresult = result, other, k",
    ),
    "a-name-that-the-result-had": (
        "model = 4\ndef seen():\n    return model\ndef train(m):\n    tree = m.fit(X, y)\n    print(seen())\n    return tree",
        f"model = train({TREE})\nresult = model.max_depth",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("function", "calls"), TRAPS.values(), ids=TRAPS)
def test_what_is_written_out_does_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: str, calls: str
) -> None:
    cells = [HEAD, LOAD, FILL, 'X = df[["age", "income"]]\ny = df["left"]', function, calls]
    facts = prepare(str(write(tmp_path, *cells))).facts
    monkeypatch.chdir(tmp_path)
    shown = []
    for program in (facts.program, inlined(facts).program):
        names: dict[str, object] = {}
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            for one in program.statements:
                exec(ast.unparse(one.node), names)  # noqa: S102
        shown.append((names["result"], printed.getvalue()))
    assert shown[0] == shown[1]


FITS = "def train(m, k=1):\n    m.fit(X, y)\n    return m"
STAYING = {
    "two-on-a-line": (FITS, f"a = train({TREE}); b = train({TREE})"),
    "twice-in-a-block": (FITS, f"if len(X):\n    a = train({TREE})\n    b = train({TREE})"),
    "a-block-with-another-end": (FITS, f"for k in range(2):\n    a = train({TREE})\nelse:\n    print(k)"),
    "one-in-another": (FITS, f"a = train(train({TREE}))"),
    "given-by-keywords-that-cannot-be-seen": (FITS, f'given = {{"k": 2}}\na = train({TREE}, **given)'),
    "a-text-that-names-a-variable": (FITS.replace("return m", 'return f"{k=}"'), f"k = 3\na = train({TREE}, 2)"),
    "a-text-of-several-lines": (FITS.replace("return m", 'return """a\n    b"""'), f"a = train({TREE})"),
    "no-value-for-a-parameter": (FITS.replace("k=1", "k"), f"a = train({TREE})"),
    "given-twice": (FITS, f"a = train({TREE}, m=LogisticRegression())"),
    "given-too-much": (FITS, f"a = train({TREE}, 1, 2)"),
    "a-name-for-a-place": (FITS.replace("m, k", "m, /, k"), f"a = train(m={TREE})"),
}


@pytest.mark.parametrize(("function", "calls"), STAYING.values(), ids=STAYING)
def test_calls_that_stay(tmp_path: Path, function: str, calls: str) -> None:
    cells = [HEAD, LOAD, FILL, 'X = df[["age", "income"]]\ny = df["left"]', function, calls]
    facts = prepare(str(write(tmp_path, *cells))).facts
    assert inlined(facts).program.statements == facts.program.statements


def test_statements_that_are_written_out_read_as_they_do(tmp_path: Path) -> None:
    cells = [
        *TWICE[:5],
        'def three(m, k=1):\n    m.fit(X_train, y_train)\n    X = 3 + k\n    return f"{X}", m',
        f"a, b = three({TREE})",
    ]
    program = inlined(prepare(str(write(tmp_path, *cells))).facts).program
    sources = Sources(program)
    written = [one for one in program.statements if one.whole is not None]
    assert [sources.of(one.node) for one in written] == [
        f"b = {TREE}",
        "k = 1",
        "b.fit(X_train, y_train)",
        "three_X = 3 + k",
        'a, b = f"{three_X}", b',
    ]


def test_a_call_in_what_is_given_back_stays(tmp_path: Path) -> None:
    function = (
        "def fit(m, X, y):\n    m.fit(X, y)\n    return m\n"
        "def main(m):\n    X_a, X_b, y_a, y_b = train_test_split(X, y)\n    return fit(m, X_a, y_a)"
    )
    program = inlined(prepare(str(write(tmp_path, *TWICE[:4], function, f"a = main({TREE})"))).facts).program
    sources = Sources(program)
    assert [sources.of(one.node) for one in program.statements if one.whole is not None] == [
        f"m = {TREE}",
        "X_a, X_b, y_a, y_b = train_test_split(X, y)",
        "a = fit(m, X_a, y_a)",
    ]


OTHER = {
    "several-ways-out": (
        f"def train(deep):\n    if deep:\n        return {TREE}.fit(X_train, y_train)\n    return LogisticRegression().fit(X_train, y_train)",
        "model = train(True)\nmodel.score(X_test, y_test)",
        "fitted inside a function",
    ),
    "a-variable-of-the-notebook-that-is-bound": (
        f"def train():\n    global model\n    model = {TREE}\n    model.fit(X_train, y_train)",
        "train()\nmodel.score(X_test, y_test)",
        "fitted inside a function",
    ),
    "arguments-that-cannot-be-seen": (
        TRAIN,
        f"given = ({TREE}, X_train, y_train)\nmodel = train(*given)\nmodel.score(X_test, y_test)",
        "fitted inside a function",
    ),
    "a-refitted-scaler": (
        "def scale(rows):\n    return StandardScaler().fit_transform(rows)",
        f"model = {TREE}\nmodel.fit(scale(X_train), y_train)\nmodel.score(scale(X_test), y_test)",
        "prepared differently",
    ),
    "what-only-training-rows-go-through": (
        f'def train(rows):\n    rows["age"] = rows["age"] * 2\n    tree = {TREE}\n    tree.fit(rows, y_train)\n    return tree',
        "model = train(X_train)\nmodel.score(X_test, y_test)",
        "prepared differently",
    ),
}


@pytest.mark.parametrize(("function", "calls", "reason"), OTHER.values(), ids=OTHER)
def test_other_functions_stay(tmp_path: Path, function: str, calls: str, reason: str) -> None:
    assert reason in refusal(tmp_path, METRICS, LOAD, FILL, SPLIT, function, calls)


SHOWN = """def shown(model, X, y):
    print(f"{model.score(X, y):.3f}")"""
TWICE = [METRICS, LOAD, FILL, SPLIT, TRAIN, SHOWN, f"""tree = train({TREE}, X_train, y_train)
line = train(LogisticRegression(), X_train, y_train)""", "shown(tree, X_train, y_train)\nshown(tree, X_test, y_test)"]  # fmt: skip


def told(plan: Plan, cell: int) -> list[tuple[object, ...]]:
    """The entries of the ledger for one cell."""
    entries = plan.modules.extraction["entries"]
    assert isinstance(entries, list)
    return [(one["line"], one["kind"], one["function"], one["reason"]) for one in entries if one["cell"] == cell]


def test_each_call_of_a_function_is_told_from_the_others(tmp_path: Path) -> None:
    found = planned(tmp_path, *TWICE, model="tree")
    write_package(assemble(found.modules), tmp_path / "package")
    verdict = verify(tmp_path / "people.ipynb", tmp_path / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert [score.name for score in verdict.scores] == [
        "cell 8 line 1 > cell 6 tree.score",
        "cell 8 line 2 > cell 6 tree.score",
    ]


def test_the_ledger_tells_of_calls_and_functions(tmp_path: Path) -> None:
    found = planned(tmp_path, *TWICE, model="tree@7")
    assert [(one.name, one.cell, one.line) for one in found.found] == [("tree", 7, 1), ("line", 7, 2)]
    assert told(found, 5) == [(1, "function", None, "its statements are told where it is called")]
    assert told(found, 7) == [
        (1, "model", "build_pipeline", None),
        (
            2,
            "candidate",
            None,
            "fits another candidate (line, cell 7); nb2pkg extract people.ipynb --model line@7 extracts it",
        ),
    ]
