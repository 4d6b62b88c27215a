"""`casemate export`: drafts from reports and bundles, recorded, the same bytes for the same day, one line for bad input."""

import json
import os
import stat

import pytest

from casemate.app.ground import recorded_ledger
from casemate.cli.export import CATEGORIES, JUSTIFICATIONS, LABELS, STATUSES
from casemate.evidence.bundle import digest
from casemate.evidence.jsonreport import render
from casemate.evidence.publication import Justification, Publisher, Status, Tlp
from casemate.evidence.sarif import render as render_sarif
from casemate.evidence.verdicts import released
from casemate.governance.audit import audit
from casemate.governance.charter import Tier
from casemate.governance.entries import Outcome, kept
from tests.evidence.proven import hunted_bank
from tests.evidence.support import RULES, bank
from tests.evidence.test_csaf import VALIDATOR
from tests.evidence.test_fixes import OFFERED
from tests.evidence.test_openvex import VALIDATOR as OPENVEX

REPORT, BUNDLES = hunted_bank()
((PROVEN, BUNDLE),) = BUNDLES.items()
PURL = ("--purl", "pkg:pypi/back-office@4.2.0")
WHO = ("--publisher", "Example CERT", "--publisher-namespace", "https://www.example.com")
WHAT = ("--product", "Back Office", "--product-version", "4.2.0")
CSAF = ("export", "csaf", *WHAT, *WHO, *PURL, "--date", "2026-11-30")
VEX = ("export", "openvex", *WHO, *PURL, "--date", "2026-11-30")


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A current folder with a report that holds the input of its proof, and the bundle."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    (tmp_path / "r.json").write_text(render(released(REPORT, BUNDLES.values())))
    (tmp_path / "b.casemate").write_bytes(BUNDLE)
    return tmp_path


def identity(rule, report=REPORT):
    return next(finding.identity for finding in report.findings if finding.lead.rule == rule)


def test_the_commands_own_lists_are_those_of_the_documents():
    """They stand there twice so that `--help` costs little."""
    assert (tuple(Status), tuple(Justification), tuple(Publisher)) == (STATUSES, JUSTIFICATIONS, CATEGORIES)
    assert tuple(label.lower() for label in Tlp) == LABELS


def test_a_draft_of_a_report_and_of_a_bundle(casemate):
    """The same one, valid, without the input that the report holds."""
    of_report = casemate(*CSAF, "r.json", "--finding", PROVEN[:8])
    of_bundle = casemate(*CSAF, "b.casemate")
    assert (of_report.exit_code, of_bundle.exit_code) == (0, 0), of_report.output
    assert of_report.stdout == of_bundle.stdout
    VALIDATOR.validate(json.loads(of_bundle.stdout))
    assert "{canary}" not in of_report.stdout
    assert digest(BUNDLE) in of_report.stdout
    OPENVEX.validate(json.loads(casemate(*VEX, "b.casemate").stdout))


def test_an_export_is_recorded(casemate):
    """Under find, with the file as its subject and the digest of what leaves; --quiet keeps the charter off the screen."""
    done = casemate(*CSAF, "b.casemate")
    assert done.stderr.startswith("charter: find under the operator's records, b.casemate, for ")
    (operation,) = audit(recorded_ledger()).operations
    assert (operation.before.operation, operation.before.tier) == ("export", Tier.FIND)
    assert operation.before.names == ("b.casemate",)
    assert (operation.after.outcome, operation.after.evidence) == (
        Outcome.COMPLETED,
        kept([digest(done.stdout.encode())]),
    )
    assert casemate(*VEX, "b.casemate", "--quiet").stderr == ""


def test_what_cannot_be_recorded_does_not_leave(casemate, here):
    """No line of the draft is written."""
    (here / "home").write_text("in the way")
    done = casemate(*CSAF, "b.casemate", "-o", "x.json")
    assert (done.exit_code, done.stdout, (here / "x.json").exists()) == (4, "", False)


def test_into_a_file_and_the_name_that_it_must_have(casemate, here):
    """Whole or not at all; another name is said, because a publisher must rename it."""
    wanted = f"casemate-{PROVEN[:12]}.json"
    done = casemate(*CSAF, "b.casemate", "-o", "x.json")
    assert done.stderr.endswith(
        f"a file of this document is to be called {wanted} when it is published (CSAF 2.0, 5.1)\n"
    )
    again = casemate(*CSAF, "b.casemate", "-o", wanted)
    assert (done.stdout, again.stderr.count("\n")) == ("", 1)
    assert (here / "x.json").read_bytes() == (here / wanted).read_bytes()


def test_the_day(casemate, monkeypatch):
    """--date, else SOURCE_DATE_EPOCH, else the clock."""

    def day(*more):
        command = [part for part in CSAF if part not in ("--date", "2026-11-30")]
        done = casemate(*command, *more, "b.casemate")
        return json.loads(done.stdout)["document"]["tracking"]["initial_release_date"] if not done.exit_code else done

    assert day("--date", "2026-11-30T02:00:00+02:00") == "2026-11-30T00:00:00Z"
    assert day() > "2026-01-01"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert day() == "1970-01-02T00:00:00Z"
    assert day("--date", "2026-11-30") == "2026-11-30T00:00:00Z"
    for bad in ("30.11.2026", "2026-02-30", "2026-11-30T02:00:00", "now", ""):
        done = day("--date", bad)
        assert (done.exit_code, f"{bad!r} is no day like 2026-12-31" in done.stderr) == (2, True)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "x")
    assert day().exit_code == 2


