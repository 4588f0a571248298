"""The notebook's own functions and statements in a typed package that ruff has nothing against."""

import subprocess
import sys
from pathlib import Path

from nb2pkg.extract.package import assemble
from nb2pkg.extract.package import write as write_package
from tests.extract.small import HEAD, LOAD, MODEL, SPLIT, planned

OWN = """def group(row):
    if type(row) == str:
        return 0
    if row < 30:
        return 1
    return 2
df["age"] = df["age"].apply(group)
df["income"] = df["income"].apply(lambda pay: 0 if type(pay) == str else pay)"""
RUFF = ("check", "--select", "ALL", "--ignore", "D203,D213,COM812,CPY001", "--no-cache")


def test_what_the_author_wrote_is_typed_and_ignored_by_name(tmp_path: Path) -> None:
    write_package(assemble(planned(tmp_path, HEAD, LOAD, OWN, SPLIT, MODEL).modules), tmp_path / "package")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *RUFF, "src"], cwd=tmp_path / "package", capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout
    text = (tmp_path / "package/src/people_model/data/preprocessing.py").read_text()
    assert 'def group(row: Any) -> Any:\n    """Do what `group` does in the notebook."""\n' in text
    assert "if row < 30:  # noqa: PLR2004\n" in text
    assert '"E721", #' in (tmp_path / "package/pyproject.toml").read_text()
