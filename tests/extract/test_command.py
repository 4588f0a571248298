"""`nb2pkg extract` as users run it: what is written, what is refused, and the exit codes."""

import json
import sys
from pathlib import Path

import pytest

from nb2pkg.apis import rules_folder
from nb2pkg.cli import main
from nb2pkg.extract import command, replacing, telling
from nb2pkg.extract.plan import plan
from nb2pkg.notebook import Notebook, read
from nb2pkg.verify import command as verify_command
from nb2pkg.verify.conditions import Conditions
from nb2pkg.verify.repairs import repairs_of
from tests.extract.small import FILL, HEAD, LOAD, MODEL, SPLIT, write

NOT_VERIFIED = (
    "not verified: nothing was run (--verify does); the contract is learned by `train`, "
    "and tests that need recorded rows are not written"
)
CELLS = (HEAD, LOAD + "\n" + FILL, SPLIT, MODEL)


def extract(monkeypatch: pytest.MonkeyPatch, *arguments: str | Path) -> int:
    """Run the command in this process; its exit code."""
    monkeypatch.setattr(sys, "argv", ["nb2pkg", "extract", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


@pytest.fixture
def notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small notebook in the working directory."""
    monkeypatch.chdir(tmp_path)
    return write(tmp_path, *CELLS)


def entries(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {path.name for path in folder.iterdir()}


def test_a_package_is_named_after_its_notebook(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extract(monkeypatch, notebook) == 0
    assert entries(notebook.parent) == {"people.ipynb", "people.csv", "people"}
    assert (notebook.parent / "people" / "src" / "people" / "config.py").is_file()


def test_name_and_output_are_apart(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extract(monkeypatch, notebook, "--name", "leavers", "--output", "deep/package") == 0
    assert (notebook.parent / "deep" / "package" / "src" / "leavers" / "config.py").is_file()
    assert entries(notebook.parent / "deep") == {"package"}


def test_a_dry_run_writes_nothing(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, notebook, "--dry-run") == 0
    assert entries(notebook.parent) == {"people.ipynb", "people.csv"}
    assert capsys.readouterr().out.splitlines() == [
        "model: model (DecisionTreeClassifier), fitted in cell 4",
        "level 3 would be written to people; nothing was written",
    ]


def test_a_target_that_is_not_empty_is_refused(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (notebook.parent / "people").mkdir()
    (notebook.parent / "people" / "notes.txt").write_text("mine")
    assert extract(monkeypatch, notebook) == 2
    assert capsys.readouterr().err == "nb2pkg: people: is not empty; --force replaces an earlier package\n"
    assert entries(notebook.parent / "people") == {"notes.txt"}


def test_force_replaces_an_earlier_package(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extract(monkeypatch, notebook) == 0
    write(notebook.parent, *CELLS[:-1], MODEL.replace("max_depth=3", "max_depth=2"))
    assert extract(monkeypatch, notebook) == 2
    assert extract(monkeypatch, notebook, "--force") == 0
    assert "max_depth: int = 2" in (notebook.parent / "people" / "src" / "people" / "config.py").read_text()


def test_force_keeps_and_names_what_a_person_edited(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, notebook) == 0
    config = notebook.parent / "people" / "src" / "people" / "config.py"
    config.write_text(mine := config.read_text() + "# mine\n")
    (notebook.parent / "people" / "artifacts").mkdir()
    (notebook.parent / "people" / "artifacts" / "model").write_text("trained")
    write(notebook.parent, *CELLS[:-1], MODEL.replace("max_depth=3", "max_depth=2"), "model.get_depth()")
    capsys.readouterr()
    assert extract(monkeypatch, notebook, "--force") == 0
    kept = "kept people/src/people/config.py: edited since nb2pkg wrote it, which now would write something else"
    assert capsys.readouterr().out.splitlines()[2:] == [NOT_VERIFIED, kept]
    assert config.read_text() == mine


def test_models_of_the_code_before_are_named(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, notebook) == 0
    (notebook.parent / "people" / "artifacts").mkdir()
    (notebook.parent / "people" / "artifacts" / "model").write_text("trained")
    told = "people/artifacts holds models that the code before trained; train again"
    capsys.readouterr()
    assert extract(monkeypatch, notebook, "--force") == 0
    assert told not in capsys.readouterr().out
    write(notebook.parent, *CELLS[:-1], MODEL.replace("max_depth=3", "max_depth=2"))
    assert extract(monkeypatch, notebook, "--force") == 0
    assert told in capsys.readouterr().out.splitlines()
    assert (notebook.parent / "people" / "artifacts" / "model").read_text() == "trained"


def test_diff_shows_what_would_change_and_writes_nothing(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, notebook, "--diff") == 1
    assert entries(notebook.parent) == {"people.ipynb", "people.csv"}
    assert "+++ people/src/people/config.py\n" in capsys.readouterr().out
    assert extract(monkeypatch, notebook) == 0
    capsys.readouterr()
    assert extract(monkeypatch, notebook, "--diff") == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[-1] == "nothing would change"
    write(notebook.parent, *CELLS[:-1], MODEL.replace("max_depth=3", "max_depth=2"))
    before = (notebook.parent / "people" / "src" / "people" / "config.py").read_text()
    assert extract(monkeypatch, notebook, "--diff") == 1
    told = capsys.readouterr()
    assert "-    max_depth: int = 3\n+    max_depth: int = 2\n" in told.out
    assert "\033" not in told.out
    assert told.err.splitlines()[-1].endswith("files would change")
    assert (notebook.parent / "people" / "src" / "people" / "config.py").read_text() == before


def test_colours_are_for_terminals_that_want_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert not telling.wants_colour()
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert telling.wants_colour()
    monkeypatch.setenv("NO_COLOR", "1")
    assert not telling.wants_colour()


def test_each_stage_is_told_on_standard_error(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    assert extract(monkeypatch, notebook) == 0
    assert capsys.readouterr().err == "reading the notebook ...\nwriting the package ...\n"


def test_a_run_that_broke_off_is_put_right_first(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, notebook) == 0
    room = notebook.parent / "people" / replacing.ROOM
    (room / "old").mkdir(parents=True)
    (room / replacing.JOURNAL).write_text('{"README.md": true, "new.py": false}')
    (notebook.parent / "people" / "README.md").rename(room / "old" / "README.md")
    (notebook.parent / "people" / "new.py").write_text("half")
    assert extract(monkeypatch, notebook, "--diff") == 2
    assert "people: an earlier run broke off while it replaced files" in capsys.readouterr().err
    monkeypatch.setattr(sys, "argv", ["nb2pkg", "verify", str(notebook), "people"])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "broke off" in capsys.readouterr().err
    assert extract(monkeypatch, notebook, "--force") == 0
    assert extract(monkeypatch, notebook, "--diff") == 0
    assert not (notebook.parent / "people" / "new.py").exists()


def test_a_refused_notebook_leaves_nothing_behind(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(notebook.parent, HEAD, "df = pd.read_csv(", SPLIT, MODEL)
    assert extract(monkeypatch, notebook, "--output", "made") == 2
    assert "cell 2 does not parse" in capsys.readouterr().err
    assert entries(notebook.parent) == {"people.ipynb", "people.csv"}


def test_a_lower_level_is_written_with_the_reason(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(notebook.parent, HEAD, LOAD + "\ndf['age'] = df['age'].ffill()", SPLIT, MODEL)
    assert extract(monkeypatch, notebook) == 0
    told = capsys.readouterr().out
    assert "cell 2 line 2: `df['age'].ffill` reads neighbouring rows, so one row alone cannot be served" in told
    assert "level 2, written to people" in told


def test_a_notebook_that_is_not_there_is_named(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert extract(monkeypatch, "other.ipynb") == 2
    assert capsys.readouterr().err == "nb2pkg: other.ipynb: no such notebook\n"


def test_a_name_that_cannot_be_imported_is_refused(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert extract(monkeypatch, notebook, "--name", "class", "--output", "made") == 2
    assert entries(notebook.parent) == {"people.ipynb", "people.csv"}


def test_nothing_half_written_is_left_where_writing_fails(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError("the disk is full")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    monkeypatch.setattr(sys, "argv", ["nb2pkg", "extract", str(notebook)])
    with pytest.raises((OSError, SystemExit)):
        main()
    assert entries(notebook.parent) == {"people.ipynb", "people.csv"}


@pytest.mark.parametrize(("verdict", "code"), [("equal", 0), ("different", 1), ("not-verified", 1)])
def test_the_exit_code_tells_the_verdict(
    verdict: str, code: int, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: dict[str, object] = {"verdict": verdict, "reason": ""}
    monkeypatch.setattr(command, "verified", lambda modules, *_: (modules, found))
    assert extract(monkeypatch, notebook, "--verify") == code
    assert (notebook.parent / "people").is_dir()


def test_the_statement_that_made_the_difference_is_told(notebook: Path) -> None:
    made = {"cell": 4, "line": 2, "source": "df = df * 2", "made": "table"}
    verdict: dict[str, object] = {"verdict": "different", "reason": "a", "first_difference": {"statement": made}}
    modules = plan(str(notebook), name="work", model=None).modules
    told = ["verified: different", "reason: a", "made in: cell 4, line 2: df = df * 2"]
    assert list(telling.verdict_lines(verdict, modules)) == told
    nothing = {**verdict, "first_difference": None}
    assert list(telling.verdict_lines(nothing, modules)) == told[:2]


# ---- tables of the project's own


AUDIT = '"acme.audit" = { role = "display", args = ["table"] }\n"acme.Coin" = { kind = "model" }\n'


def own_table(folder: Path, text: str = AUDIT) -> Path:
    """Name a pack with one table in the project's configuration."""
    pack = folder / "tools"
    (pack / "apis").mkdir(parents=True)
    (pack / "apis" / "acme.toml").write_text(text)
    (folder / "nb2pkg.toml").write_text('packs = ["tools"]\n')
    return pack


def test_a_row_of_the_projects_own_table_changes_what_extract_believes(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(notebook.parent, HEAD + "\nfrom acme import audit", LOAD + "\n" + FILL + "\naudit(df)", SPLIT, MODEL)
    assert extract(monkeypatch, notebook, "--dry-run") == 0
    assert capsys.readouterr().out.splitlines() == [
        "not level 3: cell 2 line 3: `audit(df)` may change `df`: what it does is not known",
        "level 2 would be written to people; nothing was written",
    ]
    own_table(notebook.parent)
    assert extract(monkeypatch, notebook) == 0
    assert "level 3, written to people" in capsys.readouterr().out
    ledger = json.loads((notebook.parent / "people" / "extraction.json").read_text())
    told = [entry for entry in ledger["entries"] if (entry["cell"], entry["line"]) == (2, 3)]
    assert [(entry["kind"], entry["reason"]) for entry in told] == [("display", "display only")]


def test_a_table_that_cannot_be_read_ends_extract(
    notebook: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own_table(notebook.parent, '"acme.audit" = { rool = "display" }\n')
    assert extract(monkeypatch, notebook) == 2
    assert "rool" in capsys.readouterr().err


def test_verify_takes_the_tables_of_the_project(notebook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack = own_table(notebook.parent)
    seen: list[Conditions] = []

    def seeing(*_: object, conditions: Conditions, **__: object) -> int:
        seen.append(conditions)
        return 0

    monkeypatch.setattr(verify_command, "run_verify", seeing)
    monkeypatch.setattr(sys, "argv", ["nb2pkg", "verify", str(notebook), "people"])
    with pytest.raises(SystemExit):
        main()
    assert seen[0].packs == (rules_folder(), str(pack))


def test_a_model_that_never_draws_by_the_projects_own_table_is_not_repaired(notebook: Path) -> None:
    made = {"what": "seed", "made": "acme.Coin", "with": {}, "given": [], "place": [1, 1, 0, 1, 2], "seed": 0}
    book = read(str(notebook))
    assert isinstance(book, Notebook)
    assert len(list(repairs_of(book, [made]))) == 1
    assert list(repairs_of(book, [made], (rules_folder(), str(own_table(notebook.parent))))) == []
