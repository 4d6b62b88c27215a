"""The ladder of a violated property, and the runner before it, on a small target in real sandboxes: what a patch must be, and
every way in which it is not; how a kept property finds its places again."""

import sys
from contextlib import ExitStack
from dataclasses import replace

import pytest
from agents.bank import BANK, BANK_TESTS, PROPERTY
from targetpython import target_python

from casemate.adapters.filesystem import FileTree
from casemate.adapters.inprocess import InProcess
from casemate.adapters.nostore import NoStore
from casemate.adapters.sandbox.choice import Chosen
from casemate.model.finding import Coverage, Report
from casemate.model.fix import Change, Climb, Fix, Patch, Rung, Step
from casemate.model.lead import Lead
from casemate.model.location import Location
from casemate.model.proof import Result
from casemate.model.proposal import Place, Property
from casemate.model.sandbox import Finished, Profile, Seen
from casemate.pipeline.bench import bench
from casemate.pipeline.properties import held, placed, stated
from casemate.pipeline.property_ladder import OTHERS, UNACCEPTED, Trying, driven, offer, unoffered
from casemate.pipeline.scan import ScanOptions
from casemate.pipeline.study import Study
from casemate.proofs.scenario import other_uses

CLAIMED = Property(
    statement=PROPERTY["statement"],
    rests_on=Place(path="bank.py", line=7),
    watched=Place(path="bank.py", line=6),
    never=PROPERTY["never"],
    violates=PROPERTY["violates"],
    ordinary=PROPERTY["ordinary"],
)
LEAD_ = Lead(rule="proposed", location=Location(path="bank.py", line=8), function="show", message="c")
BODY = "    return _KEPT[account]\n"
CHECKED = BANK.replace(
    BODY,
    '    found = _KEPT[account]\n    if found["owner"] != user:\n        raise PermissionError(account)\n    return found\n',
)


@pytest.fixture(scope="module", autouse=True)
def sealed_here():
    """A sandbox holds."""
    if why := Chosen().examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)


OPEN = ExitStack()


@pytest.fixture(autouse=True)
def closed():
    """Every tree that a test has opened is closed behind it."""
    with OPEN:
        yield


def study_of(place):
    """The index of a folder."""
    nothing = Report(version="", target=(), rules=(), findings=(), not_examined=(), coverage=Coverage())
    return Study(
        OPEN.enter_context(FileTree(place)),
        nothing,
        store=NoStore(),
        executor=InProcess(),
        options=ScanOptions(),
        progress=lambda stage, done, total: None,
    )


@pytest.fixture
def bank(tmp_path):
    (tmp_path / "bank.py").write_text(BANK)
    (tmp_path / "test_bank.py").write_text(BANK_TESTS)
    return tmp_path


def climbed(place, after, claimed=CLAIMED):
    """What becomes of a patch, rung by rung."""
    study = study_of(place)
    before = (place / "bank.py").read_text()
    with FileTree(place) as tree:
        made = bench(tree, Chosen(), place, target_python())
        patch = Patch(
            proposer="x", what="y", changes=(Change(path="bank.py", before=before.encode(), after=after.encode()),)
        )
        return driven(Trying(stated(claimed, study, "c"), made, patch))


def test_a_patch_that_holds(bank):
    """Its own program, and others with other values, violate it no more; answers stay."""
    assert [(one.rung, one.step, one.detail) for one in climbed(bank, CHECKED)] == [
        (Rung.CONTROL, Step.HOLDS, "it is violated on an unpatched copy"),
        (Rung.LOADS, Step.HOLDS, ""),
        (Rung.DEAD, Step.HOLDS, "the property holds in 5 of 5 runs"),
        (Rung.VARIANTS, Step.HOLDS, "3 with other values, and none violates it"),
        (Rung.BENIGN, Step.HOLDS, "1 get the answer that they got before"),
    ]


