"""Loading rule packs from folders."""

import ast
import sys
from pathlib import Path

import pytest

from nb2pkg.apis import rules_folder
from nb2pkg.errors import PackError
from nb2pkg.packs import load_rules
from nb2pkg.rule import Severity

SAMPLE = str(Path(__file__).parent / "sample")
GOOD = """
from nb2pkg.rule import Severity
CODE = "XY101"
SEVERITY = Severity.NOTE
def check(facts):
    return []
"""


def pack(folder: Path, **files: str) -> str:
    (folder / "group").mkdir(parents=True)
    for name, text in files.items():
        (folder / "group" / f"{name}.py").write_text(text, encoding="utf-8")
    return str(folder)


def test_a_pack_is_a_folder_of_rules() -> None:
    file_rule, print_rule = load_rules([SAMPLE])
    assert (file_rule.code, file_rule.name) == ("XY001", "not-a-notebook")
    assert (print_rule.code, print_rule.name, print_rule.severity) == ("XY101", "loud-print", Severity.WARNING)
    assert print_rule.path == str(Path(SAMPLE, "style", "loud_print"))


def test_the_modules_can_be_found_by_name() -> None:
    for rule in load_rules([SAMPLE]):
        assert sys.modules[rule.check.__module__].__file__ == f"{rule.path}.py"


def test_two_packs_may_have_files_of_one_name(tmp_path: Path) -> None:
    first = pack(tmp_path / "first", rule=GOOD)
    second = pack(tmp_path / "second", another=GOOD.replace("XY101", "XY102"))
    assert [rule.code for rule in load_rules([second, first])] == ["XY101", "XY102"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("def check(:", "bad.py: SyntaxError"),
        ("import nb2pkg_nowhere", "bad.py: ModuleNotFoundError: No module named 'nb2pkg_nowhere'"),
        ("from nb2pkg.rule import Findings", "bad.py: ImportError: .*Findings"),
        (GOOD.replace('"XY101"', "101"), "bad.py: CODE must be text such as NB301, not 101"),
        (GOOD.replace("XY101", "XY1"), "bad.py: CODE must be text such as NB301, not 'XY1'"),
        (GOOD.replace("Severity.NOTE", '"note"'), "bad.py: SEVERITY must be a nb2pkg.rule.Severity, not 'note'"),
        (GOOD.replace("def check", "def find"), r"bad.py: there is no function check\(facts\)"),
    ],
)
def test_a_rule_that_does_not_load_is_an_error_with_its_path(tmp_path: Path, text: str, complaint: str) -> None:
    folder = pack(tmp_path, bad=text)
    for _ in range(2):  # nothing half loaded is left behind
        with pytest.raises(PackError, match=complaint):
            load_rules([folder])


def test_a_code_stands_once(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"two.py: XY101 is already a rule in .*one.py"):
        load_rules([pack(tmp_path, one=GOOD, two=GOOD)])


def test_a_name_stands_once(tmp_path: Path) -> None:
    folders = [pack(tmp_path / "a", one=GOOD), pack(tmp_path / "b", one=GOOD.replace("XY101", "XY102"))]
    with pytest.raises(PackError, match="one is already a rule"):
        load_rules(folders)


def test_a_pack_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="no such rule pack"):
        load_rules([str(tmp_path / "nowhere")])


def test_the_built_in_rules_load() -> None:
    rules = load_rules([rules_folder()])
    assert all(rule.code.startswith("NB") for rule in rules)
    assert all(rule.check.__doc__ for rule in rules)


def test_rules_import_only_the_rule_api_and_the_standard_library() -> None:
    for rule in load_rules([rules_folder()]):
        tree = ast.parse(Path(f"{rule.path}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            for module in imported(node):
                assert module == "nb2pkg.rule" or module.partition(".")[0] in sys.stdlib_module_names, rule.path


def imported(node: ast.AST) -> list[str]:
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module)):
            return [module]
    return []
