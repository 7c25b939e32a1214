"""What the tests of the specification share: how hypothesis runs."""

from hypothesis import settings

# Without a deadline, because a busy machine is not a failure; derandomized, so that a run can be repeated.
settings.register_profile("tests", deadline=None, derandomize=True, database=None)
settings.load_profile("tests")
