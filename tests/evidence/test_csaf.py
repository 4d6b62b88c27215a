"""CSAF 2.0: valid under the official schema and the mandatory tests, the same bytes twice, and readable by our own reader."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from casemate.evidence.csaf import document, filename, render, tracking_id
from casemate.evidence.publication import Justification, Publisher, Status, Tlp
from casemate.evidence.told import Page
from casemate.host.advisories.parse import parse
from casemate.model.advisory import EventKind, Origin
from casemate.model.advisory import Status as Known
from casemate.model.errors import UserError
from tests.evidence.csaf_checks import CHECKS, failed
from tests.evidence.drafts import FIXED, PAGE, TRACED, said, told

SCHEMA = json.loads(Path(__file__).with_name("csaf-2.0.json").read_text())
SCORES = Registry().with_resources(  # no document of ours holds a score
    (f"https://www.first.org/cvss/cvss-v{version}.json", DRAFT202012.create_resource({}))
    for version in ("2.0", "3.0", "3.1")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA, registry=SCORES)
DENIED = {"status": Status.NOT_AFFECTED, "justification": Justification.NOT_EXECUTED}
SAID = {
    "affected": said(),
    "fixed": said(status=Status.FIXED),
    "investigated": said(status=Status.INVESTIGATED),
    "not affected": said(**DENIED),
    "not affected, in words": said(**DENIED, impact="The module is not built in."),
    "all that can be said": said(
        vendor="Example AG",
        contact="cert@example.com",
        category=Publisher.COORDINATOR,
        tracking="EX 2026/7",
        cve="CVE-2026-12345",
        tlp=Tlp.RED,
    ),
    "no package URL": said(purl=""),
}
FINDINGS = {
    "traced": [(TRACED, PAGE)],
    "fixed": [(FIXED, PAGE)],
    "of an unknown rule": [(TRACED, Page())],
    "of a category": [(replace(TRACED, cwe=16), PAGE)],
    "two": [(TRACED, PAGE), (told("sql-injection"), PAGE)],
}


# A CVE number is of one weakness.
PAIRS = [(which, given) for which in FINDINGS for given in SAID if len(FINDINGS[which]) == 1 or not SAID[given].cve]


@pytest.mark.parametrize(("which", "given"), PAIRS)
def test_a_draft_is_valid(which, given):
    """Schema and mandatory tests; whatever the publisher says."""
    draft = document(FINDINGS[which], SAID[given])
    VALIDATOR.validate(draft)
    assert failed(draft) == []
    assert draft["document"]["tracking"]["status"] == "draft"


def test_the_draft_of_a_traced_finding():
    """What it says, field by field."""
    draft = document([(TRACED, PAGE)], said())
    head, (weakness,) = draft["document"], draft["vulnerabilities"]
    assert (head["category"], head["lang"]) == ("csaf_security_advisory", "en")
    assert head["distribution"]["tlp"]["label"] == "AMBER"
    assert head["publisher"] == {
        "category": "discoverer",
        "name": "Example CERT",
        "namespace": "https://www.example.com",
    }
    assert head["title"] == "Command injection in Runner.settle: Back Office 4.2.0"
    assert head["aggregate_severity"] == {"text": "critical"}
    assert head["tracking"]["id"] == f"CASEMATE-{TRACED.identity[:12]}"
    assert head["tracking"]["current_release_date"] == "2026-11-30T00:00:00Z"
    assert weakness["cwe"] == {
        "id": "CWE-78",
        "name": "Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')",
    }
    assert weakness["ids"] == [{"system_name": "Casemate finding", "text": TRACED.identity}]
    assert weakness["product_status"] == {"known_affected": ["CSAFPID-0001"]}
    notes = {note["title"]: note["text"] for note in weakness["notes"]}
    assert list(notes) == [
        "What was found",
        "What it is",
        "Why it matters",
        "The way of the value",
        "Evidence",
        "How to verify it",
    ]
    assert notes["What was found"] == (
        "subprocess.run runs a command made from the form field (backoffice/settlement/runner.py:88, in Runner.settle)."
    )
    assert notes["The way of the value"] == (
        "The value comes from the network.\n"
        "1. backoffice/settlement/runner.py:80: form field enters\n"
        "2. backoffice/settlement/runner.py:88: reaches subprocess.run"
    )
    assert notes["Evidence"].startswith("The finding is traced, in the words of Casemate: A value was followed")
    assert f"identity is {TRACED.identity}" in notes["How to verify it"]
    (remediation,) = weakness["remediations"]
    assert (remediation["category"], remediation["details"]) == (
        "none_available",
        "No fix by the maintainer is known to this draft. How such a weakness is fixed: Pass a list.",
    )


def test_the_draft_of_what_a_patch_held_for():
    """It is proven, not fixed, in what was examined; the patch is a remediation, the bundle's digest the way to verify."""
    (weakness,) = document([(FIXED, PAGE)], said())["vulnerabilities"]
    notes = {note["title"]: note["text"] for note in weakness["notes"]}
    assert notes["Evidence"].startswith("The finding is proven, in the words of Casemate: An oracle saw it")
    assert notes["Evidence"].endswith("What was examined does not have that patch.")
    assert "What happened: a program named in the input was run; seen from outside" in notes["Evidence"]
    assert f"SHA-256 {FIXED.bundle}" in notes["How to verify it"]
    (remediation,) = weakness["remediations"]
    assert remediation["category"] == "mitigation"
    assert (
        "put to the proof: run it without a shell. What it was put to, and holds: applies, loads, "
        in remediation["details"]
    )
    assert "What does not apply: the target's tests." in remediation["details"]


