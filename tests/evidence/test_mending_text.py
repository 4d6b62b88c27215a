"""What `casemate fix` shows: line by line, and within the width."""

import json
from dataclasses import replace

import pytest

from casemate.evidence.mending_text import Outcome, as_json, as_text
from casemate.model.claim import Claim
from casemate.model.finding import FindingId
from casemate.model.fix import Change, Climb, Fix, Mending, Patch, Rung, Step
from casemate.model.outcome import NotExamined, Reason
from casemate.model.proof import Result, Verdict
from casemate.model.working import Withheld
from casemate.pipeline.claims import Answer
from tests.evidence.proven import proven_finding

FINDING = proven_finding(bundle="ab" * 32, stubs=())
OTHER = FindingId("f" * 64)
BEFORE = b"def settle(name):\n\tpassword = 'hunter2-and-more'\n    run('settle ' + name, shell=True)\n"
CHANGE = Change(
    path="runner.py",
    before=BEFORE,
    after=BEFORE.replace(b"'settle ' + name, shell=True", b"['settle', name]"),
)
PATCH = Patch(proposer="rewrite:command", what="give the arguments as a list", changes=(CHANGE,))
LADDER = (
    *(Climb(rung=rung, step=Step.HOLDS) for rung in (Rung.APPLIES, Rung.LOADS)),
    Climb(rung=Rung.TESTS, step=Step.NOT_APPLICABLE, detail="it has no tests"),
    *(Climb(rung=rung, step=Step.HOLDS) for rung in list(Rung)[3:]),
)
FAILED = (
    *(replace(climb, step=Step.HOLDS) for climb in LADDER[:4]),
    Climb(rung=Rung.VARIANTS, step=Step.FAILS, detail="one of 14 other inputs takes effect"),
)
ATTEMPT = Fix(patch=replace(PATCH, what="quote\x1b[31m the operand"), ladder=FAILED)


def answers():
    """A fix with an attempt before it, none, and a claim that nobody looked at."""
    claim = Claim(path="runner.py", line=3, rule="command-injection", cwe=78, tool="claim", message="m")
    fixed = Mending(fix=Fix(patch=PATCH, ladder=LADDER, executions=7), attempts=(ATTEMPT,))
    none = Mending(why="no rewrite knows how to change this code")
    return [
        Answer(claim=claim, finding=replace(FINDING, mending=fixed), verdict=FINDING.verdict),
        Answer(claim=claim, finding=replace(FINDING, identity=OTHER, mending=none), verdict=FINDING.verdict),
        Answer(
            claim=claim, finding=None, verdict=Verdict(result=Result.NOT_EXAMINED, detail="nothing was found there")
        ),
    ]


OUTCOME = Outcome(
    notes={FINDING.identity: "was put to the proof with the patch for xss at a.py:3, and every rung holds"},
    tests={FINDING.identity: "tests/test_a.py"},
    delivered=frozenset({FINDING.identity}),
    written=("runner.py",),
    withheld=(Withheld(path="b.py", why="it is a link"),),
)
ODD = [NotExamined(what="claim CWE-89 at nothing.py:3", reason=Reason.VANISHED, detail="there is no such file")]


def test_the_screen():
    """Every line; nothing of the target moves a cursor, and no secret is shown."""
    assert as_text(answers(), ODD, OUTCOME, 80, False).splitlines() == [
        "proven          claim command-injection at runner.py:3",
        "                a program named in the input was run",
        "                seen from outside the process, through the public API, in 5 of 5",
        "                runs; bundle abababababab",
        "attempt         quote\\x1b[31m the operand (rewrite:command)",
        '                not offered, it failed at "its variants are dead": one of 14',
        "                other inputs takes effect",
        "fix             give the arguments as a list (rewrite:command)",
        "",
        "  --- a/runner.py",
        "  +++ b/runner.py",
        "  @@ -1,3 +1,3 @@",
        "   def settle(name):",
        "       password = '‹redacted›'",
        "  -    run('settle ' + name, shell=True)",
        "  +    run(['settle', name])",
        "",
        "  applies                holds",
        "  loads                  holds",
        "  the target's tests     does not apply  it has no tests",
        "  the proof is dead      holds",
        "  its variants are dead  holds",
        "  benign inputs          holds",
        "  negative control       holds",
        "  re-scan                holds",
        "",
        "series          was put to the proof with the patch for xss at a.py:3, and every",
        "                rung holds",
        "test            tests/test_a.py",
        "",
        "proven          claim command-injection at runner.py:3",
        "                a program named in the input was run",
        "                seen from outside the process, through the public API, in 5 of 5",
        "                runs; bundle abababababab",
        "no fix          no rewrite knows how to change this code",
        "",
        "not examined    claim command-injection at runner.py:3",
        "                nothing was found there",
        "",
        "no claim        claim CWE-89 at nothing.py:3: there is no such file",
        "",
        "written         runner.py",
        "not written     b.py: it is a link",
        "",
        "3 claims: 2 proven, 1 not examined; 1 of 2 proven findings has a fix",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_too_long(width):
    """Long lines of code are folded; colour changes no word."""
    wide = replace(CHANGE, after=CHANGE.after + b"x = '" + b"\xe6\x97\xa5" * 300 + b"'\n")
    given = answers()
    fix = replace(given[0].finding.mending.fix, patch=replace(PATCH, changes=(wide,)))
    given[0] = replace(given[0], finding=replace(given[0].finding, mending=Mending(fix=fix)))
    shown = as_text(given, ODD, OUTCOME, width, False)
    assert all(sum(2 if ord(char) > 0x2E80 else 1 for char in line) <= width for line in shown.splitlines())
    assert "\x1b[" in as_text(given, ODD, OUTCOME, width, True)
    assert "\x1b[" not in shown


def test_for_programs():
    """The same in JSON."""
    told = json.loads(as_json(answers(), ODD, OUTCOME))
    one, other, last = told["answers"]
    offered = one["mending"]["offered"]
    assert (offered["proposer"], offered["added"], offered["removed"], offered["executions"]) == (
        "rewrite:command",
        1,
        1,
        7,
    )
    assert offered["ladder"][2] == {
        "rung": "the target's tests",
        "step": "does not apply",
        "detail": "it has no tests",
    }
    assert one["mending"]["attempts"][0]["what"] == "quote\\x1b[31m the operand"
    assert (one["delivered"], one["test"]) == (True, "tests/test_a.py")
    assert other["mending"] == {"offered": False, "attempts": [], "why": "no rewrite knows how to change this code"}
    assert (last["mending"], last["finding"]) == (None, None)
    assert (told["written"], told["not_written"]) == (["runner.py"], [{"path": "b.py", "why": "it is a link"}])
