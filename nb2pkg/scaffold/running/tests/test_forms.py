"""What a fit received becomes a table, and a table becomes again what the fit received."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix, issparse

from nb2pkg.scaffold.running.stages.forms import Kind, as_rows, form_of, in_form

FRAME = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.5, 0.0, 0.5]})
IMAGES = np.arange(12.0).reshape(3, 2, 2)


@pytest.mark.parametrize(
    ("features", "kind"),
    [
        (FRAME, Kind.FRAME),
        (FRAME.to_numpy(), Kind.ARRAY),
        (IMAGES, Kind.ARRAY),
        (FRAME["a"], Kind.SERIES),
        (csr_matrix(FRAME), Kind.SPARSE),
    ],
)
def test_features_come_back_in_their_form(features: Any, kind: Kind) -> None:
    form = form_of(features)
    again = in_form(as_rows(features), form)
    assert form.kind is kind
    assert type(again) is type(features)
    first, second = (one.toarray() if issparse(one) else np.asarray(one) for one in (again, features))
    assert first.tolist() == second.tolist()
