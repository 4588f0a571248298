"""Tests of a package that runs a notebook from top to bottom."""
