"""The facts engine: what a notebook does, found out without running it."""

from nb2pkg.facts.facts import Facts, interpret

__all__ = ["Facts", "interpret"]
