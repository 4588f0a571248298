"""The parts every generated package shares, as a small package that stands on its own.

Copied whole into each generated package under its name: ``cli``, ``logging``, ``settings``, ``data.contract``,
``model.artifacts``, ``model.evaluate``, ``model.predict``, ``model.probing``, ``model.train`` and ``tests``. The other
modules (``config``, ``data.ingestion``, ``data.preprocessing``, ``model.pipeline``, ``model.scores``) stand in for what
is written for each notebook, so that the shared ones can be typed and tested as they are.
"""
