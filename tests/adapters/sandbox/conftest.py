"""Every sandbox that this machine has."""

import os
from dataclasses import replace

import pytest

from adapters.sandbox.machine import ADAPTERS, SYSTEM_PYTHON, lacking, made, nobodys
from adapters.unprivileged import as_nobody


class Unprivileged:
    """A sandbox as an account without rights has it, and without control groups."""

    def __init__(self, name):
        if why := lacking(name):
            pytest.skip(why)
        self._name = name

    def run(self, profile, job):
        profile = replace(profile, interpreter=SYSTEM_PYTHON)
        return as_nobody(lambda: made(self._name, groups=None, **nobodys(self._name)).run(profile, job))


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
    if by == "a watchdog":
        return Unprivileged(name) if os.geteuid() == 0 else made(name, groups=None)
    found = made(name)
    if by == "control groups" and "control groups" not in found.name:
        pytest.skip("this account can make no control groups here")
    return found
