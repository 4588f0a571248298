"""Which files a run lints: folders searched, files named, exclusions, what git ignores. Git itself is the oracle where it can be."""

import subprocess
from pathlib import Path

import pytest

from nb2pkg import gitignore
from nb2pkg.config import Configurations
from nb2pkg.discovery import notebooks
from nb2pkg.errors import Nb2pkgError
from tests.cli.notebooks import GOOD, write

NESTED = {
    ".gitignore": "# outputs\n/build/\n*.tmp.ipynb\ndrafts/*\n!drafts/keep.ipynb\nscratch\n!\n",
    "inner/.gitignore": "!a.tmp.ipynb\r\nb.ipynb\r\n/deep/c.ipynb\r\n",
    "inner/deep/.gitignore": "\ufeff!b.ipynb\n",
    ".git/info/exclude": "mine.ipynb\n!x.tmp.ipynb\nscratch2/\n",
}
NOTEBOOKS = (
    """
a.ipynb mine.ipynb x.tmp.ipynb build/a.ipynb inner/build/a.ipynb drafts/a.ipynb drafts/keep.ipynb drafts/more/a.ipynb
inner/a.tmp.ipynb inner/b.ipynb inner/b.tmp.ipynb inner/deep/b.ipynb inner/deep/c.ipynb inner/deep/more/b.ipynb
scratch/a.ipynb scratch/keep.ipynb inner/scratch/a.ipynb scratch2/a.ipynb inner/mine.ipynb with\u00a0space/\u00e9.ipynb
""".replace("\n", " ")
    .strip(" ")
    .split(" ")
)


@pytest.fixture(autouse=True)
def _forget_other_trees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for remembered in (gitignore._spec, gitignore._repository, gitignore._named_though_ignored):
        remembered.cache_clear()


def git(*arguments: str, folder: Path) -> str:
    command = ["git", "-c", "core.excludesFile=", "-c", "core.quotePath=false", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, check=True).stdout


