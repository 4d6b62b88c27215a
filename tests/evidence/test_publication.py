"""What people say of a draft: never made up, and refused with the option's name when it cannot be meant."""

from datetime import datetime, timedelta, timezone

import pytest

from casemate.evidence.publication import OPTIONS, Justification, Publication, Status
from casemate.model.errors import UserError
from tests.evidence.drafts import DAY, said

DENIED = {"status": Status.NOT_AFFECTED, "justification": Justification.NO_CODE}


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"purl": "back-office"}, "--purl is 'back-office', which is no package URL"),
        ({"purl": "pkg:pypi/"}, "--purl is 'pkg:pypi/', which is no package URL"),
        ({"purl": "pkg:maven/@1.3.4"}, "which is no package URL"),  # the example of CSAF 2.0, 6.1.13
        ({"purl": "pkg:pypi/a b"}, "which is no package URL"),
        ({"purl": "pkg:pypi/a@1%2"}, "which is no package URL"),
        ({"purl": "pkg:pypi/a@4.2.1"}, "--purl is of version '4.2.1' and --product-version of '4.2.0'"),
        ({"namespace": "www.example.com"}, "--publisher-namespace is 'www.example.com', which is no web address"),
        ({"namespace": "javascript:x"}, "which is no web address"),
        ({"cve": "CVE-26-1"}, "--cve is 'CVE-26-1', which is no CVE number"),
        ({"product": "a\nb"}, r"--product is 'a\\nb'; give it in one line"),
        ({"publisher": " Example"}, "--publisher is ' Example'"),
        ({"vendor": "Ex\u202eample"}, "--vendor is"),
        ({"contact": "x" * 1001}, "--publisher-contact has 1,001 characters, of at most 1,000"),
        (
            {"version": "prior to 4.2", "purl": ""},
            "--product-version is 'prior to 4.2', which is no version but a range",
        ),
        ({"version": "<4.2", "purl": ""}, "which is no version but a range"),
        ({"status": Status.NOT_AFFECTED}, "needs a reason; give --justification component_not_present|"),
        (
            {"justification": Justification.NO_CODE},
            "--justification says why a product is not affected, and the status is",
        ),
        ({"impact": "x", "status": Status.FIXED}, "--impact says why a product is not affected"),
    ],
)
def test_refused(changes, error):
    """One line, with the option and the next step."""
    with pytest.raises(UserError, match=error):
        said(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"purl": "pkg:npm/%40angular/core@4.2.0"},
        {"purl": "pkg:deb/debian/curl?arch=amd64&distro=debian-12"},
        {"purl": "pkg:deb/debian/x@1:4.2%2B1", "version": "1:4.2+1"},
        {"purl": "pkg:golang/a.b/c@4.2.0#sub/path"},
        {"version": "4.2.0-small", "purl": ""},  # holds "all", and is a version
        {"namespace": "https://example.com:8443/psirt/"},
        DENIED,
        DENIED | {"impact": "The module is not built in."},
    ],
)
def test_accepted(changes):
    """Near-misses of the above."""
    said(**changes)


def test_what_is_missing_is_named_with_its_option_and_variable():
    """All of it at once."""
    given = Publication(date=DAY, product="x")
    with pytest.raises(UserError) as error:
        given.require("a CSAF document", ("product", "version", "publisher", "namespace"))
    assert str(error.value) == (
        "a CSAF document cannot be without --product-version and --publisher and --publisher-namespace, and nobody gave them; "
        "give --product-version and --publisher and --publisher-namespace, "
        "or set CASEMATE_PUBLISHER and CASEMATE_PUBLISHER_NAMESPACE"
    )
    with pytest.raises(UserError, match=r"cannot be without --purl, and nobody gave it; give --purl$"):
        given.require("an OpenVEX document", ("purl",))
    assert set(OPTIONS) <= set(Publication.__slots__)


def test_the_moment_is_told_in_utc():
    """In whole seconds, as both forms have it; a time without a zone is none."""
    there = datetime(2026, 11, 30, 1, 30, 5, 99, tzinfo=timezone(timedelta(hours=2)))
    assert said(date=there).moment == "2026-11-29T23:30:05Z"
    with pytest.raises(ValueError, match="time zone"):
        said(date=datetime(2026, 11, 30))
