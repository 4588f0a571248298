"""Tensors: the rows that a loader loads, and a network's answers to rows."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave the random streams where they stand, whatever is drawn meanwhile."""
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])


def loaded_rows(loader: Any, part: int) -> Any:
    """Give one part of every item of a loader's data set, in the order of the data set."""
    items = loader.dataset
    with undrawn():
        return torch.stack([torch.as_tensor(items[number][part]) for number in range(len(items))])


def answers(network: Any, rows: Any) -> np.ndarray[Any, Any]:
    """Give what a network answers to rows, as it answers when it is not trained."""
    training, weight = network.training, next(network.parameters(), None)
    tensor = rows if torch.is_tensor(rows) else torch.tensor(np.asarray(rows))
    if weight is not None:
        tensor = tensor.to(weight.device)
        if tensor.is_floating_point():
            tensor = tensor.to(weight.dtype)
    network.eval()
    try:
        with torch.no_grad(), undrawn():
            answered: np.ndarray[Any, Any] = np.asarray(network(tensor).cpu())
    finally:
        network.train(training)
    return answered