def test_statuses_have_their_profile_and_reason():
    """VEX for what is not affected or not known; what the publisher states is said to be theirs."""
    draft = document([(FIXED, PAGE)], SAID["not affected, in words"])
    (weakness,) = draft["vulnerabilities"]
    assert draft["document"]["category"] == "csaf_vex"
    assert weakness["flags"] == [{"label": "vulnerable_code_not_in_execute_path", "product_ids": ["CSAFPID-0001"]}]
    assert weakness["threats"][0]["details"] == "The module is not built in."
    assert "remediations" not in weakness
    (evidence,) = [note["text"] for note in weakness["notes"] if note["title"] == "Evidence"]
    assert evidence.endswith(
        "That Back Office 4.2.0 is not affected is stated by the publisher, and was not examined here."
    )
    assert document([(FIXED, PAGE)], SAID["investigated"])["document"]["category"] == "csaf_vex"
    assert document([(FIXED, PAGE)], SAID["fixed"])["document"]["category"] == "csaf_security_advisory"


def test_a_category_of_cwe_is_told_in_words():
    """CWE-16 is no weakness, so that the field must not hold it (6.1.11)."""
    (weakness,) = document([(replace(TRACED, cwe=16), PAGE)], said())["vulnerabilities"]
    assert "cwe" not in weakness
    assert any(note["text"].startswith("CWE-16, which is no weakness of CWE 4.14") for note in weakness["notes"])


def test_a_draft_of_several_is_as_severe_as_the_worst():
    """In whatever order they stand."""
    for findings in (FINDINGS["two"], FINDINGS["two"][::-1]):
        draft = document(findings, said())
        assert draft["document"]["aggregate_severity"] == {"text": "critical"}
        assert draft["document"]["title"] == "2 weaknesses in Back Office 4.2.0"


def test_the_product_stands_below_its_vendor():
    """Vendor, name, version; without a vendor the name is on top."""
    (top,) = document([(TRACED, PAGE)], said(vendor="Example AG"))["product_tree"]["branches"]
    (plain,) = document([(TRACED, PAGE)], said())["product_tree"]["branches"]
    assert (top["category"], top["name"], top["branches"]) == ("vendor", "Example AG", [plain])
    assert (plain["category"], plain["name"]) == ("product_name", "Back Office")
    (version,) = plain["branches"]
    assert (version["category"], version["name"]) == ("product_version", "4.2.0")
    assert version["product"]["product_identification_helper"] == {"purl": "pkg:pypi/back-office@4.2.0"}


def test_the_same_bytes_twice_and_sorted_keys():
    """Nothing of the machine and its clock (5.3 asks for sorted keys)."""
    text = render([(TRACED, PAGE)], said())
    assert text == render([(told(), PAGE)], said())
    assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def test_ids_and_names_of_files():
    """Of several findings an id of all of them, in any order; a name as 5.1 has it, with its own examples."""
    both = [told(), told("sql-injection")]
    assert tracking_id(both, said()) == tracking_id(both[::-1], said()) != tracking_id(both[:1], said())
    assert tracking_id(both, said(tracking="X-1")) == "X-1"
    assert filename("cisco-sa-20190513-secureboot") == "cisco-sa-20190513-secureboot.json"
    assert filename("Example Company - 2019-YH3234") == "example_company_-_2019-yh3234.json"
    assert filename("RHBA-2019:0024") == "rhba-2019_0024.json"
    assert filename("2022_#01-A") == "2022_01-a.json"


@pytest.mark.parametrize("name", ["product", "version", "publisher", "namespace"])
def test_what_must_be_said(name):
    """Nothing is made up in its place."""
    changes = {name: ""} | ({"purl": ""} if name == "version" else {})
    with pytest.raises(UserError, match="a CSAF document cannot be without --"):
        document([(TRACED, PAGE)], said(**changes))


