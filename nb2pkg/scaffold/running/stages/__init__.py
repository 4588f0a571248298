"""The modules of a package that also keeps what the notebook fitted, and predicts from feature rows."""