def tree(folder: Path, *names: str, files: dict[str, str] | None = None) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write(folder / name, GOOD)
    for name, text in (files or {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(text.encode())
    return folder


def repository(folder: Path, *names: str, files: dict[str, str] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    git("init", "-q", folder=folder)
    return tree(folder, *names, files=files)


def found(*named: str, force_exclude: bool = False) -> set[str]:
    return set(notebooks(named, Configurations(), force_exclude=force_exclude))


def test_a_folder_is_searched_as_git_would(tmp_path: Path) -> None:
    repository(tmp_path, *NOTEBOOKS, files=NESTED)
    oracle = set(git("ls-files", "--others", "--exclude-standard", "*.ipynb", folder=tmp_path).splitlines())
    assert found(".") == oracle
    assert len(oracle) == 7, "the oracle decides both ways"
    assert found("inner") == {name for name in oracle if name.startswith("inner/")}


def test_a_named_file_is_read_whatever_git_ignores(tmp_path: Path) -> None:
    repository(tmp_path, "a.ipynb", files={".gitignore": "*.ipynb\n"})
    assert found(".") == set()
    assert found("a.ipynb") == {"a.ipynb"}
    assert found("a.ipynb", force_exclude=True) == {"a.ipynb"}, "as with ruff: a hook names what is tracked"


def test_a_named_folder_is_searched_though_it_is_ignored(tmp_path: Path) -> None:
    names = ("build/a.ipynb", "build/deep/b.ipynb", "build/c.ipynb")
    repository(tmp_path, *names, files={".gitignore": "build/\n", "build/.gitignore": "c.ipynb\n"})
    assert found(".") == set()
    assert found("build") == {"build/a.ipynb", "build/deep/b.ipynb"}
    assert found("build/deep") == {"build/deep/b.ipynb"}


def test_outside_of_a_repository_nothing_is_ignored(tmp_path: Path) -> None:
    tree(tmp_path, "a.ipynb", files={".gitignore": "*.ipynb\n"})
    assert found(".") == {"a.ipynb"}


def test_a_repository_within_goes_by_its_own_files(tmp_path: Path) -> None:
    repository(tmp_path, "a.ipynb", files={".gitignore": "*.ipynb\n"})
    repository(tmp_path / "vendored", "a.ipynb", "b.ipynb", files={".gitignore": "b.ipynb\n"})
    assert found(".") == {"vendored/a.ipynb"}


def test_a_linked_worktree_shares_the_exclude_file(tmp_path: Path) -> None:
    main = repository(tmp_path / "main", files={".git/info/exclude": "mine.ipynb\n"})
    author = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    git(*author, "commit", "-q", "--allow-empty", "-m", "first", folder=main)
    git("worktree", "add", "-q", "../linked", folder=main)
    tree(tmp_path / "linked", "mine.ipynb", "a.ipynb")
    assert found("linked") == {"linked/a.ipynb"}


def test_folders_that_are_nobodys_work_are_not_searched(tmp_path: Path) -> None:
    skipped = (".ipynb_checkpoints", "node_modules", "venv", "site-packages", "__pypackages__", "myenv")
    tree(tmp_path, "a.ipynb", ".hidden.ipynb", *(f"{name}/a.ipynb" for name in skipped))
    (tmp_path / "myenv" / "pyvenv.cfg").touch()
    assert found(".") == {"a.ipynb", ".hidden.ipynb"}
    assert found("venv", "node_modules/a.ipynb") == {"venv/a.ipynb", "node_modules/a.ipynb"}
    assert found("venv", "node_modules/a.ipynb", "a.ipynb", force_exclude=True) == {"a.ipynb"}


def test_exclude_replaces_what_is_never_searched_and_extend_exclude_adds(tmp_path: Path) -> None:
    tree(tmp_path, "a.ipynb", "old/a.ipynb", "venv/a.ipynb", "venv/old/a.ipynb")
    (tmp_path / "nb2pkg.toml").write_text('extend-exclude = ["old"]\n', encoding="utf-8")
    assert found(".") == {"a.ipynb"}
    (tmp_path / "nb2pkg.toml").write_text('exclude = ["old"]\n', encoding="utf-8")
    assert found(".") == {"a.ipynb", "venv/a.ipynb"}
    (tmp_path / "nb2pkg.toml").write_text('exclude = []\nextend-exclude = ["old/a.ipynb"]\n', encoding="utf-8")
    assert found(".") == {"a.ipynb", "venv/a.ipynb", "venv/old/a.ipynb"}


def test_what_is_named_is_excluded_by_force_only(tmp_path: Path) -> None:
    tree(tmp_path, "a.ipynb", "old/a.ipynb", "old/deep/b.ipynb")
    (tmp_path / "nb2pkg.toml").write_text('extend-exclude = ["old"]\n', encoding="utf-8")
    named = ("a.ipynb", "old/a.ipynb", "old/deep")
    assert found(*named) == {"a.ipynb", "old/a.ipynb", "old/deep/b.ipynb"}
    assert found(*named, force_exclude=True) == {"a.ipynb"}


def test_each_folder_excludes_by_its_own_configuration(tmp_path: Path) -> None:
    tree(tmp_path, "x/a.ipynb", "x/b.ipynb", "y/a.ipynb", "y/b.ipynb")
    (tmp_path / "nb2pkg.toml").write_text('extend-exclude = ["b.ipynb"]\n', encoding="utf-8")
    (tmp_path / "y" / "nb2pkg.toml").write_text('extend-exclude = ["a.ipynb"]\n', encoding="utf-8")
    assert found(".") == {"x/a.ipynb", "y/b.ipynb"}


def test_the_order_is_that_of_names_and_nothing_comes_twice(tmp_path: Path) -> None:
    tree(tmp_path, "b.ipynb", "a/z.ipynb", "a/b/y.ipynb")
    named = ["b.ipynb", ".", "a"]
    assert notebooks(named, Configurations()) == ["b.ipynb", "a/z.ipynb", "a/b/y.ipynb"]


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    for force in (False, True):
        with pytest.raises(Nb2pkgError, match="^nowhere: no such file or folder$"):
            notebooks(["nowhere"], Configurations(), force_exclude=force)
