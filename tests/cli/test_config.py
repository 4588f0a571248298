"""Reading `[tool.nb2pkg]`."""

from pathlib import Path

import pytest

from nb2pkg.config import Config, excluded, load_config
from nb2pkg.errors import ConfigError
from nb2pkg.reports import Format
from nb2pkg.rule import Confidence, Severity


def project(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_all_keys(tmp_path: Path) -> None:
    project(
        tmp_path,
        """
        [tool.nb2pkg]
        select = ["NB3"]
        ignore = ["NB302"]
        min-confidence = "possible"
        fail-on = "error"
        output-format = "concise"
        exclude = ["old"]
        """,
    )
    expected = Config(
        str(tmp_path), ("NB3",), ("NB302",), Confidence.POSSIBLE, Severity.ERROR, Format.CONCISE, ("old",)
    )
    assert load_config([str(tmp_path / "a.ipynb"), str(tmp_path / "deep" / "b.ipynb")]) == expected


def test_the_nearest_project_with_a_table_counts(tmp_path: Path) -> None:
    project(tmp_path, '[tool.nb2pkg]\nignore = ["NB1"]\n')
    inner = project(tmp_path / "inner", "[tool.other]\nx = 1\n")
    project(inner / "innermost", '[tool.nb2pkg]\nignore = ["NB2"]\n')
    assert load_config([str(inner)]).ignore == ("NB1",)
    assert load_config([str(inner / "innermost")]).ignore == ("NB2",)
    assert load_config([str(inner / "innermost"), str(tmp_path)]).ignore == ("NB1",)


def test_no_table(tmp_path: Path) -> None:
    assert load_config([str(project(tmp_path, "[project]\nname = 'x'\n"))]) == Config()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("selects = []", r"pyproject.toml: tool.nb2pkg.selects: unknown key; known are exclude, fail-on, ignore"),
        ("folder = 'x'", "tool.nb2pkg.folder: unknown key"),
        ("select = 'NB3'", "tool.nb2pkg.select: must be an array of texts"),
        ("ignore = [1]", "tool.nb2pkg.ignore: must be an array of texts"),
        ("fail-on = 'never'", "tool.nb2pkg.fail-on: must be one of error, warning, note, not 'never'"),
        ("min-confidence = 1", "tool.nb2pkg.min-confidence: must be one of certain, likely, possible, not 1"),
        ("output-format = 'x", "pyproject.toml: "),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, line: str, complaint: str) -> None:
    project(tmp_path, f"[tool.nb2pkg]\n{line}\n")
    with pytest.raises(ConfigError, match=complaint):
        load_config([str(tmp_path)])


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("old", True),
        ("old/", True),
        ("*.ipynb", True),
        ("deep/old", True),
        ("deep/*/a.ipynb", True),
        ("ol", False),
        ("old/a.ipynb", False),
    ],
)
def test_patterns_mean_names_and_places_below_the_project(tmp_path: Path, pattern: str, expected: bool) -> None:
    path = tmp_path / "deep" / "old" / "a.ipynb"
    assert excluded(str(path), Config(str(tmp_path), exclude=(pattern,))) is expected
