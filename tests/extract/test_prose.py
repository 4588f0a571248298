"""The author's Markdown in the package: titles, explanations as docstrings, each once, and nothing that is no sentence."""

import json
import tomllib
from pathlib import Path

import pytest

from nb2pkg.extract.default_names import package_name
from nb2pkg.extract.documents import reflowed
from nb2pkg.extract.package import assemble
from nb2pkg.extract.plan import Plan, plan
from nb2pkg.extract.prose import about, docstring, explanation, heading, title
from nb2pkg.notebook import Notebook, read
from tests.extract.replaying import difference
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, planned, write


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "## Fill\nWe fill **missing** ages with [zero](http://x.y), as `clerk_id` is kept.",
            "We fill missing ages with zero, as clerk_id is kept.",
        ),
        (
            "<p style='a'>The <b>oldest</b> people &amp; others are kept here</p>",
            "The oldest people & others are kept here.",
        ),
        ("![plot](a.png)\n\n| a | b |\n|---|---|\n- one two three four five six\n", ""),
        ("**Fill ages**", ""),
        ("One two three four five. Six. Seven. Eight nine.", "One two three four five. Six. Seven."),
        ("```python\nx = 1 and two and three and four\n```", ""),
        ("\u5e74\u9f84 one two three four five six", ""),
        ("It\u2019s the age \u2013 in years \u2013 of a person", "It's the age - in years - of a person."),
    ],
)
def test_an_explanation_is_sentences_without_markup(source: str, told: str) -> None:
    assert explanation(source) == told


def test_headings_are_found_in_markdown_and_html() -> None:
    assert heading("# One\ntext\n## **Two** #") == "Two"
    assert heading("<h2 align='center'>Predicting   <i>ages</i></h2>") == "Predicting ages"
    assert heading("```\n# no heading\n```") == ""


def test_a_title_in_pictures_and_umlauts_stands_in_a_package_that_can_be_read(tmp_path: Path) -> None:
    title = '\N{FIRE} Gr\u00f6\u00dfe\udc00 und "Alter" \N{VIDEO CAMERA} \x7f(video)'
    found = with_markdown(tmp_path, f"%md # {title}", HEAD, LOAD + "\n" + FILL, SPLIT, MODEL)
    files = assemble(found.modules)
    project = tomllib.loads(files["pyproject.toml"].decode())["project"]
    assert project["description"] == 'Gr\u00f6\u00dfe und "Alter" (video) (extracted from people.ipynb by nb2pkg)'


def test_a_word_that_opens_a_section_of_docstrings_is_not_taken_over() -> None:
    assert docstring("Fill.", "Note:") == '"""Fill."""'
    assert docstring("Fill.", 'He said "one".') == '"""Fill.\n\nHe said \'one\'.\n"""'


def test_a_number_that_only_counts_notebooks_is_no_name() -> None:
    assert package_name("a/03_split rows.ipynb") == "split_rows"
    assert package_name("12.ipynb") == "notebook_12"


@pytest.mark.parametrize(
    ("notebook", "name"),
    [
        ("train.ipynb", "train_model"),
        ("1. Evaluate.ipynb", "evaluate_model"),
        ("data.ipynb", "data_model"),
        ("model.ipynb", "model_package"),
        ("statistics.ipynb", "statistics_model"),
        ("pandas.ipynb", "pandas_model"),
        ("train_model.ipynb", "train_model"),
        ("training.ipynb", "training"),
    ],
)
def test_a_package_is_not_named_like_its_own_modules_and_commands_or_like_a_library(notebook: str, name: str) -> None:
    assert package_name(notebook) == name


def test_paragraphs_are_wrapped_and_code_is_not() -> None:
    code = "```\n" + "x " * 80 + "\n\n" + "y " * 80 + "\n```"
    assert reflowed(f"{'word ' * 40}\n\n{code}\n") == f"{('word ' * 23).strip()}\n{('word ' * 17).strip()}\n\n{code}\n"


def with_markdown(folder: Path, *cells: str) -> Plan:
    """The plan of a notebook in which cells that begin with ``%md`` are Markdown."""
    path = write(folder, *cells)
    content = json.loads(path.read_text())
    for cell in content["cells"]:
        if cell["source"].startswith("%md"):
            cell["cell_type"], cell["source"] = "markdown", cell["source"].removeprefix("%md ")
            del cell["outputs"], cell["execution_count"]
    path.write_text(json.dumps(content))
    return plan(str(path), name="people_model", model=None)


CELLS = (
    "%md # Who leaves?",
    "%md We ask which people leave the club.",
    "# not the title\n" + HEAD,
    LOAD,
    "%md Nobody told us these ages, so we use zero.",
    FILL,
    SPLIT,
    MODEL,
)


