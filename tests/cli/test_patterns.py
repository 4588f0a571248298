"""Which files a pattern means."""

import os
from pathlib import Path

import pytest

from nb2pkg.patterns import concerns, means, reach, spot_of


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("a.ipynb", True),
        ("*.ipynb", True),
        ("deep/old/a.ipynb", True),
        ("./deep/old/a.ipynb", True),
        ("deep/*", True),
        ("deep/*/a.ipynb", True),
        ("deep/**", True),
        ("deep/**/a.ipynb", True),
        ("deep/old/**/a.ipynb", True),
        ("**/a.ipynb", True),
        ("**/deep/**/*.ipynb", True),
        ("{a,b}.ipynb", True),
        ("{deep,shallow}/{new,old}/[ab].ipynb", True),
        ("?.ipynb", True),
        ("deep", False),
        ("deep/old", False),
        ("old/a.ipynb", False),
        ("deep/a.ipynb", False),
        ("A.ipynb", False),
        ("a.ipynb/", False),
        ("{b,c}.ipynb", False),
    ],
)
def test_a_file(tmp_path: Path, pattern: str, expected: bool) -> None:
    assert means(pattern, spot_of(str(tmp_path / "deep" / "old" / "a.ipynb"), start=str(tmp_path))) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [("old", True), ("old/", True), ("deep/old/", True), ("*.ipynb", False), ("ol", False), (".*/", False)],
)
def test_a_folder(tmp_path: Path, pattern: str, expected: bool) -> None:
    spot = spot_of(str(tmp_path / "deep" / "old"), start=str(tmp_path), is_folder=True)
    assert means(pattern, spot) is expected


def test_hidden_folders_and_not_what_lies_outside(tmp_path: Path) -> None:
    assert means(".*/", spot_of(str(tmp_path / ".git"), start=str(tmp_path), is_folder=True))
    assert not means(".*/", spot_of(str(tmp_path / "x"), start=str(tmp_path / "y"), is_folder=True))
    assert not means(".*/", spot_of(str(tmp_path / ".a.ipynb"), start=str(tmp_path)))


def test_a_pattern_of_the_whole_path(tmp_path: Path) -> None:
    spot = spot_of(str(tmp_path / "a.ipynb"), start=str(tmp_path))
    assert means(f"{tmp_path}/*.ipynb", spot)
    assert not means("/a.ipynb", spot)


def test_a_relative_path_is_that_below_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert spot_of(os.path.join("deep", "a.ipynb"), start=str(tmp_path)).place == "deep/a.ipynb"


def test_only_per_file_ignores_know_negation(tmp_path: Path) -> None:
    here, there = (spot_of(str(tmp_path / name), start=str(tmp_path)) for name in ("a.ipynb", "b.ipynb"))
    assert not concerns("!a.ipynb", here)
    assert concerns("!a.ipynb", there)
    assert not means("!a.ipynb", there)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("old", True),
        ("old/", True),
        ("deep", True),
        ("deep/old", True),
        ("*.ipynb", True),
        ("a.ipynb/", False),
        ("ol", False),
        ("old/a.ipynb", False),
    ],
)
def test_exclusions_reach_down(tmp_path: Path, pattern: str, expected: bool) -> None:
    path = str(tmp_path / "deep" / "old" / "a.ipynb")
    assert reach([pattern], path, start=str(tmp_path)) is expected
    assert not reach([tmp_path.name], path, start=str(tmp_path)), "and not from above where patterns start"
