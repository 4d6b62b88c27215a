"""What a crew gives to menders of what a hunt had before: once each, and no more than it says."""

import json
from contextlib import contextmanager
from dataclasses import replace

import pytest
from agents.bank import BANK
from agents.support import LIMITS, Scripted
from governance.support import InlineExecutor

from casemate.adapters.filesystem import FileTree
from casemate.adapters.nostore import NoStore
from casemate.evidence.stated import Stated
from casemate.model.decision import Decided, Stance
from casemate.model.finding import Coverage, Demonstration, Disposition, Finding, Report
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.hiding import Hider, Suppression
from casemate.model.lead import Lead, Severity
from casemate.model.location import Location
from casemate.model.proof import Exhibit, Fidelity, Observer, Proof, ProofKind, Result, Verdict
from casemate.model.proposal import Place, Property
from casemate.pipeline.agents import FINDINGS, Crew, Session
from casemate.pipeline.property_ladder import unoffered
from casemate.pipeline.scan import ScanOptions
from casemate.pipeline.study import Study

SHOWN = Demonstration(statement="s", rests_on="bank.py:7", watched="bank.py:6", never="result", runs=5, digest="d")
PLACE = Place(path="bank.py", line=6)
STATED = Stated(
    claimed=Property(statement="s", rests_on=PLACE, watched=PLACE, never="result", violates="v", ordinary="o"),
    claim="c",
    function="show",
    code=("def show",),
    line="l",
)
EXHIBIT = Exhibit(
    settings=json.dumps({"property": STATED.as_json()}).encode(),
    cases=(),
    controls=(),
    reports=(),
    python="",
    sandbox="",
    sources=(),
)
PATCH = Patch(proposer="x", what="y", changes=(Change(path="bank.py", before=b"1", after=b"2"),))
FAILED = Fix(patch=PATCH, ladder=tuple(Climb(rung=rung, step=Step.FAILS) for rung in Rung))
SAID = Decided(stance=Stance.ACCEPTED, who="Ann", key="k", reason="r", until="2099-01-01", id="ab")
REPORT = Report(version="", target=(), rules=(), findings=(), not_examined=(), coverage=Coverage())


def demonstrated(number, **more):
    """A finding that was demonstrated before, with changes."""
    lead = Lead(rule="proposed", location=Location(path="bank.py", line=8), function="show", message="m")
    return Finding(
        **{
            **{"identity": f"{number:064x}", "lead": lead, "title": "t", "cwe": 639, "severity": Severity.HIGH},
            **{"snippet": "s", "demonstration": SHOWN, **more},
        }
    )


@pytest.fixture
def crewed(tmp_path):
    """A crew on the bank, whose model says at once that it is done: what it made of findings, and whom it asked about which."""
    (tmp_path / "bank.py").write_text(BANK)
    with FileTree(tmp_path) as tree:
        study = Study(
            tree,
            REPORT,
            store=NoStore(),
            executor=InlineExecutor(),
            options=ScanOptions(),
            progress=lambda stage, done, total: None,
        )

        def work(*findings):
            asked = []

            @contextmanager
            def sessions(role, about):
                asked.append((role, about))
                yield Session(model=Scripted(), study=study, grounds=object())  # nobody climbs: no patch is proposed

            crew = Crew(sessions, LIMITS, fix=True, progress=lambda stage, done, total: None)
            worked = crew.work(
                replace(REPORT, findings=findings), exhibits={finding.identity: EXHIBIT for finding in findings}
            )
            return worked, [about for role, about in asked if role == "mender"]

        yield work


def test_each_is_given_once(crewed):
    """Also one that a person has accepted, of which no oracle knows anything."""
    accepted = replace(SHOWN, decided=SAID)
    proof = Verdict(result=Result.PROVEN, proof=accepted.proof)
    first, second = demonstrated(1), demonstrated(2, demonstration=accepted, verdict=proof, mending=unoffered(()))
    worked, asked = crewed(first, second)
    assert asked == [first.identity, second.identity]
    assert {finding.mending.why for finding in worked.report.findings} == {"nobody proposed a patch"}


def test_what_was_tried_before_stays(crewed):
    """A mender that proposes nothing takes no attempt away, nor why one could not be made."""
    tried = demonstrated(1, mending=unoffered([FAILED]))
    other = demonstrated(2, mending=Mending(why="the patch that was kept with it cannot be applied: x"))
    worked, asked = crewed(tried, other)
    assert len(asked) == 2 and [one.mending for one in worked.report.findings] == [tried.mending, other.mending]


def test_what_does_not_count_is_given_to_nobody(crewed):
    """What a person has refused or hidden."""
    refused = demonstrated(
        1,
        lead=replace(demonstrated(1).lead, rule="x"),
        demonstration=replace(SHOWN, decided=replace(SAID, stance=Stance.REFUSED)),
    )
    hidden = demonstrated(2, disposition=Disposition.SUPPRESSED, suppression=Suppression(by=Hider.TRIAGE, reason="r"))
    worked, asked = crewed(refused, hidden)
    assert asked == [] and {one.mending for one in worked.report.findings} == {None}
    assert not worked.losses


def test_no_more_than_so_many(crewed):
    """Properties come first, since they wait for nothing; and the report says how many are left."""
    proof = Proof(
        oracle="command",
        kind=ProofKind.CANARY,
        observer=Observer.OUTSIDE,
        fidelity=Fidelity.PUBLIC_API,
        happened="h",
        runs=5,
    )
    proven = demonstrated(
        99, demonstration=None, verdict=Verdict(result=Result.PROVEN, proof=proof), mending=Mending(why="no rewrite")
    )
    worked, asked = crewed(*(demonstrated(number) for number in range(FINDINGS + 2)), proven)
    assert len(asked) == FINDINGS
    (loss,) = worked.losses
    assert (loss.what, loss.detail) == (
        "a mender's work on 3 findings from before",
        "a hunt gives 20 of them to menders",
    )
