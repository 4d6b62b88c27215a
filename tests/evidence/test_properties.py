"""Properties in every form of the report: the level is what a person has made of it, and what is told says so."""

import json
from dataclasses import replace

import pytest

from casemate.app.ground import rule_texts
from casemate.cli.deliver import exit_code
from casemate.evidence import html, jsonreport, markdown, property_text, sarif, table
from casemate.evidence.bundle import encode, read, seal
from casemate.evidence.stated import Stated, read_stated
from casemate.evidence.told import of_bundle, of_report
from casemate.model.decision import Decided, Stance
from casemate.model.errors import UserError
from casemate.model.finding import Demonstration, Disposition
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.lead import Evidence
from casemate.model.proof import ProofKind, Result, Verdict
from casemate.model.proposal import Place, Property
from casemate.pipeline.kept import decided
from casemate.pipeline.property_ladder import unoffered
from tests.evidence.proven import as_json, exhibit
from tests.evidence.support import bank, lead_of
from tests.evidence.test_schema import VALIDATOR

RULES = rule_texts()
STATED = Stated(
    claimed=Property(
        statement="Nobody sees an account of another",
        rests_on=Place(path="bank.py", line=7),
        watched=Place(path="bank.py", line=6),
        never="result['owner'] != args['user']",
        violates="from bank import show\nshow('ann', 'b1')\n",
        ordinary="from bank import show\nshow('ann', 'a1')\n",
    ),
    claim="subprocess.run runs a command made from the form field",
    function="show",
    code=("def show(user, account):", "    return _KEPT[account]"),
    line='"""An account, to its owner alone."""',
)
SHOWN = Demonstration(
    statement=STATED.claimed.statement,
    rests_on="bank.py:7",
    watched="bank.py:6",
    never=STATED.claimed.never,
    runs=5,
    tests=1,
    calls=3,
    digest=STATED.digest,
)
SAID = Decided(
    stance=Stance.ACCEPTED,
    who="Ann",
    key=f"casemate.alt/key/{'ab' * 16}",
    reason="house rules",
    until="2027-01-31",
    id="cd" * 32,
)
PATCH = Patch(
    proposer="agent:mender", what="check the owner", changes=(Change(path="bank.py", before=b"1\n", after=b"2\n"),)
)
HELD = Fix(patch=PATCH, ladder=tuple(Climb(rung=rung, step=Step.HOLDS) for rung in Rung))
RULED = replace(lead_of(bank(), "command-injection"), demonstration=SHOWN, mending=unoffered([HELD]))
FINDING = replace(RULED, lead=replace(RULED.lead, rule="proposed", trace=None))
EXHIBIT = exhibit(
    settings=as_json(property=STATED.as_json(), paths=["."]),
    cases=(as_json(payload={"text": STATED.claimed.violates}),) * 5,
    controls=(as_json(payload={"text": STATED.claimed.ordinary}),) * 2,
    reports=(as_json(calls=1, violated=1, raised="", passed=0),) * 7,
)


def report(said):
    """The bank with one property, after what somebody decided about it."""
    return replace(bank(), findings=decided([seal(FINDING, EXHIBIT, "0.1.0")[0]], lambda finding: said))


FORMS = {
    "table": lambda told: table.render(told, 200, False, suppressed=True),
    "html": lambda told: html.render(told, RULES),
    "md": lambda told: markdown.render(told, RULES),
    "json": jsonreport.render,
    "sarif": lambda told: sarif.render(told, RULES),
}


