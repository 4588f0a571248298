"""The cases of fixtures/extract: a notebook, its data, and the files that extraction writes for it alone, or its refusal.

``python -m tests.extract.cases CASE`` prints what extraction writes today, file after file, to be read before it is kept;
``python -m tests.extract.cases CASE --keep`` writes it into ``expected/``. No test does either.
"""

import json
import shutil
import sys
from pathlib import Path

from nb2pkg.errors import ExtractError
from nb2pkg.extract.package import assemble
from nb2pkg.extract.plan import plan

CASES = Path(__file__).parents[2] / "fixtures" / "extract"
OWN = ("config.py", "data/ingestion.py", "data/preprocessing.py", "model/pipeline.py", "model/scores.py", "reports.py")
NAME = "candidate"
MASKED = {"version", "created", "seconds"}


def names() -> list[str]:
    """Every case."""
    return sorted(path.name for path in CASES.iterdir() if path.is_dir())


def notebooks(case: str) -> list[Path]:
    """The notebooks of a case in the order they run: ``prepare.ipynb`` where there is one, and ``train.ipynb``."""
    return [path for name in ("prepare", "train") if (path := CASES / case / f"{name}.ipynb").exists()]


def written(case: str) -> dict[str, str]:
    """What extraction writes for a case: its own modules and its ledger, or ``refusal.txt``."""
    try:
        first, *further = map(str, notebooks(case))
        found = plan(first, name=NAME, model=None, further=further)
    except ExtractError as error:
        return {"refusal.txt": f"{error}\n"}
    package = assemble(found.modules)
    own = {path: package[f"src/{NAME}/{path}"].decode() for path in OWN if f"src/{NAME}/{path}" in package}
    told = masked(json.loads(package["extraction.json"]))
    return {**own, "extraction.json": json.dumps(told, indent=1, ensure_ascii=False) + "\n"}


def masked(content: object) -> object:
    """Without versions and times."""
    if isinstance(content, dict):
        return {key: "masked" if key in MASKED else masked(value) for key, value in content.items()}
    return [masked(one) for one in content] if isinstance(content, list) else content


def expected(case: str) -> dict[str, str]:
    """What was kept for a case."""
    folder = CASES / case / "expected"
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def keep(case: str) -> None:
    """Write what extraction writes today as what is expected."""
    folder = CASES / case / "expected"
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in written(case).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


if __name__ == "__main__":
    if "--keep" in sys.argv:
        keep(sys.argv[1])
    else:
        for name, text in written(sys.argv[1]).items():
            sys.stdout.write(f"---- {name}\n{text}")
