"""What a wheel ships is what a checkout has: built, installed into a fresh environment, asked for its rules."""

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from nb2pkg.apis import rules_folder
from nb2pkg.packs import load_rules

ROOT = Path(__file__).parent.parent.parent
PROBE = """
import json, nb2pkg
from nb2pkg.apis import load_tables, rules_folder
from nb2pkg.packs import load_rules
rules = load_rules([rules_folder()])
row = load_tables([rules_folder()]).get("pandas.read_csv")
print(json.dumps({"file": nb2pkg.__file__, "codes": [rule.code for rule in rules], "role": row and row.role}))
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the wheel, which sees our dependencies but not this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env", with_pip=False, symlinks=True)
    found = folder / "env" / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(found), "install", "--no-deps", "--no-index", "--quiet"]
    subprocess.run([*pip, str(wheel)], check=True, capture_output=True)
    (site_packages,) = (folder / "env").glob("lib/python*/site-packages")
    (site_packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return found


def test_a_wheel_has_the_rules_and_tables_of_the_checkout(python: Path, tmp_path: Path) -> None:
    done = subprocess.run([python, "-c", PROBE], cwd=tmp_path, check=True, capture_output=True, text=True)
    answer = json.loads(done.stdout)
    assert Path(answer["file"]).is_relative_to(python.parent.parent)
    assert answer["codes"] == [rule.code for rule in load_rules([rules_folder()])]
    assert answer["role"] == "load"


def test_a_wheel_has_the_files_of_the_package(python: Path) -> None:
    (installed,) = python.parent.parent.glob("lib/python*/site-packages/nb2pkg")
    assert files(installed) == files(ROOT / "nb2pkg") | {f"rules/{name}" for name in files(ROOT / "rules")}


def files(folder: Path) -> set[str]:
    """What a folder holds, but for caches."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {path.as_posix() for path in paths if not any("cache" in part for part in path.parts)}


def test_a_wheel_has_the_commands(python: Path, tmp_path: Path) -> None:
    command = [str(python.parent / "nb2pkg"), "rule", load_rules([rules_folder()])[0].code]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.startswith("# NB")
