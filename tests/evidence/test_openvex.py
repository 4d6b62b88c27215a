"""OpenVEX 0.2.0: valid under the official schema, known by the hash of what it states, the same bytes twice."""

import json
from pathlib import Path

import jsonschema
import pytest

from casemate.evidence.openvex import canonical_hash, document, render
from casemate.evidence.publication import Justification, Status
from casemate.evidence.told import Page
from casemate.model.errors import UserError
from tests.evidence.drafts import FIXED, PAGE, TRACED, said, told

SCHEMA = json.loads(Path(__file__).with_name("openvex-0.2.0.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
DENIED = {"status": Status.NOT_AFFECTED, "justification": Justification.MITIGATED}
SAID = {
    "affected": said(),
    "fixed": said(status=Status.FIXED),
    "under_investigation": said(status=Status.INVESTIGATED),
    "not_affected": said(**DENIED, impact="The proxy drops such requests."),
}


@pytest.mark.parametrize("status", SAID)
@pytest.mark.parametrize("findings", [[(TRACED, PAGE)], [(FIXED, Page())], [(TRACED, PAGE), (told("xss"), PAGE)]])
def test_a_draft_is_valid(findings, status):
    """Under every status, with its label in the words of OpenVEX."""
    draft = document(findings, SAID[status])
    VALIDATOR.validate(draft)
    assert {one["status"] for one in draft["statements"]} == {status}


def test_the_draft_of_what_a_patch_held_for():
    """What it says, field by field; no line of the source."""
    draft = document([(FIXED, PAGE)], said(contact="cert@example.com", vendor="Example AG"))
    (statement,) = draft["statements"]
    assert draft["@context"] == "https://openvex.dev/ns/v0.2.0"
    assert (draft["author"], draft["role"], draft["version"]) == ("Example CERT <cert@example.com>", "discoverer", 1)
    assert draft["timestamp"] == "2026-11-30T00:00:00Z"
    assert statement["vulnerability"] == {
        "name": f"casemate:{FIXED.identity}",
        "description": (
            "Command injection. subprocess.run runs a command made from the form field (backoffice/settlement/runner.py:88, in "
            "Runner.settle). CWE-78: Improper Neutralization of Special Elements used in an OS Command ('OS Command Injection')."
        ),
    }
    assert statement["products"] == [
        {"@id": "pkg:pypi/back-office@4.2.0", "identifiers": {"purl": "pkg:pypi/back-office@4.2.0"}}
    ]
    assert statement["supplier"] == "Example AG"
    assert "put to the proof: run it without a shell." in statement["action_statement"]
    assert statement["status_notes"].startswith("The finding is proven, in the words of Casemate: An oracle saw it")
    assert f"SHA-256 {FIXED.bundle}" in statement["status_notes"]
    assert "hunter2" not in json.dumps(draft)


def test_a_cve_is_the_name_and_the_identity_an_alias():
    """So that scanners find it."""
    (statement,) = document([(TRACED, PAGE)], said(cve="CVE-2026-12345"))["statements"]
    assert statement["vulnerability"]["name"] == "CVE-2026-12345"
    assert statement["vulnerability"]["aliases"] == [f"casemate:{TRACED.identity}"]
    with pytest.raises(UserError, match="--cve is of one weakness"):
        document([(TRACED, PAGE), (told("xss"), PAGE)], said(cve="CVE-2026-12345"))


@pytest.mark.parametrize("name", ["purl", "publisher"])
def test_what_must_be_said(name):
    """A product is known by a package URL alone."""
    with pytest.raises(UserError, match="an OpenVEX document cannot be without --"):
        document([(TRACED, PAGE)], said(**{name: ""}))


def test_the_same_bytes_twice_and_another_id_for_another_statement():
    """The id is of what is stated; below the publisher's own address, when there is one."""
    assert render([(TRACED, PAGE)], said()) == render([(told(), PAGE)], said())
    ids = {document([(TRACED, PAGE)], one)["@id"] for one in SAID.values()}
    assert len(ids) == len(SAID)
    assert all(one.startswith("https://www.example.com/vex-") for one in ids)
    assert document([(TRACED, PAGE)], said(namespace="https://a.example/vex/"))["@id"].startswith(
        "https://a.example/vex/vex-"
    )
    draft = document([(TRACED, PAGE)], said(namespace=""))
    assert draft["@id"] == f"https://openvex.dev/docs/public/vex-{canonical_hash(draft)}"


GOLDEN = {
    "author": "John Doe",
    "timestamp": "2022-12-22T16:36:43-05:00",
    "version": 1,
    "statements": [
        {
            "vulnerability": {"name": "CVE-1234-5678", "aliases": ["some vulnerability alias"]},
            "products": [
                {
                    "@id": "pkg:oci/example@sha256:47fed8868b46b060efb8699dc40e981a0c785650223e03602d8c4493fc75b68c",
                    "subcomponents": [{"@id": "pkg:apk/wolfi/bash@1.0.0"}],
                }
            ],
            "status": "under_investigation",
        }
    ],
}
OTHER = {
    "vulnerability": {"name": "CVE-2010-543231"},
    "products": [{"@id": "pkg:apk/wolfi/git@2.0.0"}],
    "status": "affected",
}


def test_the_order_of_aliases_and_products_does_not_count():
    """What is stated is the same."""

    def draft(names):
        weakness = {"name": "CVE-2010-543231", "aliases": names}
        return GOLDEN | {
            "statements": [{**OTHER, "vulnerability": weakness, "products": [{"@id": one} for one in names]}]
        }

    assert canonical_hash(draft(["a", "b"])) == canonical_hash(draft(["b", "a"])) != canonical_hash(draft(["a", "c"]))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "8ed99017785c3b43219018c7c50353c031cdaaf1c7efc146c683b0ce57123cf6"),
        ({"role": "x", "tooling": "y"}, "8ed99017785c3b43219018c7c50353c031cdaaf1c7efc146c683b0ce57123cf6"),
        (
            {"statements": [OTHER, *GOLDEN["statements"]]},
            "cbfbba00d118572164b5b934e3ced71c1b02e171f942abfe66d42775dba703cf",
        ),
        (
            {"timestamp": "2019-01-22T16:36:43-05:00"},
            "d585979c1cc06797d2486382b3fd5e95d3a9b416525c95c9fefcef9863a595c8",
        ),
    ],
)
def test_the_canonical_hash_is_that_of_the_projects_library(changes, expected):
    """The values that the tests of go-vex (TestCanonicalHash) expect."""
    assert canonical_hash(GOLDEN | changes) == expected


@pytest.mark.parametrize("contact", ["call +49 30 1234", "write to cert@example.com or call", ""])
def test_only_an_address_stands_beside_the_author(contact):
    """What is no address of mail is no part of the author's name."""
    assert document([(TRACED, PAGE)], said(contact=contact))["author"] == "Example CERT"
