"""What holds for every test."""

from hypothesis import settings

# A busy machine is no failure: how long an example takes is no property of what it checks.
settings.register_profile("casemate", deadline=None)
settings.load_profile("casemate")


def pytest_collection_modifyitems(items):
    """The one test that takes minutes begins first: begun last, it would run alone while every other worker waits."""
    items.sort(key=lambda item: "test_native.py" not in item.nodeid)
