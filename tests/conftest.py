"""Settings of all tests."""

from hypothesis import settings

# A deadline would make a test depend on how busy the machine is.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
