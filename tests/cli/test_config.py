"""Reading nb2pkg.toml and `[tool.nb2pkg]`."""

from pathlib import Path

import pytest

from nb2pkg.config import KEYS, NEVER_SEARCHED, Config, Configurations, read_config
from nb2pkg.errors import ConfigError
from nb2pkg.reports import Format
from nb2pkg.rule import Confidence, Severity

ALL_KEYS = """
select = ["NB3"]
extend-select = ["NB105"]
ignore = ["NB302"]
min-confidence = "possible"
fail-on = "error"
output-format = "concise"
exclude = ["old"]
extend-exclude = ["drafts"]
packs = ["pack"]

[PREFIXper-file-ignores]
"lectures/*" = ["NB401", "NB201"]
"*.py" = ["ALL"]
"""


def project(folder: Path, text: str, *, name: str = "pyproject.toml") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def ignore_of(path: Path) -> tuple[str, ...]:
    return Configurations().of(str(path)).ignore


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("nb2pkg.toml", ALL_KEYS.replace("PREFIX", ""), "nb2pkg.toml: "),
        (
            "pyproject.toml",
            "[tool.nb2pkg]" + ALL_KEYS.replace("PREFIX", "tool.nb2pkg."),
            "pyproject.toml: tool.nb2pkg.",
        ),
    ],
)
def test_all_keys(tmp_path: Path, name: str, text: str, place: str) -> None:
    project(tmp_path / "pack" / "apis", "", name="acme.toml")
    project(tmp_path, text, name=name)
    assert Configurations().of(str(tmp_path / "deep" / "b.ipynb")) == Config(
        place=f"{tmp_path}/{place}",
        folder=str(tmp_path),
        select=("NB3",),
        extend_select=("NB105",),
        ignore=("NB302",),
        per_file_ignores=(("lectures/*", ("NB401", "NB201")), ("*.py", ("ALL",))),
        min_confidence=Confidence.POSSIBLE,
        fail_on=Severity.ERROR,
        output_format=Format.CONCISE,
        exclude=("old",),
        extend_exclude=("drafts",),
        packs=(str(tmp_path / "pack"),),
    )
    assert all(f"{key} = " in text or f"{key}]" in text for key in KEYS)


def test_the_nearest_configuration_counts_file_by_file(tmp_path: Path) -> None:
    project(tmp_path, '[tool.nb2pkg]\nignore = ["NB1"]\n')
    inner = project(tmp_path / "inner", "[tool.other]\nx = 1\n")
    project(inner / "innermost", '[tool.nb2pkg]\nignore = ["NB2"]\n')
    configurations = Configurations()
    assert configurations.of(str(inner / "a.ipynb")).ignore == ("NB1",)
    assert configurations.of(str(inner / "innermost" / "deep" / "a.ipynb")).ignore == ("NB2",)
    assert configurations.of(str(tmp_path / "a.ipynb")).ignore == ("NB1",)


def test_our_own_file_wins_over_the_project_beside_it(tmp_path: Path) -> None:
    project(tmp_path, '[tool.nb2pkg]\nignore = ["NB1"]\n')
    project(tmp_path, 'ignore = ["NB2"]\n', name="nb2pkg.toml")
    assert ignore_of(tmp_path / "a.ipynb") == ("NB2",)
    project(tmp_path / "inner", '[tool.nb2pkg]\nignore = ["NB3"]\n')
    assert ignore_of(tmp_path / "inner" / "a.ipynb") == ("NB3",), "the nearer wins over the better name"


@pytest.mark.parametrize(
    "text",
    [
        '[tool]\nnb2pkg.ignore = ["NB1"]\n',
        '[tool]\nnb2pkg = { ignore = ["NB1"] }\n',
        'tool.nb2pkg.ignore = ["NB1"]\n',
        '[tool."nb2pkg"]\nignore = ["NB1"]\n',
        '[ tool . nb2pkg ]\nignore = ["NB1"]\n',
    ],
)
def test_however_toml_spells_the_table(tmp_path: Path, text: str) -> None:
    assert ignore_of(project(tmp_path, text) / "a.ipynb") == ("NB1",)