def test_the_publisher_from_the_environment(casemate, monkeypatch):
    """Set once for a house; an option goes before it."""
    monkeypatch.setenv("CASEMATE_PUBLISHER", "House CERT")
    monkeypatch.setenv("CASEMATE_PUBLISHER_NAMESPACE", "https://house.example")
    monkeypatch.setenv("CASEMATE_PUBLISHER_CONTACT", "cert@house.example")
    publisher = json.loads(casemate("export", "csaf", *WHAT, "b.casemate").stdout)["document"]["publisher"]
    assert publisher == {
        "category": "discoverer",
        "contact_details": "cert@house.example",
        "name": "House CERT",
        "namespace": "https://house.example",
    }
    author = json.loads(casemate("export", "openvex", *PURL, "--publisher", "Other", "b.casemate").stdout)["author"]
    assert author == "Other <cert@house.example>"


def test_several_findings_in_one_draft(casemate):
    """In the order asked, from several files."""
    sql = identity("sql-injection")
    done = casemate(*CSAF, "r.json", "--finding", sql[:10], "--finding", PROVEN[:10])
    draft = json.loads(done.stdout)
    assert [one["ids"][0]["text"] for one in draft["vulnerabilities"]] == [sql, PROVEN]
    assert draft["document"]["title"] == "2 weaknesses in Back Office 4.2.0"
    VALIDATOR.validate(draft)


def test_a_finding_that_does_not_count(casemate):
    """Is not stated to affect anybody; that it does not can be drafted."""
    hidden = next(f.identity for f in REPORT.findings if f.suppression is not None)
    done = casemate(*CSAF, "r.json", "--finding", hidden)
    assert done.exit_code == 2
    assert f"the finding {hidden[:12]} does not count in its report (suppressed: The target's own" in done.stderr
    denied = ("--status", "known_not_affected", "--justification", "vulnerable_code_not_in_execute_path")
    assert casemate(*CSAF, *denied, "r.json", "--finding", hidden).exit_code == 0


def test_a_patch_that_held(casemate, here):
    """Is a remediation of the draft, without a line of it."""
    (here / "fixed.json").write_text(render(OFFERED))
    done = casemate(*CSAF, "fixed.json", "--finding", identity("command-injection", OFFERED))
    assert json.loads(done.stdout)["vulnerabilities"][0]["remediations"][0]["category"] == "mitigation"
    assert "hunter2" not in done.stdout
    assert "subprocess.call" not in done.stdout


BAD = {
    "no product": (("export", "csaf", *WHO, "b.casemate"), "cannot be without --product and --product-version"),
    "no publisher": (
        ("export", "csaf", *WHAT, "b.casemate"),
        "give --publisher and --publisher-namespace, or set CASEMATE_",
    ),
    "no package URL": (("export", "openvex", *WHO, "b.casemate"), "an OpenVEX document cannot be without --purl"),
    "several findings": ((*CSAF, "r.json"), "there are 6 findings; name one of them by --finding ID"),
    "no such finding": ((*CSAF, "r.json", "--finding", "zz"), "no finding has an identity that begins with 'zz'"),
    "no file": ((*CSAF, "none.json"), "cannot read 'none.json': No such file or directory; name a report that"),
    "a folder": ((*CSAF, "."), "'.' is a folder; name a report that"),
    "SARIF": ((*CSAF, "r.sarif"), "'r.sarif' is no JSON report of Casemate: it names no tool; name a report"),
    "a damaged bundle": ((*CSAF, "cut.casemate"), "'cut.casemate' is no sound evidence bundle"),
    "twice the same": ((*CSAF, "b.casemate", "r.json", "--finding", PROVEN), "stands in two of the files"),
    "a wrong status": ((*CSAF, "--status", "known_not_affected", "b.casemate"), "needs a reason; give --justification"),
    "no place": ((*CSAF, "b.casemate", "-o", "none/x.json"), "there is no folder 'none'"),
    "nothing": (CSAF, "Missing argument 'REPORT|BUNDLE...'"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(name, casemate, here):
    """Exit code 2, one line with the next step, and nothing on standard output."""
    (here / "r.sarif").write_text(render_sarif(bank(), RULES))
    (here / "cut.casemate").write_bytes(BUNDLE[:-9])
    arguments, why = BAD[name]
    done = casemate(*arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert why in done.stderr
    assert "Traceback" not in done.stderr


def test_a_pipe_is_read(casemate, here):
    """A report need not be a regular file."""
    os.mkfifo(here / "pipe")
    if os.fork() == 0:
        (here / "pipe").write_bytes((here / "b.casemate").read_bytes())
        os._exit(0)
    assert stat.S_ISFIFO((here / "pipe").stat().st_mode)
    assert casemate(*CSAF, "pipe").exit_code == 0
    os.wait()
