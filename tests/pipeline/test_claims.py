"""Which finding a claim means: real findings of a real scan, and claims beside, near and far from them."""

import pytest

from casemate.app.ground import rule_texts
from casemate.app.scan import ScanRequest, run_scan
from casemate.leads.claims import Claims
from casemate.model.claim import Claim
from casemate.model.finding import Disposition
from casemate.model.outcome import Reason
from casemate.pipeline.claims import located, match

SHOP = '''import os
import sqlite3
import subprocess


def label(name):
    text = "echo label "
    subprocess.run(
        text + name,
        shell=True,
    )
    return text


def plain(name):
    subprocess.run(["echo", name])
    os.listdir("/srv")
    return name


def find(name, db):
    statement = "SELECT * FROM shop WHERE name = '" + name + "'"
    db = sqlite3.connect(db)
    return db.execute(statement)


def run(command):
    """Run a command."""
    os.system(command)
'''
BROKEN = "def f(:\n    (((\n" * 3


@pytest.fixture(scope="module")
def scanned(tmp_path_factory):
    """The report of a target, and how its files are read."""
    place = tmp_path_factory.mktemp("claims")
    (place / "app").mkdir()
    (place / "app/shop.py").write_text(SHOP)
    (place / "app/broken.py").write_text(BROKEN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CASEMATE_HOME", str(place / ".home"))
        request = ScanRequest(paths=(place,), cache=False, exclude=(".home",))
        report = run_scan(request, announce=lambda line: None, progress=lambda *_: None)
    return report, lambda path: (place / path).read_bytes()


def claim(line, cwe=78, path="app/shop.py", rule="r"):
    return Claim(tool="t", rule=rule, cwe=cwe, path=path, line=line, message="")


def matched(scanned, one):
    """What a claim means."""
    report, source = scanned
    (found,) = match([one], report, cwes={rule.id: rule.cwe for rule in rule_texts()}, source=source)
    assert found.claim == one
    return found


def test_the_findings_that_are_there(scanned):
    """What the following tests speak of."""
    places = {(f.lead.rule, f.lead.location.line, f.disposition) for f in scanned[0].findings}
    assert places >= {
        ("command-injection", 8, Disposition.ACTIVE),
        ("sql-injection", 24, Disposition.ACTIVE),
        ("command-injection", 29, Disposition.BY_DESIGN),
    }


MEANT = {
    "at its line": (8, 78, 8),
    "inside its statement": (10, 78, 8),
    "at its end": (11, 78, 8),
    "at a near line of the function": (12, 78, 8),
    "by the parent": (8, 77, 8),
    "by a class that says nothing": (8, 20, 8),
    "where the value comes from": (6, 78, 8),
    "where it passes": (22, 89, 24),
    "by a child": (24, 564, 24),
    "what is by design": (29, 78, 29),
}


@pytest.mark.parametrize(("line", "cwe", "finding"), MEANT.values(), ids=MEANT)
def test_a_claim_that_means_a_finding(scanned, line, cwe, finding):
    """The same file, the same statement or a near line of the same function, a weakness of the family."""
    found = matched(scanned, claim(line, cwe))
    assert (found.finding.lead.location.line, found.why) == (finding, "")


NOT_MEANT = {
    "another function, three lines on": (15, 78, "nothing was found there: no value from outside was seen to reach it"),
    "a call that is no weakness": (16, 78, "nothing was found there: no value from outside was seen to reach it"),
    "another weakness at the line": (8, 89, "what was found there is another weakness: command-injection (CWE-78)"),
    "no line of the file": (900, 78, "nothing was found there: no value from outside was seen to reach it"),
    "no rule for it": (8, 1021, "no rule that ran looks for CWE-1021"),
}


@pytest.mark.parametrize(("line", "cwe", "why"), NOT_MEANT.values(), ids=NOT_MEANT)
def test_a_claim_that_means_none(scanned, line, cwe, why):
    """Why."""
    assert matched(scanned, claim(line, cwe)).why == why


def test_a_file_that_was_not_examined(scanned):
    """Nobody can say."""
    found = matched(scanned, claim(2, path="app/broken.py"))
    assert found.finding is None
    assert "was not examined (syntax)" in found.why


def test_a_file_that_cannot_be_read(scanned):
    """Only the exact line counts."""
    report, _ = scanned
    cwes = {"command-injection": 78}
    one, other = match([claim(8), claim(10)], report, cwes=cwes, source=lambda path: None)
    assert (one.finding.lead.location.line, other.finding) == (8, None)


# --- files


FILES = ("app/shop.py", "app/views.py", "lib/views.py", "setup.py")


def at(path):
    claims = located(Claims(claims=(claim(1, path=path),)), FILES)
    if claims.claims:
        return claims.claims[0].path
    (told,) = claims.not_examined
    assert (told.reason, told.what) == (Reason.NO_SOURCE, f"t r at {path}:1")
    return told.detail


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("app/shop.py", "app/shop.py"),
        ("src/app/shop.py", "app/shop.py"),  # the tool was started above the target
        ("shop.py", "app/shop.py"),  # or below it
        ("setup.py", "setup.py"),
        ("x/y/setup.py", "setup.py"),
        ("src/app/views.py", "app/views.py"),
        ("views.py", "several files are called 'views.py'"),
        ("op.py", "the target has no file 'op.py'"),
        ("other.py", "the target has no file 'other.py'"),
    ],
)
def test_the_file_that_is_meant(path, answer):
    """A tool may have been started elsewhere; what is not one file is none."""
    assert at(path) == answer


def test_what_was_odd_before_stays_told():
    """Nothing is lost on the way."""
    first = located(Claims(claims=(claim(1, path="gone.py"),)), FILES)
    assert located(first, FILES) == first


def test_many_claims_read_a_file_once(scanned):
    """A scanner may have a thousand things to say about one file."""
    report, source = scanned
    reads = []

    def counted(path):
        reads.append(path)
        return source(path)

    match([claim(1 + n % 29) for n in range(500)], report, cwes={"command-injection": 78}, source=counted)
    assert reads == ["app/shop.py"]
