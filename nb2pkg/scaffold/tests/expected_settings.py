"""What the settings are to be where nothing else is given."""

PREFIX = "PASSENGERS_"

DEFAULTS: dict[str, object] = {"seed": 0, "test_size": 0.2, "max_depth": 4}
