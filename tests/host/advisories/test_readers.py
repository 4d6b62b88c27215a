"""Files of advisories of every form: what they say, and what is said of those that are not what they should be."""

import gzip
import io
import json
import zipfile
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casemate.host.advisories.form import BadAdvisories
from casemate.host.advisories.parse import parse, recognize
from casemate.model.advisory import Event, EventKind, Origin, Status

OSV = {
    "schema_version": "1.6.0",
    "id": "DEBIAN-CVE-2024-6387",
    "modified": "2026-10-01T10:00:00Z",
    "upstream": ["CVE-2024-6387"],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
    "affected": [
        {
            "package": {"ecosystem": "Debian:12", "name": "openssh"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1:9.2p1-2+deb12u3"}]}],
            "versions": ["1:9.2p1-2"],
            "ecosystem_specific": {"urgency": "not yet assigned"},
        },
        {"package": {"ecosystem": "Debian:11", "name": "nothing"}, "ranges": [{"type": "GIT", "events": []}]},
    ],
}
SPAN = (Event(EventKind.INTRODUCED, "0"), Event(EventKind.FIXED, "1:9.2p1-2+deb12u3"))


def zipped(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(f"{name}.json", json.dumps(content))
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        json.dumps(OSV).encode(),
        json.dumps([OSV], indent=1).encode(),
        json.dumps({"vulns": [OSV]}).encode(),
        f"{json.dumps(OSV)}\n\n{json.dumps(OSV | {'id': 'X', 'withdrawn': '2026-01-01'})}\n".encode(),
        zipped(a=OSV, b=OSV | {"id": "X", "withdrawn": "2026-01-01"}),
    ],
    ids=["one", "array", "answer", "lines", "zip"],
)
def test_osv(data):
    """One, several, one a line, or a zip of many; what was withdrawn is left out, and so are ranges of commits."""
    parsed = parse(data)
    (advisory,) = parsed.advisories
    (affected,) = advisory.affected
    assert (parsed.origin, parsed.date, advisory.cves) == (Origin.OSV, "2026-10-01", ("CVE-2024-6387",))
    assert (affected.ecosystem, affected.package, affected.ranges) == ("Debian:12", "openssh", (SPAN,))
    assert (affected.versions, affected.note) == (("1:9.2p1-2",), "not yet assigned")


def test_the_trackers_statements():
    """Fixed, open, never affected, not known; by the numbers of the releases."""
    releases = {
        "bookworm": {"status": "resolved", "fixed_version": "1:9.2p1-2+deb12u3", "urgency": "not yet assigned"},
        "bullseye": {
            "status": "resolved",
            "fixed_version": "0",
            "urgency": "unimportant",
            "repositories": {"bullseye": "1:8"},
        },
        "trixie": {"status": "open", "nodsa": "Minor issue", "urgency": "low"},
        "sid": {"status": "undetermined", "urgency": "not yet assigned"},
    }
    parsed = parse(json.dumps({"openssh": {"CVE-2024-6387": {"description": "a race", "releases": releases}}}).encode())
    assert parsed.origin is Origin.DEBIAN
    by_release = {a.ecosystem: a for a in parsed.advisories[0].affected}
    assert by_release["Debian:12"].ranges == (SPAN,)
    assert (by_release["Debian:11"].status, by_release["Debian:11"].note) == (Status.NOT_AFFECTED, "unimportant")
    assert (by_release["Debian:13"].ranges, by_release["Debian:13"].note) == ((SPAN[:1],), "no-dsa")
    assert by_release["Debian:sid"].status is Status.UNKNOWN


