"""Find what will break a machine-learning notebook in production, and extract a tested package from it."""

__version__ = "0.1.0"
