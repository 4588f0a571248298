"""The model: raw rows in, prediction out."""

from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder
from sklearn.tree import DecisionTreeClassifier

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.preprocessing import PassengerFeatures


def build_pipeline(config: Config) -> Pipeline:
    """Give the unfitted pipeline (cells 3 to 8)."""
    return Pipeline(
        [
            ("features", PassengerFeatures()),
            ("model", DecisionTreeClassifier(max_depth=config.max_depth, random_state=config.seed)),
        ]
    )


def build_target_encoder() -> LabelEncoder | None:
    """Give nothing: the notebook predicts the target as it stands."""
    return None
