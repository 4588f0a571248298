"""Reading suppressions, and which of them are of use."""

import pytest

from nb2pkg.facts import Facts
from nb2pkg.packs import Rule
from nb2pkg.rule import Finding, IdleSuppression, Severity, Span, SuppressionForm
from nb2pkg.suppression import FILE, Silences, Suppression, suppressions

NOQA, CELL, METADATA, UNKNOWN = (
    SuppressionForm.NOQA,
    SuppressionForm.CELL,
    SuppressionForm.METADATA,
    SuppressionForm.UNKNOWN,
)


def silent(_: Facts) -> list[Finding]:
    return []


RULES = tuple(
    Rule(code, name, Severity.ERROR, silent, f"rules/group/{name}")
    for code, name in [("NB201", "hardcoded-path"), ("NB301", "fit-on-held-out"), ("NB302", "fit-before-split")]
)
PATH, FIT, SPLIT = RULES
JUDGE = Rule("NB003", "unused-suppression", Severity.NOTE, silent, "rules/group/x", lambda _: [])


def at(line: int, column: int, end: int, *, cell: int = 1) -> Span:
    return Span(cell, line, column, line, end)


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("# noqa", None),
        ("# NoQA", None),
        ("#noqa", None),
        ("# why not  # noqa", None),
        ("# noqa: NB301", ("NB301",)),
        ("# noqa:NB301,NB302", ("NB301", "NB302")),
        ("# noqa: NB301, NB302 the split is by hand", ("NB301", "NB302")),
        ("# noqa: NB301 NB302", ("NB301", "NB302")),
        ("# noqa: nb301", ("NB301",)),
        ("# noqa: E501", ("E501",)),
    ],
)
def test_noqa_silences_codes_on_its_line(comment: str, codes: tuple[str, ...] | None) -> None:
    expected = Suppression(at(2, 8, 8 + len(comment)), NOQA, codes)
    assert suppressions(f"x = 1\ny = 2  {comment}\n") == (expected,)


@pytest.mark.parametrize(
    ("comment", "words"),
    [
        ("# nb2pkg: ignore-cell[NB301]", ("NB301",)),
        ("#nb2pkg:ignore-cell[NB301]", ("NB301",)),
        ("# nb2pkg: ignore-cell[NB301, hardcoded-path] drafts only", ("NB301", "hardcoded-path")),
        ("# nb2pkg: ignore-cell[ NB3 ALL ]", ("NB3", "ALL")),
        ("# nb2pkg: ignore-cell", None),
        ("# nb2pkg: ignore-cell  # see the note above", None),
    ],
)
def test_ignore_cell_silences_words_in_its_cell(comment: str, words: tuple[str, ...] | None) -> None:
    assert suppressions(f"x = 1\n{comment}\n", cell=4) == (
        Suppression(at(2, 1, 1 + len(comment), cell=4), CELL, words),
    )


@pytest.mark.parametrize(
    "comment", ["ignore[NB301]", "ignore-cells[NB301]", "ignore-cell[]", "ignore-cell[NB301", "ignore-cell=NB301", "x"]
)
def test_what_follows_our_name_and_is_not_understood(comment: str) -> None:
    (one,) = suppressions(f"# nb2pkg: {comment}\n")
    assert (one.form, one.words) == (UNKNOWN, None)
    assert not Silences((), {1: f"# nb2pkg: {comment}\n"}).hold(FIT, at(1, 1, 2))


@pytest.mark.parametrize(
    "text",
    [
        "x = '# noqa'",
        "# noqable",
        "# noqa:",
        "# noqa: because",
        "x = 1",
        "x = '# nb2pkg: ignore-cell'",
        "# see nb2pkg: ignore-cell",
    ],
)
def test_what_is_no_suppression(text: str) -> None:
    assert suppressions(text) == ()


def test_a_cell_that_does_not_parse_keeps_those_before() -> None:
    assert suppressions("a = 1  # noqa\nb = (\n") == (Suppression(at(1, 8, 14), NOQA, None),)


def test_two_in_one_comment() -> None:
    both = suppressions("x = 1  # noqa: E501  # nb2pkg: ignore-cell[NB301]\n")
    assert [(one.form, one.words) for one in both] == [(NOQA, ("E501",)), (CELL, ("NB301",))]


def held(text: str, rule: Rule, place: Span, *, words: tuple[str, ...] | None = ()) -> bool:
    return Silences(words, {1: text, 2: "x = 1\n"}).hold(rule, place)


