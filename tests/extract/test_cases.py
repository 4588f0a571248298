"""Each case of fixtures/extract gives the files that were kept, byte for byte, and is equal to its notebook or refused."""

from pathlib import Path

import pytest

from nb2pkg.extract.package import assemble, write
from nb2pkg.extract.plan import plan
from nb2pkg.verify.verdict import verify
from tests.extract.cases import NAME, expected, names, notebooks, written

REFUSED = {"rolling", "target_mean"}


def test_there_are_sixteen_cases() -> None:
    assert len(names()) == 16
    assert {case for case in names() if set(expected(case)) == {"refusal.txt"}} == REFUSED


@pytest.mark.parametrize("case", names())
def test_a_case_is_written_as_it_was_kept(case: str) -> None:
    assert written(case) == expected(case)


@pytest.mark.parametrize("case", sorted(set(names()) - REFUSED))
def test_a_case_is_equal_to_its_notebook(case: str, tmp_path: Path) -> None:
    first, *further = notebooks(case)
    found = plan(str(first), name=NAME, model=None, further=list(map(str, further)))
    write(assemble(found.modules), tmp_path / "package")
    verdict = verify(first, tmp_path / "package", timeout=200, further=further)
    assert (verdict.verdict, verdict.reason) == ("equal", "")
    assert verdict.serving.equal
