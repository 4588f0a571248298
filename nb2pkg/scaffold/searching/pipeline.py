"""The model: raw rows in, prediction out, its parameters searched for."""

from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.tree import DecisionTreeClassifier

from nb2pkg.scaffold.config import Config
from nb2pkg.scaffold.data.preprocessing import PassengerFeatures
from nb2pkg.scaffold.searching.best_parameters import with_best


def build_search(config: Config) -> Pipeline:
    """Build the unfitted pipeline that ends in the search for the model's parameters."""
    tree = DecisionTreeClassifier(random_state=config.seed)
    return Pipeline([("features", PassengerFeatures()), ("model", GridSearchCV(tree, {"max_depth": [1, 2, 3]}, cv=3))])


def build_pipeline(config: Config) -> Pipeline:
    """Build the unfitted pipeline: raw rows in, prediction out, with the parameters that the search found."""
    return with_best(build_search(config), config)