@pytest.mark.parametrize(
    ("said", "evidence", "disposition", "words"),
    [
        (None, Evidence.DEMONSTRATED, Disposition.ACTIVE, "no person has accepted it yet"),
        ("it was edited", Evidence.DEMONSTRATED, Disposition.ACTIVE, "it was edited"),
        (SAID, Evidence.FIXED, Disposition.ACTIVE, "house rules"),
        (replace(SAID, stance=Stance.REFUSED), Evidence.SUSPECTED, Disposition.SUPPRESSED, "house rules"),
    ],
    ids=["undecided", "void", "accepted", "refused"],
)
def test_every_form_says_the_level(said, evidence, disposition, words):
    """And who decided or why it does not count; a patch is offered of what is accepted alone; no program stands anywhere."""
    told = report(said)
    (finding,) = told.findings
    assert (finding.evidence, finding.disposition) == (evidence, disposition)
    texts = {form: render(told) for form, render in FORMS.items()}
    document = json.loads(texts["json"])
    VALIDATOR.validate(document)
    told_json = document["findings"][0]
    assert told_json["evidence"] == evidence and told_json["demonstration"]["digest"] == STATED.digest
    assert json.loads(texts["sarif"])["runs"][0]["results"][0]["properties"]["evidence"] == evidence
    for form, text in texts.items():
        if form == "md" and disposition is Disposition.SUPPRESSED:
            assert "suppressed by a decision on a property 1 refused" in text  # a comment counts what is hidden
            continue
        assert str(evidence) in text and "show(" not in text, form
        if said is not None or form in ("table", "html", "md"):
            assert words in " ".join(text.split()), form
    if evidence is Evidence.FIXED:
        assert (finding.verdict.proof.kind, finding.mending.fix) == (ProofKind.PROPERTY, HELD)
        assert told_json["demonstration"]["decision"]["until"] == "2027-01-31"
        assert "a property that a person accepted; no oracle, and no canary" in texts["html"]
        assert "Fixed: 1 of 1 proven finding" in texts["table"]
    else:
        assert finding.verdict is None and (finding.mending is None or finding.mending.fix is None)
        assert "Fixed:" not in texts["table"] and "fixes" not in json.loads(texts["sarif"])["runs"][0]["results"][0]


def test_what_counts_in_an_exit_code():
    """Demonstrated counts from `traced` on, and not as proven; refused counts nowhere."""
    codes = {
        said: [exit_code(report(said), fail_on=level, strict=False) for level in ("suspected", "traced", "proven")]
        for said in (None, SAID, replace(SAID, stance=Stance.REFUSED))
    }
    assert list(codes.values()) == [[1, 1, 0], [1, 1, 1], [0, 0, 0]]


def test_what_a_rule_has_shown_stands_when_a_property_is_refused():
    """It rests on more than the property: only the level that the property gave it goes."""
    said = replace(SAID, stance=Stance.REFUSED)
    (finding,) = decided([RULED], lambda finding: said)
    assert (finding.evidence, finding.disposition) == (Evidence.TRACED, Disposition.ACTIVE)
    assert "refused property" in table.render(replace(bank(), findings=(finding,)), 200, False)


def test_a_property_is_proven_by_a_person_alone():
    """No finding says otherwise of itself."""
    verdict = Verdict(result=Result.PROVEN, proof=SHOWN.proof)
    refused = replace(SHOWN, decided=replace(SAID, stance=Stance.REFUSED))
    for shown in (None, SHOWN, replace(SHOWN, void="no"), refused):
        with pytest.raises(ValueError, match="no property is proven that no person has accepted"):
            replace(FINDING, demonstration=shown, verdict=verdict)
    assert replace(FINDING, demonstration=replace(SHOWN, decided=SAID), verdict=verdict).evidence is Evidence.PROVEN
    with pytest.raises(ValueError, match="counts, or it does not"):
        replace(SHOWN, decided=SAID, void="no")


def test_a_bundle_of_a_property():
    """The same bytes whoever decided what, but for the decision; read back it is what was sealed, and has format 3."""
    sealed, data = seal(FINDING, EXHIBIT, "0.1.0")
    found = read(data, "b")
    assert found.stated == STATED and found.exhibit == EXHIBIT and found.finding.demonstration == SHOWN
    assert found.finding.evidence is Evidence.DEMONSTRATED and encode(found) == data and b'"format":3' in data
    assert sealed.demonstration.bundle and found.fix.what == "check the owner"  # kept, though it is not offered
    accepted = replace(FINDING, demonstration=replace(SHOWN, decided=SAID), mending=Mending(fix=HELD))
    assert seal(accepted, EXHIBIT, "0.1.0")[1] == data
    signed = seal(accepted, EXHIBIT, "0.1.0", b"signed\n")[1]
    assert read(signed, "b") == replace(found, decision=b"signed\n")
    again = seal(replace(FINDING, mending=None), EXHIBIT, "0.1.0", fix=found.fix)[1]
    assert again == data


@pytest.mark.parametrize(
    ("exhibit", "shown", "why"),
    [
        (replace(EXHIBIT, cases=EXHIBIT.controls), SHOWN, "its programs are not those of its property"),
        (replace(EXHIBIT, controls=(*EXHIBIT.controls, EXHIBIT.cases[0])), SHOWN, "its programs are not those"),
        (EXHIBIT, replace(SHOWN, statement="Anybody sees all"), "its property is not the one that its manifest states"),
        (EXHIBIT, replace(SHOWN, never="True"), "its property is not the one that its manifest states"),
        (EXHIBIT, replace(SHOWN, watched="bank.py:9"), "its property is not the one that its manifest states"),
        (EXHIBIT, replace(SHOWN, digest="ab" * 32), "its property is not the one that its manifest states"),
        (replace(EXHIBIT, settings=b"{}"), SHOWN, "its manifest is not as Casemate writes it"),
    ],
)
def test_a_bundle_that_contradicts_itself(exhibit, shown, why):
    """What the manifest says of a property is what its members hold."""
    _, data = seal(replace(FINDING, demonstration=shown), exhibit, "0.1.0")
    with pytest.raises(UserError, match=why):
        read(data, "b")


