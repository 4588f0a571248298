"""What the tests share: the data beside them, and a model trained once."""

from pathlib import Path

import pytest

from nb2pkg.scaffold.config import Config, load_config
from nb2pkg.scaffold.model.artifacts import Artifact
from nb2pkg.scaffold.model.train import fit

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Give the notebook's configuration on the rows kept for the tests."""
    return load_config({}, data_dir=DATA, artifacts_dir=tmp_path_factory.mktemp("artifacts"))


@pytest.fixture(scope="session")
def data_options(config: Config) -> list[str]:
    """Give the options of a command that say where these rows are."""
    return ["--data-dir", str(config.data_dir)]


@pytest.fixture(scope="session")
def trained(config: Config) -> Artifact:
    """Give a model trained on the rows kept for the tests."""
    return fit(config)
