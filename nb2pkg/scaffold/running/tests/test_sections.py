"""With the rows beside these tests each section prints and holds what the notebook itself printed and held."""

from collections.abc import Mapping

import pytest

from nb2pkg.scaffold.running.tests.recorded import Watched, alike_texts, read_golden, run_sections
from nb2pkg.scaffold.tests.alike import alike, alike_tables

SECTIONS = read_golden()["sections"]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Watched]:
    return run_sections(SECTIONS, tmp_path_factory.mktemp("run"))


@pytest.mark.parametrize("section", [one["function"] for one in SECTIONS])
def test_a_section_does_what_the_notebook_did(section: str, ran: Mapping[str, Watched]) -> None:
    found = ran[section]
    assert found.printed is not None
    prints = found.recorded["prints"]
    assert prints is None or alike_texts(found.printed, prints)
    for name, how in found.recorded["holds"].items():
        value = found.held[name]
        if isinstance(how, dict):
            assert (value["columns"], value["shape"]) == (how["columns"], how["shape"]), name
            assert alike_tables(value["cells"], how["cells"]), name
        else:
            assert alike(value, how), name
