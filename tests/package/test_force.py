"""Writing over an earlier package: ours is replaced, what a person made or edited is kept and named, and all happens or nothing."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from nb2pkg.errors import ExtractError
from nb2pkg.extract import replacing
from nb2pkg.extract.changes import Change, Changes, as_diff, changes
from nb2pkg.extract.package import write

FILES = {"pyproject.toml": b"[project]\n", "src/a/b.py": b"x = 1\n"}
PACKAGE = FILES | {"extraction.json": b'{"level": 3}\n'}
NEXT = {"pyproject.toml": b"[project]\nname = 1\n", "src/a/c.py": b"y = 1\n", "extraction.json": b'{"level": 2}\n'}
LEDGER = "extraction.json"


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder but extraction.json."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != LEDGER)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def whole(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return files(folder) | {LEDGER: (folder / LEDGER).read_bytes()}


def ledger(folder: Path) -> dict[str, object]:
    """What extraction.json says."""
    found: dict[str, object] = json.loads((folder / LEDGER).read_text())
    return found


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def kept(found: Changes) -> dict[str, str]:
    return {one.path: one.why for one in found.kept}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """A folder with a package that nb2pkg wrote."""
    write(PACKAGE, tmp_path / "package")
    return tmp_path / "package"


def test_a_package_is_written_whole_and_nothing_beside_it(tmp_path: Path) -> None:
    write(PACKAGE, tmp_path / "deep" / "package")
    assert files(tmp_path / "deep" / "package") == FILES
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["package"]


def test_the_ledger_holds_the_checksum_of_each_other_file(target: Path) -> None:
    assert ledger(target)["files"] == {path: sha256(content).hexdigest() for path, content in FILES.items()}
    assert ledger(target)["level"] == 3


def test_an_empty_target_is_taken(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    write(PACKAGE, tmp_path / "package")
    assert files(tmp_path / "package") == FILES


def test_a_target_that_is_not_empty_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ExtractError, match="not empty"):
        write(PACKAGE, tmp_path)
    assert files(tmp_path) == {"notes.txt": b"mine"}


def test_a_file_is_no_target(tmp_path: Path) -> None:
    (tmp_path / "package").write_bytes(b"")
    with pytest.raises(ExtractError, match="is a file"):
        write(PACKAGE, tmp_path / "package", force=True)


def test_what_nb2pkg_wrote_is_replaced_added_and_removed(target: Path) -> None:
    found = write(NEXT, target, force=True)
    assert whole(target) == whole(target) | {path: NEXT[path] for path in ("pyproject.toml", "src/a/c.py")}
    assert set(files(target)) == {"pyproject.toml", "src/a/c.py"}
    assert [change.path for change in found.changed] == ["src/a/c.py", "pyproject.toml", "src/a/b.py", LEDGER]
    assert found.kept == ()
    write(PACKAGE, target.parent / "other")
    write(NEXT, target.parent / "fresh")
    assert whole(target) == whole(target.parent / "fresh")


def test_an_emptied_folder_goes_with_its_last_file(target: Path) -> None:
    write({LEDGER: b"{}"}, target, force=True)
    assert [path.name for path in target.iterdir()] == [LEDGER]


def test_the_same_package_changes_nothing(target: Path) -> None:
    assert write(PACKAGE, target, force=True) == Changes((), ())


def test_an_edited_file_is_kept_and_named(target: Path) -> None:
    put(target / "pyproject.toml", b"[project]\n# mine\n")
    found = write(NEXT, target, force=True)
    assert kept(found) == {"pyproject.toml": "edited since nb2pkg wrote it, which now would write something else"}
    assert files(target) == {"pyproject.toml": b"[project]\n# mine\n", "src/a/c.py": b"y = 1\n"}


def test_an_edited_file_is_named_as_long_as_it_is_edited(target: Path) -> None:
    put(target / "pyproject.toml", b"[project]\n# mine\n")
    assert kept(write(PACKAGE, target, force=True)) == {"pyproject.toml": "edited since nb2pkg wrote it"}
    for _ in range(2):
        assert list(kept(write(NEXT, target, force=True))) == ["pyproject.toml"]
    put(target / "pyproject.toml", FILES["pyproject.toml"])
    assert kept(write(NEXT, target, force=True)) == {}
    assert files(target)["pyproject.toml"] == NEXT["pyproject.toml"]


def test_an_edited_file_that_is_merged_by_hand_is_ours_again(target: Path) -> None:
    put(target / "pyproject.toml", NEXT["pyproject.toml"])
    assert write(NEXT, target, force=True).kept == ()
    assert write(PACKAGE, target, force=True).kept == ()
    assert files(target) == FILES


def test_an_edited_file_that_is_no_longer_written_is_kept(target: Path) -> None:
    put(target / "src/a/b.py", b"x = 2\n")
    found = write(NEXT, target, force=True)
    assert kept(found) == {"src/a/b.py": "edited since nb2pkg wrote it, which no longer does"}
    assert files(target)["src/a/b.py"] == b"x = 2\n"


def test_a_file_that_was_deleted_is_written_again(target: Path) -> None:
    (target / "pyproject.toml").unlink()
    assert [change.path for change in write(PACKAGE, target, force=True).changed] == ["pyproject.toml"]
    assert files(target) == FILES


def test_foreign_files_are_left_alone(target: Path) -> None:
    put(target / "artifacts/model", b"trained")
    put(target / "src/a/mine.py", b"mine")
    put(target / ".git/index", b"git")
    found = write(NEXT, target, force=True)
    assert found.kept == ()
    assert files(target) == {
        "pyproject.toml": NEXT["pyproject.toml"],
        "src/a/c.py": NEXT["src/a/c.py"],
        "artifacts/model": b"trained",
        "src/a/mine.py": b"mine",
        ".git/index": b"git",
    }


def test_a_foreign_file_where_the_package_now_writes_is_kept_and_named(target: Path) -> None:
    put(target / "src/a/c.py", b"mine")
    for _ in range(2):
        assert kept(write(NEXT, target, force=True)) == {"src/a/c.py": "nb2pkg did not write it"}
        assert files(target)["src/a/c.py"] == b"mine"


def test_a_link_in_place_of_a_file_is_an_edit(target: Path) -> None:
    (target / "mine.toml").write_bytes(FILES["pyproject.toml"])
    (target / "pyproject.toml").unlink()
    (target / "pyproject.toml").symlink_to("mine.toml")
    assert list(kept(write(NEXT, target, force=True))) == ["pyproject.toml"]
    assert (target / "mine.toml").read_bytes() == FILES["pyproject.toml"]


def test_nothing_is_written_through_a_link_out_of_the_package(target: Path, tmp_path: Path) -> None:
    shutil.move(target / "src", tmp_path / "elsewhere")
    (target / "src").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ExtractError, match="is no folder of the package"):
        write(NEXT, target, force=True)
    assert files(tmp_path / "elsewhere") == {"a/b.py": b"x = 1\n"}


def test_a_ledger_that_names_files_elsewhere_is_refused(target: Path, tmp_path: Path) -> None:
    put(tmp_path / "mine.txt", b"mine")
    outside = {"../mine.txt": b"mine", LEDGER: b"{}"}
    write(outside, tmp_path / "x" / "crafted")
    shutil.move(tmp_path / "x" / "crafted" / LEDGER, target / LEDGER)
    with pytest.raises(ExtractError, match=r"\.\./mine\.txt does not lie in the package"):
        write(NEXT, target, force=True)
    assert (tmp_path / "mine.txt").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text.replace(b'"level": 3', b'"level": 1'),
        lambda text: text.replace(b"src/a/b.py", b"src/a/mine.py"),
        lambda _: b"{}\n",
        lambda _: b"[]\n",
        lambda _: b"not json",
    ],
)
def test_an_edited_ledger_is_safe_and_so_is_all_else(target: Path, edit: Callable[[bytes], bytes]) -> None:
    put(target / LEDGER, edit((target / LEDGER).read_bytes()))
    before = whole(target)
    with pytest.raises(ExtractError, match=r"extraction\.json: was changed after nb2pkg wrote it"):
        write(NEXT, target, force=True)
    assert whole(target) == before


def test_spaces_and_line_ends_of_the_ledger_do_not_count(target: Path) -> None:
    put(target / LEDGER, json.dumps(ledger(target)).encode() + b"\r\n")
    assert write(NEXT, target, force=True).kept == ()


def test_line_ends_of_a_checkout_on_windows_are_no_edit(target: Path) -> None:
    for path in (*FILES, LEDGER):
        put(target / path, (target / path).read_bytes().replace(b"\n", b"\r\n"))
    assert write(PACKAGE, target, force=True) == Changes((), ())
    assert write(NEXT, target, force=True).kept == ()
    assert files(target) == {path: NEXT[path] for path in ("pyproject.toml", "src/a/c.py")}


def test_force_does_not_replace_work_that_is_no_package(tmp_path: Path) -> None:
    put(tmp_path / "src/mine.py", b"mine")
    with pytest.raises(ExtractError, match="did not write"):
        write(PACKAGE, tmp_path, force=True)
    assert files(tmp_path) == {"src/mine.py": b"mine"}


def test_force_writes_beside_foreign_work(tmp_path: Path) -> None:
    put(tmp_path / "notes.txt", b"mine")
    write(PACKAGE, tmp_path, force=True)
    assert files(tmp_path) == FILES | {"notes.txt": b"mine"}


def test_a_verdict_carries_its_own_checksum_and_is_replaced_or_kept_by_it(target: Path) -> None:
    write(PACKAGE | {"verify.json": b'{"verdict": "equal"}'}, target, force=True)
    assert json.loads((target / "verify.json").read_text())["verdict"] == "equal"
    assert "verify.json" not in str(ledger(target)["files"])
    write(PACKAGE | {"verify.json": b'{"verdict": "different"}'}, target, force=True)
    assert json.loads((target / "verify.json").read_text())["verdict"] == "different"
    write(PACKAGE, target, force=True)
    assert not (target / "verify.json").exists()
    put(target / "verify.json", b'{"verdict": "equal", "mine": 1}')
    assert list(kept(write(PACKAGE, target, force=True))) == ["verify.json"]


# ---- all or nothing


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_a_run_that_breaks_off_leaves_the_old_package(
    target: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    put(target / "artifacts/model", b"trained")
    before, times = whole(target), times_of(target)
    fail_at(number, monkeypatch, OSError("the disk is full"))
    with pytest.raises(OSError, match="the disk is full"):
        write(NEXT, target, force=True)
    monkeypatch.undo()
    assert whole(target) == before
    assert times_of(target) == times
    assert sorted(path.name for path in target.iterdir()) == ["artifacts", LEDGER, "pyproject.toml", "src"]


def times_of(target: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in target.rglob("*") if path.is_file()}


def fail_at(number: int, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Fail at the numbered replacement, in the middle of it: the file is gone and the new one is not there."""
    real = replacing._replace
    done: list[Change] = []

    def failing(change: Change, room: Path, target: Path) -> None:
        done.append(change)
        if len(done) == number:
            (target / change.path).unlink(missing_ok=True)
            raise error
        real(change, room, target)

    monkeypatch.setattr(replacing, "_replace", failing)