def test_noqa_holds_a_finding_that_starts_or_ends_on_its_line() -> None:
    text = "a = (\n1,\n2)  # noqa: NB301\n"
    assert held(text, FIT, Span(1, 3, 1, 5, 2))
    assert held(text, FIT, Span(1, 1, 1, 3, 2))
    assert not held(text, FIT, Span(1, 1, 1, 5, 2))
    assert not held(text, SPLIT, Span(1, 3, 1, 3, 2))
    assert not held("x = 1  # noqa: NB3\n", FIT, at(1, 1, 2)), "a noqa names whole codes"


@pytest.mark.parametrize(
    ("words", "rules"),
    [
        ("[NB301]", (FIT,)),
        ("[NB3]", (FIT, SPLIT)),
        ("[fit-before-split]", (SPLIT,)),
        ("[ALL]", RULES),
        ("", RULES),
    ],
)
def test_ignore_cell_holds_findings_anywhere_in_its_cell(words: str, rules: tuple[Rule, ...]) -> None:
    text = f"x = 1\n\n# nb2pkg: ignore-cell{words}\n"
    assert tuple(rule for rule in RULES if held(text, rule, at(1, 1, 2))) == rules
    assert not any(held(text, rule, at(1, 1, 2, cell=2)) for rule in RULES)


def test_the_metadata_holds_findings_anywhere_in_the_file() -> None:
    for place in (FILE, at(1, 1, 2), at(1, 1, 2, cell=2)):
        assert held("", FIT, place, words=("NB3",))
        assert not held("", PATH, place, words=("NB3",))
        assert not held("", FIT, place, words=None)


def idle(text: str, *found: Rule, ran: tuple[Rule, ...] = RULES, words: tuple[str, ...] | None = ()) -> list[object]:
    silences = Silences(words, {1: text})
    for rule in found:
        silences.hold(rule, at(1, 1, 2))
    return [(one.form, one.unused, one.unknown) for one in silences.idle(ran=ran, known=(*RULES, JUDGE), cells=[1])]


@pytest.mark.parametrize(
    ("text", "found", "expected"),
    [
        ("x = 1  # noqa: NB301\n", [FIT], []),
        ("x = 1  # noqa: NB301\n", [], [(NOQA, ("NB301",), ())]),
        ("x = 1  # noqa: NB301\n", [SPLIT], [(NOQA, ("NB301",), ())]),
        ("x = 1  # noqa: NB301, NB302\n", [FIT], [(NOQA, ("NB302",), ())]),
        ("x = 1  # noqa: NB301, NB999, E501\n", [FIT], [(NOQA, (), ("NB999",))]),
        ("x = 1  # noqa: NB3\n", [FIT], [(NOQA, (), ("NB3",))]),
        ("x = 1  # noqa: E501, XY301\n", [], []),
        ("x = 1  # noqa\n", [], []),
        ("# nb2pkg: ignore-cell[NB3]\n", [SPLIT], []),
        ("# nb2pkg: ignore-cell[NB3]\n", [], [(CELL, ("NB3",), ())]),
        ("# nb2pkg: ignore-cell[E501]\n", [], [(CELL, (), ("E501",))]),
        ("# nb2pkg: ignore-cel\n", [], [(UNKNOWN, (), ())]),
    ],
)
def test_what_silences_nothing(text: str, found: list[Rule], expected: list[object]) -> None:
    assert idle(text, *found) == expected


def test_what_did_not_run_is_not_judged() -> None:
    assert idle("x = 1  # noqa: NB301\n", ran=(SPLIT,)) == []
    assert idle("# nb2pkg: ignore-cell[NB3]\n", ran=(SPLIT,)) == []
    assert idle("# nb2pkg: ignore-cell\n", ran=(SPLIT, JUDGE)) == []
    assert idle("# nb2pkg: ignore-cell\n", ran=(*RULES, JUDGE)) == [(CELL, (), ())]
    assert idle("# nb2pkg: ignore-cell\n", FIT, ran=(*RULES, JUDGE)) == []


def test_metadata_that_silences_nothing_stands_at_the_file() -> None:
    silences = Silences(("NB301", "NB9"), {})
    (one,) = silences.idle(ran=RULES, known=RULES, cells=[])
    assert one == IdleSuppression(FILE, METADATA, ("NB301",), ("NB9",))
    assert idle("", words=None) == [(UNKNOWN, (), ())]
    assert idle("", FIT, words=("NB301",)) == []
