"""Agents on real targets, driven by scripted models that know the answers: they propose, and others judge, in real sandboxes."""

import json
import sys

import pytest
from agents.bank import BANK, BANK_TESTS, LEAD, PROPERTY
from agents.known import CASES
from agents.support import Scripted, says, work

from casemate.adapters.providers.recording import Replay
from casemate.adapters.sandbox.choice import Chosen
from casemate.agents.loop import End
from casemate.app.ground import recorded_ledger, rule_texts
from casemate.evidence import html, jsonreport, markdown, sarif, table
from casemate.evidence.bundle import read
from casemate.evidence.verdicts import sealed
from casemate.governance.audit import audit
from casemate.model.dialogue import NoAnswer, Role, Silence
from casemate.model.lead import Evidence
from casemate.model.proof import Result
from casemate.model.sandbox import Profile


@pytest.fixture(scope="module")
def sealed_here():
    """A sandbox holds."""
    if why := Chosen().examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)


@pytest.fixture(autouse=True)
def own(tmp_path, monkeypatch, sealed_here):
    """An operator of the test's own, where a sandbox holds."""
    monkeypatch.setenv("CASEMATE_HOME", str(tmp_path / "home"))


@pytest.fixture
def bank(tmp_path):
    """A target with a weakness that no oracle decides."""
    place = tmp_path / "bank"
    place.mkdir()
    (place / "bank.py").write_text(BANK)
    (place / "test_bank.py").write_text(BANK_TESTS)
    return place


def known(case, place):
    """The target of a case, and a model that knows its answers."""
    place.mkdir()
    (place / f"{case.name}.py").write_text(case.code)
    (place / f"test_{case.name}.py").write_text(case.tests)
    patch = {"path": f"{case.name}.py", "old": case.old, "new": case.new, "what": "mend it"}
    return Scripted(
        scout=[says(("read", {"path": f"{case.name}.py", "first": 1, "last": 60})), says(("propose", case.proposal))],
        adversary=[says(("stand", {"stand": "stands", "reason": "nothing checks it"}))],
        prover=[says(("attempt", {"text": case.text, "control": case.control}))] if case.text else [],
        mender=[says(("patch", patch))] if case.old else [],
    )


def test_from_a_lead_to_a_fix(tmp_path):
    """The rules miss it; a scout proposes it, an adversary lets it stand, a prover's input is seen by an oracle, a mender's patch
    climbs the ladder. Each session is a pair of entries, and the report says whose leads these are."""
    case = CASES[0]
    model = known(case, tmp_path / "parcels")
    worked = work(tmp_path / "parcels", model, record=tmp_path / "exchanges.jsonl")
    (finding,) = worked.report.findings
    assert (finding.lead.rule, finding.cwe, str(finding.lead.location)) == ("proposed", 78, "parcels.py:8")
    assert finding.evidence is Evidence.FIXED and finding.verdict.proof.oracle == "command"
    assert finding.mending.fix.patch.proposer == "agent:mender" and finding.mending.fix.tested
    assert [(step.role, step.ended.end) for step in worked.steps] == [
        ("scout", End.DONE),
        ("adversary", End.DONE),
        ("prover", End.DONE),
        ("mender", End.DONE),
        ("scout", End.DONE),
    ]
    assert worked.steps[-1].said == "0 leads taken"  # the second look is for variants, and this lead is known
    assert any("look for variants:\nparcels.py:8 CWE-78" in m.text for m in model.prompts[-1][1].messages)
    asked = worked.report.asked
    assert (asked.name, asked.leads, asked.exchanges) == ("scripted:known", 1, len(model.prompts))

    told = {one.before.operation: one.after for one in audit(recorded_ledger()).operations}
    assert set(told) == {"scan", "agents", "agent-scout", "agent-adversary", "agent-prover", "agent-mender"}
    assert told["agents"].used.requests == len(model.prompts) and told["agents"].facts["model"] == "scripted:known"
    assert told["agent-scout"].facts["role"] == "scout" and told["agent-scout"].used.executions == 0
    assert "echo" not in json.dumps([dict(after.facts) for after in told.values()])

    report, bundles = sealed(worked.report, worked.exhibits)
    assert read(bundles[finding.identity], "b").finding.lead.rule == "proposed"
    rules = rule_texts()
    for text in (
        jsonreport.render(report),
        sarif.render(report, rules),
        html.render(report, rules),
        markdown.render(report, rules),
        table.render(report, width=100, color=False),
    ):
        assert "scripted" in text and "proposed" in text


def test_a_property(bank):
    """Shown violated, and holding through ordinary use and the target's own tests: demonstrated, and never proven."""
    worked = work(
        bank,
        Scripted(
            scout=[says(("propose", LEAD))],
            adversary=[says(("stand", {"stand": "refuted", "reason": "meant so"}))],
            prover=[says(("hold", PROPERTY))],
        ),
    )
    (finding,) = worked.report.findings
    assert finding.evidence is Evidence.DEMONSTRATED and finding.verdict is None
    shown = finding.demonstration
    assert (shown.runs, shown.tests, shown.calls, shown.rests_on) == (5, 1, 1, "bank.py:7")
    assert "violated in 5 of 5 runs" in table.render(worked.report, width=200, color=False)
    assert json.loads(jsonreport.render(worked.report))["findings"][0]["demonstration"]["statement"] == shown.statement