def test_markdown_above_a_cell_is_told_where_its_code_went_and_once(tmp_path: Path) -> None:
    modules = with_markdown(tmp_path, *CELLS).modules
    assert modules.title == "Who leaves?"
    texts = "\n".join(modules.files.values())
    assert texts.count("Nobody told us these ages, so we use zero.") == 1
    assert (
        'notebook.\n\n    Nobody told us these ages, so we use zero.\n    """\n'
        in modules.files["data/preprocessing.py"]
    )


def test_the_pages_say_what_the_notebook_is_about(tmp_path: Path) -> None:
    package = assemble(with_markdown(tmp_path, *CELLS).modules)
    assert (
        package["README.md"]
        .decode()
        .startswith("# Who leaves?\n\nWe ask which people leave the club.\n\nExtracted from")
    )
    assert b'description = "Who leaves? (extracted from people.ipynb by nb2pkg)"' in package["pyproject.toml"]
    assert b"## Other models of the notebook\n\nNone.\n" in package["MODEL_CARD.md"]


def test_a_constant_that_nothing_reads_any_more_is_not_kept(tmp_path: Path) -> None:
    shade = "shades = {'a': 'red'}\ndf['shade'] = df['plan'].map(shades)\ncodes = {'Rome': 1}\ndf['city'] = df['city'].map(codes)"
    split = SPLIT.replace('"income"]', '"income", "city"]')
    modules = with_markdown(tmp_path, HEAD, LOAD, FILL, shade, split, MODEL).modules
    assert "shades" not in modules.files["data/preprocessing.py"]
    assert "codes = {" in modules.files["data/preprocessing.py"]
    entries = modules.extraction["entries"]
    told = {(entry["cell"], entry["line"]): entry["function"] for entry in entries}  # type: ignore[attr-defined]
    assert (told[4, 1], told[4, 3]) == (None, "codes")


def test_two_transformers_of_one_subject_have_names_of_their_own(tmp_path: Path) -> None:
    rows = "mean = df['age'].mean()\ndf = df[df['income'] > 3000]\ndf['age'] = df['age'] - mean\ndf['income'] = df['income'] / df['income'].max()"
    text = with_markdown(tmp_path, HEAD, LOAD, rows, SPLIT, MODEL).modules.files["data/preprocessing.py"]
    assert "class PeopleFeatures(" in text
    assert "class PeopleStatistics(" in text


def test_what_was_fitted_once_is_learned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = "encoder = LabelEncoder().fit(df['city'])\ndf['one'] = encoder.transform(df['city'])\ndf['two'] = encoder.transform(df['city']) + 1"
    cells = [HEAD, LOAD + "\n" + FILL, codes, SPLIT.replace('"income"]', '"one", "two"]'), MODEL]
    found = planned(tmp_path, *cells)
    assert found.modules.files["data/preprocessing.py"].count("LabelEncoder().fit(") == 1
    assert difference(tmp_path, cells, found, monkeypatch) == ""


def test_what_was_fitted_twice_is_learned_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = "encoder = LabelEncoder()\ndf['one'] = encoder.fit_transform(df['city'])\ndf['two'] = encoder.fit_transform(df['plan'])"
    cells = [HEAD, LOAD + "\n" + FILL, codes, SPLIT.replace('"income"]', '"one", "two"]'), MODEL]
    found = planned(tmp_path, *cells)
    assert found.modules.files["data/preprocessing.py"].count("LabelEncoder().fit(") == 2
    assert difference(tmp_path, cells, found, monkeypatch) == ""


def notebook_of(folder: Path, *markdown: str) -> Notebook:
    """A notebook that begins with these cells of text."""
    cells = [{"cell_type": "markdown", "id": f"m{i}", "metadata": {}, "source": one} for i, one in enumerate(markdown)]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    (folder / "people.ipynb").write_text(text, encoding="utf-8")
    found = read(str(folder / "people.ipynb"))
    assert isinstance(found, Notebook)
    return found


def test_the_title_is_the_first_heading_whatever_it_is_written_in(tmp_path: Path) -> None:
    assert (
        title(notebook_of(tmp_path, '<h1 align="center">Who leaves?</h1>\n\n### Aim'), otherwise="people")
        == "Who leaves?"
    )
    assert title(notebook_of(tmp_path, "## Aim\n<h1>Who leaves?</h1>"), otherwise="people") == "Aim"


ABOUT = {
    "who wrote it": ("Name: Ann Example, roll no. 12 of class C", ""),
    "a table that stays behind": (
        "The table below shows the members of the club. We ask which of them leave.",
        "We ask which of them leave.",
    ),
    "sentences": ("We ask which people leave the club.", "We ask which people leave the club."),
}


@pytest.mark.parametrize("case", ABOUT)
def test_a_notebook_is_about_what_its_sentences_say(case: str, tmp_path: Path) -> None:
    source, told = ABOUT[case]
    assert about(notebook_of(tmp_path, "# Members", source)) == told
