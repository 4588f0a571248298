"""What a package has beside the others where its notebook searched for parameters; it becomes part of ``model``."""