@pytest.mark.parametrize("text", ["[project]\nname = 'x'\n", "[project]\ndependencies = ['nb2pkg']\n", "[broken"])
def test_a_project_that_says_nothing(tmp_path: Path, text: str) -> None:
    assert Configurations().of(str(project(tmp_path, text) / "a.ipynb")) == Config()


def test_without_configuration_folders_that_are_nobodys_work_are_not_searched() -> None:
    assert Config().exclude == NEVER_SEARCHED


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("selects = []", r"selects: unknown key; known are exclude, extend-exclude, extend-select, fail-on, ignore"),
        ("folder = 'x'", "folder: unknown key"),
        ("place = 'x'", "place: unknown key"),
        ("extend_select = []", "extend_select: unknown key"),
        ("select = 'NB3'", "select: must be an array of texts"),
        ("ignore = [1]", "ignore: must be an array of texts"),
        ("fail-on = 'never'", "fail-on: must be one of error, warning, note, not 'never'"),
        ("min-confidence = 1", "min-confidence: must be one of certain, likely, possible, not 1"),
        ("per-file-ignores = ['a.ipynb:NB301']", "per-file-ignores: must be a table such as"),
        ("per-file-ignores = { 'a.ipynb' = 'NB301' }", r"per-file-ignores\.a\.ipynb: must be an array of texts"),
        ("packs = ['nowhere']", r"packs: nowhere: no such folder: /.*/nowhere$"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, line: str, complaint: str) -> None:
    project(tmp_path, f"[tool.nb2pkg]\n{line}\n")
    with pytest.raises(ConfigError, match=rf"^{tmp_path}/pyproject\.toml: tool\.nb2pkg\.{complaint}"):
        Configurations().of(str(tmp_path / "a.ipynb"))
    project(tmp_path, f"{line}\n", name="nb2pkg.toml")
    with pytest.raises(ConfigError, match=rf"^{tmp_path}/nb2pkg\.toml: {complaint}"):
        Configurations().of(str(tmp_path / "a.ipynb"))


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[tool.nb2pkg]\nselect = [x]\n", r"pyproject.toml: Invalid value .at line 2"),
        ("[tool]\nnb2pkg = 1\n", "pyproject.toml: tool.nb2pkg: must be a table"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(ConfigError, match=complaint):
        Configurations().of(str(project(tmp_path, text) / "a.ipynb"))


def test_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "nb2pkg.toml").write_bytes(b'ignore = ["\xff"]')
    with pytest.raises(ConfigError, match=r"nb2pkg.toml: .*utf-8"):
        Configurations().of(str(tmp_path / "a.ipynb"))


def test_a_file_that_is_asked_for_holds_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project(tmp_path / "near", '[tool.nb2pkg]\nignore = ["NB1"]\n')
    project(tmp_path / "far" / "pack" / "style", "", name="loud.py")
    file = project(tmp_path / "far", 'ignore = ["NB2"]\npacks = ["pack"]\n', name="strict.toml") / "strict.toml"
    monkeypatch.chdir(tmp_path)
    config = read_config(str(file))
    assert (config.ignore, config.folder, config.place) == (("NB2",), str(tmp_path), f"{file}: ")
    assert config.packs == (str(tmp_path / "far" / "pack"),), "packs lie beside the file, patterns start where one is"
    assert Configurations(config).of(str(tmp_path / "near" / "a.ipynb")) == config


def test_a_file_that_is_asked_for_must_say_something(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"--config: .*nowhere.toml: no such file"):
        read_config(str(tmp_path / "nowhere.toml"))
    project(tmp_path, "[project]\nname = 'x'\n")
    with pytest.raises(ConfigError, match=r"--config: .*pyproject.toml: there is no table tool.nb2pkg"):
        read_config(str(tmp_path / "pyproject.toml"))
