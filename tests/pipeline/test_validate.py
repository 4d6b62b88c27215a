"""The ladder, on a small target in real sandboxes: what a patch must be to be offered, and every way in which it is not."""

import sys
from dataclasses import replace

import pytest
from targetpython import target_python

from casemate.adapters.filesystem import FileTree
from casemate.adapters.inprocess import InProcess
from casemate.adapters.nostore import NoStore
from casemate.adapters.sandbox.choice import Chosen
from casemate.model.fix import Change, Patch, Rung, Step
from casemate.model.sandbox import Profile
from casemate.pipeline.bench import bench
from casemate.pipeline.patched import Patched, Recollected
from casemate.pipeline.scan import ScanOptions, scan
from casemate.pipeline.suite import LIMITS, Suite
from casemate.pipeline.tried import Before, Proven, before
from casemate.pipeline.validate import Grounds, climb, mend
from casemate.proofs.campaign import campaign
from casemate.proofs.catalogue import oracle
from casemate.proofs.question import Question

LABELS = '''"""Labels for parcels."""

import subprocess


def clean(name):
    """Names are written without spaces around them."""
    return name.strip()


def label(name):
    """Print a label."""
    line = "echo label " + clean(name)
    return subprocess.run(line, shell=True, capture_output=True, text=True).stdout
'''
TESTS = """import unittest

from labels import clean, label


class TestLabels(unittest.TestCase):
    def test_clean(self):
        self.assertEqual(clean(" a "), "a")

    def test_label(self):
        self.assertEqual(label("a"), "label a\\n")

    def test_broken_before(self):
        self.assertEqual(clean("a"), "b")
"""
CALL = "subprocess.run(line, shell=True, capture_output=True, text=True)"
LINE = '    line = "echo label " + clean(name)\n'
GOOD = LABELS.replace(CALL, 'subprocess.run(["echo", "label", clean(name)], capture_output=True, text=True)').replace(
    LINE, ""
)


def patch(after: str, path: str = "labels.py", before: str = LABELS) -> Patch:
    """A patch of the one file."""
    change = Change(path=path, before=before.encode(), after=after.encode())
    return Patch(proposer="somebody", what="change it", changes=(change,))


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """The target's folder."""
    folder = tmp_path_factory.mktemp("labels") / "labels"
    folder.mkdir()
    (folder / "labels.py").write_text(LABELS)
    (folder / "test_labels.py").write_text(TESTS)
    return folder


@pytest.fixture(scope="module")
def ground(place):
    """What is proven there, what it does as it is, and what the ladder stands on."""
    held = Chosen()
    if why := held.examine(Profile(interpreter=sys.executable)).refusal:
        pytest.skip(why)
    with FileTree(place) as tree:
        target = Recollected(tree)

        def report_of(changes=()):
            return scan(
                [Patched(target, changes)],
                store=NoStore(),
                executor=InProcess(),
                options=ScanOptions(),
                progress=lambda stage, done, total: None,
            )

        report = report_of()
        (finding,) = report.findings
        made = bench(target, held, tree.place, target_python())
        question = Question(identity=finding.identity, cwe=finding.cwe, lead=finding.lead)
        ((_, attempt),) = campaign(made, [question])
        proven = Proven.of(question, oracle(attempt.verdict.proof.oracle), attempt.exhibit)
        suite = Suite(
            held=held,
            profile=replace(made.profile, limits=LIMITS),
            files=["labels.py", "test_labels.py"],
            source=made.source,
            paths=made.paths,
        )
        grounds = Grounds(bench=made, suite=suite, report=report, rescan=lambda patch: report_of(patch.changes))
        yield proven, before(proven, made), grounds


def ended(fix):
    """The rung that failed, and what it says; None when none did."""
    return next(((one.rung, one.detail) for one in fix.ladder if one.step is Step.FAILS), None)


