"""What the settings are to be where nothing else is given: as the notebook has them."""

PREFIX = "PASSENGERS_"

DEFAULTS: dict[str, object] = {"seed": 0, "test_size": 0.2, "max_depth": 4}
