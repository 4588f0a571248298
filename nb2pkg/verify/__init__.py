"""Run a notebook and its package, and say whether they are equal."""
