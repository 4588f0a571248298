"""The modules of a package that runs a notebook from top to bottom, beside those every package has."""
