"""What a notebook asks a person: the saved answer or the given default, on both sides; where there is none, the reason."""

import json
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.levels import LowerPlan, best_plan
from nb2pkg.extract.package import write as write_package
from nb2pkg.extract.plan import Plan
from nb2pkg.extract.sections.package import assembled
from nb2pkg.extract.telling import plan_lines
from nb2pkg.verify.verdict import verify
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, people

DEPTH = MODEL.replace("max_depth=3", "max_depth=depth")
# As much of the library as the tests run: it need not be there.
WIDGETS = """class IntSlider:
    def __init__(self, value=0, min=0, max=100):
        self.value = value


def interact(function, **given):
    raise AssertionError("a person was asked")
"""


def notebook(folder: Path, *cells: str | tuple[str, str]) -> str:
    """Write a notebook; a cell with a second text shows that below it."""
    written: list[dict[str, object]] = []
    for cell in cells:
        source, shown = (cell, "") if isinstance(cell, str) else cell
        outputs = [{"output_type": "stream", "name": "stdout", "text": shown}] if shown else []
        written.append(
            {"cell_type": "code", "source": source, "metadata": {}, "outputs": outputs, "execution_count": None}
        )
    path = folder / "people.ipynb"
    path.write_text(json.dumps({"cells": written, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    (folder / "people.csv").write_text(people())
    return str(path)


def found_for(path: str) -> Plan | LowerPlan:
    return best_plan(path, name="people_model", model=None)


def refusal(path: str) -> str:
    with pytest.raises(ExtractError) as caught:
        found_for(path)
    return str(caught.value)


def equal(path: str, found: Plan | LowerPlan, folder: Path) -> list[dict[str, object]]:
    """Verify, and give the repairs."""
    write_package(assembled(found.modules), folder / "package")
    verdict = verify(Path(path), folder / "package", timeout=200)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    return [one.as_json() for one in verdict.repairs]


ASKED = 'depth = int(input("How deep? "))'


def test_the_saved_answer_is_a_setting_of_the_model(tmp_path: Path) -> None:
    path = notebook(tmp_path, HEAD, LOAD, FILL, (ASKED, "How deep? 4\n"), SPLIT, DEPTH)
    found = found_for(path)
    assert isinstance(found, Plan)
    assert {field.name: field.default for field in found.modules.config}["max_depth"] == "4"
    assert (
        "repair: interactive-input, cell 4 line 1: `input(\"How deep? \")` is answered by `'4'`, as the notebook shows "
        "it; no one is asked when the package runs"
    ) in list(plan_lines(found))
    assert equal(path, found, tmp_path) == [
        {"cell": 4, "line": 1, "before": 'input("How deep? ")', "after": "'4'"},
    ]


def test_without_a_saved_answer_the_value_is_not_known(tmp_path: Path) -> None:
    said = refusal(notebook(tmp_path, HEAD, LOAD, FILL, ASKED, SPLIT, DEPTH))
    assert "cell 4 line 1: `int(input('How deep? '))` is not a constant" in said
    assert (
        "cell 4 line 1: `input('How deep? ')` asks a person for a value, and no answer is saved at this place" in said
    )


def test_a_question_whose_answer_the_model_does_not_need_is_no_hindrance(tmp_path: Path) -> None:
    found = found_for(notebook(tmp_path, HEAD, LOAD, FILL, 'name = input("Who? ")', SPLIT, MODEL))
    assert isinstance(found, Plan)
    assert not [one for one in found.corrections if one.rule == "interactive-input"]


def test_two_questions_in_a_cell(tmp_path: Path) -> None:
    asked = 'depth = int(input("Depth: "))\nsize = float(input("Size: "))'
    path = notebook(tmp_path, HEAD, LOAD, FILL, (asked, "Depth: 2\nSize:  0.4\n"), SPLIT.replace("0.25", "size"), DEPTH)
    found = found_for(path)
    assert isinstance(found, Plan)
    settings = {field.name: field.default for field in found.modules.config}
    assert (settings["max_depth"], settings["test_size"]) == ("2", "0.4")


@pytest.mark.parametrize("shown", ["Depth: 2\nDepth: 3\n", "Depth: \n", "nothing\n"])
def test_answers_that_cannot_be_told_apart_are_none(shown: str, tmp_path: Path) -> None:
    asked = 'depth = int(input("Depth: "))'
    assert "asks a person for a value" in refusal(notebook(tmp_path, HEAD, LOAD, FILL, (asked, shown), SPLIT, DEPTH))


def test_a_question_in_a_loop_is_asked_more_than_once(tmp_path: Path) -> None:
    asked = 'for turn in range(2):\n    depth = int(input("Depth: "))'
    assert "asks a person" in refusal(notebook(tmp_path, HEAD, LOAD, FILL, (asked, "Depth: 2\n"), SPLIT, DEPTH))


def test_a_function_that_asks_when_it_is_called_is_kept(tmp_path: Path) -> None:
    asks = 'def ask():\n    return input("Depth: ")'
    found = found_for(notebook(tmp_path, asks, "total = 3\nprint(total)"))
    assert isinstance(found, LowerPlan)
    assert found.modules.level == 1


def test_a_function_of_the_notebook_that_is_called_input_asks_nobody(tmp_path: Path) -> None:
    own = 'def input(question):\n    return "3"\ndepth = int(input("Depth: "))\nprint(depth)'
    found = found_for(notebook(tmp_path, own))
    assert isinstance(found, LowerPlan)
    assert not found.corrections


def test_below_level_3_the_answer_is_a_setting_by_its_name(tmp_path: Path) -> None:
    path = notebook(tmp_path, ('name = input("Who? ")', "Who? Ada\n"), 'print(f"Hello {name}")')
    found = found_for(path)
    assert isinstance(found, LowerPlan)
    assert [(field.name, field.annotation, field.default) for field in found.modules.config] == [
        ("name_2", "str", "'Ada'")
    ]
    assert "name = config.name_2" in found.modules.files["sections.py"]
    assert [one["after"] for one in equal(path, found, tmp_path)] == ["'Ada'"]


SLIDER = "from ipywidgets import IntSlider\nslider = IntSlider(value=2, min=1, max=9)\nslider"


def test_a_widget_gives_what_it_starts_with(tmp_path: Path) -> None:
    path = notebook(tmp_path, HEAD, LOAD, FILL, SLIDER, SPLIT, MODEL.replace("max_depth=3", "max_depth=slider.value"))
    (tmp_path / "ipywidgets.py").write_text(WIDGETS)
    found = found_for(path)
    assert isinstance(found, Plan)
    assert {field.name: field.default for field in found.modules.config}["max_depth"] == "2"
    assert equal(path, found, tmp_path) == [{"cell": 6, "line": 1, "before": "slider.value", "after": "2"}]


@pytest.mark.parametrize("more", ["slider.value = 5", "slider.observe(print)", "slider = IntSlider(value=7)"])
def test_a_widget_that_is_set_or_observed_gives_what_cannot_be_told(more: str, tmp_path: Path) -> None:
    model = MODEL.replace("max_depth=3", "max_depth=slider.value")
    found = found_for(notebook(tmp_path, HEAD, LOAD, FILL, SLIDER, more, SPLIT, model))
    assert isinstance(found, LowerPlan)
    assert "`slider.value` is not a constant" in "\n".join(plan_lines(found))
    assert not found.corrections


def test_interact_calls_its_function_once(tmp_path: Path) -> None:
    show = "def show(k, word, on):\n    print(k, word, on)"
    call = 'interact(show, k=(1, 10), word=["a", "b"], on=True)'
    path = notebook(tmp_path, "from ipywidgets import interact", show, call)
    found = found_for(path)
    assert isinstance(found, LowerPlan)
    assert "show(k=5, word='a', on=True)" in found.modules.files["sections.py"]
    assert [one.rule for one in found.corrections] == ["interactive-input"]


@pytest.mark.parametrize("call", ["interact(show, k=limits)", "interact(show, k=(1, n))", "interact(show)"])
def test_interact_with_what_is_not_written_down_stays(call: str, tmp_path: Path) -> None:
    path = notebook(
        tmp_path, "from ipywidgets import interact\nn = 3\nlimits = [1]", "def show(k=1):\n    print(k)", call
    )
    found = found_for(path)
    assert isinstance(found, LowerPlan)
    assert not found.corrections