@pytest.mark.parametrize("name", ["statement", "never", "violates", "ordinary", "rests_on", "watched"])
def test_what_is_no_property(name):
    """One that lacks anything, or has more."""
    told = STATED.as_json()
    assert read_stated(json.loads(json.dumps(told))) == STATED
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_stated({key: value for key, value in told.items() if key != name})
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_stated(told | {"more": 1})


def test_what_leaves_for_a_maintainer():
    """The bundle alone says that it was demonstrated; no part of a program leaves in the draft of an advisory."""
    stated = replace(STATED, claim=f"run {STATED.claimed.violates}")
    lead = replace(FINDING.lead, message=stated.claim)
    quoting = replace(FINDING, lead=lead, demonstration=replace(SHOWN, digest=stated.digest))
    settings = as_json(property=stated.as_json(), paths=["."])
    _, data = seal(quoting, replace(EXHIBIT, settings=settings), "0.1.0", b"signed\n")
    told = of_bundle(read(data, "b"), "ab" * 32)
    assert told.evidence is Evidence.DEMONSTRATED and told.patch == "" and "b1" not in told.message
    (one,) = of_report(jsonreport.render(report(SAID)).encode(), "r")
    assert one.evidence is Evidence.FIXED and "what must never happen did" in one.happened


def test_what_a_person_is_shown():
    """All that is decided about, escaped; what looks like something else is pointed at."""
    odd = replace(STATED, claimed=replace(STATED.claimed, violates="sh\u043ew('\x1b[2J')\n"))
    shown = replace(SHOWN, digest=odd.digest)
    settings = as_json(property=odd.as_json(), paths=["."])
    cases = (as_json(payload={"text": odd.claimed.violates}),) * 5
    _, data = seal(replace(FINDING, demonstration=shown), replace(EXHIBIT, settings=settings, cases=cases), "0.1.0")
    bundle = read(data, "b")
    text = property_text.as_text(bundle, shown, "ab" * 32, 100, False)
    assert "\x1b" not in text and "\\x1b[2J" in text and "U+043E" in text
    assert "    6  def show(user, account):" in text and all(len(line) <= 100 for line in text.splitlines())
    told = json.loads(property_text.as_json(bundle, shown, "ab" * 32))
    assert told["doubts"] and told["state"] == "undecided" and told["violates"] == ["sh\u043ew('\\x1b[2J')"]
    plain = json.loads(property_text.as_json(read(seal(FINDING, EXHIBIT, "0.1.0")[1], "b"), SHOWN, "ab" * 32))
    assert plain["doubts"] == [] and len(plain["patch"]) == 8


GAP = "a line of it is long, or goes on behind a gap: read it to its end"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("from bank import show\nshow('ann', 'b1')\n", []),
        ("from bank import show as show\nfor a in [1]:\n" + " " * 24 + "show('ann', 'b1')\n", []),
        ("from bank import show\nshow('ann', 'a1')" + " " * 300 + "; show('ann', 'b1')\n", [GAP]),
        (f"from bank import show\nshow('ann', '{'b' * 200}')\n", [GAP]),
        (
            "from bank import show as accounts\naccounts('ann', 'b1')\n",
            ["a program calls by another name what it imports: show as accounts"],
        ),
        ("no program(", []),
    ],
)
def test_what_is_not_read_at_a_glance_is_pointed_at(program, said):
    """Code beyond the edge, and a call that goes by the name of another."""
    assert property_text.doubts(replace(STATED, claimed=replace(STATED.claimed, violates=program))) == said


def test_the_line_of_a_decorated_function():
    """Numbers are those of the file: the head's is the one that is watched."""
    decorated = replace(STATED, code=("@cached", *STATED.code))
    shown = replace(SHOWN, digest=decorated.digest)
    _, data = seal(
        replace(FINDING, demonstration=shown),
        replace(EXHIBIT, settings=as_json(property=decorated.as_json(), paths=["."])),
        "0.1.0",
    )
    text = property_text.as_text(read(data, "b"), shown, "ab" * 32, 100, False)
    assert "    5  @cached\n    6  def show(user, account):\n    7      return" in text