def test_an_interrupt_puts_everything_back(target: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = whole(target)
    fail_at(3, monkeypatch, KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        write(NEXT, target, force=True)
    assert whole(target) == before


KILLED = """
import os, signal, sys
from pathlib import Path
from nb2pkg.extract import replacing
from nb2pkg.extract.package import write
from tests.package.test_force import NEXT

real, done = os.replace, []

def killed(one, other):
    done.append(one)
    if len(done) == int(sys.argv[2]):
        END
    real(one, other)

os.replace = killed
write(NEXT, Path(sys.argv[1]), force=True)
"""


def ended(target: Path, number: int, how: str) -> int:
    """The exit code of a run that is ended at its numbered replacement."""
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", KILLED.replace("END", how), str(target), str(number)]
    return subprocess.run(command, cwd=root, check=False, env=dict(os.environ, PYTHONPATH=str(root))).returncode


def test_a_run_that_is_told_to_end_puts_everything_back(target: Path) -> None:
    before = whole(target)
    assert ended(target, 3, "os.kill(os.getpid(), signal.SIGTERM)") == 143
    assert whole(target) == before
    assert not (target / replacing.ROOM).exists()


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_what_a_killed_run_left_is_put_back_by_the_next(target: Path, number: int) -> None:
    before = whole(target)
    assert ended(target, number, "os._exit(9)") == 9
    assert (target / replacing.ROOM).is_dir()
    replacing.restore(target)
    assert whole(target) == before
    assert not (target / replacing.ROOM).exists()
    write(NEXT, target, force=True)
    assert files(target) == {path: NEXT[path] for path in ("pyproject.toml", "src/a/c.py")}


def test_the_ledger_is_replaced_last(target: Path) -> None:
    assert changes(NEXT, target).changed[-1].path == LEDGER


def test_a_new_target_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(self: Path, target: Path) -> Path:
        raise OSError("the disk is full")

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="the disk is full"):
        write(PACKAGE, tmp_path / "package")
    assert list(tmp_path.iterdir()) == []


# ---- as a diff


def diff(target: Path, *, colour: bool = False) -> list[str]:
    """The diff of the next package, without that of the ledger."""
    found = changes(NEXT, target)
    told = Changes(tuple(one for one in found.changed if one.path != LEDGER), found.kept)
    return [line.replace(str(target), "T") for line in as_diff(told, target, colour=colour)]


def test_the_diff_shows_what_is_replaced_added_and_removed(target: Path) -> None:
    assert diff(target) == [
        "--- T/pyproject.toml",
        "+++ T/pyproject.toml",
        "@@ -1 +1,2 @@",
        " [project]",
        "+name = 1",
        "--- T/src/a/b.py",
        "+++ /dev/null",
        "@@ -1 +0,0 @@",
        "-x = 1",
        "--- /dev/null",
        "+++ T/src/a/c.py",
        "@@ -0,0 +1 @@",
        "+y = 1",
    ]
    assert files(target) == FILES


def test_the_diff_has_colours_where_it_is_asked_to(target: Path) -> None:
    assert diff(target, colour=True)[:5] == [
        "\033[1m--- T/pyproject.toml\033[0m",
        "\033[1m+++ T/pyproject.toml\033[0m",
        "\033[36m@@ -1 +1,2 @@\033[0m",
        " [project]",
        "\033[32m+name = 1\033[0m",
    ]


def test_what_a_person_edited_is_in_no_diff(target: Path) -> None:
    put(target / "pyproject.toml", b"mine")
    assert not any("pyproject" in line for line in diff(target))


def test_files_that_are_no_text_and_lines_without_an_end(tmp_path: Path) -> None:
    target = tmp_path / "package"
    write({"a": b"one", "b": b"\xff\x00", "c": b"c" * 1001, LEDGER: b"{}"}, target)
    found = changes({"a": b"one\n", "b": b"\xff\x01", "c": b"c", LEDGER: b"{}"}, target)
    told = [line.replace(str(target), "T") for line in as_diff(found, target, colour=False)]
    assert told[:8] == [
        "--- T/a",
        "+++ T/a",
        "@@ -1 +1 @@",
        "-one",
        "\\ No newline at end of file",
        "+one",
        "Binary files T/b and T/b differ",
        "Files T/c and T/c differ, in lines too long to read",
    ]