@pytest.mark.parametrize(
    ("after", "rung", "why"),
    [
        (BANK.replace(BODY, f'    "x"\n{BODY}'), Rung.DEAD, "run 1 of 5: it is still violated"),
        (
            BANK.replace(BODY, f'    if user == "ann" and account == "b1":\n        raise PermissionError\n{BODY}'),
            Rung.VARIANTS,
            "with other values: it is still violated",
        ),
        (
            CHECKED.replace("return found\n", 'return {**found, "balance": 0}\n'),
            Rung.BENIGN,
            "1 of 1 get another answer than before",
        ),
        (BANK.replace(BODY, "    raise PermissionError\n"), Rung.LOADS, "ordinary use: it raised PermissionError: "),
        (
            BANK.replace("def show(user, account):", "def show(user, account, key):"),
            Rung.LOADS,
            "ordinary use: the watched function was never called; it raised TypeError",
        ),
        (BANK.replace("def show", "def look"), Rung.LOADS, "ordinary use: the watched function was never called"),
        (BANK + "\nthis is no Python\n", Rung.LOADS, "ordinary use: harness broken"),
    ],
)
def test_patches_that_do_not(bank, after, rung, why):
    """Each ends at the rung that is made for it."""
    last = climbed(bank, after)[-1]
    assert (last.rung, last.step) == (rung, Step.FAILS) and last.detail.startswith(why)


def test_a_program_that_fits_no_more_shows_nothing(bank):
    """A patch that takes a function away that only the violating program needs leaves it as alive as it was."""
    claimed = replace(CLAIMED, ordinary='from bank import show\nshow("ann", "a1")\n', violates=TAKING)
    (bank / "bank.py").write_text(BANK.replace("def accounts", "def other(user):\n    return 'b1'\n\n\ndef accounts"))
    after = (bank / "bank.py").read_text().replace("def other", "def another")
    last = climbed(bank, after, claimed)[-1]
    assert (last.rung, last.step) == (Rung.DEAD, Step.FAILS) and "does not fit any more: ImportError" in last.detail


TAKING = 'from bank import other, show\nshow("ann", other("ann"))\n'


def test_a_control_that_is_quiet(bank):
    """What holds without the patch says nothing with it."""
    (bank / "bank.py").write_text(CHECKED)
    (only,) = climbed(bank, BANK)
    assert (only.rung, only.step) == (Rung.CONTROL, Step.FAILS) and "it holds on an unpatched copy" in only.detail


def test_nothing_is_offered_before_somebody_accepts(bank):
    """A patch that holds is kept as an attempt, and offered by an acceptance alone; one that does not never is."""
    patch = Patch(proposer="x", what="y", changes=(Change(path="a", before=b"1", after=b"2"),))
    held_, failed = (
        Fix(patch=patch, ladder=tuple(Climb(rung=rung, step=step) for rung in Rung))
        for step in (Step.HOLDS, Step.FAILS)
    )
    before = unoffered([failed, held_])
    assert before.fix is None and before.why == UNACCEPTED and before.attempts == (failed, held_)
    assert offer(before).fix is held_ and offer(before).attempts == (failed,)
    none = unoffered([failed])
    assert none.why == "no patch of 1 holds" and offer(none) is none
    assert unoffered([]).why == "nobody proposed a patch"


def test_moved_lines_change_nothing_and_other_code_does(bank):
    """Places are found again by name and text; the digest is of what a person is shown, without numbers."""
    before = stated(CLAIMED, study_of(bank), "c")
    assert (before.function, before.line.strip()) == ("show", '"""An account, to its owner alone."""')
    assert before.code[-1] == BODY.rstrip("\n") and len(before.code) == 3
    (bank / "bank.py").write_text(BANK.replace("_KEPT =", "# one\n# two\n\n_KEPT ="))
    study = study_of(bank)
    moved = placed(before, study)
    assert (moved.watched.line, moved.rests_on.line) == (9, 10)
    assert stated(moved, study, "c").digest == before.digest
    for old, new in (
        (BODY, BODY.replace("]", "] or None")),
        ("to its owner alone", "to anybody"),
        ("def show", "@id\ndef show"),
    ):
        (bank / "bank.py").write_text(BANK.replace(old, new))
        study = study_of(bank)
        other = stated(placed(before, study), study, "c")
        assert isinstance(other, str) or other.digest != before.digest, new


@pytest.mark.parametrize(
    "change",
    [
        {"statement": "Nobody sees an account of another"},
        {"never": PROPERTY["never"] + " "},
        {"violates": PROPERTY["violates"] + "\n"},
        {"ordinary": PROPERTY["ordinary"] + "\n"},
        {"watched": Place(path="bank.py", line=11)},
        {"rests_on": Place(path="bank.py", line=1)},
    ],
)
def test_every_word_of_it_is_in_the_digest(bank, change):
    study = study_of(bank)
    assert stated(replace(CLAIMED, **change), study, "c").digest != stated(CLAIMED, study, "c").digest


