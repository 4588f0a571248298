"""Where the fitted booster is kept: in the bundle, asked by way of the library's own matrix."""

from typing import Any

import xgboost


class Booster:
    """A trained booster that answers rows."""

    def __init__(self, booster: Any) -> None:
        """Ask this booster."""
        self.booster = booster

    def predict(self, rows: Any) -> Any:
        """Answer rows."""
        return self.booster.predict(xgboost.DMatrix(rows))


def kept_model(model: Any) -> Booster:
    """Give what the bundle holds of a booster."""
    return Booster(model)
