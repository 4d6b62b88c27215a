"""Agents and the launch gate: nothing is asked of a model that was not let through."""

from pathlib import Path

import pytest
from agents.support import Scripted, says
from governance.support import NOON, a_charter
from targetpython import target_python

from casemate.adapters.providers.recording import Replay
from casemate.app import agents as app_agents
from casemate.app.agents import HELD, crew_system, held
from casemate.app.ground import recorded_ledger
from casemate.app.models import Limits, Talk
from casemate.app.prove import HuntRequest, run_hunt
from casemate.app.scan import ScanRequest
from casemate.evidence import jsonreport
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome
from casemate.governance.errors import Denied
from casemate.governance.grants import Grant
from casemate.governance.policy import HOUSE_POLICY, OPERATION, Permit
from casemate.governance.spending import Terms
from casemate.safeguards.scene import OPERATIONS


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
    assert one.id != other.id and dict(one.prompts).keys() == {"adversary@1", "mender@1", "prover@1", "scout@2"}
    assert {"read", "triage", "attempt", "hold", "patch"} <= dict(one.tools).keys()


def test_what_roles_hold():
    """None releases, none writes to the target, who looks runs nothing, and each begins its own session and nothing else."""
    assert all(tier is not Tier.RELEASE and "WorkingTree" not in ports for tier, ports in HELD.values())
    whole = Grant.of(a_charter(tier=Tier.RELEASE), ports=(OPERATION, "SourceTree"))
    for role in HELD:
        asked = {
            name: HOUSE_POLICY.permits(held(whole, role), OPERATION, name, whole.targets, now=NOON)
            for name in OPERATIONS
        }
        assert [name for name, answer in asked.items() if isinstance(answer, Permit)] == [f"agent-{role}"]
        assert {"charter-add", "revocation-add", "gate-add", "incident-close", "export", "release"} <= asked.keys()
    assert "Sandbox" not in HELD["scout"][1] and "Sandbox" not in HELD["adversary"][1]


def test_a_hunt_with_a_model_and_its_replay(tmp_path, monkeypatch):
    """A model that the gate has let through is told of before it is asked; its recording, replayed without the gate and without a
    model, gives the same report."""
    place, kept = tmp_path / "bank", tmp_path / "said.jsonl"
    place.mkdir()
    (place / "bank.py").write_text("def show(user, account):\n    return account\n")
    lead = {
        **{"path": "bank.py", "line": 2, "cwe": 639, "source_path": "bank.py", "source_line": 1},
        **{"parameter": "account", "statement": "Any account is shown to anybody."},
    }
    model = Scripted(scout=[says(("propose", lead))], adversary=[says(("stand", {"stand": "stands", "reason": "x"}))])
    scan = ScanRequest(paths=(place,), cache=False)
    asked, lines = [], []

    def hunted(model, record):
        talk = Talk(model=model, terms=Terms(), limits=Limits(), record=record)
        request = HuntRequest(scan=scan, budget=10, talk=talk, python=Path(target_python()))
        return run_hunt(request, announce=lines.append, progress=lambda *seen: None).report

    monkeypatch.setattr(app_agents, "admitted", lambda *system: asked.append(system))
    first = hunted(model, kept)
    assert asked == [("scripted:known", Tier.PROVE)] and any("what leaves" in line for line in lines)
    again = hunted(Replay(kept), None)
    assert len(asked) == 1 and jsonreport.render(again) == jsonreport.render(first)
    assert first.asked.leads == 1 and [finding.lead.rule for finding in first.findings] == ["proposed"]
