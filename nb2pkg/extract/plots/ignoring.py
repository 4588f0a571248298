"""What ruff has against the author's own statements in ``reports.py``: the most frequent codes, and why each is ignored there."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

MOST = 6
CHECK = ("check", "--isolated", "--select", "ALL", "--ignore", "D203,D213,COM812,CPY001,E501,ARG001,ARG002,N803,N806", "--no-cache", "--exit-zero", "--quiet")  # fmt: skip
MEANING = {
    "ANN401": "a notebook's functions take values of any type",
    "E712": "a column is compared element by element",
    "F841": "the notebook's own names are kept",
    "NPY002": "the notebook draws from the old random streams",
    "PD008": "the notebook's own way to look at one value",
    "PD011": "the notebook's own arrays are kept",
    "PLR2004": "the notebook's own numbers stand where it wrote them",
    "T201": "prints what the notebook printed",
}
FEWEST = 2


def ignored_codes(text: str, *, taken: int) -> dict[str, str]:
    """The codes to be ignored in a module as a whole, with the reason; those that occur once stand on their line."""
    with TemporaryDirectory(prefix="nb2pkg-") as scratch:
        path = Path(scratch) / "reports.py"
        path.write_text(text, encoding="utf-8")
        _ruff((*CHECK, "--fix-only", str(path)))
        _ruff(("format", "--isolated", "--line-length", "120", "--no-cache", str(path)))
        found = json.loads(_ruff((*CHECK, "--output-format", "json", str(path))) or "[]")
    counted = Counter(str(one["code"]) for one in found if one.get("code"))
    words = {str(one["code"]): " ".join(str(one["message"]).replace("`", "").split())[:70] for one in found}
    often = [code for code, count in counted.most_common() if count >= FEWEST and code[0].isupper()]
    return {
        code: MEANING.get(code, f"the notebook's own code: {words[code]}") for code in often[: max(0, MOST - taken)]
    }


def _ruff(arguments: tuple[str, ...]) -> str:
    done = subprocess.run([sys.executable, "-m", "ruff", *arguments], capture_output=True, text=True, check=False)
    return done.stdout
