"""Agents and the launch gate: nothing is asked of a model that was not let through."""

import pytest
from agents.support import Scripted

from casemate.app.agents import HELD, crew_system
from casemate.app.ground import recorded_ledger
from casemate.app.models import Limits, Talk
from casemate.app.prove import HuntRequest, run_hunt
from casemate.app.scan import ScanRequest
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome
from casemate.governance.errors import Denied
from casemate.governance.spending import Terms


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch):
    """An operator of the test's own."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))


def test_the_gate_is_asked_first(tmp_path):
    """A model that nobody has assessed is asked nothing, nothing is read, and that is recorded."""
    model = Scripted()
    (tmp_path / "a.py").write_text("x = 1\n")
    talk = Talk(model=model, terms=Terms(), limits=Limits(), record=tmp_path / "x.jsonl")
    request = HuntRequest(scan=ScanRequest(paths=(tmp_path / "a.py",)), budget=10, talk=talk)
    with pytest.raises(Denied, match="scripted:known may not prove"):
        run_hunt(request, announce=lambda line: None, progress=lambda *seen: None)
    assert not model.prompts and not (tmp_path / "x.jsonl").exists()
    (only,) = audit(recorded_ledger()).operations
    assert (only.before.operation, only.after.outcome) == ("gate", Outcome.DENIED)


def test_the_system_is_what_runs():
    """Its prompts and tools are those of the roles; another model is another system."""
    one, other = crew_system("openai:a"), crew_system("openai:b")
    assert one.id != other.id and dict(one.prompts).keys() == {"adversary@1", "mender@1", "prover@1", "scout@1"}
    assert {"read", "attempt", "hold", "patch"} <= dict(one.tools).keys()


def test_what_roles_hold():
    """None releases, none writes to the target, and who looks runs nothing."""
    assert all(tier is not Tier.RELEASE and "WorkingTree" not in ports for tier, ports in HELD.values())
    assert "Sandbox" not in HELD["scout"][1] and "Sandbox" not in HELD["adversary"][1]
