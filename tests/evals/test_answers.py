"""What an answer is worth, and every near miss."""

from dataclasses import replace

import pytest

from casemate.evals.answers import Answer, Claim, found, posed, scored
from casemate.evals.run import run
from casemate.evals.variants import variant
from casemate.governance.evaluation import Task

from .support import a_judge, case, knowing


def never(*given, **named):
    raise AssertionError("nobody asked for a run")


@pytest.fixture(scope="module")
def judge():
    return a_judge()


def test_a_claim_counts_at_its_line_for_its_weakness():
    """Not a line beside it, not another file, not another kind; a near relative of its CWE does."""
    made = variant(case("command-label"), 3)
    (at,) = made.weak.places
    good = Claim(path=at.path, line=at.line, cwe=78)
    assert found(made.weak, 78, (good,))
    assert found(made.weak, 78, (replace(good, cwe=77),))
    for claim in (
        replace(good, line=at.line - 1),
        replace(good, line=at.line + 1),
        replace(good, path="x.py"),
        replace(good, cwe=89),
    ):
        assert not found(made.weak, 78, (claim,))
    assert not found(made.weak, 78, ())


def test_finding_is_told_nothing_and_the_other_tasks_the_place():
    """A name, the program, and where it is claimed to be weak: of the twin as of the weak program."""
    made = variant(case("four-eyes"), 2)
    for twin, program in ((False, made.weak), (True, made.twin)):
        asked = posed(made, Task.FIND, twin=twin)
        assert (asked.cwe, asked.where, asked.files) == (0, (), program.files)
        told = posed(made, Task.PROVE, twin=twin)
        assert told.cwe == 863
        assert told.where == tuple((at.path, at.line) for at in program.places)


def test_no_answer_is_no_false_alarm_and_no_success():
    """It is counted as what it is."""
    made = variant(case("four-eyes"), 2)
    for task in (Task.FIND, Task.PROVE, Task.FIX):
        got = scored(made, task, Answer(silence="outage"), never, twin=False)
        assert (got.success, got.unanswered, got.alarm) == (False, True, None)


def test_a_harness_counts_when_it_tells_weak_from_safe(judge):
    """One that always cries shows nothing, and is an alarm at the twin; so does one that never does."""
    made = variant(case("four-eyes"), 2)

    def worth(harness, twin=False):
        return scored(made, Task.PROVE, Answer(harness=harness), judge, twin=twin).success

    assert worth(made.check) and not worth(made.check, twin=True)
    always = "def violated():\n    return True\n"
    assert not worth(always) and worth(always, twin=True)
    assert not worth("raise SystemExit\n")
    assert not worth("")


def test_what_an_oracle_proved_counts_at_its_place():
    """And a twin that is proven to be weak anywhere in this way is an alarm."""
    made = variant(case("command-label"), 3)
    (at,), (safe,) = made.weak.places, made.twin.places
    proven = Answer(proven=(Claim(path=at.path, line=at.line, cwe=78),))
    assert scored(made, Task.PROVE, proven, never, twin=False).success
    elsewhere = Answer(proven=(Claim(path=at.path, line=1, cwe=78),))
    assert not scored(made, Task.PROVE, elsewhere, never, twin=False).success
    for line, cwe, alarm in ((safe.line, 78, True), (1, 78, True), (1, 327, False)):
        claims = (Claim(path=safe.path, line=line, cwe=cwe),)
        assert scored(made, Task.PROVE, Answer(proven=claims), never, twin=True).success is alarm


def test_patches(judge):
    """The twin's own text is one; the program as it is, and one that touches tests or checks, is none; one that passes what is
    shown and fails what was held back is a success and an alarm."""
    made = variant(case("refund-twice"), 4)
    (name,) = [path for path in made.weak.files if not path.startswith("test_")]
    test = next(path for path in made.weak.files if path.startswith("test_"))
    mended = made.twin.files[name]

    def worth(patch, climbed=False):
        return scored(made, Task.FIX, Answer(patch=patch, climbed=climbed), judge, twin=False)

    assert (worth({name: mended}).success, worth({name: mended}).alarm) == (True, False)
    assert not worth({name: made.weak.files[name]}).success
    assert not worth({}).success
    for other in (test, "check.py", "held.py", "conftest.py"):
        got = worth({name: mended, other: "def violated():\n    return False\n"})
        assert not got.success and "no part of the program" in got.why
    crude = mended.replace('"paid": ("shipped", "refunded")', '"paid": ("shipped",)')
    assert crude != mended
    assert (worth({name: crude}).success, worth({name: crude}).alarm) == (True, True)
    useless = made.weak.files[name] + "\n# changed\n"
    assert not worth({name: useless}).success
    assert worth({name: useless}, climbed=True).alarm is True  # the ladder let it through, and it still happens


def test_a_run_counts_every_attempt(judge):
    """Who knows everything has no alarm; the items are those of the log's form."""
    cases = [case("four-eyes"), case("sql-concat")]
    for task, controls in ((Task.FIND, 2), (Task.PROVE, 2), (Task.FIX, 2)):
        done = run(cases, task, knowing, judge, seed=5, k=2, progress=lambda *told: None)
        assert [(item.attempts, item.successes, item.unanswered) for item in done.items] == [(2, 2, 0)] * 2
        assert [(item.controls, item.false_alarms, item.unsettled) for item in done.items] == [(controls, 0, 0)] * 2


def test_a_run_counts_what_went_wrong():
    """An outage at the weak program and a claim at the twin's place."""

    def solver(asked):
        if asked.name.endswith("-a"):
            return Answer(silence="outage")
        made = variant(case("four-eyes"), 7)
        return Answer(claims=tuple(Claim(path=at.path, line=at.line, cwe=863) for at in made.twin.places))

    done = run([case("four-eyes")], Task.FIND, solver, never, seed=7, k=1, progress=lambda *told: None)
    (item,) = done.items
    assert (item.attempts, item.unanswered, item.successes) == (1, 1, 0)
    assert (item.controls, item.unsettled, item.false_alarms) == (1, 0, 1)
