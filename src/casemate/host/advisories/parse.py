"""Which form a file of advisories has, by what it holds, and its reading."""

from __future__ import annotations

import re

from casemate.host.advisories import csaf, debian_tracker, epss, kev, osv, oval
from casemate.host.advisories.form import BadAdvisories, Parsed, load
from casemate.model.advisory import Origin

READERS = {
    Origin.OSV: osv.parse,
    Origin.DEBIAN: debian_tracker.parse,
    Origin.OVAL: oval.parse,
    Origin.CSAF: csaf.parse,
    Origin.KEV: kev.parse,
    Origin.EPSS: epss.parse,
}
HEAD = 4096


def parse(data: bytes) -> Parsed:
    """All that a file holds. Raises BadAdvisories."""
    return READERS[recognize(data)](data)


def recognize(data: bytes) -> Origin:
    """The form of a file. Raises BadAdvisories."""
    head = data[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        return Origin.OVAL
    if data.startswith(b"PK\3\4"):
        return Origin.OSV
    if data.startswith(b"\x1f\x8b") or re.match(rb"#model_version|cve,epss", head):
        return Origin.EPSS
    if not head.startswith((b"{", b"[")):
        raise BadAdvisories(
            "", "none of the forms OSV, Debian tracker, OVAL, CSAF, KEV and EPSS", "name the form with --format"
        )
    if head.startswith(b"[") or re.search(rb'"(schema_version|affected|vulns)"\s*:', head):
        return Origin.OSV
    if re.search(rb'"catalogVersion"\s*:', head):
        return Origin.KEV
    body = load(data) if b"\n{" not in data[:HEAD] else {}
    if not isinstance(body, dict):
        return Origin.OSV
    if "document" in body:
        return Origin.CSAF
    if "vulnerabilities" in body and "catalogVersion" in body:
        return Origin.KEV
    if "id" in body or not body:
        return Origin.OSV
    if all(isinstance(v, dict) for v in body.values()):
        return Origin.DEBIAN
    raise BadAdvisories("$", "JSON of no form that is known", "name the form with --format")
