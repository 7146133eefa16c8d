"""Property tests: the same examples on every run, and no clock."""

from hypothesis import settings

settings.register_profile("bandsaw", derandomize=True, deadline=None, max_examples=50, database=None)
settings.load_profile("bandsaw")
