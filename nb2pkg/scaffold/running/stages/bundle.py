"""What the notebook fitted, kept together, and the contract of the rows that it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nb2pkg.scaffold.data.contract import Contract, describe_column
from nb2pkg.scaffold.running.stages.forms import Form, in_form


@dataclass(frozen=True, slots=True)
class Bundle:
    """The fitted objects of the notebook."""

    model: Any
    transformers: Mapping[str, Any]  # those before the model, by their names in the notebook
    form: Form

    def predict(self, rows: pd.DataFrame) -> np.ndarray[Any, Any]:
        """Answer feature rows, handed to the model as its fit received them."""
        return np.asarray(self.model.predict(in_form(rows, self.form)))


def contract_of(rows: pd.DataFrame) -> Contract:
    """Give the contract of feature rows: what the training rows show of each column."""
    return Contract(tuple(describe_column(rows.iloc[:, number]) for number in range(rows.shape[1])))
