"""A fitted model is written under a fixed name: nobody can tell which one it is."""

from collections.abc import Iterator

from nb2pkg.rule import Facts, Finding, Related, Severity

CODE = "NB501"
SEVERITY = Severity.WARNING


def check(facts: Facts) -> Iterator[Finding]:
    """One finding a call that saves a fitted estimator to a literal path without version, date or hash."""
    for saved in facts.saves:
        if not saved.fits or saved.path is None or not saved.format or facts.is_versioned(saved.path):
            continue
        fit = saved.fits[0]
        kind = fit.estimator.told if fit.estimator is not None else "estimator"
        message = (
            f"a fitted {kind} is written to `{saved.path}` with no version, hash or metadata: "
            "it cannot be told from the next one"
        )
        yield Finding(saved.place, message, related=(Related(fit.place, "fitted here"),))
