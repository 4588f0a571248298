"""The notebook's figures, each drawn from the raw rows or from the fitted model and its rows."""

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from nb2pkg.scaffold.reporting import Drawing, Evaluation


def draw_age(df: pd.DataFrame) -> Figure:
    """Draw Age (cell 3)."""
    figure = plt.figure()
    plt.hist(df["Age"])
    return figure


def draw_survived(evaluation: Evaluation) -> Figure:
    """Draw Survived (cell 11)."""
    model = evaluation.pipeline[-1]
    X_test = evaluation.pipeline[:-1].transform(evaluation.held_out.rows)
    figure = plt.figure()
    plt.hist(model.predict(X_test))
    return figure


FIGURES: dict[str, Drawing] = {
    "age": lambda given: draw_age(given.frame),
    "survived": lambda given: draw_survived(given.evaluation),
}
