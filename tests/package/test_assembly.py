"""What is written, where, and what is refused."""

import ast
import json
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract.package import ConfigField, assemble, write
from tests.scaffold.passengers import modules

CODES = ("E501", "N802", "N815", "S311", "C901", "PLR0911", "PLR0912", "PLR0913", "PLR0915", "PLR2004")
PACKAGE = {"pyproject.toml": b"[project]\n", "src/a/b.py": b"x = 1\n", "extraction.json": b"{}\n"}


def written(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_package_is_written_whole(tmp_path: Path) -> None:
    write(PACKAGE, tmp_path / "deep" / "package")
    assert written(tmp_path / "deep" / "package") == PACKAGE
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["package"]


def test_an_empty_target_is_taken(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    write(PACKAGE, tmp_path / "package")
    assert written(tmp_path / "package") == PACKAGE


def test_a_target_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExtractError, match="not empty"):
        write(PACKAGE, tmp_path)
    assert written(tmp_path) == {"notes.txt": b"mine"}


def test_force_replaces_an_earlier_package_and_keeps_what_is_not_its_own(tmp_path: Path) -> None:
    target = tmp_path / "package"
    write(PACKAGE | {"src/a/gone.py": b""}, target)
    (target / "artifacts").mkdir()
    (target / "artifacts" / "model").write_bytes(b"trained")
    write(PACKAGE, target, force=True)
    assert written(target) == PACKAGE | {"artifacts/model": b"trained"}
    assert [path.name for path in tmp_path.iterdir()] == ["package"]


def test_force_does_not_replace_work_that_is_no_package(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "mine.py").write_bytes(b"mine")
    with pytest.raises(ExtractError, match="did not write"):
        write(PACKAGE, tmp_path, force=True)
    assert written(tmp_path) == {"src/mine.py": b"mine"}


def test_a_file_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "package").write_bytes(b"")
    with pytest.raises(ExtractError, match="is a file"):
        write(PACKAGE, tmp_path / "package", force=True)


@pytest.mark.parametrize("name", ["Passengers", "two words", "tests", "nb2pkg", "class", "json", "sklearn", "06_trees"])
def test_a_name_python_cannot_import_is_refused(name: str) -> None:
    with pytest.raises(ExtractError, match="cannot be the name"):
        assemble(replace(modules(), name=name))


def test_a_setting_with_the_name_of_an_option_is_refused() -> None:
    with pytest.raises(ExtractError, match="setting output "):
        assemble(replace(modules(), config=(ConfigField("output", "str", '"a"'),)))


def test_a_module_that_was_not_handed_over_is_missed() -> None:
    files = {path: text for path, text in modules().files.items() if path != "model/scores.py"}
    with pytest.raises(ExtractError, match=r"no text for model/scores\.py"):
        assemble(replace(modules(), files=files))


def test_code_that_is_no_python_is_named() -> None:
    files = {**modules().files, "model/scores.py": "def broken(:\n"}
    with pytest.raises(ExtractError, match="cannot be formatted"):
        assemble(replace(modules(), files=files))


def test_assembling_twice_gives_the_same() -> None:
    assert assemble(modules()) == assemble(modules())


def test_the_configuration_holds_every_setting_with_its_words() -> None:
    fields = (ConfigField("columns", "tuple[str, ...]", '("a", "b")', 'The "best"\n columns (cell 3).'),)
    text = assemble(replace(modules(), config=fields, seed=42))["src/candidate/config.py"].decode()
    names = [
        node.target.id
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    ]
    assert names == ["data_dir", "artifacts_dir", "seed", "columns"]
    assert "seed: int = 42" in text
    assert """The 'best' columns (cell 3).""" in text


def test_at_most_twelve_codes_are_ignored_outside_tests() -> None:
    many = {"src/candidate/model/scores.py": dict.fromkeys(CODES, "why")}
    pyproject = tomllib.loads(assemble(replace(modules(), extra_ignores=many))["pyproject.toml"].decode())
    ignores = pyproject["tool"]["ruff"]["lint"]["per-file-ignores"]
    assert sum(len(codes) for path, codes in ignores.items() if not path.startswith("tests/")) == 12


def test_the_readme_tells_what_was_corrected_and_by_how_much() -> None:
    correction = {"rule": "fit-before-split", "what": "the mean age is learned in training"}
    measured = correction | {"scores": [{"name": "accuracy", "before": 0.91234567, "after": 0.9}]}
    verdict: dict[str, object] = {
        "verdict": "equal",
        "reason": None,
        "corrections": [measured],
        "serving": {"rows": 12, "equal": True},
    }
    frame = {"name": "cell 3 model.fit X", "rows": 12, "equal": True, "detail": ""}
    score = {"name": "accuracy", "notebook": 1, "package": 1, "equal": True}
    verdict |= {"replay": {"frames": [frame], "scores": [score]}}
    verdict |= {"repairs": [{"cell": 4, "line": 1, "before": "split(rows)", "after": "split(rows, random_state=0)"}]}
    package = assemble(replace(modules(), verdict=verdict))
    readme = " ".join(package["README.md"].decode().split())
    assert "the mean age is learned in training (accuracy: 0.9123 -> 0.9)" in readme
    assert "Verdict: equal." in readme
    assert "1 of 1 frames; 1 of 1 scores; each of 12 rows alone" in readme
    assert "- cell 4, line 1: `split(rows, random_state=0)`" in readme
    assert json.loads(package["verify.json"]) == verdict