def test_one_cve_is_of_one_weakness():
    """6.1.23 would fail."""
    with pytest.raises(UserError, match="--cve is of one weakness"):
        document(FINDINGS["two"], said(cve="CVE-2026-12345"))


@pytest.mark.parametrize(
    ("given", "status", "versions"),
    [
        (said(), Known.AFFECTED, ("4.2.0",)),
        (said(status=Status.INVESTIGATED), Known.UNKNOWN, ()),
        (said(**DENIED), Known.NOT_AFFECTED, ()),
    ],
)
def test_our_own_reader_reads_it(given, status, versions):
    """What `casemate db import` makes of it."""
    parsed = parse(render([(TRACED, PAGE)], given).encode())
    assert (parsed.origin, parsed.date) == (Origin.CSAF, "2026-11-30")
    (advisory,) = parsed.advisories
    assert (advisory.id, advisory.severity) == (f"CASEMATE-{TRACED.identity[:12]}", "critical")
    assert advisory.summary == "Command injection in Runner.settle"
    (affected,) = advisory.affected
    assert (affected.ecosystem, affected.package, affected.status) == ("PyPI", "back-office", status)
    assert affected.versions == versions


def test_our_own_reader_reads_a_fix():
    """As a range up to the version that holds it."""
    draft = said(status=Status.FIXED, cve="CVE-2026-12345", vendor="Example AG")
    (advisory,) = parse(render([(TRACED, PAGE)], draft).encode()).advisories
    ((_, end),) = advisory.affected[0].ranges
    assert (advisory.id, end.kind, end.version) == ("CVE-2026-12345", EventKind.FIXED, "4.2.0")


def change(draft, path, value):
    """The draft with another value at a path; None removes it."""
    out = copy.deepcopy(draft)
    *way, last = path
    place = out
    for key in way:
        place = place[key]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return out


W, T = ("vulnerabilities", 0), ("document", "tracking")
VERSION = ("product_tree", "branches", 0, "branches", 0)
REVISION = {"date": "2026-11-30T00:00:00Z", "number": "0.1.0", "summary": "x"}
MUTATIONS = [
    ("6.1.1", "affected", (*W, "product_status", "known_affected"), ["CSAFPID-0002"]),
    ("6.1.1", "affected", (*W, "remediations", 0, "product_ids"), ["CSAFPID-0002"]),
    ("6.1.2", "affected", ("product_tree", "full_product_names"), [{"name": "x", "product_id": "CSAFPID-0001"}]),
    ("6.1.6", "affected", (*W, "product_status", "fixed"), ["CSAFPID-0001"]),
    ("6.1.11", "affected", (*W, "cwe", "name"), "OS Command Injection"),
    ("6.1.13", "affected", (*VERSION, "product", "product_identification_helper", "purl"), "pkg:pypi/@1"),
    ("6.1.16", "affected", (*T, "version"), "0.2.0"),
    ("6.1.17", "affected", (*T, "status"), "final"),
    ("6.1.18", "affected", (*T, "status"), "interim"),
    ("6.1.19", "affected", (*T, "revision_history", 0, "number"), "0.1.0-rc.1"),
    ("6.1.21", "affected", (*T, "revision_history", 0, "number"), "2.0.0"),
    ("6.1.22", "affected", (*T, "revision_history"), [REVISION, REVISION]),
    ("6.1.26", "affected", ("document", "category"), "csaf_advisory"),
    ("6.1.27.4", "affected", ("product_tree",), None),
    ("6.1.27.5", "affected", (*W, "notes"), None),
    ("6.1.27.6", "affected", (*W, "product_status"), None),
    ("6.1.27.7", "not affected", (*W, "product_status"), {"recommended": ["CSAFPID-0001"]}),
    ("6.1.27.8", "not affected", (*W, "ids"), None),
    ("6.1.27.9", "not affected", (*W, "flags"), None),
    ("6.1.27.10", "not affected", (*W, "product_status"), {"known_affected": ["CSAFPID-0001"]}),
    ("6.1.27.11", "affected", ("vulnerabilities",), None),
    ("6.1.29", "affected", (*W, "remediations", 0, "product_ids"), None),
    ("6.1.30", "affected", (*T, "version"), "1"),
    ("6.1.31", "affected", (*VERSION, "name"), "before 4.2"),
    ("6.1.32", "not affected", (*W, "flags", 0, "product_ids"), None),
]


@pytest.mark.parametrize(("test", "given", "path", "value"), MUTATIONS)
def test_the_mandatory_tests_can_fail(test, given, path, value):
    """A draft with one thing wrong fails the test that is about it."""
    draft = document([(TRACED, PAGE)], SAID[given])
    assert test not in failed(draft)
    assert CHECKS[test](change(draft, path, value))
