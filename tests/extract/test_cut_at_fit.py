"""What stands below the fit in its own cell is a section after it: ``train`` ends with the fit, ``evaluate`` shows the score."""

from importlib import import_module
from pathlib import Path

import pytest

from nb2pkg.extract.sections.package import texts_of
from nb2pkg.verify.sections import CUT, Ran, printed_text
from tests.extract.below import lower_plan, put_on_path
from tests.extract.small import FILL, HEAD, LOAD, SPLIT

BEFORE = (HEAD, LOAD, FILL + '\ndf["before"] = df["income"].shift(1).fillna(0)', SPLIT.replace('"income"', '"before"'))
MADE = "model = DecisionTreeClassifier(max_depth=3, random_state=0)\n"
FIT = "model.fit(X_train, y_train)"
SCORE = "model.score(X_test, y_test)"


def sections(folder: Path, *cells: str, name: str = "work") -> dict[str, str]:
    """The functions of the package from the fit on: the body of each by its name."""
    text = texts_of(lower_plan(folder, *BEFORE, *cells, name=name).modules)[f"src/{name}/sections.py"]
    functions = {one.partition("(")[0]: one.partition('."""\n')[2].strip() for one in text.split("\ndef ")[1:]}
    return {key: body for key, body in functions.items() if not key.startswith(("load_", "prepare_", "split_"))}


def test_a_score_below_the_fit_is_a_section_of_its_own(tmp_path: Path) -> None:
    assert sections(tmp_path, MADE + FIT + "\n# how good?\n" + SCORE, "print(model.predict(X_test))") == {
        "fit_model": f"{MADE}    {FIT}\n    return model",
        "evaluate_model": f"# how good?\n    show_result({SCORE})\n\n    print(model.predict(X_test))",
    }


WHOLE = {
    "one expression": MADE + f"{FIT}.score(X_test, y_test)",
    "one line": MADE + f"{FIT}; print({SCORE})",
    "one loop": "for depth in [1, 2]:\n    model = DecisionTreeClassifier(max_depth=depth)\n    model.fit(X_train, y_train)\n    print(model.score(X_test, y_test))",
    "a function made above, which reads a name bound below": "limit = 3\nshow = lambda x: print(x, limit)\n" + MADE + FIT + "\nlimit = 5\nshow(" + SCORE + ")",
}  # fmt: skip


@pytest.mark.parametrize("case", WHOLE)
def test_what_cannot_be_parted_stays_in_the_section_of_the_fit(case: str, tmp_path: Path) -> None:
    assert sections(tmp_path, WHOLE[case]).keys() == {"fit_model"}


def test_a_function_made_above_that_reads_nothing_bound_below_does_not_keep_the_cell_whole(tmp_path: Path) -> None:
    cell = "limit = 3\nshow = lambda x: print(x, limit)\n" + MADE + FIT + "\nother = 5\nshow(" + SCORE + ")"
    assert sections(tmp_path, cell).keys() == {"fit_model", "evaluate_model"}


def test_figures_are_closed_where_the_cell_ends(tmp_path: Path) -> None:
    cell = "plt.figure()\n" + MADE + FIT + "\nplt.plot(model.predict(X_test))\nprint(len(plt.gca().lines))"
    found = sections(tmp_path, "import matplotlib.pyplot as plt", cell)
    assert "close_figures()" not in found["fit_model"]
    assert found["evaluate_model"].endswith("close_figures()")


def test_evaluate_shows_what_is_shown_below_the_fit(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    shown = {}
    for name, below in (("scored", f"\nprint('above')\n{SCORE}"), ("unscored", "")):
        cell = MADE + "print('before')\n" + FIT + below
        put_on_path(lower_plan(tmp_path, *BEFORE, cell, name=name).modules, tmp_path, monkeypatch)
        monkeypatch.chdir(tmp_path)
        settings = import_module(f"{name}.config").load_config({}, artifacts_dir=tmp_path / name)
        import_module(f"{name}.train").train(settings)
        assert capsys.readouterr() == ("", "before\n" + ("" if below else f"{MADE[8:-1]}\n"))
        import_module(f"{name}.train").evaluate(settings)
        shown[name] = capsys.readouterr().out, [one.getMessage() for one in caplog.records]
    nothing = "the notebook prints nothing after its fit; what it prints before, `train` shows"
    assert shown == {"scored": ("above\n0.5333333333333333\n", []), "unscored": ("", [nothing])}


def test_what_a_cell_prints_is_parted_where_a_section_ends() -> None:
    stream = {"output_type": "stream", "name": "stdout"}
    value = {"output_type": "execute_result"}
    outputs: list[dict[str, object]] = [{**stream, "text": f"a\n{CUT}b\n"}, {**value, "data": {"text/plain": "0.8"}}]
    ran = Ran({3: [{**stream, "text": "first\n"}], 4: outputs, 5: [{**stream, "text": "last\n"}]}, {})
    first, second = {"cells": [3, 4], "until": 2, "unshown": []}, {"cells": [4, 5], "unshown": []}
    assert (printed_text(first, ran), printed_text(second, ran)) == ("first\na\n", "b\n0.8\nlast\n")
