"""What holds for every test."""

from hypothesis import settings

# A busy machine is no failure: how long an example takes is no property of what it checks.
settings.register_profile("casemate", deadline=None)
settings.load_profile("casemate")
