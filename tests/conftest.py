"""How many examples hypothesis makes: the same few in the suite, and others each time and many of them by hand.

pytest tests/notebook/test_hostile.py --hypothesis-profile many
"""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "suite", max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("many", max_examples=4000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("suite")
