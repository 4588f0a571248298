"""The data files beside a random notebook: people with what is missing, doubled and odd in real tables."""

import random
from pathlib import Path

HEADER = "age,income,score,rooms,city,plan,grade,when,note,left"
CITIES = "city,size,region\nRome,2.8,south\nOslo,0.7,north\nBern,0.1,middle\nTurin,0.9,south\n"


def write_files(seed: int, folder: Path) -> None:
    """Write ``people.csv``, its halves ``train.csv`` and ``test.csv``, and ``cities.csv``, which knows not every city."""
    draw = random.Random(seed)
    rows = [_row(draw) for _ in range(draw.choice([60, 80, 97]))]
    half = len(rows) * 2 // 3
    for name, some in (("people", rows), ("train", rows[:half]), ("test", rows[half:])):
        (folder / f"{name}.csv").write_text("\n".join([HEADER, *some, ""]), encoding="utf-8")
    (folder / "cities.csv").write_text(CITIES, encoding="utf-8")


def _row(draw: random.Random) -> str:
    age = "" if draw.random() < 0.1 else str(draw.randint(18, 70))
    income = draw.randint(10, 90) * 100
    score = "" if draw.random() < 0.05 else f"{draw.gauss(5, 2):.3f}"
    city = draw.choice(["Rome", "Oslo", "Bern", "Rome", "Lyon"])
    plan = draw.choice(["a", "b"]) if draw.random() > 0.08 else ""
    when = f"20{draw.randint(10, 20)}-{draw.randint(1, 12):02}-{draw.randint(1, 28):02}"
    note = draw.choice(["good day", "bad day", "so so", " Fine "])
    left = int(income + draw.randint(-2000, 2000) + (800 if city == "Rome" else 0) > 5000)
    rest = (draw.randint(1, 6), city, plan, draw.choice(["low", "mid", "high"]), when, note, left)
    return ",".join(map(str, (age, income, score, *rest)))
