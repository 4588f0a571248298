"""Where the fitted network is kept: whole, in the bundle, for only the notebook's own lines can make it again."""

from typing import Any

from nb2pkg.scaffold.running.stages.tensors import answers


class Network:
    """A trained network that answers rows."""

    def __init__(self, network: Any) -> None:
        """Ask this network."""
        self.network = network

    def predict(self, rows: Any) -> Any:
        """Answer rows."""
        return answers(self.network, rows)


def kept_model(model: Any) -> Network:
    """Give what the bundle holds of a network."""
    return Network(model)
