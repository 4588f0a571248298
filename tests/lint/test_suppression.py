"""Reading `# noqa` comments."""

import pytest

from nb2pkg.suppression import Suppression, silenced, suppressions


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("# noqa", None),
        ("# NoQA", None),
        ("#noqa", None),
        ("# why not  # noqa", None),
        ("# noqa: NB301", {"NB301"}),
        ("# noqa:NB301,NB302", {"NB301", "NB302"}),
        ("# noqa: NB301, NB302 the split is by hand", {"NB301", "NB302"}),
        ("# noqa: NB301 NB302", {"NB301", "NB302"}),
        ("# noqa: nb301", {"NB301"}),
        ("# noqa: E501", {"E501"}),
    ],
)
def test_a_comment_silences_codes(comment: str, codes: set[str] | None) -> None:
    expected = None if codes is None else frozenset(codes)
    assert suppressions(f"x = 1\ny = 2  {comment}\n") == (Suppression(2, expected),)


@pytest.mark.parametrize("text", ["x = '# noqa'", "# noqable", "# noqa:", "# noqa: because", "x = 1"])
def test_what_is_no_suppression(text: str) -> None:
    assert suppressions(text) == ()


def test_a_cell_that_does_not_parse_keeps_those_before() -> None:
    assert suppressions("a = 1  # noqa\nb = (\n") == (Suppression(1, None),)


def test_a_finding_is_silenced_where_it_starts_or_ends() -> None:
    by = (Suppression(3, frozenset({"NB301"})),)
    assert silenced("NB301", lines=(3, 5), by=by)
    assert silenced("NB301", lines=(1, 3), by=by)
    assert not silenced("NB301", lines=(1, 5), by=by)
    assert not silenced("NB302", lines=(3, 3), by=by)