def test_kev_and_epss():
    """What CISA lists, and probabilities, plain or packed, with the day that they are of."""
    kev = {
        "catalogVersion": "2026.11.01",
        "dateReleased": "2026-11-01T10:00:00.0Z",
        "vulnerabilities": [{"cveID": "CVE-2021-3156", "dateAdded": "2022-04-06"}],
    }
    parsed = parse(json.dumps(kev).encode())
    assert (parsed.origin, parsed.date) == (Origin.KEV, "2026-11-01")
    assert [(e.cve, e.kev) for e in parsed.exploited] == [("CVE-2021-3156", "2022-04-06")]
    table = b"#model_version:v2025.03.14,score_date:2026-11-01T00:00:00+0000\ncve,epss,percentile\nCVE-2021-3156,0.94,0.99\n"
    for data in (table, gzip.compress(table)):
        parsed = parse(data)
        assert (parsed.origin, parsed.date) == (Origin.EPSS, "2026-11-01")
        assert [(e.cve, e.epss) for e in parsed.exploited] == [("CVE-2021-3156", 0.94)]


OVAL = """<?xml version="1.0"?>
<oval_definitions xmlns="http://oval.mitre.org/XMLSchema/oval-definitions-5"
  xmlns:r="http://oval.mitre.org/XMLSchema/oval-definitions-5#linux">
 <generator><timestamp xmlns="x">2026-11-01T08:00:00</timestamp></generator>
 <definitions><definition class="patch" id="oval:com.redhat.rhsa:def:20244312"><metadata>
   <title>RHSA-2024:4312: openssh security update (Important)</title>
   <affected family="unix"><platform>Red Hat Enterprise Linux 9</platform></affected>
   <reference ref_id="RHSA-2024:4312" source="RHSA"/>
   <advisory><severity>Important</severity>
    <cve cvss3="8.1/CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H">CVE-2024-6387</cve></advisory></metadata>
  <criteria operator="AND"><criterion test_ref="t:2" comment="RHEL 9 is installed"/>
   <criteria operator="OR"><criterion test_ref="t:1" comment="openssh is earlier"/></criteria></criteria>
 </definition></definitions>
 <tests><r:rpminfo_test id="t:1"><r:object object_ref="o:1"/><r:state state_ref="s:1"/></r:rpminfo_test>
  <r:rpminfo_test id="t:2"><r:object object_ref="o:2"/><r:state state_ref="s:2"/></r:rpminfo_test></tests>
 <objects><r:rpminfo_object id="o:1"><r:name>openssh-server</r:name></r:rpminfo_object>
  <r:rpminfo_object id="o:2"><r:name>redhat-release</r:name></r:rpminfo_object></objects>
 <states><r:rpminfo_state id="s:1"><r:evr datatype="evr_string" operation="less than">0:8.7p1-38.el9_4.1</r:evr></r:rpminfo_state>
  <r:rpminfo_state id="s:2"><r:version operation="pattern match">^9</r:version></r:rpminfo_state></states>
</oval_definitions>"""


def test_oval():
    """A package that must be before a version, in the release that the definition is for."""
    parsed = parse(OVAL.encode())
    (advisory,) = parsed.advisories
    (affected,) = advisory.affected
    assert (parsed.date, advisory.id, advisory.severity) == ("2026-11-01", "CVE-2024-6387", "important")
    assert advisory.vectors == ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",)
    assert (affected.ecosystem, affected.package, affected.binary) == ("Red Hat:9", "openssh-server", True)
    assert affected.ranges == ((SPAN[0], Event(EventKind.FIXED, "8.7p1-38.el9_4.1")),)


def csaf(**status):
    purl = "pkg:rpm/redhat/openssh-server@8.7p1-38.el9_4.1?arch=x86_64"
    return {
        "document": {"category": "csaf_vex", "tracking": {"id": "X-1", "current_release_date": "2026-11-01T00:00:00Z"}},
        "product_tree": {
            "branches": [
                {
                    "branches": [
                        {
                            "product": {
                                "product_id": "os",
                                "product_identification_helper": {"cpe": "cpe:/o:redhat:enterprise_linux:9"},
                            }
                        },
                        {"product": {"product_id": "new", "product_identification_helper": {"purl": purl}}},
                    ]
                }
            ],
            "relationships": [
                {
                    "full_product_name": {"product_id": "os:new"},
                    "product_reference": "new",
                    "relates_to_product_reference": "os",
                }
            ],
        },
        "vulnerabilities": [{"cve": "CVE-2024-6387", "product_status": status}],
    }


