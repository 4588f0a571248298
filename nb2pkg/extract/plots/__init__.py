"""Plots of a level-3 package: the notebook's figures as functions of ``reports.py``, each drawn from rows or the fitted model."""
