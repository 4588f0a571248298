"""Turn a notebook into a package: plan, codemods, assembly."""