def test_how_an_attempt_ends(bank):
    """By what happened to the target, so that a run that gave no report says nothing of the property."""
    study = study_of(bank)
    with FileTree(bank) as tree:
        made = bench(tree, Chosen(), bank, target_python())

        def result(**changes):
            return held(replace(CLAIMED, **changes), study, made, LEAD_).result

        assert result(violates='from bank import show\nshow("ann", "a1")\n') is Result.NOT_TRIGGERED
        assert result(violates='from bank import accounts\naccounts("ann")\n') is Result.NOT_REACHED
        assert result(never="True") is Result.NOT_EXAMINED
        assert result(statement=" ") is Result.NOT_EXAMINED
        (bank / "bank.py").write_text(BANK + "\nimport os\nos._exit(3)\n")
        assert held(CLAIMED, study, made, LEAD_).result is Result.BROKEN


def test_a_lambda_on_its_first_line_is_not_watched(bank):
    """Nor is a comprehension: what they return is nothing that the property speaks of."""
    noted = "def noted(key):\n    key('ann')\n    return lambda function: function\n\n\n@noted(lambda user: {'owner': 'bob'})\n"
    (bank / "bank.py").write_text(BANK.replace("def show", f"{noted}def show"))
    study = study_of(bank)
    line = (bank / "bank.py").read_text().split("\n").index("def show(user, account):") + 1
    claimed = replace(CLAIMED, watched=Place(path="bank.py", line=line), rests_on=Place(path="bank.py", line=line + 1))
    with FileTree(bank) as tree:
        made = bench(tree, Chosen(), bank, sys.executable)
        found = held(claimed, study, made, LEAD_)
        assert found.shown is not None and (found.seen, found.quiet) == (5, 2)
        lazy = replace(claimed, violates="from bank import accounts\naccounts('ann')\n")
        assert held(lazy, study, made, LEAD_).result is Result.NOT_REACHED


class Says:
    """A sandbox whose every run reports the same."""

    name = "says"

    def __init__(self, report):
        self.report = report

    def run(self, profile, job):
        return Finished(exit_code=0, seen=Seen(reports=(self.report,)))


@pytest.mark.parametrize(
    "report",
    [
        b"{",
        b"[]",
        b"{}",
        b'{"calls": "x", "violated": 0, "unasked": "", "python": ""}',
        b'{"calls": 1, "violated": Infinity, "unasked": "", "python": ""}',
        b"[" * 100_000,
    ],
)
def test_a_report_that_is_none(bank, report):
    """Whatever comes of a run, nothing is read of it and nothing breaks."""
    study = study_of(bank)
    with FileTree(bank) as tree:
        found = held(CLAIMED, study, bench(tree, Says(report), bank, sys.executable), LEAD_)
    assert found.result is Result.BROKEN and "the report cannot be read" in found.why


def test_other_values():
    """Of its own texts and numbers, of those that are given, and near numbers, in turns; never the program itself."""
    made = other_uses("f('a', 1)\nf('b', 1)\n", ["c"], 16)
    assert made == (
        "f('b', 1)\nf('b', 1)",
        "f('a', 2)\nf('b', 1)",
        "f('a', 1)\nf('a', 1)",
        "f('a', 1)\nf('b', 2)",
        "f('c', 1)\nf('b', 1)",
        "f('a', 0)\nf('b', 1)",
        "f('a', 1)\nf('c', 1)",
        "f('a', 1)\nf('b', 0)",
        "f('a', -1)\nf('b', 1)",
        "f('a', 1)\nf('b', -1)",
    )
    assert other_uses("f(True)", ["x"], 16) == () == other_uses("no python(", ["x"], 16)


def test_texts_of_a_patch_do_not_use_up_the_other_values():
    """However many a patch speaks of, every argument is another one at least once."""
    made = other_uses("show('ann', 'b1')\n", [f"t{number}" for number in range(40)], OTHERS)
    assert len(made) == OTHERS and sum(one.startswith("show('ann', ") for one in made) == OTHERS // 2


def test_a_program_of_many_values_takes_no_time():
    """Only those that are run are made; what Python itself does not write down is none."""
    many = f"f([{', '.join(map(str, range(700)))}])\n"
    assert len(other_uses(many, ["x"], OTHERS)) == OTHERS
    assert other_uses(f"f({'-' * 900}1)", [], OTHERS) == () == other_uses(f"f(0x{'f' * 3900})", [], OTHERS)
