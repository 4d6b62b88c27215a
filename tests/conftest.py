"""What holds for every test."""

import pytest
from hypothesis import settings

# A busy machine is no failure: how long an example takes is no property of what it checks.
settings.register_profile("casemate", deadline=None)
settings.load_profile("casemate")


_EXAMINED = {}


@pytest.fixture(autouse=True)
def examined_once(request, monkeypatch):
    """A kind of sandbox is tried once a process for each interpreter and its limits, but where trying is what is tested."""
    from casemate.adapters.sandbox import starting

    def once(sandbox, profile):
        key = (type(sandbox), sandbox.name, profile.interpreter, profile.limits)
        if key not in _EXAMINED:
            _EXAMINED[key] = examine(sandbox, profile)
        return _EXAMINED[key]

    examine = starting.examine
    if "sandbox" not in request.path.parts:
        monkeypatch.setattr(starting, "examine", once)


@pytest.fixture(scope="session")
def a_proof(tmp_path_factory):
    """A weakness proven for real, once: the target, the finding with its verdict, and the bytes of the bundle."""
    from proofs.support import a_shop, proven

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMATE_HOME", str(tmp_path_factory.mktemp("home") / "home"))
        shop = a_shop(tmp_path_factory.mktemp("made") / "shop")
        return shop, *proven(shop)