def test_what_is_right_climbs_the_whole_ladder(ground):
    """Every rung holds, the target's own tests among them; one that failed before says nothing."""
    fix = climb(ground[0], patch(GOOD), ground[1], ground[2])
    assert [(one.rung, one.step) for one in fix.ladder] == [(rung, Step.HOLDS) for rung in Rung]
    assert fix.offered and fix.tested and fix.executions > 50
    details = {one.rung: one.detail for one in fix.ladder}
    assert details[Rung.TESTS] == "2 pass as before, 1 fail as before, in 1 of 1 files"
    assert details[Rung.RESCAN] == "no new finding"


def test_what_changes_nothing_that_matters_leaves_the_proof_alive(ground):
    """A longer comment is no fix."""
    fix = climb(ground[0], patch(LABELS.replace("Labels for", "Good labels for")), ground[1], ground[2])
    assert ended(fix) == (Rung.DEAD, "it still takes effect")
    assert not fix.offered


def test_one_bad_character_taken_out_leaves_variants(ground):
    """The proof's own input is dead, others are not."""
    word = ground[0].payload["text"].replace("{canary}", "")[0]
    fix = climb(ground[0], patch(LABELS.replace("strip()", f"strip().replace({word!r}, '')")), ground[1], ground[2])
    assert ended(fix)[0] is Rung.VARIANTS
    assert ended(fix)[1].endswith("other inputs takes effect: a program named in the input was run")


@pytest.mark.parametrize(
    ("after", "rung"),
    [
        pytest.param(LABELS.replace(LINE, '    raise ValueError("no")\n' + LINE), Rung.LOADS, id="refuses all"),
        pytest.param(LABELS.replace(LINE, LINE.replace(" + clean", " + clean(")), Rung.LOADS, id="does not parse"),
        pytest.param(GOOD.replace('"label"', '"etikett"'), Rung.BENIGN, id="says something else"),
        pytest.param(
            GOOD + "\n\ndef ticket(name):\n    return subprocess.run('echo ticket ' + name, shell=True)\n",
            Rung.RESCAN,
            id="a new weakness",
        ),
        pytest.param(GOOD.replace("return name.strip()", "return name"), Rung.TESTS, id="breaks a test"),
    ],
)
def test_what_harms_the_target_fails(ground, after, rung):
    """Each at the rung that is there for it."""
    fix = climb(ground[0], patch(after), ground[1], ground[2])
    assert ended(fix)[0] is rung
    assert not fix.offered


def test_a_file_that_has_changed_is_left_alone(ground):
    """A patch is for the bytes that it was made of."""
    fix = climb(ground[0], patch(GOOD + "# new\n", before=LABELS + "# new\n"), ground[1], ground[2])
    assert ended(fix) == (Rung.APPLIES, "labels.py is not the file that it was made for")
    assert fix.executions == 0


def test_silence_counts_only_where_the_oracle_would_speak(ground):
    """Without a negative control nothing is tried."""
    quiet = replace(ground[1], fires="")
    fix = climb(ground[0], patch(GOOD), quiet, ground[2])
    assert ended(fix)[0] is Rung.CONTROL
    broken = climb(ground[0], patch(GOOD), Before(broken="gone"), ground[2])
    assert ended(broken) == (Rung.CONTROL, "an unpatched copy cannot be driven: gone")


def test_the_first_patch_that_holds_is_offered(ground):
    """What failed before it is kept and labelled."""
    bad = patch(LABELS.replace("Labels for", "Good labels for"))
    mending = mend(ground[0], iter([bad, patch(GOOD)]), ground[2])
    assert mending.fix is not None and mending.fix.patch == patch(GOOD)
    assert [fix.patch for fix in mending.attempts] == [bad]
    none = mend(ground[0], iter([bad]), ground[2])
    assert none.fix is None
    assert none.why == "the only patch failed at the proof is dead: it still takes effect"
    assert mend(ground[0], iter([]), ground[2]).why == "no rewrite knows how to change this code"
