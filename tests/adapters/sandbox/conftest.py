"""Every sandbox that this machine has."""

import pytest

from adapters.sandbox.machine import ADAPTERS, made


@pytest.fixture(params=sorted(ADAPTERS), scope="session")
def sandbox(request):
    """Each sandbox in turn."""
    return made(request.param)


@pytest.fixture(
    params=[f"{name}, {by}" for name in sorted(ADAPTERS) for by in ("control groups", "a watchdog")], scope="session"
)
def limiting(request):
    """Each sandbox, as it limits here and as it does where there are no control groups."""
    name, _, by = request.param.partition(", ")
    found = made(name) if by == "control groups" else made(name, groups=None)
    if by == "control groups" and "control groups" not in found.name:
        pytest.skip("this account can make no control groups here")
    return found
