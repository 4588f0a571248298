"""Tests of a package whose notebook searched for parameters."""
