"""Read the raw rows, as the notebook did."""

import pandas as pd

from nb2pkg.scaffold.config import Config


def read_raw(config: Config) -> pd.DataFrame:
    """Read the passengers (cell 2)."""
    return pd.read_csv(config.data_dir / "passengers.csv")
