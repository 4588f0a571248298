"""Packages below level 3: the notebook's own statements, in its own order, as functions by section."""
