"""The defaults, said a second time for the tests to hold the package to."""

PREFIX = "PASSENGERS_"

DEFAULTS: dict[str, object] = {"seed": 0, "test_size": 0.2, "max_depth": 4}