@pytest.mark.parametrize(
    ("status", "expected", "ranges"),
    [
        ("fixed", Status.AFFECTED, ((SPAN[0], Event(EventKind.FIXED, "8.7p1-38.el9_4.1")),)),
        ("known_not_affected", Status.NOT_AFFECTED, ()),
        ("under_investigation", Status.UNKNOWN, ()),
        ("known_affected", Status.AFFECTED, ()),
    ],
)
def test_csaf(status, expected, ranges):
    """The four things that VEX says, of a package in a platform."""
    parsed = parse(json.dumps(csaf(**{status: ["os:new"]})).encode())
    ((affected,),) = [a.affected for a in parsed.advisories]
    assert (parsed.origin, parsed.date, affected.ecosystem) == (Origin.CSAF, "2026-11-01", "Red Hat:9")
    assert (affected.package, affected.status, affected.ranges) == ("openssh-server", expected, ranges)


BAD = {
    "text": (b"hello", "none of the forms"),
    "cut": (b'[{"id": "X", ', "line 1"),
    "no range": (
        json.dumps(
            {"id": "X", "affected": [{"package": {"ecosystem": "npm", "name": "y"}, "ranges": [{"events": []}]}]}
        ).encode(),
        r"\$.affected\[0\].ranges\[0\]",
    ),
    "no id": (b'[{"affected": []}]', r"\$\[0\].id"),
    "deep": (b"[" * 100_000, "nested too deep"),
    "no zip": (b"PK\3\4rest", "no zip"),
    "bad entry": (zipped(a=[]), "a.json"),
    "entities": (b'<!DOCTYPE x [<!ENTITY a "b">]><oval_definitions/>', "document type"),
    "entities in another encoding": ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16"), "."),
    "deep xml": (b"<oval_definitions>" + b"<a>" * 100, "nested too deep"),
    "no xml": (b"<oval_definitions><a></oval_definitions>", "line 1"),
    "html": (b"<html></html>", "no oval_definitions"),
    "odd status": (b'{"a": {"CVE-1": {"releases": {"sid": {"status": "maybe"}}}}}', "releases.sid"),
    "cut gzip": (gzip.compress(b"cve,epss\n")[:-4], "cut short"),
    "odd epss": (b"cve,epss\nCVE-2021-3156,7\n", "line 2"),
    "odd kev": (b'{"catalogVersion": "1", "vulnerabilities": [{}]}', "cveID"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_what_it_should_be(name):
    """The error names the place and says what is wrong there."""
    data, expected = BAD[name]
    with pytest.raises(BadAdvisories, match=expected) as error:
        parse(data)
    assert error.value.remedy


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "affected", "document", "product_tree", "vulnerabilities", "releases", "package", "ranges", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=80)
@given(JSON)
def test_any_json(value):
    """It is read, or refused with a word; nothing else is raised."""
    with suppress(BadAdvisories):
        parse(json.dumps(value).encode())


def test_halves_of_characters():
    """Escapes that are no character by themselves are replaced, pairs are kept: the rest can be written down anywhere."""
    text = '[{"id": "X", "summary": "\\ud83d\\ude00 \\ud800 \\udfff"}]'
    (advisory,) = parse(text.encode()).advisories
    assert advisory.summary == "\U0001f600 \ufffd \ufffd"


def test_forms_are_told_apart():
    """By what they hold, not by their names."""
    assert recognize(json.dumps(OSV).encode()) is Origin.OSV
    assert recognize(json.dumps(csaf()).encode()) is Origin.CSAF
    assert recognize(OVAL.encode()) is Origin.OVAL