def test_a_property_of_a_decorated_function(bank):
    """It is watched as any other: its code begins at its first decorator."""
    lines = BANK.split("\n")
    lines[1], lines[3], lines[4] = "from functools import lru_cache, wraps", "@lru_cache", "@wraps(len)"
    (bank / "bank.py").write_text("\n".join(lines))
    worked = work(bank, Scripted(scout=[says(("propose", LEAD))], prover=[says(("hold", PROPERTY))]))
    (finding,) = worked.report.findings
    assert finding.evidence is Evidence.DEMONSTRATED and finding.demonstration.calls == 1


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"never": "result is not None"}, "run 1 of ordinary use: it happened there, too"),
        (
            {"violates": 'from bank import show\nshow("ann", "a1")\n'},
            "run 1 of 5 that was to violate it: it did not happen",
        ),
        (
            {"violates": 'from bank import accounts\naccounts("x")\n'},
            "run 1 of 5 that was to violate it: the watched function",
        ),
        (
            {"never": "result['nothing'] == 1"},
            "run 1 of 5 that was to violate it: the condition could not be asked: KeyError",
        ),
        (
            {"never": 'args["account"] == "c1"', "violates": 'from bank import show\nshow("ann", "c1")\n'},
            "run 1 of 5 that was to violate it: it did not happen",  # it is refused, by a KeyError
        ),
        ({"watched_line": 7}, "Not done: no function of the target begins at the watched line."),
    ],
)
def test_no_property(bank, change, why):
    """Of what ordinary use violates, what does not happen, and what was never looked at nothing is shown."""
    model = Scripted(
        scout=[says(("propose", LEAD))],
        adversary=[says(("stand", {"stand": "stands", "reason": "x"}))],
        prover=[says(("hold", PROPERTY | change))],
    )
    worked = work(bank, model)
    (finding,) = worked.report.findings
    assert finding.evidence is Evidence.SUSPECTED and finding.demonstration is None
    assert any(role == "prover" and why in prompt.messages[-1].text for role, prompt in model.prompts)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"path": "no.py"}, "the index has no code at one of its places"),
        ({"line": 900}, "the index has no code at one of its places"),
        ({"line": 2}, "the index has no code at one of its places"),
        ({"path": "test_bank.py", "line": 5}, "it is about the target's tests"),
        ({"cwe": 1999}, "nobody here can judge CWE-1999"),
        ({"cwe": 78, "parameter": "nobody"}, "the function at the source has no such parameter"),
        ({"cwe": 78, "parameter": ""}, "the index knows of no value that enters there"),
    ],
)
def test_no_lead(bank, change, why):
    """What is no claim that somebody can judge is not taken."""
    model = Scripted(scout=[says(("propose", LEAD | change))])
    worked = work(bank, model, fix=False)
    assert not worked.report.findings and why in model.prompts[1][1].messages[-1].text


def test_a_model_that_falls_silent(bank):
    """Costs its steps and not the run: what it proposed stays, and what it did not look at is said."""
    gone = NoAnswer(why=Silence.REFUSED, detail="I cannot help with that")
    model = Scripted(scout=[says(("propose", LEAD)), gone], adversary=[gone], prover=[gone])
    worked = work(bank, model)
    (finding,) = worked.report.findings
    assert finding.evidence is Evidence.SUSPECTED and finding.verdict.result is Result.NOT_EXAMINED
    lost = [loss for loss in worked.report.not_examined if "work" in loss.what]
    assert len(lost) == 3 and all("refused: I cannot help" in loss.detail for loss in lost)


def test_a_budget_that_ends(bank, tmp_path):
    """Nobody asks any more, what was proposed is still put to the proof, and the report says what is left."""
    model = Scripted(scout=[says(("propose", LEAD))])
    worked = work(bank, model, record=tmp_path / "x.jsonl", requests=2)
    assert [step.role for step in worked.steps] == ["scout", "adversary"]
    assert len(model.prompts) == 2 and worked.steps[1].ended.end is End.BUDGET
    assert any(loss.reason == "denied" and "budget" in loss.detail for loss in worked.report.not_examined)


def test_a_replay_gives_the_same_report(bank, tmp_path):
    """Without a model, byte for byte."""
    model = Scripted(
        scout=[says(("list", {"what": "files"})), says(("propose", LEAD))],
        adversary=[says(("stand", {"stand": "stands", "reason": "x"}))],
        prover=[says(("note", {"text": "no idea"}))],
    )
    first = work(bank, model, fix=False, record=tmp_path / "said.jsonl")
    again = work(bank, Replay(tmp_path / "said.jsonl"), fix=False)
    assert first.report.asked.exchanges == len(model.prompts) > 4
    assert jsonreport.render(again.report) == jsonreport.render(first.report)


def test_secrets_do_not_reach_a_model(bank):
    """Not by reading, not by searching, and not by asking whether a line holds a guess."""
    key = "AKIAABCDEFGHIJKLMNOP"
    (bank / "settings.py").write_text(f'"""Settings."""\n\nKEY = "{key}"\npassword = "correct-horse-battery"\n')
    model = Scripted(
        scout=[
            says(("read", {"path": "settings.py", "first": 1, "last": 9})),
            says(("search", {"text": "KEY"}), ("search", {"text": "word"})),
            says(("search", {"text": "AKIAABC"}), ("search", {"text": 'password = "corr'})),
        ]
    )
    work(bank, model, fix=False)
    told = "\n".join(m.text for _, prompt in model.prompts for m in prompt.messages)
    assert "Settings." in told and key not in told and "correct-horse" not in told
    last = [m.text for m in model.prompts[-1][1].messages if m.role is Role.TOOL][-2:]
    assert all("(no line)" in text for text in last)
    assert any("settings.py:3  KEY" in m.text for m in model.prompts[-1][1].messages)
