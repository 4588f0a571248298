"""The notebook in the words that level 3 is planned from: guards taken apart, loops over tables written out, arrays of tables as tables."""

from collections.abc import Sequence

from nb2pkg.extract.guards import without_guards
from nb2pkg.extract.sliced import columns_of_tables
from nb2pkg.extract.turns import written_out
from nb2pkg.facts import Facts


def rewritten(facts: Facts, packs: Sequence[str] | None = None) -> Facts:
    """The same notebook in these words; itself where it is so written."""
    return columns_of_tables(written_out(without_guards(facts, packs), packs), packs)
