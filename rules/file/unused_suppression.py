"""A comment or a key of the metadata that silences nothing."""

from collections.abc import Iterable, Iterator

from nb2pkg.rule import Finding, IdleSuppression, Severity, SuppressionForm

CODE = "NB003"
SEVERITY = Severity.NOTE
REACH = {
    SuppressionForm.NOQA: "on this line",
    SuppressionForm.CELL: "in this cell",
    SuppressionForm.METADATA: "in this notebook",
}


def check_suppressions(idle: Iterable[IdleSuppression]) -> Iterator[Finding]:
    """One finding a suppression, whatever is wrong with its words."""
    for one in idle:
        if one.form is SuppressionForm.UNKNOWN:
            yield Finding(one.place, _not_understood(one))
        else:
            yield Finding(one.place, f"this `{one.form.value}` silences nothing: {_reason(one)}")


def _reason(one: IdleSuppression) -> str:
    reasons = []
    if one.unknown:
        reasons.append(f"no rule is called {_listed(one.unknown)}")
    if one.unused:
        reasons.append(f"{_listed(one.unused)} {'finds' if len(one.unused) == 1 else 'find'} nothing {REACH[one.form]}")
    return " and ".join(reasons) or f"no rule finds anything {REACH[one.form]}"


def _not_understood(one: IdleSuppression) -> str:
    if one.place.cell:
        return "this comment silences nothing: write `# nb2pkg: ignore-cell[NB301]`, or `# noqa: NB301` for one line"
    return 'the metadata key `nb2pkg` silences nothing: write `{"ignore": ["NB301"]}`'


def _listed(words: tuple[str, ...]) -> str:
    return ", ".join(f"`{word}`" for word in words)
